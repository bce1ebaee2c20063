package delivery_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"proviso/courier"
	"proviso/delivery"
	"proviso/ledger"
	"proviso/mailbox"
	"proviso/notify"
	"proviso/policy"
)

// Whoever puts sending on hold, from another process too, stops a sender that
// is at work; nothing is in doubt afterwards, and resume lets it go on.
func TestHoldStopsASenderAtWork(t *testing.T) {
	var w *world
	noticed := make(chan struct{})
	w = newWorld(t, mailbox.Options{Taken: func(n int) {
		if n == 20 {
			other := w.open()
			defer other.Close()
			if err := other.Hold(ctx, ledger.Stop{At: w.now, Reason: "a wrong date"}); err != nil {
				t.Error(err)
			}
		}
		if n >= 20 {
			<-noticed
		}
	}})
	l := w.open()
	s := w.sender(l)
	s.Ledger = &watched{SQLite: l, noticed: noticed}
	pass, err := s.Begin(ctx, w.notices, many(t, 400), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := pass.Run(ctx)
	if err := pass.Close(); err != nil {
		t.Error(err)
	}
	if !errors.Is(err, ledger.ErrHeld) || !strings.Contains(err.Error(), "since 2026-11-03T09:00:00Z (a wrong date) sending is on hold; proviso notify resume") {
		t.Errorf("got %v", err)
	}
	// Each of four connections may have had one mail under way, and begun one
	// more between the sender's look at the ledger and its stop.
	if p.Accepted < 20 || p.Accepted > 20+2*4 || p.Accepted != len(w.told()) {
		t.Errorf("%+v, %d told", p, len(w.told()))
	}
	w.counts(ledger.Counts{Accepted: p.Accepted, Pending: 400 - p.Accepted})
	if s := w.status(); s.Held == nil || s.Held.Reason != "a wrong date" {
		t.Errorf("status %+v", s)
	}
	if _, err := w.send(many(t, 400)); !errors.Is(err, ledger.ErrHeld) {
		t.Errorf("a new sender: %v", err)
	}
	if err := l.Resume(ctx); err != nil {
		t.Fatal(err)
	}
	w.sent(many(t, 400))
	for who, n := range w.told() {
		if n != 1 {
			t.Errorf("%s was told %d times", who, n)
		}
	}
	w.counts(ledger.Counts{Accepted: 400})
}

// A watched ledger says when a sender has noticed that it is held.
type watched struct {
	*ledger.SQLite
	noticed chan struct{}
	once    sync.Once
}

func (w *watched) Held(ctx context.Context) (ledger.Stop, bool, error) {
	stop, held, err := w.SQLite.Held(ctx)
	if held {
		w.once.Do(func() { close(w.noticed) })
	}
	return stop, held, err
}

// A server that has enough for a moment gets fewer connections and pauses, and
// in the end every mail, in one pass.
func TestSendSparesABusyServer(t *testing.T) {
	for name, fault := range map[string]mailbox.Fault{"421": mailbox.Shut, "452": mailbox.NoRoom, "454": mailbox.Closed} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Seed: 3, Odds: map[mailbox.Fault]float64{fault: .2}}})
			if p := w.sent(many(t, 200)); p.Accepted != 200 {
				t.Errorf("%+v", p)
			}
			if w.slept == 0 {
				t.Error("the server got no pause")
			}
			for who, n := range w.told() {
				if n != 1 {
					t.Errorf("%s was told %d times", who, n)
				}
			}
		})
	}
}

// That one mailbox is full slows nobody down.
func TestAFullMailboxIsNobodyElsesTrouble(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{"p1@x.example": mailbox.Full, "p2@x.example": mailbox.Full}}})
	if p := w.sent(many(t, 20)); p.Accepted != 18 || p.Deferred != 2 || w.slept != 0 {
		t.Errorf("%+v, slept %v", p, w.slept)
	}
}

