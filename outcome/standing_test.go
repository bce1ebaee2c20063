package outcome_test

import (
	"testing"
	"time"

	"proviso/mailbox"
)

// What is in force stays so: whoever becomes known after the change took effect
// is told, but the notice was complete and in time without them. Whoever becomes
// known before it took effect, and after the deadline, was told late.
func TestNewcomersDoNotReopenANotice(t *testing.T) {
	for enrolled, late := range map[string]int{"2026-12-01": 1, "2026-12-21": 0} {
		w := newWorld(t, map[string]mailbox.Fault{"p9@x.example": mailbox.Later})
		day, err := time.Parse(time.DateOnly, enrolled)
		if err != nil {
			t.Fatal(err)
		}
		w.now, w.more = day, "8,p8@x.example,Person 8,vault\n9,p9@x.example,Person 9,vault\n"
		w.send()
		got, err := w.desk().Standings(ctx, notice, time.UTC, w.mail)
		if err != nil || len(got) != 1 {
			t.Fatalf("%+v %v", got, err)
		}
		if n, _ := got[0].Counts.Get("late"); n != late || got[0].Waiting != late || (got[0].LastLate != "") != (late > 0) || got[0].Unreached != nil {
			t.Errorf("enrolled on %s: %d late, last %q, %d waiting, unreached %v; want %d late and waiting",
				enrolled, n, got[0].LastLate, got[0].Waiting, got[0].Unreached, late)
		}
	}
}
