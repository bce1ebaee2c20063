// Package ledgertest holds the promises that every ledger must keep, whatever
// it is made of.
package ledgertest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"proviso/ledger"
)

// Run holds a ledger to its promises. open opens the same ledger each time it
// is called with the same t, and another one for another t.
func Run(t *testing.T, open func(t *testing.T) ledger.Ledger) {
	for name, story := range map[string]func(*testing.T, func() ledger.Ledger){
		"nobody is enrolled twice":                  nobodyTwice,
		"who is excluded later is skipped":          excluded,
		"a new address is worth another try":        newAddress,
		"intent comes before outcome":               intent,
		"a row is claimed once":                     claimedOnce,
		"several claim at the same time":            severalClaim,
		"what a dead sender left is ambiguous":      deadSender,
		"what was given back is as it was":          givenBack,
		"there is one sender":                       oneSender,
		"late ones are counted":                     late,
		"an audience is compared with the last one": lastAudience,
		"a notice keeps its key":                    keepsKey,
		"many write at the same time":               manyWriters,
		"many rows are written at a time":           batches,
		"attempts are remembered":                   attempts,
		"an unknown notice is an error":             unknown,
		"a wave is sealed":                          sealed,
		"what was told is kept":                     letters,
		"nobody sends while it is on hold":          hold,
		"news change what is known":                 news,
		"nobody waits for an exception":             except,
		"remarks are kept in order":                 remarks,
		"a holder is found again":                   find,
		"a wave knows its rows":                     roll,
		"all attempts come in order":                history,
		"a purged notice is forgotten":              purge,
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func() ledger.Ledger {
				l := open(t)
				t.Cleanup(func() { _ = l.Close() }) // some stories close it themselves
				return l
			})
		})
	}
}

const notice = "privacy@2026-12-20"

var (
	ctx      = context.Background()
	noon     = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	deadline = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	key      = ledger.Key("0123456789abcdef0123456789abcdef")
	first    = ledger.Notice{ID: notice, Controller: "Northgate", Policies: []string{"privacy"}, Effective: "2026-12-20",
		Deadline: "2026-11-20", DeadlineAt: deadline, KeyPrint: key.Print()}
)

func entry(id string) ledger.Entry {
	return ledger.Entry{Holder: key.Holder(id), Address: key.Address(id + "@example.com")}
}

func begin(t *testing.T, l ledger.Ledger, ids ...string) {
	t.Helper()
	must(t, l.Open(ctx, first))
	var entries []ledger.Entry
	for _, id := range ids {
		entries = append(entries, entry(id))
	}
	enrol(t, l, len(ids), entries...)
}

