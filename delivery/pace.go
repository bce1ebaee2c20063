package delivery

import (
	"context"
	"sync"
	"time"

	"proviso/account"
	"proviso/notify"
)

// A pace spaces mails evenly, so that a rate holds in every short time too.
// Where others send as well, places come from the lane that they share, a few
// at a time.
type pace struct {
	gap  time.Duration // 0: no limit
	mu   sync.Mutex
	free time.Time // when the next mail may go

	lane   string
	shares Shares // nil: nobody else sends
	left   int    // places that are reserved, from free on
}

// reservedFor is for how long places are reserved: what a sender that dies
// leaves unused is lost to the others.
const reservedFor = 250 * time.Millisecond

// next takes the next place and returns how long it is until then.
func (p *pace) next(ctx context.Context, now func() time.Time) (time.Duration, error) {
	if p == nil || p.gap == 0 {
		return 0, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.reserve(ctx, now); err != nil {
		return 0, err
	}
	p.left--
	wait := p.free.Sub(now())
	p.free = p.free.Add(p.gap)
	return wait, nil
}

// reserve makes sure that the next place is one that was not passed yet: to use
// it later would be to go faster.
func (p *pace) reserve(ctx context.Context, now func() time.Time) error {
	for ; p.left > 0 && p.free.Before(now()); p.left-- {
		p.free = p.free.Add(p.gap)
	}
	switch {
	case p.shares == nil:
		if at := now(); p.free.Before(at) {
			p.free = at
		}
	case p.left <= 0:
		p.left = max(1, int(reservedFor/p.gap))
		wait, err := p.shares.Places(ctx, p.lane, p.left, p.gap)
		if err != nil {
			p.left = 0
			return err
		}
		p.free = now().Add(wait)
	}
	return nil
}

// paces are the rates of a pass: of all mails, and of some domains.
type paces struct {
	all     *pace
	domains map[string]*pace
}

func newPaces(m notify.MailConfig, shares Shares) paces {
	p := paces{&pace{gap: m.Rate.For(1), shares: shares}, map[string]*pace{}}
	for _, d := range m.PerDomain {
		name := account.Domain(d.Key)
		p.domains[name] = &pace{gap: d.Value.For(1), lane: name, shares: shares}
	}
	return p
}

// wait returns when the mail may go. It reports false if ctx ended before.
func (p paces) wait(ctx context.Context, address string, now func() time.Time) (bool, error) {
	for _, lane := range []*pace{p.of(address), p.all} {
		d, err := lane.next(ctx, now)
		if err != nil {
			return false, err
		}
		if d > 0 && !sleep(ctx, d) {
			return false, nil
		}
	}
	return ctx.Err() == nil, nil
}

// of returns the pace of an address's domain; nil: it has none of its own.
func (p paces) of(address string) *pace {
	if len(p.domains) == 0 {
		return nil
	}
	return p.domains[account.Domain(address)]
}

// limited reports whether there is any rate to keep.
func (p paces) limited() bool { return p.all.gap > 0 || len(p.domains) > 0 }
