package ledgertest

import (
	"slices"
	"testing"
	"time"

	"proviso/ledger"
)

func nobodyTwice(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b")
	enrol(t, l, 1, entry("a"), entry("b"), entry("c"))
	claim(t, l, "a")
	outcome(t, l, "a", ledger.Accepted, noon)
	other := entry("d") // the same address under another id
	other.Address = key.Address("a@example.com")
	moved := entry("a") // told already, has another address now
	moved.Address = key.Address("new@example.com")
	enrol(t, l, 0, moved, entry("b"), entry("c"), other)
	counts(t, l, ledger.Counts{Pending: 2, Accepted: 1})
	waves, err := l.Waves(ctx, notice)
	must(t, err)
	if len(waves) != 3 || waves[1].Audience != 3 || waves[1].Added != 1 || !waves[0].At.Equal(noon) {
		t.Errorf("waves %+v", waves)
	}
}

func excluded(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b")
	claim(t, l, "b")
	outcome(t, l, "b", ledger.Accepted, noon)
	a, b := entry("a"), entry("b")
	a.Skip, b.Skip = "status closed", "status closed"
	enrol(t, l, 0, a, b)
	counts(t, l, ledger.Counts{Skipped: 1, Accepted: 1})
	if r := row(t, l, "a"); r.Reason != "status closed" {
		t.Errorf("reason %q", r.Reason)
	}
	enrol(t, l, 1, entry("a")) // open again
	counts(t, l, ledger.Counts{Pending: 1, Accepted: 1})
	must(t, l.Skip(ctx, notice, hashes("a"), "gone"))
	counts(t, l, ledger.Counts{Skipped: 1, Accepted: 1})
	if err := l.Skip(ctx, notice, hashes("b"), "gone"); err == nil {
		t.Error("someone who was told was skipped")
	}
}

func newAddress(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b")
	claim(t, l, "a", "b")
	outcome(t, l, "a", ledger.Rejected, noon)
	outcome(t, l, "b", ledger.Rejected, noon)
	a := entry("a")
	a.Address = key.Address("new@example.com")
	enrol(t, l, 1, a, entry("b"))
	counts(t, l, ledger.Counts{Pending: 1, Rejected: 1})
	if r := row(t, l, "a"); r.Address != a.Address || r.Tries != 1 {
		t.Errorf("row %+v", r)
	}
}

func late(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "early", "late", "waiting")
	joined := entry("joined")
	joined.Late = true
	enrol(t, l, 1, joined)
	claim(t, l, "early", "late", "joined")
	outcome(t, l, "early", ledger.Accepted, deadline.Add(-time.Millisecond))
	outcome(t, l, "late", ledger.Accepted, deadline)
	c, err := l.Counts(ctx, notice)
	must(t, err)
	if c.Waiting != 1 || c.Sending != 1 {
		t.Errorf("who joined after the deadline holds the notice open: %+v", c)
	}
	outcome(t, l, "joined", ledger.Accepted, deadline.Add(time.Hour))
	counts(t, l, ledger.Counts{Pending: 1, Accepted: 3, Late: 1})
}

func lastAudience(t *testing.T, open func() ledger.Ledger) {
	l := open()
	must(t, l.Open(ctx, first))
	ask := func(id string, want int, known bool) {
		t.Helper()
		n, ok, err := l.LastAudience(ctx, id)
		must(t, err)
		if n != want || ok != known {
			t.Errorf("last audience of %s: %d %v, want %d %v", id, n, ok, want, known)
		}
	}
	ask(notice, 0, false)
	enrol(t, l, 2, entry("a"), entry("b"))
	ask(notice, 2, true)
	for _, n := range []ledger.Notice{
		{ID: "privacy@2027-02-01", Controller: "Northgate", Policies: []string{"privacy", "security"}, KeyPrint: "k"},
		{ID: "security@2027-02-01", Controller: "Northgate", Policies: []string{"security"}, KeyPrint: "k"},
		{ID: "privacy@2027-02-01#2", Controller: "Other", Policies: []string{"privacy"}, KeyPrint: "k"},
	} {
		must(t, l.Open(ctx, n))
	}
	ask("privacy@2027-02-01", 2, true)
	ask("security@2027-02-01", 0, false)
	ask("privacy@2027-02-01#2", 0, false)
	_, err := l.Enrol(ctx, "privacy@2027-02-01", ledger.Wave{At: noon, Audience: 7}, slices.Values([]ledger.Entry{}))
	must(t, err)
	ask("security@2027-02-01", 7, true)
	ask(notice, 2, true)
}

func keepsKey(t *testing.T, open func() ledger.Ledger) {
	l := open()
	must(t, l.Open(ctx, first))
	moved := first
	moved.Effective = "2027-01-10"
	must(t, l.Open(ctx, moved))
	moved.KeyPrint = "another"
	if err := l.Open(ctx, moved); err == nil {
		t.Error("a notice was opened with another key")
	}
}

func sealed(t *testing.T, open func() ledger.Ledger) {
	l := open()
	must(t, l.Open(ctx, first))
	b, a := entry("b"), entry("a") // as their hashes come
	b.Skip = "status closed"
	w := ledger.Wave{At: noon, Audience: 1, Query: "shop: SELECT 1", Exclusions: []ledger.Exclusion{{Reason: "status closed", Holders: 1}}}
	for range 2 {
		_, err := l.Enrol(ctx, notice, w, slices.Values([]ledger.Entry{b, a}))
		must(t, err)
	}
	waves, err := l.Waves(ctx, notice)
	must(t, err)
	must(t, ledger.VerifyWaves(waves))
	told := ledger.NewRoll()
	told.Add(a.Holder)
	if waves[0].Digest != told.String() || waves[1].Digest != told.String() {
		t.Errorf("digests %s and %s, of who is told %s", waves[0].Digest, waves[1].Digest, told)
	}
	if !slices.Equal(waves[1].Exclusions, w.Exclusions) || waves[0].Added != 1 || waves[0].Seal == waves[1].Seal {
		t.Errorf("waves %+v", waves)
	}
	for name, change := range map[string]func(*ledger.Wave){
		"count":      func(w *ledger.Wave) { w.Audience++ },
		"query":      func(w *ledger.Wave) { w.Query += " " },
		"digest":     func(w *ledger.Wave) { w.Digest = "sha256:2" },
		"exclusions": func(w *ledger.Wave) { w.Exclusions = nil },
	} {
		forged := slices.Clone(waves)
		change(&forged[0])
		if err := ledger.VerifyWaves(forged); err == nil {
			t.Errorf("another %s goes unnoticed", name)
		}
	}
	if err := ledger.VerifyWaves(waves[1:]); err == nil {
		t.Error("a missing wave goes unnoticed")
	}
}
