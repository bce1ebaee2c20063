package ledgertest

import (
	"slices"
	"testing"
	"time"

	"proviso/ledger"
)

func news(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "accepted", "ambiguous", "lost", "returned", "rejected", "pending")
	for id, s := range map[string]ledger.State{"accepted": ledger.Accepted, "ambiguous": ledger.Ambiguous, "lost": ledger.Ambiguous, "returned": ledger.Ambiguous, "rejected": ledger.Rejected} {
		claim(t, l, id)
		outcome(t, l, id, s, noon)
	}
	later := noon.Add(time.Hour)
	learn := func(want int, id string, s ledger.State) {
		t.Helper()
		n, err := l.Learn(ctx, notice, ledger.Attempt{Holder: key.Holder(id), State: s, Code: 550, Text: "said so", Ended: later})
		must(t, err)
		if n != want {
			t.Errorf("%s became %s: %d rows changed, want %d", id, s, n, want)
		}
	}
	learn(1, "accepted", ledger.Bounced)
	learn(0, "accepted", ledger.Bounced)
	learn(1, "ambiguous", ledger.Accepted)
	learn(0, "ambiguous", ledger.Deferred)
	learn(1, "lost", ledger.Deferred)
	learn(1, "returned", ledger.Bounced)
	learn(0, "rejected", ledger.Bounced)
	learn(0, "pending", ledger.Accepted)
	learn(0, "unknown", ledger.Bounced)
	tries, err := l.Attempts(ctx, notice, key.Holder("accepted"))
	must(t, err)
	if len(tries) != 2 || tries[0].News || !tries[1].News || tries[1].State != ledger.Bounced || tries[1].Number != 2 || tries[1].Text != "said so" {
		t.Errorf("attempts %+v", tries)
	}
	n, _, err := l.TriedSince(ctx, noon.Add(time.Minute))
	must(t, err)
	if n != 0 {
		t.Errorf("%d news count as tries", n)
	}
	passed := map[ledger.Hash]time.Time{key.Holder("ambiguous"): later, key.Holder("pending"): later}
	for _, want := range []int{1, 0} {
		n, err := l.PassedOn(ctx, notice, passed)
		must(t, err)
		if n != want {
			t.Errorf("%d passed on, want %d", n, want)
		}
	}
	c, err := l.Counts(ctx, notice)
	must(t, err)
	if c.Out != 1 || c.Waiting != 2 || !row(t, l, "ambiguous").Out.Equal(later) {
		t.Errorf("%+v", c)
	}
	counts(t, l, ledger.Counts{Pending: 1, Accepted: 1, Deferred: 1, Rejected: 1, Bounced: 2})
}

func except(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b")
	waiting := func(want int) {
		t.Helper()
		c, err := l.Counts(ctx, notice)
		must(t, err)
		if c.Waiting != want {
			t.Errorf("%d waiting, want %d", c.Waiting, want)
		}
	}
	if err := l.Except(ctx, notice, hashes("a"), "gone"); err == nil {
		t.Error("somebody who was never tried is excepted")
	}
	claim(t, l, "a")
	outcome(t, l, "a", ledger.Deferred, noon)
	waiting(2)
	must(t, l.Except(ctx, notice, hashes("a"), "post was sent"))
	waiting(1)
	claim(t, l, "a") // it may be tried all the same
	outcome(t, l, "a", ledger.Deferred, noon)
	waiting(1)
	claim(t, l, "a")
	outcome(t, l, "a", ledger.Accepted, noon)
	if r := row(t, l, "a"); r.Reason != "" {
		t.Errorf("accepted, and still an exception: %q", r.Reason)
	}
}

func find(t *testing.T, open func() ledger.Ledger) {
	l := open()
	begin(t, l, "a", "b")
	for _, c := range []struct {
		holder, address ledger.Hash
		want            string
	}{
		{key.Holder("a"), ledger.Hash{}, "a"}, {ledger.Hash{}, key.Address("b@example.com"), "b"},
		{key.Holder("a"), key.Address("b@example.com"), "a"}, {key.Holder("x"), key.Address("x@example.com"), ""},
	} {
		r, ok, err := l.Find(ctx, notice, c.holder, c.address)
		must(t, err)
		if ok != (c.want != "") || ok && r.Holder != key.Holder(c.want) {
			t.Errorf("want %q: %+v %v", c.want, r, ok)
		}
	}
	all, err := l.Notices(ctx)
	must(t, err)
	if len(all) != 1 || all[0].ID != notice || !all[0].DeadlineAt.Equal(deadline) || !slices.Equal(all[0].Policies, first.Policies) {
		t.Errorf("notices %+v", all)
	}
}
