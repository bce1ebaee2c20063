package delivery

import (
	"context"
	"fmt"
	"strings"
	"time"

	"proviso/courier"
	"proviso/ledger"
)

const (
	// perConnection is how many mails go over one connection; then it is closed
	// and another one opened, before a relay does so in the middle of a mail.
	perConnection = 500
	// again is how often a mail is tried within a pass while the server as a
	// whole takes nothing.
	again = 4
)

// A worker sends mails over one connection, and over another one when it breaks.
type worker struct {
	*pool
	number int
	conn   *courier.Connection
	ahead  *written // taken already, so that its envelope could go ahead
}

// written is a job with its mail, and when that was written: what its header
// Date says, and what the ledger notes as the beginning of the attempt.
type written struct {
	job
	mail courier.Mail
	at   time.Time
}

// work returns when there are no more jobs.
func (w *worker) work() {
	defer w.leave()
	for w.allowed() {
		next := w.ahead
		if w.ahead = nil; next == nil {
			j, ok := <-w.queue
			if !ok {
				return
			}
			if ok, err := w.paces.wait(w.ctx, j.email, w.Now); !ok {
				if err != nil {
					w.stop(err)
				}
				w.note(j, ledger.Attempt{State: ledger.Pending})
				continue
			}
			if next = w.write(j); next == nil {
				continue
			}
		}
		w.send(next)
	}
}

// allowed waits while the server is to be spared this connection. It reports
// false when there is nothing to wait for.
func (w *worker) allowed() bool {
	for {
		free, widens := w.brake.free(w.number)
		if free || w.ahead != nil {
			return true
		}
		w.leave()
		select {
		case <-widens:
		case <-w.ctx.Done():
			return true // what is claimed must be given back
		}
		if w.ctx.Err() != nil {
			return true
		}
	}
}

// leave closes the connection.
func (w *worker) leave() {
	if w.conn != nil {
		w.conn.Close()
		w.conn = nil
	}
}

// write writes the mail of a job; where it cannot, the pass ends.
func (w *worker) write(j job) *written {
	now := w.Now()
	m, err := w.mail(j, now)
	if err != nil {
		w.stop(err)
		w.note(j, ledger.Attempt{State: ledger.Pending})
		return nil
	}
	return &written{j, m, now}
}

// send tries one mail until the server answers for it, and notes what came of it.
func (w *worker) send(x *written) {
	var o courier.Outcome
	for try := range again {
		if w.ctx.Err() != nil && o.Result == "" {
			w.note(x.job, ledger.Attempt{State: ledger.Pending})
			return
		}
		var err error
		if o, err = w.try(x, try); err != nil {
			w.stop(err)
			w.note(x.job, ledger.Attempt{State: ledger.Pending})
			return
		}
		if !o.Whole || !w.spare(o) {
			break
		}
	}
	if !o.Whole {
		w.brake.answered()
	}
	w.settle(x.job, o, x.at)
}

// try hands the mail over, with the envelope of the next one ahead where one
// is ready. A connection that turns out to be closed is no fault of the
// server's: the mail is tried once more over a fresh one.
func (w *worker) try(x *written, try int) (courier.Outcome, error) {
	var o courier.Outcome
	for range 2 {
		fresh := w.conn == nil || !w.conn.Usable() || w.conn.Mails() >= perConnection && w.ahead == nil
		if fresh {
			w.leave()
			var err error
			if w.conn, err = w.Server.Dial(w.ctx); err != nil {
				return w.unreached(err)
			}
			w.reached.Store(true)
		}
		var next *courier.Mail
		if w.ahead == nil && try == 0 {
			w.ahead = w.peek()
		}
		if w.ahead != nil {
			next = &w.ahead.mail
		}
		if o = w.conn.Deliver(x.mail, next); fresh || w.conn.Usable() || !o.Whole {
			break
		}
	}
	if o.Result == courier.Refused {
		return o, fmt.Errorf("mail server %s takes no mail from %s: %s", o.Server, x.mail.From, o.Said())
	}
	return o, nil
}

// unreached judges a connection that could not be opened: a server that was
// there a moment ago may come back.
func (w *worker) unreached(err error) (courier.Outcome, error) {
	w.conn = nil
	if w.ctx.Err() != nil { // it was the stop that broke it off, and the mail was not begun
		return courier.Outcome{}, context.Cause(w.ctx)
	}
	if !w.reached.Load() {
		return courier.Outcome{}, &Trouble{err}
	}
	return courier.Outcome{Result: courier.Deferred, Text: err.Error(), Server: w.Server.String(), Whole: true}, nil
}

// peek takes the next job if one is there and may go at once.
func (w *worker) peek() *written {
	if w.conn == nil || !w.conn.Pipelines() || w.paces.limited() || w.conn.Mails()+2 >= perConnection {
		return nil
	}
	select {
	case j, ok := <-w.queue:
		if ok {
			return w.write(j)
		}
	default:
	}
	return nil
}

// spare slows the pool down after trouble, and reports whether to try again.
func (w *worker) spare(o courier.Outcome) bool {
	if w.troubled(o) {
		return false
	}
	return w.Sleep(w.ctx, w.brake.trouble())
}

// mail writes the mail of a job.
func (p *pool) mail(j job, now time.Time) (courier.Mail, error) {
	letter := p.round.letters[j.variant].composed
	_, domain, _ := strings.Cut(letter.From.Address, "@")
	m := courier.Mail{From: letter.From.Address, To: j.email, Bytes: letter.Skeleton.For(courier.Recipient{
		Name: j.name, Address: j.email, Date: now, MessageID: MessageID(p.round.notice.ID, j.holder, domain)})}
	if p.Mail.ReturnPath != "" {
		m.From = p.round.returnPath(p.Mail.ReturnPath, j.holder)
	}
	if p.Signer == nil {
		return m, nil
	}
	var err error
	m.Bytes, err = p.Signer.Sign(m.Bytes)
	return m, err
}

// MessageID follows from notice and holder: every attempt has the same, so that
// a mail that arrives twice can be known as one. It shows no address.
func MessageID(notice string, h ledger.Hash, domain string) string {
	return fmt.Sprintf("%s.%s@%s", strings.NewReplacer("@", "-", "+", "-", "#", "-").Replace(notice), h, domain)
}

// returnPath names the holder's mail in the envelope sender, so that a report
// that comes back says whose it was. Nobody without the key can make one up.
func (r *round) returnPath(address string, h ledger.Hash) string {
	local, domain, _ := strings.Cut(address, "@")
	return fmt.Sprintf("%s+%s@%s", local, r.key.Token(h), domain)
}
