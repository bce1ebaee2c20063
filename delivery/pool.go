package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
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
	// A pass ends when so many mails in a row fail for the server's reasons, or
	// are rejected: then something is wrong that the next mail will not mend.
	mostTroubles   = 10
	mostRejections = 50
)

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

// A pool sends the mails of one round over several connections.
type pool struct {
	*Sender
	round  *round
	tally  *tally
	paces  paces
	ctx    context.Context // ends when nothing new is to be begun
	stop   context.CancelCauseFunc
	record context.Context // does not end: what was done is recorded

	size   int
	tokens chan struct{} // one for each mail that is claimed and not recorded
	queue  chan job
	notes  sync.WaitGroup // outcomes being recorded

	mu                   sync.Mutex
	troubles, rejections int // in a row
}

func newPool(ctx context.Context, s *Sender, r *round, t *tally) *pool {
	size := s.Mail.Connections
	if size == 0 {
		size = connections
	}
	size = max(1, min(size, len(r.jobs)))
	p := &pool{Sender: s, round: r, tally: t, paces: newPaces(s.Mail), record: context.WithoutCancel(ctx), size: size,
		tokens: make(chan struct{}, claims(size, s.Mail.Rate)), queue: make(chan job)}
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
	var workers sync.WaitGroup
	for range p.size {
		workers.Go(p.work)
	}
	p.feed()
	close(p.queue)
	workers.Wait()
	p.notes.Wait()
	return context.Cause(p.ctx)
}

// feed claims jobs and hands them to the workers.
func (p *pool) feed() {
	for jobs := p.round.jobs; len(jobs) > 0; {
		n := p.reserve(len(jobs))
		if n == 0 {
			return
		}
		hashes := make([]ledger.Hash, n)
		for i, j := range jobs[:n] {
			hashes[i] = j.row.Holder
		}
		if err := p.Ledger.Claim(p.ctx, p.round.notice.ID, hashes); err != nil {
			p.stop(err)
			return
		}
		for _, j := range jobs[:n] {
			p.queue <- j
		}
		jobs = jobs[n:]
	}
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

// work sends mails over one connection, and over another one when it breaks.
func (p *pool) work() {
	var conn *courier.Connection
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	for j := range p.queue {
		if !p.paces.wait(p.ctx, j.recipient.Address, p.Now) {
			p.note(j, ledger.Attempt{State: ledger.Pending})
			continue
		}
		started := p.Now()
		mail, err := p.mail(j, started)
		var o courier.Outcome
		if err == nil {
			conn, o, err = p.deliver(conn, mail)
		}
		if err != nil {
			p.stop(err)
			p.note(j, ledger.Attempt{State: ledger.Pending})
			continue
		}
		p.settle(j, o, started)
	}
}

// deliver tries a mail. A connection that turns out to be closed is no reason
// to put the mail off: it is tried once more over a fresh one.
func (p *pool) deliver(conn *courier.Connection, m courier.Mail) (*courier.Connection, courier.Outcome, error) {
	var o courier.Outcome
	for range 2 {
		if conn == nil || !conn.Usable() {
			var err error
			if conn, err = p.Server.Dial(p.ctx); err != nil {
				return nil, o, err
			}
		}
		if o = conn.Deliver(m); conn.Usable() || !o.Whole {
			break
		}
	}
	if o.Result == courier.Refused {
		return conn, o, fmt.Errorf("mail server %s takes no mail from %s: %d %s", o.Server, m.From, o.Code, o.Text)
	}
	return conn, o, nil
}

// mail writes the mail of a job.
func (p *pool) mail(j job, now time.Time) (courier.Mail, error) {
	letter := p.round.letters[j.recipient.Variant]
	address := strings.TrimSpace(j.recipient.Holder.Email)
	_, domain, _ := strings.Cut(letter.From.Address, "@")
	m := courier.Mail{From: letter.From.Address, To: address, Bytes: letter.Skeleton.For(courier.Recipient{
		Name: j.recipient.Holder.Name, Address: address, Date: now, MessageID: p.round.messageID(j.row.Holder, domain)})}
	if p.Mail.ReturnPath != "" {
		m.From = p.round.returnPath(p.Mail.ReturnPath, j.row.Holder)
	}
	if p.Signer == nil {
		return m, nil
	}
	var err error
	m.Bytes, err = p.Signer.Sign(m.Bytes)
	return m, err
}

// messageID follows from notice and holder: every attempt has the same, so that
// a mail that arrives twice can be known as one. It shows no address.
func (r *round) messageID(h ledger.Hash, domain string) string {
	return fmt.Sprintf("%s.%s@%s", strings.NewReplacer("@", "-", "+", "-", "#", "-").Replace(r.notice.ID), h, domain)
}

// returnPath names the holder's hash in the envelope sender, so that a report
// that comes back says whose mail it was. Nobody without the key can make one up.
func (r *round) returnPath(address string, h ledger.Hash) string {
	local, domain, _ := strings.Cut(address, "@")
	return fmt.Sprintf("%s+%s@%s", local, h, domain)
}

// settle records an outcome, and ends the pass where one failure is the sign of all.
func (p *pool) settle(j job, o courier.Outcome, started time.Time) {
	a := ledger.Attempt{State: ledger.State(o.Result), Code: o.Code, Text: o.Text, QueueID: o.QueueID,
		Server: o.Server, TLS: o.TLS, Started: started, Ended: p.Now()}
	if o.Result == courier.Deferred {
		a.Due = due(a.Ended, j.row.Tries, p.round.notice.DeadlineAt())
	}
	p.note(j, a)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.troubles++; !o.Whole {
		p.troubles = 0
	}
	if p.rejections++; o.Result != courier.Rejected {
		p.rejections = 0
	}
	switch {
	case p.troubles >= mostTroubles:
		p.stop(fmt.Errorf("mail server %s takes nothing at present: %d %s; send again later", o.Server, o.Code, o.Text))
	case p.rejections >= mostRejections:
		p.stop(fmt.Errorf("mail server %s rejected %d mails in a row, the last one with %d %s; find out why before sending again", o.Server, p.rejections, o.Code, o.Text))
	}
}

// note has an attempt recorded while the worker goes on. The token is free
// when it is durable.
func (p *pool) note(j job, a ledger.Attempt) {
	a.Holder = j.row.Holder
	p.notes.Go(func() {
		defer func() { <-p.tokens }()
		if err := p.Ledger.Record(p.record, p.round.notice.ID, a); err != nil {
			p.stop(errors.Join(errors.New("a mail was tried and its outcome could not be recorded"), err))
			return
		}
		if a.State != ledger.Pending {
			p.tally.count(courier.Result(a.State))
		}
	})
}

var waits = []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour}

// due returns when a mail that was put off is worth trying again: later each
// time, but never so late that the deadline passes without another try.
func due(now time.Time, tries int, deadline time.Time) time.Time {
	t := now.Add(waits[min(tries, len(waits)-1)])
	if left := deadline.Sub(now); left > 0 && t.After(deadline) {
		return now.Add(left / 2)
	}
	return t
}
