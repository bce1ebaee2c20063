package delivery

import (
	"context"
	"testing"
	"time"

	"proviso/notify"
	"proviso/source"
)

var start = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)

// at takes a place at an instant and returns how long it is until then.
func at(t *testing.T, p *pace, now time.Time) time.Duration {
	t.Helper()
	d, err := p.next(context.Background(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Mails go at even distances, however many ask at once; time that nobody used
// is not made up for.
func TestPaceIsEven(t *testing.T) {
	p := newPaces(notify.MailConfig{Rate: notify.Rate{Mails: 50, Per: time.Second}}, nil).all
	for i := range 5 {
		if got, want := at(t, p, start), time.Duration(i)*20*time.Millisecond; got != want {
			t.Errorf("mail %d waits %v, want %v", i, got, want)
		}
	}
	if got := at(t, p, start.Add(time.Hour)); got != 0 {
		t.Errorf("after an idle hour: %v", got)
	}
	if got := at(t, p, start.Add(time.Hour)); got != 20*time.Millisecond {
		t.Errorf("the second after an idle hour: %v", got)
	}
	if got := at(t, newPaces(notify.MailConfig{}, nil).all, start); got != 0 {
		t.Errorf("without a rate: %v", got)
	}
}

// A lane hands out places one after the other, as the ledger of several
// machines does.
type lane struct {
	Shares
	free  time.Time
	asked int
}

func (l *lane) Places(_ context.Context, _ string, n int, gap time.Duration) (time.Duration, error) {
	l.asked++
	at := l.free
	l.free = l.free.Add(time.Duration(n) * gap)
	return at.Sub(start), nil
}

// Two senders that share a lane never use one place twice, and none that has
// passed.
func TestPacesShareALane(t *testing.T) {
	shared := &lane{free: start}
	m := notify.MailConfig{Rate: notify.Rate{Mails: 50, Per: time.Second}}
	a, b := newPaces(m, shared).all, newPaces(m, shared).all
	taken := map[time.Duration]bool{}
	for range 30 {
		for _, p := range []*pace{a, b} {
			if d := at(t, p, start); taken[d] || d%(20*time.Millisecond) != 0 {
				t.Errorf("the place after %v is used twice, or is none", d)
			} else {
				taken[d] = true
			}
		}
	}
	if shared.asked > 8 {
		t.Errorf("asked %d times for 60 places", shared.asked)
	}
	shared.free = start.Add(time.Hour)
	a.left, a.free = 5, start.Add(-time.Minute)
	if got := at(t, a, start); got != time.Hour {
		t.Errorf("places that have passed: the next one is after %v", got)
	}
}

// A domain has a rate of its own, however it is spelled; others have none.
func TestPacesOfDomains(t *testing.T) {
	p := newPaces(notify.MailConfig{PerDomain: source.Map[notify.Rate]{{Key: "Gmail.com", Value: notify.Rate{Mails: 1, Per: time.Hour}},
		{Key: "münchen.example", Value: notify.Rate{Mails: 1, Per: time.Minute}}}}, nil)
	for address, want := range map[string]*pace{"a@gmail.com": p.domains["gmail.com"], "b@GMAIL.com": p.domains["gmail.com"],
		`"c@x.example"@gmail.com`: p.domains["gmail.com"], "d@xn--mnchen-3ya.example": p.domains["xn--mnchen-3ya.example"], "e@x.example": nil, "f@mail.gmail.com": nil} {
		if got := p.of(address); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
	for i, want := range []time.Duration{0, time.Hour, 2 * time.Hour} {
		if got, err := p.of("a@gmail.com").next(context.Background(), func() time.Time { return start }); got != want || err != nil {
			t.Errorf("mail %d to a domain goes after %v, not %v; %v", i, got, want, err)
		}
	}
	p = newPaces(notify.MailConfig{PerDomain: source.Map[notify.Rate]{{Key: "Gmail.com", Value: notify.Rate{Mails: 1, Per: time.Hour}}}}, nil)
	stopped, stop := context.WithCancel(context.Background())
	wait := func(address string) bool {
		ok, err := p.wait(stopped, address, func() time.Time { return start })
		return ok && err == nil
	}
	if !wait("a@gmail.com") || !wait("b@x.example") || !wait("c@x.example") {
		t.Error("the first mail to a domain waits")
	}
	stop()
	if wait("d@gmail.com") || wait("e@x.example") {
		t.Error("a mail goes although the pass is stopped")
	}
}

// At a low rate few mails are claimed ahead, so that a kill leaves few in doubt.
func TestClaimsFollowTheRate(t *testing.T) {
	for _, c := range []struct {
		rate notify.Rate
		want int
	}{{notify.Rate{}, 64}, {notify.Rate{Mails: 1000, Per: time.Second}, 64}, {notify.Rate{Mails: 20, Per: time.Second}, 20}, {notify.Rate{Mails: 1, Per: time.Minute}, 4}} {
		if got := claims(4, c.rate); got != c.want {
			t.Errorf("%+v: %d claims, want %d", c.rate, got, c.want)
		}
	}
}

// A mail that was put off is tried later each time, and once more before the deadline.
func TestDue(t *testing.T) {
	for _, c := range []struct {
		tries    int
		deadline time.Duration
		want     time.Duration
	}{{0, 0, 5 * time.Minute}, {2, 0, 30 * time.Minute}, {50, 0, 8 * time.Hour}, {6, 48 * time.Hour, 8 * time.Hour}, {6, 4 * time.Hour, 2 * time.Hour}, {6, -time.Hour, 8 * time.Hour}} {
		deadline := time.Time{}
		if c.deadline != 0 {
			deadline = start.Add(c.deadline)
		}
		if got := due(start, c.tries, deadline).Sub(start); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
