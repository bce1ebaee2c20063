package watch

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// told waits until a change is told; it fails if none is for a long time.
func told(t *testing.T, w *Watch, what string) {
	t.Helper()
	select {
	case <-w.Changed():
	case <-time.After(20 * time.Second):
		t.Fatalf("%s was not told", what)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, name string) {
	t.Helper()
	must(t, os.WriteFile(name, []byte(time.Now().String()), 0o644))
}

func TestWatch(t *testing.T) {
	root := t.TempDir()
	in := func(name string) string { return filepath.Join(root, name) }
	must(t, os.MkdirAll(in("content/privacy/draft"), 0o755))
	write(t, in("content/privacy/draft/en.md"))
	w, err := Folders(root, "content", "templates")
	must(t, err)
	defer w.Close()

	write(t, in("content/privacy/draft/en.md"))
	told(t, w, "a file that is written")

	write(t, in("content/privacy/draft/.en.md.swp"))
	must(t, os.Rename(in("content/privacy/draft/.en.md.swp"), in("content/privacy/draft/en.md")))
	told(t, w, "a file that is saved by renaming")
	write(t, in("content/privacy/draft/en.md"))
	told(t, w, "a file that is written after it was replaced")

	must(t, os.MkdirAll(in("content/terms/draft"), 0o755))
	told(t, w, "a new folder")
	write(t, in("content/terms/draft/en.md"))
	told(t, w, "a file in a new folder")

	must(t, os.Rename(in("content/terms/draft"), in("content/terms/2027-01-01")))
	told(t, w, "a folder that is renamed")
	write(t, in("content/terms/2027-01-01/en.md"))
	told(t, w, "a file in a folder that was renamed")

	must(t, os.Mkdir(in("templates"), 0o755))
	told(t, w, "a folder that was not there at first")
	write(t, in("templates/style.css"))
	told(t, w, "a file in it")

	must(t, os.RemoveAll(in("content")))
	told(t, w, "a folder that goes")
	must(t, os.MkdirAll(in("content/privacy"), 0o755))
	told(t, w, "a folder that comes back")
	write(t, in("content/privacy/policy.yaml"))
	told(t, w, "a file in a folder that came back")
}

// What is built beside the sources is nobody's business.
func TestOthersAreNotTold(t *testing.T) {
	root := t.TempDir()
	must(t, os.Mkdir(filepath.Join(root, "content"), 0o755))
	w, err := Folders(root, "content")
	must(t, err)
	for _, name := range []string{"public", "content.zip"} {
		write(t, filepath.Join(root, name))
	}
	must(t, os.Chmod(filepath.Join(root, "content"), 0o700))
	must(t, w.Close())
	select {
	case <-w.Changed():
		t.Error("a file beside the folders was told")
	default:
	}
}

func TestNothingToWatch(t *testing.T) {
	if _, err := Folders(filepath.Join(t.TempDir(), "gone"), "content"); err == nil {
		t.Error("a root that is not there can be watched")
	}
}
