package whole

import (
	"os"
	"path/filepath"
	"testing"
)

// TestWrite writes a file, writes it again, and fails to write one: what was
// there stays, and nothing hidden is left.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "list")
	for _, words := range []string{"first", "second, and longer"} {
		if err := Write(name, 0o600, ".new-", []byte(words)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != words {
			t.Fatalf("read %q, %v", got, err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("the mode is %v, %v", info.Mode(), err)
		}
	}
	folder := filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(folder, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(folder, 0o600, ".new-", nil); err == nil {
		t.Error("a file took the place of a folder")
	}
	if err := SyncFolder(dir); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%v is left, %v", entries, err)
	}
}
