package site_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"proviso/policy"
	"proviso/site"
)

// report builds and tells what was written.
func (w *world) report() map[policy.Domain]site.SiteReport {
	w.Helper()
	r, err := site.Build(w.folder(), w.o)
	if err != nil {
		w.Fatal(err)
	}
	out := map[policy.Domain]site.SiteReport{}
	for _, s := range r.Sites {
		out[s.Site] = s
	}
	return out
}

func (w *world) stat(name string) fs.FileInfo {
	w.Helper()
	info, err := os.Stat(filepath.Join(w.out, name))
	if err != nil {
		w.Fatal(err)
	}
	return info
}

// A second build of the same folder writes nothing and leaves every file in its place.
func TestNothingChanged(t *testing.T) {
	w := fernhollow(t)
	first := w.report()["kiln.example"]
	if first.Written == 0 || first.Unchanged != 0 || first.Pages >= first.Written {
		t.Errorf("the first build: %+v", first)
	}
	folder, page := w.stat("kiln.example"), w.stat("kiln.example/privacy/index.html")
	second := w.report()["kiln.example"]
	if second.Written != 0 || second.Unchanged != first.Written || second.Pages != first.Pages {
		t.Errorf("the second build: %+v", second)
	}
	if !os.SameFile(folder, w.stat("kiln.example")) || !os.SameFile(page, w.stat("kiln.example/privacy/index.html")) {
		t.Error("the second build wrote files anew")
	}
}

// After an edit only the files that depend on it are new; the others keep
// their inode, and what is no longer there is gone. The result is that of a
// clean build.
func TestOnlyWhatChangedIsWritten(t *testing.T) {
	w := fernhollow(t)
	w.report()
	stay, move := w.stat("kiln.example/conditions/2026-01-01/index.html"), w.stat("fernhollow.example/index.html")
	w.edit("content/organisation.yaml", "/datenschutz, ", "")
	w.edit("content/organisation.yaml", "name: Fernhollow\n", "name: Fern Hollow\n")
	if r := w.report()["fernhollow.example"]; r.Written == 0 || r.Unchanged == 0 {
		t.Errorf("built %+v", r)
	}
	if !os.SameFile(stay, w.stat("kiln.example/conditions/2026-01-01/index.html")) {
		t.Error("a page that did not change was written anew")
	}
	if os.SameFile(move, w.stat("fernhollow.example/index.html")) {
		t.Error("the index changed, but is the old file")
	}
	if _, err := os.Stat(filepath.Join(w.out, "fernhollow.example/datenschutz")); err == nil {
		t.Error("the old alias is still there")
	}
	clean := *w
	clean.out = t.TempDir()
	clean.o.Out = clean.out
	if d := differing(w.read(), clean.build()); len(d) > 0 {
		t.Errorf("a clean build gives other files: %v", d)
	}
}

// A build that fails leaves what readers see as it was, and nothing beside it.
func TestAFailedBuildLeavesTheOldTree(t *testing.T) {
	w := fernhollow(t)
	before := w.build()
	w.files["content/terms/2026-07-01/en.md"] = &fstest.MapFile{Data: []byte("## A\n\n{{vars.nobody}}\n")}
	if _, err := site.Build(w.folder(), w.o); err == nil {
		t.Fatal("the build did not fail")
	}
	if d := differing(before, w.read()); len(d) > 0 {
		t.Errorf("these files changed: %v", d)
	}
}

// What a killed build left is cleared away by the next one; a tree that it had
// set aside and not yet replaced is put back first. Files that are no site's stay.
func TestAfterAKilledBuild(t *testing.T) {
	w := fernhollow(t)
	want := w.build()
	write := func(name string) {
		file := filepath.Join(w.out, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("half a pa"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(".kiln.example.tmp-123/index.html")
	write(".gitignore")
	write("notes/keep.txt")
	if err := os.Rename(filepath.Join(w.out, "kiln.example"), filepath.Join(w.out, ".kiln.example.old-7")); err != nil {
		t.Fatal(err)
	}
	if r := w.report()["kiln.example"]; r.Written != 0 {
		t.Errorf("the tree was not put back: %+v", r)
	}
	want = maps.Clone(want)
	want[".gitignore"], want["notes/keep.txt"] = "half a pa", "half a pa"
	if d := differing(want, w.read()); len(d) > 0 {
		t.Errorf("these files differ: %v", d)
	}
}

// An output folder that cannot be written is named.
func TestUnwritable(t *testing.T) {
	w := fernhollow(t)
	file := filepath.Join(w.out, "public")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	w.o.Out = file
	_, err := site.Build(w.folder(), w.o)
	if err == nil || !strings.Contains(err.Error(), "the output folder "+file+" cannot be written") {
		t.Errorf("got %v", err)
	}
}

// Two pages that want one address are an error, not a matter of who comes last.
func TestTwoPagesOfOneAddress(t *testing.T) {
	w := fernhollow(t)
	w.edit("content/organisation.yaml", "/datenschutz, ", "/privacy/2024-05-01, ")
	_, err := site.Build(w.folder(), w.o)
	if err == nil || !strings.Contains(err.Error(), `want the address "privacy/2024-05-01/index.html"`) {
		t.Errorf("got %v", err)
	}
}
