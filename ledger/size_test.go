package ledger_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"proviso/ledger"
)

// What a row takes on the disk: 110 bytes while it is pending and 200 when it
// is settled, at most, and with its address sought too; ten million holders then fit on any machine.
func TestRowsAreSmall(t *testing.T) {
	const n = 8_000
	ctx, dir := context.Background(), t.TempDir()
	l, err := ledger.Open(ctx, "sqlite:l.db", dir)
	if err != nil {
		t.Fatal(err)
	}
	key := ledger.Key("0123456789abcdef0123456789abcdef")
	size := func() float64 {
		t.Helper()
		if err := l.Close(); err != nil { // what is in the log goes into the file
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "l.db"))
		if err != nil {
			t.Fatal(err)
		}
		if l, err = ledger.Open(ctx, "sqlite:l.db", dir); err != nil {
			t.Fatal(err)
		}
		return float64(info.Size())
	}
	empty := size()
	var entries []ledger.Entry
	for i := range n {
		entries = append(entries, ledger.Entry{Holder: key.Holder(fmt.Sprint(i)), Address: key.Address(fmt.Sprint(i))})
	}
	slices.SortFunc(entries, func(a, b ledger.Entry) int { return slices.Compare(a.Holder[:], b.Holder[:]) })
	if err := l.Open(ctx, ledger.Notice{ID: "n", Controller: "Northgate", KeyPrint: key.Print()}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Enrol(ctx, "n", ledger.Wave{At: time.UnixMilli(1)}, iter.Seq[ledger.Entry](slices.Values(entries))); err != nil {
		t.Fatal(err)
	}
	pending := (size() - empty) / n
	for batch := range slices.Chunk(entries, 500) {
		var claims []ledger.Claim
		var attempts []ledger.Attempt
		at := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
		for _, e := range batch {
			claims = append(claims, ledger.Claim{Holder: e.Holder, Letter: 1})
			attempts = append(attempts, ledger.Attempt{Holder: e.Holder, State: ledger.Accepted, Code: 250, Text: "2.0.0 Ok: queued as 4XyZ1a2b3c", QueueID: "4XyZ1a2b3c",
				Server: "mx.example:25", TLS: "TLS 1.3", Started: at, Ended: at})
		}
		if _, err := l.Claim(ctx, "n", len(claims), claims); err != nil {
			t.Fatal(err)
		}
		if err := l.Record(ctx, "n", attempts...); err != nil {
			t.Fatal(err)
		}
	}
	settled := (size() - empty) / n
	if _, _, err := l.Find(ctx, "n", ledger.Hash{}, entries[0].Address); err != nil {
		t.Fatal(err)
	}
	found := (size() - empty) / n
	t.Logf("%.0f bytes a pending row, %.0f a settled one, %.0f with its address", pending, settled, found)
	if pending > 110 || settled > 200 || found > 200 {
		t.Errorf("%.0f bytes a pending row, %.0f a settled one, %.0f with its address", pending, settled, found)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}
