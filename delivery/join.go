package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"proviso/account"
	"proviso/ledger"
	"proviso/notify"
)

// ErrNotBegun is returned where nobody was enrolled yet: a person begins a
// notice, with send.
var ErrNotBegun = errors.New("nobody is enrolled yet; proviso notify send begins a notice")

// Join prepares a pass over notices that were begun elsewhere, beside whoever
// else sends. It enrols nobody and skips nobody: that is for Begin. What dead
// senders left is taken over.
func (s *Sender) Join(ctx context.Context, notices []*notify.Notice, h *account.Holders) (*Pass, error) {
	own := *s
	if s = &own; s.Sleep == nil {
		s.Sleep = sleep
	}
	if err := cmp.Or(s.TakenBack(notices...), held(ctx, s.Ledger)); err != nil {
		return nil, err
	}
	p := &Pass{sender: s, joined: true, unlock: func() error { return nil }}
	for _, n := range notices {
		if err := p.join(ctx, n, h); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	if err := p.limit(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// join adds a round for a notice.
func (p *Pass) join(ctx context.Context, n *notify.Notice, h *account.Holders) error {
	s := p.sender
	if begun, err := s.begun(ctx, []*notify.Notice{n}); err != nil && !errors.Is(err, ledger.ErrUnknown) {
		return err
	} else if !begun {
		return fmt.Errorf("notice %q: %w", n.ID, ErrNotBegun)
	}
	r, err := s.register(ctx, n)
	if err != nil {
		return err
	}
	p.rounds = append(p.rounds, r)
	if r.audience, err = s.gather(n, r.key, h); err != nil {
		return err
	}
	taken, err := s.Ledger.TakeOver(ctx, n.ID, s.Now())
	if err != nil {
		return err
	}
	p.TakenOver += taken
	if err := p.find(ctx, r); err != nil {
		return err
	}
	return p.write(ctx, r)
}

// Due reports whether any mail of the notices may be tried now, without
// looking at who the holders are. What dead senders left is taken over first.
func (s *Sender) Due(ctx context.Context, notices []*notify.Notice) (bool, error) {
	if err := held(ctx, s.Ledger); err != nil {
		return false, err
	}
	for _, n := range notices {
		if _, err := s.Ledger.TakeOver(ctx, n.ID, s.Now()); errors.Is(err, ledger.ErrUnknown) {
			continue
		} else if err != nil {
			return false, err
		}
		for row, err := range s.Ledger.Rows(ctx, n.ID, ledger.Pending, ledger.Deferred, ledger.Ambiguous) {
			if err != nil {
				return false, err
			}
			if row.State == ledger.Ambiguous && s.Mail.Ambiguous == "hold" {
				continue
			}
			if !dueAt(row).After(s.Now()) {
				return true, nil
			}
		}
	}
	return false, nil
}

// Shares are what all senders of a ledger keep to together. Without them each
// keeps to the rates and the quota as if it were the only one.
type Shares interface {
	// Places reserves n places in a lane, gap apart, and returns how long it is
	// until the first of them.
	Places(ctx context.Context, lane string, n int, gap time.Duration) (time.Duration, error)

	// Spend takes up to n mails of a quota of so many in any time of the length
	// per, and returns how many it got. Where that is none, it also returns how
	// long it is until there are some again.
	Spend(ctx context.Context, n, quota int, per time.Duration) (got int, wait time.Duration, err error)

	// Return gives back mails that were not sent after all.
	Return(ctx context.Context, n int, per time.Duration) error
}

// spend takes up to n mails of the quota. Where nothing is left of it, it
// returns 0; what is claimed goes all the same.
func (p *pool) spend(n int) int {
	q := p.Mail.Quota
	if p.Shares == nil || q.IsZero() || n == 0 {
		return n
	}
	got, wait, err := p.Shares.Spend(p.ctx, n, q.Mails, q.Per)
	if err != nil {
		p.stop(err)
		return 0
	}
	if got == 0 {
		p.spent = &Exhausted{q, p.Now().Add(wait)}
	}
	return got
}

// unspend gives back what was not sent.
func (p *pool) unspend(n int) {
	if p.Shares == nil || p.Mail.Quota.IsZero() || n == 0 {
		return
	}
	if err := p.Shares.Return(p.record, n, p.Mail.Quota.Per); err != nil {
		p.stop(err)
	}
}
