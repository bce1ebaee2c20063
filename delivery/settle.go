package delivery

import (
	"context"
	"errors"
	"time"

	"proviso/account"
	"proviso/ledger"
	"proviso/notify"
)

// GiveUp is how long a mail that is put off again and again is waited for; then
// its holder is unreachable, and a letter by post is called for (RFC 5321, 4.5.4.1).
const GiveUp = 5 * 24 * time.Hour

// A Campaign is sending that goes on until everyone is settled.
type Campaign struct {
	Notices []*notify.Notice
	Holders func(ctx context.Context) (*account.Holders, error) // read anew for each pass
	Expect  *int                                                // as for Begin, at the first pass
	Before  func(p *Pass) (bool, error)                         // called before each pass; false: none is to be made
	After   func(p Progress, err error)                         // called after each pass, with why it ended early
	Waiting func(d time.Duration, why string)                   // called before each wait
}

// Settle makes pass after pass until everyone is told, rejected, held, or put
// off for five days. Between passes it waits until the next mail is due, the
// quota leaves something, or the server may be better.
func (s *Sender) Settle(ctx context.Context, c Campaign) error {
	own := *s
	if own.Sleep == nil {
		own.Sleep = sleep
	}
	for troubles := 0; ; {
		wait, why, err := own.once(ctx, c)
		var trouble *Trouble
		switch {
		case errors.As(err, &trouble):
			wait, why = waits[min(troubles, len(waits)-1)], err.Error()
			troubles++
		case err != nil:
			return err
		default:
			troubles = 0
		}
		if wait <= 0 {
			return nil
		}
		if c.Waiting != nil {
			c.Waiting(wait, why)
		}
		if !own.Sleep(ctx, wait) {
			return ctx.Err()
		}
		own.OnlyDue, c.Expect = true, nil
	}
}

// once makes one pass and returns how long to wait for the next; 0: none is needed.
func (s *Sender) once(ctx context.Context, c Campaign) (time.Duration, string, error) {
	p, err := s.Resume(ctx, c.Notices)
	resumed := p != nil
	if p == nil && err == nil {
		p, err = s.begin(ctx, c)
	}
	var spent *Exhausted
	if errors.As(err, &spent) {
		return max(spent.Until.Sub(s.Now()), time.Second), err.Error(), nil
	} else if err != nil {
		return 0, "", err
	}
	again, err := c.run(ctx, p)
	switch {
	case err != nil || !again:
		return 0, "", err
	case resumed: // who joined since is still to be looked for
		return s.once(ctx, c)
	}
	return s.next(ctx, c.Notices, p.Quota)
}

// run carries out a pass and closes it. It reports false if it was not to be.
func (c Campaign) run(ctx context.Context, p *Pass) (_ bool, err error) {
	defer func() { err = errors.Join(err, p.Close()) }()
	if c.Before != nil {
		if ok, err := c.Before(p); !ok || err != nil {
			return false, err
		}
	}
	done, err := p.Run(ctx)
	if c.After != nil {
		c.After(done, err)
	}
	return true, err
}

// begin begins a pass with the holders as they are now.
func (s *Sender) begin(ctx context.Context, c Campaign) (*Pass, error) {
	h, err := c.Holders(ctx)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	return s.Begin(ctx, c.Notices, h, c.Expect)
}

// next returns how long it is until a mail may be tried again.
func (s *Sender) next(ctx context.Context, notices []*notify.Notice, quota bool) (time.Duration, string, error) {
	now := s.Now()
	var due time.Time
	for _, n := range notices {
		for row, err := range s.Ledger.Rows(ctx, n.ID, ledger.Pending, ledger.Deferred, ledger.Ambiguous) {
			if err != nil {
				return 0, "", err
			}
			if row.State == ledger.Ambiguous && s.Mail.Ambiguous == "hold" {
				continue
			}
			if row.Tries > 0 {
				tries, err := s.Ledger.Attempts(ctx, n.ID, row.Holder)
				if err != nil {
					return 0, "", err
				}
				if now.Sub(tries[0].Ended) >= GiveUp {
					continue
				}
			}
			at := dueAt(row)
			if due.IsZero() || at.Before(due) {
				due = at
			}
		}
	}
	if due.IsZero() {
		return 0, "", nil
	}
	why := "the next mail is due then"
	if quota {
		why = "the quota leaves the others for later"
	}
	return max(due.Sub(now), time.Second), why, nil
}

// dueAt returns when a row is worth trying: at once, if it was never tried.
func dueAt(row ledger.Row) time.Time {
	switch row.State {
	case ledger.Deferred:
		return row.Due
	case ledger.Ambiguous: // each time may be one mail too many
		return row.At.Add(waits[min(max(row.Tries-1, 0), len(waits)-1)])
	}
	return time.Time{}.Add(1)
}
