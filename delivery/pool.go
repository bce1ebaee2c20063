package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"proviso/courier"
	"proviso/ledger"
	"proviso/notify"
)

const (
	// window is how many mails a connection may have claimed and not recorded
	// yet. When a sender dies, connections × window mails at most are ambiguous.
	window = 16
	// connections is how many there are where proviso.yaml does not say.
	connections = 4
	// A pass ends when so many tries in a row fail for the server's reasons, or
	// so many mails are rejected: then something is wrong that the next mail will not mend.
	mostTroubles   = 10
	mostRejections = 50
)

// Trouble is an error that is the server's or the network's and may pass: to
// try again later is worth while.
type Trouble struct{ Err error }

func (t *Trouble) Error() string { return t.Err.Error() }
func (t *Trouble) Unwrap() error { return t.Err }

// A tally counts outcomes.
type tally struct {
	mu sync.Mutex
	Progress
	report func(Progress)
}

func (t *tally) count(r courier.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch r {
	case courier.Accepted:
		t.Accepted++
	case courier.Deferred:
		t.Deferred++
	case courier.Rejected:
		t.Rejected++
	case courier.Ambiguous:
		t.Ambiguous++
	}
	if t.report != nil {
		t.report(t.Progress)
	}
}

// others takes off the pass what somebody else tells.
func (t *tally) others(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ToTry -= n
}

// A pool sends the mails of one round over several connections.
type pool struct {
	*Sender
	round  *round
	tally  *tally
	paces  paces
	brake  *brake
	ctx    context.Context // ends when nothing new is to be begun
	stop   context.CancelCauseFunc
	record context.Context // does not end: what was done is recorded

	size   int
	tokens chan struct{} // one for each mail that is claimed and not recorded
	queue  chan job
	notes  *notes

	spent   error       // why nothing more is claimed; nil: all was
	reached atomic.Bool // a connection was opened in this round

	mu                   sync.Mutex
	troubles, rejections int // in a row
}

func newPool(ctx context.Context, s *Sender, r *round, t *tally) *pool {
	size := s.Mail.Connections
	if size == 0 {
		size = connections
	}
	size = max(1, min(size, r.most))
	p := &pool{Sender: s, round: r, tally: t, paces: newPaces(s.Mail, s.Shares), brake: newBrake(size), record: context.WithoutCancel(ctx), size: size}
	p.tokens = make(chan struct{}, claims(size, s.Mail.Rate))
	p.queue = make(chan job, cap(p.tokens))
	p.notes = newNotes()
	p.ctx, p.stop = context.WithCancelCause(ctx)
	return p
}

// claims returns how many mails may be claimed at a time: a full window for
// every connection, but at a low rate no more than go within a second. What is
// claimed and has not gone when a sender dies is as doubtful as what has.
func claims(size int, r notify.Rate) int {
	n := size * window
	if gap := r.For(1); gap > 0 {
		n = min(n, int(time.Second/gap))
	}
	return max(n, size)
}

// run returns when every job that was claimed is recorded.
func (p *pool) run() error {
	defer p.stop(nil)
	if err := p.TakenBack(p.round.notice); err != nil {
		return err
	}
	var workers, records, watch sync.WaitGroup
	done := make(chan struct{})
	watch.Go(func() { p.watch(done) })
	records.Go(func() { p.records() })
	for i := range p.size {
		workers.Go((&worker{pool: p, number: i}).work)
	}
	p.feed()
	close(p.queue)
	p.brake.release()
	workers.Wait()
	p.notes.close()
	records.Wait()
	close(done)
	watch.Wait()
	return cmp.Or(context.Cause(p.ctx), p.spent)
}

// watch stops the pass when somebody puts sending on hold or takes back what the
// notice tells of. Claim would notice a hold too, but not before what is claimed
// already has gone. It pauses a hundred times as long as a look takes, so that
// looking takes a hundredth of a core.
func (p *pool) watch(done <-chan struct{}) {
	pause := time.NewTimer(shortestWatch)
	defer pause.Stop()
	for {
		select {
		case <-done:
			return
		case <-pause.C:
			begin := p.Now()
			if err := cmp.Or(p.TakenBack(p.round.notice), held(p.record, p.Ledger)); err != nil {
				p.stop(err)
				return
			}
			pause.Reset(min(max(100*p.Now().Sub(begin), shortestWatch), longestWatch))
		}
	}
}

// held returns an error while sending is on hold.
func held(ctx context.Context, l ledger.Ledger) error {
	stop, is, err := l.Held(ctx)
	if err != nil || !is {
		return err
	}
	reason := ""
	if stop.Reason != "" {
		reason = " (" + stop.Reason + ")"
	}
	return fmt.Errorf("since %s%s %w", stop.At.UTC().Format(time.RFC3339), reason, ledger.ErrHeld)
}

