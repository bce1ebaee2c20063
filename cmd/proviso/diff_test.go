package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestDiffOfHostileFiles: bytes that are no text are refused with their place;
// broken letters are read; sizes that no policy has take bounded work.
func TestDiffOfHostileFiles(t *testing.T) {
	s := &story{t: t, dir: t.TempDir(), day: "2026-11-03"}
	s.write("good.md", "## Logs\n\nWe keep logs for 7 days.\n")
	s.write("binary.md", "## Logs\n\nWe \x00 keep\n")
	s.write("latin.md", "## Logs\n\nWe keep logs for 7 days, caf\xe9.\n")
	var old, new strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&old, "old%d\n", i)
		fmt.Fprintf(&new, "new%d\n", i)
	}
	s.write("old.md", old.String())
	s.write("new.md", new.String())

	if status, _, errs := s.run("diff", "binary.md", "good.md"); status != 2 || !strings.HasPrefix(errs, "binary.md:3:4: the file is not text") {
		t.Errorf("binary: status %d, %s", status, errs)
	}
	if out := s.must("diff", "good.md", "latin.md"); !strings.Contains(out, "{+, caf�+}") {
		t.Errorf("not UTF-8: %s", out)
	}
	if out := s.must("diff", "old.md", "new.md", "--format", "json"); !strings.Contains(out, `"deleted": 100000`) {
		t.Errorf("one-word lines: %.300s", out)
	}
}
