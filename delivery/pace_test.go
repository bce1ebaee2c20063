package delivery

import (
	"context"
	"testing"
	"time"

	"proviso/notify"
	"proviso/source"
)

var start = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)

// Mails go at even distances, however many ask at once; time that nobody used
// is not made up for.
func TestPaceIsEven(t *testing.T) {
	p := newPace(notify.Rate{Mails: 50, Per: time.Second})
	for i := range 5 {
		if got, want := p.next(start), time.Duration(i)*20*time.Millisecond; got != want {
			t.Errorf("mail %d waits %v, want %v", i, got, want)
		}
	}
	if got := p.next(start.Add(time.Hour)); got != 0 {
		t.Errorf("after an idle hour: %v", got)
	}
	if got := p.next(start.Add(time.Hour)); got != 20*time.Millisecond {
		t.Errorf("the second after an idle hour: %v", got)
	}
	if got := newPace(notify.Rate{}).next(start); got != 0 {
		t.Errorf("without a rate: %v", got)
	}
}

func TestPacesOfDomains(t *testing.T) {
	p := newPaces(notify.MailConfig{PerDomain: source.Map[notify.Rate]{{Key: "Gmail.com", Value: notify.Rate{Mails: 1, Per: time.Hour}}}})
	stopped, stop := context.WithCancel(context.Background())
	now := func() time.Time { return start }
	if !p.wait(stopped, "a@gmail.com", now) || !p.wait(stopped, "b@x.example", now) || !p.wait(stopped, "c@x.example", now) {
		t.Error("the first mail to a domain waits")
	}
	stop()
	if p.wait(stopped, "d@gmail.com", now) || p.wait(stopped, "e@x.example", now) {
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
