package delivery

import (
	"context"
	"errors"
	"time"

	"proviso/ledger"
	"proviso/notify"
	"proviso/policy"
)

// A Status says how far the notices of one or several versions are.
type Status struct {
	Policy          string        `json:"policy"`
	Version         string        `json:"version"`
	Effective       policy.Date   `json:"effective"`
	Deadline        policy.Date   `json:"deadline"`
	Counts          ledger.Counts `json:"counts"`
	ProjectedFinish string        `json:"projected_finish"` // instant in UTC; empty: nothing is left, or nothing is known
	Complete        bool          `json:"complete"`

	Queued int          `json:"-"` // accepted by our own relay, and not known to be out
	Held   *ledger.Stop `json:"-"` // nil: sending is not on hold
}

// Own is the relay of mail.relay that is ours: what it accepted is not out yet.
const Own = "own"

// StatusOf reads the state of the notices from the ledger. A notice is
// complete when its audience was enrolled and nobody is waiting; one that
// nobody is owed is complete as it is. l may be nil: there is no ledger yet.
func StatusOf(ctx context.Context, l ledger.Ledger, notices []*notify.Notice, m notify.MailConfig, now time.Time) (*Status, error) {
	first := notices[0]
	s := &Status{Effective: first.Effective(), Deadline: first.Deadline(), Complete: true}
	s.Policy, s.Version = first.Names()
	if !first.Owed() {
		return s, nil
	}
	if l == nil {
		s.Complete = false
		return s, nil
	}
	for _, n := range notices {
		c, begun, err := counted(ctx, l, n)
		if err != nil {
			return nil, err
		}
		s.Counts, s.Complete = sum(s.Counts, c), s.Complete && begun
	}
	s.Complete = s.Complete && s.Counts.Waiting == 0
	if m.Relay == Own { // what our own relay accepted is not out before its log says so
		s.Queued = s.Counts.Accepted - s.Counts.Out
		s.Complete = s.Complete && s.Queued == 0
	}
	stop, held, err := l.Held(ctx)
	if err != nil {
		return nil, err
	} else if held {
		s.Held = &stop
	}
	finish, err := projected(ctx, l, s.Counts, m, now)
	if err != nil {
		return nil, err
	}
	if !finish.IsZero() {
		due, err := lastDue(ctx, l, notices)
		if err != nil {
			return nil, err
		}
		finish = later(finish, due)
		s.ProjectedFinish = finish.UTC().Format(time.RFC3339)
	}
	return s, nil
}

// counted counts the rows of a notice; begun is false while it has no audience.
func counted(ctx context.Context, l ledger.Ledger, n *notify.Notice) (c ledger.Counts, begun bool, err error) {
	waves, err := l.Waves(ctx, n.ID)
	if errors.Is(err, ledger.ErrUnknown) || err == nil && len(waves) == 0 {
		return c, false, nil
	} else if err != nil {
		return c, false, err
	}
	c, err = l.Counts(ctx, n.ID)
	return c, true, err
}

func sum(a, b ledger.Counts) ledger.Counts {
	return ledger.Counts{Pending: a.Pending + b.Pending, Sending: a.Sending + b.Sending, Accepted: a.Accepted + b.Accepted,
		Deferred: a.Deferred + b.Deferred, Ambiguous: a.Ambiguous + b.Ambiguous, Rejected: a.Rejected + b.Rejected,
		Bounced: a.Bounced + b.Bounced, Skipped: a.Skipped + b.Skipped, Late: a.Late + b.Late,
		Waiting: a.Waiting + b.Waiting, Out: a.Out + b.Out}
}

// lastDue returns when the last of the mails that were put off is to be tried
// again; zero: none was, or none is known of the ledger.
func lastDue(ctx context.Context, l ledger.Ledger, notices []*notify.Notice) (at time.Time, err error) {
	for _, n := range notices {
		for row, err := range l.Rows(ctx, n.ID, ledger.Deferred) {
			if errors.Is(err, ledger.ErrUnknown) {
				break
			} else if err != nil {
				return at, err
			}
			if row.Reason == "" { // else nobody waits for it
				at = later(at, row.Due)
			}
		}
	}
	return at, nil
}

// projected returns when what is left will have been tried: at the rate and
// within the quota of proviso.yaml, else as fast as in the last hour. It is
// zero where nothing is left or nothing is known. What is held for a person is
// not tried.
func projected(ctx context.Context, l ledger.Ledger, c ledger.Counts, m notify.MailConfig, now time.Time) (time.Time, error) {
	left := c.Pending + c.Sending + c.Deferred
	if m.Ambiguous != "hold" {
		left += c.Ambiguous
	}
	if left == 0 {
		return time.Time{}, nil
	}
	if !m.Quota.IsZero() {
		tried, first, err := l.TriedSince(ctx, now.Add(-m.Quota.Per))
		if err != nil {
			return time.Time{}, err
		}
		if tried > 0 {
			return later(first.Add(Takes(m, tried+left)), now.Add(m.Rate.For(left))), nil
		}
	}
	takes := Takes(m, left)
	if takes == 0 {
		tried, first, err := l.TriedSince(ctx, now.Add(-time.Hour))
		if err != nil || tried == 0 || !first.Before(now) {
			return time.Time{}, err
		}
		takes = time.Duration(float64(now.Sub(first)) / float64(tried) * float64(left))
	}
	return now.Add(takes), nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
