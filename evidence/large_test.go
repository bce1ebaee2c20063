package evidence_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"proviso/evidence"
	"proviso/ledger"
)

// BenchmarkLarge writes and checks the evidence of a notice to many holders,
// and prints what it took for each and at the most.
func BenchmarkLarge(b *testing.B) {
	const n = 40_000
	dir := b.TempDir()
	l, err := ledger.Open(ctx, "sqlite:l.db", dir)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	entries := make([]ledger.Entry, n)
	for i := range entries {
		entries[i] = ledger.Entry{Holder: key.Holder(fmt.Sprint(i)), Address: key.Address(fmt.Sprint(i))}
	}
	slices.SortFunc(entries, func(a, b ledger.Entry) int { return bytes.Compare(a.Holder[:], b.Holder[:]) })
	roll := ledger.NewRoll()
	for _, e := range entries {
		roll.Add(e.Holder)
	}
	err = l.Open(ctx, ledger.Notice{ID: notice, Controller: "Harbour", Policies: []string{"privacy"}, Effective: "2026-12-20", Deadline: "2026-11-20", DeadlineAt: deadline, KeyPrint: key.Print()})
	if err == nil {
		_, err = l.Enrol(ctx, notice, ledger.Wave{At: announce, Audience: n, Digest: roll.String()}, slices.Values(entries))
	}
	for part := range slices.Chunk(entries, 1000) {
		var claims []ledger.Claim
		var tries []ledger.Attempt
		for _, e := range part {
			claims = append(claims, ledger.Claim{Holder: e.Holder})
			tries = append(tries, ledger.Attempt{Holder: e.Holder, State: ledger.Accepted, Code: 250, Text: "2.0.0 Ok: queued as 4XyZ1a2b3c", QueueID: "4XyZ1a2b3c", Server: "mx.example:25", TLS: "TLS 1.3", Started: announce, Ended: announce})
		}
		if err == nil {
			_, err = l.Claim(ctx, notice, len(claims), claims)
		}
		if err == nil {
			err = l.Record(ctx, notice, tries...)
		}
	}
	if err != nil {
		b.Fatal(err)
	}
	f := written(b)
	v, err := f.Version(notice)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		out, err := os.Create(filepath.Join(dir, "e.zip"))
		if err != nil {
			b.Fatal(err)
		}
		begin := time.Now()
		if err := evidence.Write(ctx, out, evidence.Case{Folder: f, Version: v, Ledger: l}); err != nil {
			b.Fatal(err)
		}
		size, _ := out.Seek(0, io.SeekEnd)
		b.ReportMetric(float64(n)/time.Since(begin).Seconds(), "written/s")
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		begin = time.Now()
		r, err := evidence.Verify(out, size, evidence.Trust{}, nil)
		if err != nil || !r.Holds {
			b.Fatalf("%v\n%s", err, found(r))
		}
		b.ReportMetric(float64(n)/time.Since(begin).Seconds(), "checked/s")
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(size)/n, "bytes/row")
		b.ReportMetric(float64(after.Sys)/(1<<20), "MiB")
		out.Close()
	}
}
