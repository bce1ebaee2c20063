package ledgertest

import (
	"errors"
	"slices"
	"testing"

	"proviso/ledger"
)

// The rows that a wave was the first to have told are known for ever: a roll
// can be called years later. Who is skipped first and told later belongs to the
// later wave; who comes back belongs to the first one.
func roll(t *testing.T, open func() ledger.Ledger) {
	l := open()
	must(t, l.Open(ctx, first))
	skipped := entry("c")
	skipped.Skip = "status closed"
	enrol(t, l, 2, entry("a"), entry("b"), skipped)
	must(t, l.Skip(ctx, notice, hashes("a"), "no longer in the audience"))
	enrol(t, l, 3, entry("a"), entry("c"), entry("d"))
	enrol(t, l, 0, entry("a"), entry("b"), entry("c"), entry("d"))
	waves, err := l.Waves(ctx, notice)
	must(t, err)
	must(t, ledger.VerifyWaves(waves))
	called := []ledger.Roll{ledger.NewRoll(), ledger.NewRoll(), ledger.NewRoll()}
	of := map[ledger.Hash]int{}
	for r, err := range l.Rows(ctx, notice) {
		must(t, err)
		of[r.Holder] = r.Wave
		called[r.Wave-1].Add(r.Holder)
	}
	for id, want := range map[string]int{"a": 1, "b": 1, "c": 2, "d": 2} {
		if got := of[key.Holder(id)]; got != want {
			t.Errorf("%s belongs to wave %d, want %d", id, got, want)
		}
	}
	for i, w := range waves {
		if w.Roll != called[i].String() {
			t.Errorf("wave %d has the roll %s, its rows %s", i+1, w.Roll, called[i])
		}
	}
	waves[1].Roll = waves[0].Roll
	if err := ledger.VerifyWaves(waves); err == nil {
		t.Error("another roll goes unnoticed")
	}
	unsorted := hashes("a", "b")
	slices.SortFunc(unsorted, func(a, b ledger.Hash) int { return slices.Compare(b[:], a[:]) })
	_, err = l.Enrol(ctx, notice, ledger.Wave{At: noon}, slices.Values([]ledger.Entry{{Holder: unsorted[0]}, {Holder: unsorted[1]}}))
	if err == nil {
		t.Error("entries out of order were taken")
	}
}

func history(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b", "c")
	claim(t, l, "a", "b")
	outcome(t, l, "a", ledger.Deferred, noon)
	outcome(t, l, "b", ledger.Accepted, noon)
	claim(t, l, "a")
	outcome(t, l, "a", ledger.Accepted, noon)
	var got, want []ledger.Attempt
	for a, err := range l.History(ctx, notice) {
		must(t, err)
		got = append(got, a)
	}
	for r, err := range l.Rows(ctx, notice) {
		must(t, err)
		tried, err := l.Attempts(ctx, notice, r.Holder)
		must(t, err)
		want = append(want, tried...)
	}
	if len(got) != 3 || !slices.Equal(got, want) {
		t.Errorf("history %+v, want %+v", got, want)
	}
	for _, err := range l.History(ctx, "none@2026-01-01") {
		if !errors.Is(err, ledger.ErrUnknown) {
			t.Errorf("the history of no notice: %v", err)
		}
	}
}

// Who was told is forgotten; that so many were is not.
func purge(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b")
	other := first
	other.ID = "terms@2026-12-20"
	must(t, l.Open(ctx, other))
	_, err := l.Enrol(ctx, other.ID, ledger.Wave{At: noon}, slices.Values([]ledger.Entry{entry("a")}))
	must(t, err)
	_, err = l.Keep(ctx, notice, []byte("Dear reader"))
	must(t, err)
	claim(t, l, "a")
	outcome(t, l, "a", ledger.Accepted, deadline)
	before, err := l.Counts(ctx, notice)
	must(t, err)

	must(t, l.Purge(ctx, noon, notice))
	must(t, l.Purge(ctx, deadline, notice)) // changes nothing
	must(t, l.Purge(ctx, deadline))
	if err := l.Purge(ctx, noon, "none@2026-01-01"); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("purging no notice: %v", err)
	}
	counts(t, l, before)
	if before.Late != 1 || before.Waiting != 1 {
		t.Errorf("counts before %+v", before)
	}
	for range l.Rows(ctx, notice) {
		t.Error("a row is left")
	}
	for range l.History(ctx, notice) {
		t.Error("an attempt is left")
	}
	letters, err := l.Letters(ctx, notice)
	must(t, err)
	waves, err := l.Waves(ctx, notice)
	must(t, err)
	if len(letters) != 0 || len(waves) != 1 {
		t.Errorf("%d letters, %d waves are left", len(letters), len(waves))
	}
	all, err := l.Notices(ctx)
	must(t, err)
	if len(all) != 2 || !all[0].Purged.Equal(noon) || !all[1].Purged.IsZero() {
		t.Errorf("notices %+v", all)
	}
	if err := l.Open(ctx, first); !errors.Is(err, ledger.ErrPurged) {
		t.Errorf("opening it again: %v", err)
	}
	if _, err := l.Enrol(ctx, notice, ledger.Wave{At: noon}, slices.Values([]ledger.Entry{entry("a")})); !errors.Is(err, ledger.ErrPurged) {
		t.Errorf("enrolling again: %v", err)
	}
	c, err := l.Counts(ctx, other.ID)
	must(t, err)
	if c.Pending != 1 {
		t.Errorf("the other notice has %+v", c)
	}
}
