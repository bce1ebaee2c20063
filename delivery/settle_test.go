package delivery_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"proviso/account"
	"proviso/delivery"
	"proviso/ledger"
	"proviso/mailbox"
	"proviso/notify"
	"proviso/notify/notifytest"
)

// settle sends until everyone is settled. The clock goes on while a sender
// waits, and nobody waits for it.
func (w *world) settle(n int, before func(wait time.Duration)) error {
	w.t.Helper()
	l := w.open()
	defer l.Close()
	s := w.sender(l)
	s.Sleep = func(ctx context.Context, d time.Duration) bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.now = w.now.Add(d)
		return ctx.Err() == nil
	}
	s.Now = func() time.Time {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.now
	}
	return s.Settle(ctx, delivery.Campaign{Notices: w.notices, Waiting: func(d time.Duration, _ string) { before(d) },
		Holders: func(context.Context) (*account.Holders, error) { return many(w.t, n), nil }})
}

// Who is put off is tried again when it is due, later each time; who could not
// be told for five days is not waited for any more.
func TestSettleWaitsUntilMailsAreDue(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{
		"p1@x.example": mailbox.Later, "p2@x.example": mailbox.Never, "p3@x.example": mailbox.LaterAtEnd}}})
	begin := w.now
	var waited []time.Duration
	err := w.settle(5, func(d time.Duration) { waited = append(waited, d) })
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour}
	if len(waited) < len(want) || w.now.Sub(begin) < delivery.GiveUp || w.now.Sub(begin) > delivery.GiveUp+9*time.Hour {
		t.Fatalf("waited %v", waited)
	}
	for i, d := range want {
		if waited[i] != d {
			t.Errorf("wait %d: %v, want %v", i, waited[i], d)
		}
	}
	w.counts(ledger.Counts{Accepted: 2, Deferred: 2, Rejected: 1})
	if got := w.told(); len(got) != 2 || got["p4@x.example"] != 1 {
		t.Errorf("told %v", got)
	}
}

// A server that is down for a while and a quota that is used up are waited for.
func TestSettleWaitsForBetterTimes(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Odds: map[mailbox.Fault]float64{mailbox.Shut: 1}}})
	w.config.Quota = notify.Rate{Mails: 20, Per: 24 * time.Hour}
	waits := 0
	if err := w.settle(50, func(time.Duration) {
		if waits++; waits == 2 {
			w.box.Heal()
		}
	}); err != nil {
		t.Fatal(err)
	}
	w.counts(ledger.Counts{Accepted: 50})
	for who, n := range w.told() {
		if n != 1 {
			t.Errorf("%s was told %d times", who, n)
		}
	}
}

// An ambiguous mail is not sent again and again without a pause, and hold ends
// the waiting: only a person can settle it.
func TestSettleIsCarefulWithAmbiguousMails(t *testing.T) {
	for ambiguous, want := range map[string]int{"resend": 2 + 5*24/8 + 5, "hold": 1} {
		w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{"p1@x.example": mailbox.CutTaken}}})
		w.config.Ambiguous = ambiguous
		if err := w.settle(2, func(time.Duration) {}); err != nil {
			t.Fatal(err)
		}
		if n := w.told()["p1@x.example"]; n > want || n < want/2 {
			t.Errorf("%s: told %d times, want about %d", ambiguous, n, want)
		}
		w.counts(ledger.Counts{Accepted: 1, Ambiguous: 1})
	}
}

// What another person must mend ends the waiting.
func TestSettleEndsWhereWaitingDoesNotHelp(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Odds: map[mailbox.Fault]float64{mailbox.Never: 1}}})
	if err := w.settle(200, func(time.Duration) {}); err == nil || !strings.Contains(err.Error(), "in a row") {
		t.Errorf("got %v", err)
	}
	l := w.open()
	if err := l.Hold(ctx, ledger.Stop{At: w.now}); err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := w.settle(200, func(time.Duration) {}); !errors.Is(err, ledger.ErrHeld) {
		t.Errorf("got %v", err)
	}
}

// A test mail is the mail of a variant, says that it is a test, and tells nobody.
func TestTrialTellsNobody(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	l := w.open()
	v := notifytest.Audience(t, w.notices[0], many(t, 1))[0].Variant
	if _, err := w.sender(l).Trial(ctx, w.notices[0], v, "Jo", "counsel@northgate.example"); err != nil {
		t.Fatal(err)
	}
	m := w.box.Messages()
	r, err := m[0].Read()
	if err != nil || len(m) != 1 || m[0].To != "counsel@northgate.example" {
		t.Fatalf("%+v %v", m, err)
	}
	if !strings.HasPrefix(r.Get("Subject"), "[Test] Changes to the Northgate") || !strings.Contains(r.Text, "Hello Jo,") || !strings.HasPrefix(r.Header.Get("Message-Id"), "<test.") {
		t.Errorf("%q %q %q", r.Get("Subject"), r.Header.Get("Message-Id"), r.Text[:60])
	}
	if s := w.status(); s.Counts != (ledger.Counts{}) {
		t.Errorf("the ledger heard of it: %+v", s.Counts)
	}
}
