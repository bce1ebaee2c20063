package delivery

import (
	"context"
	"strings"
	"sync"
	"time"

	"proviso/notify"
)

// A pace spaces mails evenly, so that a rate holds in every short time too.
type pace struct {
	gap  time.Duration // 0: no limit
	mu   sync.Mutex
	free time.Time // when the next mail may go
}

func newPace(r notify.Rate) *pace { return &pace{gap: r.For(1)} }

// next takes the next place and returns how long it is until then.
func (p *pace) next(now time.Time) time.Duration {
	if p == nil || p.gap == 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.free.Before(now) {
		p.free = now
	}
	wait := p.free.Sub(now)
	p.free = p.free.Add(p.gap)
	return wait
}

// paces are the rates of a pass: of all mails, and of some domains.
type paces struct {
	all     *pace
	domains map[string]*pace
}

func newPaces(m notify.MailConfig) paces {
	p := paces{newPace(m.Rate), map[string]*pace{}}
	for _, d := range m.PerDomain {
		p.domains[strings.ToLower(d.Key)] = newPace(d.Value)
	}
	return p
}

// wait returns when the mail may go. It reports false if ctx ended before.
func (p paces) wait(ctx context.Context, address string, now func() time.Time) bool {
	_, domain, _ := strings.Cut(address, "@")
	d := max(p.all.next(now()), p.domains[strings.ToLower(domain)].next(now()))
	if d <= 0 {
		return ctx.Err() == nil
	}
	return sleep(ctx, d)
}

// limited reports whether there is any rate to keep.
func (p paces) limited() bool { return p.all.gap > 0 || len(p.domains) > 0 }