func enrol(t *testing.T, l ledger.Ledger, want int, entries ...ledger.Entry) {
	t.Helper()
	slices.SortFunc(entries, func(a, b ledger.Entry) int { return slices.Compare(a.Holder[:], b.Holder[:]) })
	added, err := l.Enrol(ctx, notice, ledger.Wave{At: noon, Audience: len(entries)}, slices.Values(entries))
	must(t, err)
	if added != want {
		t.Errorf("%d added, want %d", added, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func claim(t *testing.T, l ledger.Ledger, ids ...string) {
	t.Helper()
	if n := try(t, l, len(ids), ids...); n != len(ids) {
		t.Fatalf("%d claimed of %v", n, ids)
	}
}

// try claims what can be claimed, and returns how many that are.
func try(t *testing.T, l ledger.Ledger, most int, ids ...string) int {
	t.Helper()
	asked := claims(ids...)
	for i := range asked {
		r, _, err := l.Find(ctx, notice, asked[i].Holder, ledger.Hash{})
		must(t, err)
		asked[i].Tries = r.Tries
	}
	got, err := l.Claim(ctx, notice, most, asked)
	must(t, err)
	return len(got)
}

func hashes(ids ...string) (out []ledger.Hash) {
	for _, id := range ids {
		out = append(out, key.Holder(id))
	}
	return out
}

func claims(ids ...string) (out []ledger.Claim) {
	for _, id := range ids {
		out = append(out, ledger.Claim{Holder: key.Holder(id)})
	}
	return out
}

func outcome(t *testing.T, l ledger.Ledger, id string, s ledger.State, at time.Time) {
	t.Helper()
	must(t, l.Record(ctx, notice, ledger.Attempt{Holder: key.Holder(id), State: s, Ended: at}))
}

func counts(t *testing.T, l ledger.Ledger, want ledger.Counts) {
	t.Helper()
	got, err := l.Counts(ctx, notice)
	must(t, err)
	got.Waiting, got.Out = want.Waiting, want.Out
	if got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

func row(t *testing.T, l ledger.Ledger, id string) ledger.Row {
	t.Helper()
	for r, err := range l.Rows(ctx, notice) {
		must(t, err)
		if r.Holder == key.Holder(id) {
			return r
		}
	}
	t.Fatalf("no row of %s", id)
	return ledger.Row{}
}

func intent(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a")
	err := l.Record(ctx, notice, ledger.Attempt{Holder: key.Holder("a"), State: ledger.Accepted, Ended: noon})
	if err == nil {
		t.Error("an outcome without an intent was taken")
	}
	claim(t, l, "a")
	other := open()
	counts(t, other, ledger.Counts{Sending: 1})
	outcome(t, l, "a", ledger.Accepted, noon)
	counts(t, other, ledger.Counts{Accepted: 1})
	must(t, l.Close())
	l = open()
	counts(t, l, ledger.Counts{Accepted: 1})
	if n := try(t, l, 1, "a"); n != 0 {
		t.Error("someone who was told was claimed")
	}
}

func claimedOnce(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b", "c", "d")
	claim(t, l, "b")
	got, err := l.Claim(ctx, notice, 2, claims("d", "b", "unknown", "c", "a"))
	must(t, err)
	if !slices.Equal(got, claims("d", "c")) {
		t.Errorf("claimed %v: not the first two that are free, in the order asked for", got)
	}
	counts(t, l, ledger.Counts{Pending: 1, Sending: 3})
	outcome(t, l, "b", ledger.Ambiguous, noon)
	if got, err := l.Claim(ctx, notice, 1, claims("b")); err != nil || len(got) != 0 {
		t.Errorf("claimed %v though it was tried since it was looked at, %v", got, err)
	}
}

// Two senders that go through the same rows at the same time never both get one.
func severalClaim(t *testing.T, open func() ledger.Ledger) {
	const n = 300
	ids := names(n)
	senders := []ledger.Ledger{open(), open(), open()}
	begin(t, senders[0], ids...)
	var mu sync.Mutex
	var wg sync.WaitGroup
	times := map[ledger.Hash]int{}
	for _, l := range senders {
		wg.Go(func() {
			for part := range slices.Chunk(ids, 30) {
				for range 6 {
					got, err := l.Claim(ctx, notice, 7, claims(part...))
					if err != nil {
						t.Error(err)
						return
					}
					for _, c := range got {
						if err := l.Record(ctx, notice, ledger.Attempt{Holder: c.Holder, State: ledger.Accepted, Ended: noon}); err != nil {
							t.Error(err)
						}
						mu.Lock()
						times[c.Holder]++
						mu.Unlock()
					}
				}
			}
		})
	}
	wg.Wait()
	for h, k := range times {
		if k != 1 {
			t.Errorf("%s was claimed %d times", h, k)
		}
	}
	if len(times) != n {
		t.Errorf("%d of %d were claimed", len(times), n)
	}
	counts(t, senders[0], ledger.Counts{Accepted: n})
}

func names(n int) (ids []string) {
	for i := range n {
		ids = append(ids, string(rune('a'+i)))
	}
	return ids
}

func deadSender(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b", "c")
	claim(t, l, "a", "b")
	outcome(t, l, "b", ledger.Accepted, noon)
	must(t, l.Close())
	l = open()
	n, err := l.TakeOver(ctx, notice, noon)
	must(t, err)
	if n != 1 {
		t.Errorf("%d taken over", n)
	}
	counts(t, l, ledger.Counts{Pending: 1, Ambiguous: 1, Accepted: 1})
	tries, err := l.Attempts(ctx, notice, key.Holder("a"))
	must(t, err)
	if len(tries) != 1 || tries[0].State != ledger.Ambiguous {
		t.Errorf("attempts %+v", tries)
	}
	claim(t, l, "a") // it may be sent again
}

func givenBack(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b")
	claim(t, l, "a", "b")
	due := noon.Add(time.Hour)
	must(t, l.Record(ctx, notice, ledger.Attempt{Holder: key.Holder("a"), State: ledger.Deferred, Ended: noon, Due: due}))
	claim(t, l, "a")
	outcome(t, l, "a", ledger.Pending, noon)
	outcome(t, l, "b", ledger.Pending, noon)
	counts(t, l, ledger.Counts{Pending: 1, Deferred: 1})
	if r := row(t, l, "a"); !r.Due.Equal(due) || r.Tries != 1 {
		t.Errorf("row %+v", r)
	}
}

func oneSender(t *testing.T, open func() ledger.Ledger) {
	a, b := open(), open()
	unlock, err := a.Lock()
	must(t, err)
	if _, err := b.Lock(); !errors.Is(err, ledger.ErrLocked) {
		t.Errorf("a second sender: %v", err)
	}
	must(t, unlock())
	unlock, err = b.Lock()
	must(t, err)
	must(t, unlock())
}

func manyWriters(t *testing.T, open func() ledger.Ledger) {
	l := open()
	ids := names(200)
	begin(t, l, ids...)
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			h := key.Holder(id)
			if got, err := l.Claim(ctx, notice, 1, []ledger.Claim{{Holder: h}}); err != nil || len(got) != 1 {
				t.Error(got, err)
			}
			if err := l.Record(ctx, notice, ledger.Attempt{Holder: h, State: ledger.Accepted, Ended: noon}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	counts(t, l, ledger.Counts{Accepted: 200})
}

func attempts(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a")
	tries := []ledger.Attempt{
		{Holder: key.Holder("a"), State: ledger.Deferred, Code: 450, Text: "busy", Server: "mx:25", Started: noon, Ended: noon.Add(time.Second), Due: noon.Add(time.Minute)},
		{Holder: key.Holder("a"), State: ledger.Accepted, Code: 250, Text: "ok", QueueID: "Q1", Server: "mx:25", TLS: "TLS 1.3", Started: noon.Add(time.Hour), Ended: noon.Add(time.Hour)},
	}
	for i := range tries {
		claim(t, l, "a")
		must(t, l.Record(ctx, notice, tries[i]))
		tries[i].Number = i + 1
	}
	got, err := l.Attempts(ctx, notice, key.Holder("a"))
	must(t, err)
	if !slices.Equal(got, tries) {
		t.Errorf("attempts\n%+v, want\n%+v", got, tries)
	}
	n, at, err := l.TriedSince(ctx, noon.Add(time.Minute))
	must(t, err)
	if n != 1 || !at.Equal(noon.Add(time.Hour)) {
		t.Errorf("%d tries since, the first at %v", n, at)
	}
}

func unknown(t *testing.T, open func() ledger.Ledger) {
	l := open()
	if _, err := l.Counts(ctx, notice); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	if _, err := l.Claim(ctx, notice, 1, claims("a")); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("got %v", err)
	}
}

func letters(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b", "c")
	one, err := l.Keep(ctx, notice, []byte("Hello"))
	must(t, err)
	two, err := l.Keep(ctx, notice, []byte("Guten Tag"))
	must(t, err)
	again, err := l.Keep(ctx, notice, []byte("Hello"))
	must(t, err)
	if one != again || one == two || one == 0 {
		t.Errorf("letters %d, %d and %d", one, two, again)
	}
	got, err := l.Claim(ctx, notice, 3, []ledger.Claim{{Holder: key.Holder("a"), Letter: one}, {Holder: key.Holder("b"), Letter: two}, {Holder: key.Holder("c")}})
	must(t, err)
	if len(got) != 3 || got[1].Letter != two {
		t.Errorf("claimed %v", got)
	}
	outcome(t, l, "a", ledger.Accepted, noon)
	outcome(t, l, "c", ledger.Accepted, noon)
	must(t, l.Close())
	l = open() // the sender died before it heard of b
	_, err = l.TakeOver(ctx, notice, noon)
	must(t, err)
	for id, want := range map[string]int{"a": one, "b": two, "c": 0} {
		tries, err := l.Attempts(ctx, notice, key.Holder(id))
		must(t, err)
		if len(tries) != 1 || tries[0].Letter != want {
			t.Errorf("%s was told %+v, want letter %d", id, tries, want)
		}
	}
	kept, err := l.Letters(ctx, notice)
	must(t, err)
	if len(kept) != 2 || kept[1].Number != two || string(kept[1].Body) != "Guten Tag" {
		t.Errorf("kept %+v", kept)
	}
}

func hold(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b")
	claim(t, l, "a")
	other := open()
	must(t, other.Hold(ctx, ledger.Stop{At: noon, Reason: "a wrong date"}))
	must(t, other.Hold(ctx, ledger.Stop{At: noon.Add(time.Hour), Reason: "a wrong date in the text"}))
	must(t, other.Close())
	if got, err := l.Claim(ctx, notice, 1, claims("b")); !errors.Is(err, ledger.ErrHeld) || len(got) != 0 {
		t.Errorf("claimed on hold: %v %v", got, err)
	}
	outcome(t, l, "a", ledger.Accepted, noon) // what went is noted all the same
	s, held, err := l.Held(ctx)
	must(t, err)
	if !held || !s.At.Equal(noon) || s.Reason != "a wrong date in the text" {
		t.Errorf("%+v %v", s, held)
	}
	must(t, l.Resume(ctx))
	must(t, l.Resume(ctx))
	if _, held, err := l.Held(ctx); held || err != nil {
		t.Errorf("still on hold, %v", err)
	}
	claim(t, l, "b")
}