// How long the pauses of watch are.
const (
	shortestWatch = 2 * time.Millisecond
	longestWatch  = 50 * time.Millisecond
)

// farthest is how many mails a pool looks ahead for one that is not taken.
const farthest = 1024

// feed claims jobs and hands them to the workers. Where others send too, many
// are taken already: it looks further ahead each time.
func (p *pool) feed() {
	next, stop := iter.Pull2(p.round.todo())
	defer stop()
	q := &queue{next: next}
	for left, ahead := p.round.most, 0; left > 0; {
		reserved := p.reserve(left)
		n := p.spend(reserved)
		if n == 0 {
			p.release(reserved)
			return
		}
		jobs, err := q.peek(min(left, max(n, ahead)))
		var claimed []job
		passed := 0
		if err == nil && len(jobs) > 0 {
			claimed, passed, err = p.claim(n, jobs)
		}
		p.release(reserved - len(claimed))
		p.unspend(n - len(claimed))
		p.tally.others(passed - len(claimed))
		if err != nil {
			p.stop(err)
			return
		}
		if passed == 0 {
			return // there are no more
		}
		for _, j := range claimed {
			p.queue <- j
		}
		q.drop(passed)
		if left, ahead = left-passed, 0; len(claimed) < n {
			ahead = min(2*passed, farthest)
		}
	}
}

// release gives back tokens that no mail was claimed for.
func (p *pool) release(n int) {
	for range n {
		<-p.tokens
	}
}

// claim claims up to n of the jobs. It returns those it got, and how many of
// all are dealt with: the others are somebody else's, or settled.
func (p *pool) claim(n int, jobs []job) (got []job, passed int, err error) {
	claims := make([]ledger.Claim, len(jobs))
	for i, j := range jobs {
		claims[i] = ledger.Claim{Holder: j.holder, Tries: j.tries, Letter: p.round.letters[j.variant].number}
	}
	claimed, err := p.Ledger.Claim(p.ctx, p.round.notice.ID, n, claims)
	if errors.Is(err, ledger.ErrHeld) {
		err = cmp.Or(held(p.record, p.Ledger), err)
	}
	for i, j := range jobs {
		if len(got) < len(claimed) && j.holder == claimed[len(got)].Holder {
			got, passed = append(got, j), i+1
		}
	}
	if len(got) < n {
		passed = len(jobs)
	}
	return got, passed, err
}

// reserve waits for a token and takes as many as are free, at most n. It
// returns 0 when the pass is to stop.
func (p *pool) reserve(n int) (got int) {
	if p.ctx.Err() != nil {
		return 0
	}
	select {
	case p.tokens <- struct{}{}:
		got = 1
	case <-p.ctx.Done():
		return 0
	}
	for got < n {
		select {
		case p.tokens <- struct{}{}:
			got++
		default:
			return got
		}
	}
	return got
}

// settle records an outcome, and ends the pass where one failure is the sign of all.
func (p *pool) settle(j job, o courier.Outcome, started time.Time) {
	a := ledger.Attempt{State: ledger.State(o.Result), Code: o.Code, Text: o.Text, QueueID: o.QueueID,
		Server: o.Server, TLS: o.TLS, Started: started, Ended: p.Now()}
	if o.Result == courier.Deferred {
		a.Due = due(a.Ended, j.tries, p.round.notice.DeadlineAt())
	}
	p.note(j, a)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !o.Whole {
		p.troubles = 0
	}
	if p.rejections++; o.Result != courier.Rejected {
		p.rejections = 0
	}
	if p.rejections >= mostRejections {
		p.stop(fmt.Errorf("mail server %s rejected %d mails in a row, the last one with %s; find out why before sending again", o.Server, p.rejections, o.Said()))
	}
}

// troubled counts a try that failed for the server's reasons, and reports
// whether there were so many in a row that the pass ends.
func (p *pool) troubled(o courier.Outcome) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.troubles++; p.troubles < mostTroubles {
		return false
	}
	p.stop(&Trouble{fmt.Errorf("mail server %s takes nothing at present: %s; send again later", o.Server, o.Said())})
	return true
}

var waits = []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour}

// due returns when a mail that was put off is worth trying again: later each
// time, but never so late that the deadline passes without another try.
func due(now time.Time, tries int, deadline time.Time) time.Time {
	t := now.Add(waits[min(tries, len(waits)-1)])
	if left := deadline.Sub(now); left >= 2*waits[0] && t.After(deadline) {
		return now.Add(left / 2)
	}
	return t
}
