package publish_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"proviso/publish"
)

// A seal counts as shown from the first release that has it, unless it was away
// in between.
func TestLogSince(t *testing.T) {
	log := publish.Log{File: filepath.Join(t.TempDir(), "a", "log.jsonl")}
	const one, two = "privacy@2026-01-15 sha256:1", "privacy@2026-12-20 sha256:2"
	for i, e := range []publish.Entry{
		{State: "live", Action: "publish", Release: "r1", Manifest: "m1", Seals: []string{one}},
		{State: "begun", Action: "publish", Seals: []string{one, two}},
		{State: "failed", Action: "publish", Seals: []string{one, two}},
		{State: "live", Action: "publish", Release: "r2", Manifest: "m2", Seals: []string{one, two}},
		{State: "live", Action: "rollback", Release: "r1", Manifest: "m1"},
		{State: "live", Action: "publish", Release: "r3", Manifest: "m2", Seals: []string{one, two}},
		{State: "live", Action: "rollback", Release: "r4", Manifest: "m2"},
	} {
		e.At = at(i)
		must(t, log.Append(e))
	}
	f, err := os.OpenFile(log.File, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(`{"at":"2026`) // a full disk
	must(t, err)
	must(t, f.Close())
	must(t, log.Append(publish.Entry{State: "begun"}))
	entries, err := log.Read()
	must(t, err)
	if len(entries) != 8 {
		t.Errorf("%d entries", len(entries))
	}
	for seal, want := range map[string]time.Time{one: at(0), two: at(5)} {
		if since, shown := publish.Since(entries, seal); !shown || !since.Equal(want) {
			t.Errorf("%s: shown %v since %v", seal, shown, since)
		}
	}
	if since, shown := publish.Since(entries[:5], two); shown {
		t.Errorf("shown since %v, though it was taken back", since)
	}
}
