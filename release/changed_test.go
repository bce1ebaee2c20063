package release_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"proviso/policy"
	"proviso/release"
)

// A meddler is a folder in which somebody saves a file while it is read: just
// before it is opened for the nth time.
type meddler struct {
	fs.FS
	name   string
	left   int
	meddle func()
}

func (m *meddler) Open(name string) (fs.File, error) {
	if name == m.name {
		if m.left--; m.left == 0 {
			m.meddle()
		}
	}
	return m.FS.Open(name)
}

const (
	draftText = "content/privacy/draft/en.md"
	lateText  = "content/privacy/2095-01-15/de.md"
)

// pier writes a folder with a draft.
func pier(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	save(t, dir, "content/organisation.yaml", "name: Pier\ntime_zone: UTC\nlocales: [en, de]\nsites: {pier.example: {}}\n")
	save(t, dir, "content/privacy/policy.yaml", "title: Privacy Policy\nrequire: [en]\n")
	save(t, dir, draftText, "## Logs {#logs}\n\nWe keep logs for 12 months.\n")
	return dir
}

func save(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// at reads the folder as a command does.
func at(t *testing.T, dir string, fsys fs.FS) *release.Desk {
	t.Helper()
	f, ps := policy.Load(fsys)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return &release.Desk{Dir: dir, Folder: f, Today: policy.Date{Year: 2095, Month: 1, Day: 1}}
}

// meddled does something in a folder while somebody saves a file at each moment
// at which it is opened. It is done with one of the two texts, whole, or refused
// with nothing written; what was sealed holds, if nobody saves the file later.
func meddled(t *testing.T, file, text string, ready func(dir string), do func(d *release.Desk) error, seal string) {
	t.Helper()
	done, refused := 0, 0
	for n := 1; ; n++ {
		dir := pier(t)
		ready(dir)
		m := &meddler{FS: os.DirFS(dir), name: file, left: n, meddle: func() { save(t, dir, file, text) }}
		err := do(at(t, dir, m))
		_, missing := os.Stat(filepath.Join(dir, filepath.FromSlash(seal)))
		switch {
		case err == nil && missing == nil:
			done++
		case err != nil && missing != nil && strings.Contains(err.Error(), "was changed while it was being"):
			refused++
		default:
			t.Fatalf("saved before opening %d: %v; the seal: %v", n, err, missing)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "content/privacy/*/.release-*")); len(left) > 0 {
			t.Errorf("left over: %v", left)
		}
		f := at(t, dir, os.DirFS(dir)).Folder
		for _, v := range f.Policy("privacy").Versions {
			if ps := f.Verify(v).Errors(); len(ps) > 0 {
				t.Errorf("saved before opening %d: %v", n, ps.Err())
			}
		}
		if m.left > 0 { // it is opened less often than that
			break
		}
	}
	if done == 0 || refused == 0 {
		t.Errorf("%d done, %d refused; both should come up", done, refused)
	}
}

// Somebody saves the draft while it is released.
func TestReleaseOfATextThatChanges(t *testing.T) {
	meddled(t, draftText, "## Logs {#logs}\n\nWe keep logs for 24 months.\n", func(string) {}, func(d *release.Desk) error {
		draft, err := d.Folder.Version("privacy")
		if err != nil {
			return err
		}
		c := d.Consider(context.Background(), draft, policy.Date{Year: 2095, Month: 1, Day: 15})
		if err := d.Release(c); err != nil {
			return err
		}
		_, gone := os.Stat(filepath.Join(d.Dir, "content/privacy/draft"))
		if c.Stays != (gone == nil) {
			t.Errorf("the draft stays: %v, and looking for it says %v", c.Stays, gone)
		}
		return nil
	}, "content/privacy/2095-01-15/seal.yaml")
}

// Somebody saves a translation while it is sealed.
func TestSealOfATextThatChanges(t *testing.T) {
	meddled(t, lateText, "## Protokolle\n\nWir bewahren Protokolle zwölf Monate auf.\n", func(dir string) {
		d := at(t, dir, os.DirFS(dir))
		draft, err := d.Folder.Version("privacy")
		if err == nil {
			err = d.Release(d.Consider(context.Background(), draft, policy.Date{Year: 2095, Month: 1, Day: 15}))
		}
		if err != nil {
			t.Fatal(err)
		}
		save(t, dir, lateText, "## Protokolle\n\nWir bewahren Protokolle 12 Monate auf.\n")
	}, func(d *release.Desk) error {
		v, err := d.Folder.Version("privacy@2095-01-15")
		if err != nil {
			return err
		}
		_, _, err = d.Translate(v, "de")
		return err
	}, "content/privacy/2095-01-15/seal.de.yaml")
}