// What somebody read is in the ledger before the mail goes, once for all who
// read the same, and writes the very mail that arrived.
func TestSendKeepsWhatIsTold(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	l := w.open()
	s := w.sender(l)
	clock := w.now.In(time.FixedZone("there", 5*3600))
	s.Now = func() time.Time { // a second passes between any two looks at it
		w.mu.Lock()
		defer w.mu.Unlock()
		clock = clock.Add(time.Second)
		return clock
	}
	p, err := s.Begin(ctx, w.notices, holders(t, "1,jo@x.example,Jo,active,vault,", "2,an@x.example,An,active,kernelguard,", "3,cy@x.example,Cy,active,vault,"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	letters, err := l.Letters(ctx, "privacy@2026-12-20")
	if err != nil || len(letters) != 2 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	key := w.key()
	for _, m := range w.box.Messages() {
		id, name := map[string]string{"jo@x.example": "shop:1", "an@x.example": "shop:2", "cy@x.example": "shop:3"}[m.To], strings.ToUpper(m.To[:1])+m.To[1:2]
		tries, err := l.Attempts(ctx, "privacy@2026-12-20", key.Holder(id))
		if err != nil || len(tries) != 1 {
			t.Fatalf("%+v %v", tries, err)
		}
		for _, x := range letters {
			if x.Number != tries[0].Letter {
				continue
			}
			s, err := courier.ReadSkeleton(x.Body)
			if err != nil {
				t.Fatal(err)
			}
			again := s.For(courier.Recipient{Name: name, Address: m.To, Date: tries[0].Started,
				MessageID: delivery.MessageID("privacy@2026-12-20", key.Holder(id), "northgate.example")})
			if string(again) != string(m.Data) {
				t.Errorf("%s was told\n%s, and the ledger says\n%s", m.To, m.Data, again)
			}
		}
	}
	waves, err := l.Waves(ctx, "privacy@2026-12-20")
	if err != nil || ledger.VerifyWaves(waves) != nil || waves[0].Audience != 3 || waves[0].Query == "" {
		t.Errorf("%+v %v", waves, err)
	}
}

// What cannot be done in time is not begun, and the figures are said; an
// exception allows it, and what was begun is gone on with.
func TestBeginRefusesWhatCannotBeDoneInTime(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.now = time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC) // the deadline begins at 05:00 on the 20th
	w.config.Quota, w.config.Rate = notify.Rate{Mails: 2, Per: 24 * time.Hour}, notify.Rate{Mails: 50, Per: time.Second}
	_, err := w.send(many(t, 7))
	want := "7 mails of privacy@2026-12-20 take until 2026-11-20T09:00:00Z at 50/s within 2/day, but must be accepted before 2026-11-20T05:00:00Z"
	if err == nil || !strings.Contains(err.Error(), want) || w.box.Tries() != 0 {
		t.Errorf("got %v, want %s", err, want)
	}
	if s := w.status(); s.Counts != (ledger.Counts{}) {
		t.Errorf("refused, and begun: %+v", s.Counts)
	}
	if p := w.sent(many(t, 6)); p.Accepted != 2 { // in time
		t.Errorf("%+v", p)
	}
	w.now = w.now.Add(48 * time.Hour)
	if p := w.sent(many(t, 60)); p.Accepted != 2 { // begun already
		t.Errorf("%+v", p)
	}
	w = newWorld(t, mailbox.Options{})
	w.now = time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)
	w.config.Quota = notify.Rate{Mails: 2, Per: 24 * time.Hour}
	w.notices[0].Subjects[0].Words.Exception = policy.Exception{Ground: "security"}
	p, err := w.sender(w.open()).Begin(ctx, w.notices, many(t, 7), nil)
	if err != nil || !strings.Contains(p.Late, "must be accepted before") {
		t.Fatalf("%+v %v", p, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

// How long mails take, with a rate, with a quota, and with both.
func TestTakes(t *testing.T) {
	rate, quota := notify.Rate{Mails: 50, Per: time.Second}, notify.Rate{Mails: 200_000, Per: 24 * time.Hour}
	for _, c := range []struct {
		mail notify.MailConfig
		n    int
		want time.Duration
		days int
	}{
		{notify.MailConfig{}, 1e7, 0, 0},
		{notify.MailConfig{Rate: rate}, 180_000, time.Hour, 0},
		{notify.MailConfig{Quota: quota}, 200_000, 0, 0},
		{notify.MailConfig{Quota: quota}, 200_001, 24 * time.Hour, 1},
		{notify.MailConfig{Rate: rate, Quota: quota}, 380_000, 25 * time.Hour, 1},
		{notify.MailConfig{Rate: notify.Rate{Mails: 14, Per: time.Second}, Quota: notify.Rate{Mails: 50_000, Per: 24 * time.Hour}}, 1e7, 199*24*time.Hour + 3571428571428*time.Nanosecond, 199},
		{notify.MailConfig{Rate: rate, Quota: quota}, 0, 0, 0},
	} {
		got := delivery.Takes(c.mail, c.n)
		if got.Round(time.Second) != c.want.Round(time.Second) || delivery.Days(c.mail, c.n) != c.days {
			t.Errorf("%s %s, %d mails: %v and %d days, want %v and %d", c.mail.Rate, c.mail.Quota, c.n, got, delivery.Days(c.mail, c.n), c.want, c.days)
		}
	}
}
