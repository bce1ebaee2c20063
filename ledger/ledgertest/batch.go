package ledgertest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"proviso/ledger"
)

// Many rows at a time are claimed and recorded as each would be by itself,
// whatever servers say, and whoever was faster with one of them.
func batches(t *testing.T, open func() ledger.Ledger) {
	l := open()
	ids := names(42)
	begin(t, l, ids...)
	if n := try(t, l, len(ids), ids...); n != len(ids) {
		t.Fatalf("claimed %d", n)
	}
	said := []struct {
		state ledger.State
		code  int
		text  string
	}{{ledger.Accepted, 250, "2.0.0 Ok: queued as NAME"}, {ledger.Deferred, 450, `try "later" \ é`}, {ledger.Rejected, 550, "<jo@x.example> unknown"},
		{ledger.Ambiguous, 0, "no answer"}, {ledger.Accepted, 250, "torn \xff\x00 text"}, {ledger.Accepted, 250, ""}}
	var all []ledger.Attempt
	for i, id := range ids {
		s := said[i%len(said)]
		a := ledger.Attempt{Holder: key.Holder(id), State: s.state, Code: s.code, Text: s.text, Server: fmt.Sprintf("mx%d.example:25", i%2),
			TLS: "TLS 1.3", Started: noon, Ended: noon.Add(time.Second), Number: 1}
		if s.state == ledger.Accepted {
			a.QueueID = "NAME"
		}
		if s.state == ledger.Deferred {
			a.Due = noon.Add(time.Hour)
		}
		all = append(all, a)
	}
	must(t, l.Record(ctx, notice, all...))
	for _, want := range all {
		got, err := l.Attempts(ctx, notice, want.Holder)
		if err != nil || len(got) != 1 {
			t.Fatalf("%v, %v", got, err)
		}
		if postgres := got[0].Text != want.Text && want.Code == 250; postgres { // which has no such text
			got[0].Text, got[0].QueueID = want.Text, want.QueueID
		}
		if !reflect.DeepEqual(got[0], want) {
			t.Errorf("got  %+v\nwant %+v", got[0], want)
		}
	}
	counts(t, l, ledger.Counts{Accepted: 21, Deferred: 7, Rejected: 7, Ambiguous: 7})
	// Two were told already: of four, the other two are claimed.
	open4 := []ledger.Claim{{Holder: key.Holder(ids[0])}, {Holder: key.Holder(ids[1]), Tries: 1}, {Holder: key.Holder(ids[2])}, {Holder: key.Holder(ids[3]), Tries: 1}}
	got, err := l.Claim(ctx, notice, 4, open4)
	if err != nil || !reflect.DeepEqual(got, []ledger.Claim{open4[1], open4[3]}) {
		t.Errorf("claimed %v, %v", got, err)
	}
	// One of three is nobody's: nothing of them is recorded.
	err = l.Record(ctx, notice, again(all[1]), again(all[3]), again(all[0]))
	if err == nil {
		t.Error("a row that nobody claimed was recorded")
	}
	counts(t, l, ledger.Counts{Accepted: 21, Sending: 2, Rejected: 7, Deferred: 6, Ambiguous: 6})
	must(t, l.Record(ctx, notice, again(all[1]), again(all[3])))
	counts(t, l, ledger.Counts{Accepted: 23, Rejected: 7, Deferred: 6, Ambiguous: 6})
}

func again(a ledger.Attempt) ledger.Attempt {
	a.State, a.Due, a.Text = ledger.Accepted, time.Time{}, "2.0.0 Ok"
	return a
}
