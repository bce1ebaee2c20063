package publish_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"proviso/publish"
)

// seen reads a folder as a reader does and returns the release it shows.
func seen(t *testing.T, dir string) string {
	t.Helper()
	var releases []string
	for _, name := range changing {
		data, err := os.ReadFile(filepath.Join(dir, "current", filepath.FromSlash(name)))
		must(t, err)
		n, err := releaseOf(data)
		must(t, err)
		releases = append(releases, n)
	}
	if all := slices.Compact(slices.Clone(releases)); len(all) != 1 {
		t.Fatalf("a mix of releases: %v", releases)
	}
	return releases[0]
}

// entries lists what lies in the folder of releases.
func entries(t *testing.T, dir string) (out []string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(dir, "releases"))
	must(t, err)
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

// A file that did not change is the same file in the next release, one that did
// is another; of old releases as many are kept as was asked for.
func TestDirLinksAndKeeps(t *testing.T) {
	d := &publish.Dir{Path: t.TempDir(), Keep: 3}
	info := func(name string) os.FileInfo {
		i, err := os.Stat(filepath.Join(d.Path, "current", name))
		must(t, err)
		return i
	}
	for n := 1; n <= 5; n++ {
		var style, index os.FileInfo
		if n > 1 {
			style, index = info("style.css"), info("index.html")
		}
		o, err := put(t, d, n)
		must(t, err)
		must(t, o.Left)
		if got := seen(t, d.Path); got != fmt.Sprint(n) {
			t.Errorf("release %s is live", got)
		}
		if n > 1 && !os.SameFile(style, info("style.css")) {
			t.Error("style.css was copied, though it is the same")
		}
		if n > 1 && os.SameFile(index, info("index.html")) {
			t.Error("index.html of the old release was written to")
		}
		versions := min(n-1, 3) // that were live before
		if n > 1 && (len(o.Plan.New) != min(n, 3)-versions || len(o.Plan.Changed) != len(changing)-1+versions || o.Plan.Unchanged != 2) {
			t.Errorf("%d new, %d changed, %d unchanged", len(o.Plan.New), len(o.Plan.Changed), o.Plan.Unchanged)
		}
	}
	if got := entries(t, d.Path); len(got) != 6 {
		t.Errorf("three releases and their lists should be kept: %v", got)
	}
}

// A publisher is killed before each of its steps in turn. Readers see the old
// site or the new one, and the next run finishes and leaves nothing behind.
func TestDirKilledAtEveryStep(t *testing.T) {
	old, next := writeSite(t, t.TempDir(), 1), writeSite(t, t.TempDir(), 2)
	for step, killed := 1, true; killed; step++ {
		d := &publish.Dir{Path: t.TempDir(), Keep: 3}
		_, err := putTree(d, old, at(1))
		must(t, err)
		killed = child{Dir: d.Path, Tree: next, Now: at(2), DieAt: step}.run(t)
		if got := seen(t, d.Path); got != "1" && got != "2" {
			t.Errorf("step %d: release %s is live", step, got)
		}
		_, err = putTree(d, next, at(3))
		must(t, err)
		if got := seen(t, d.Path); got != "2" {
			t.Errorf("step %d: the next run leaves release %s live", step, got)
		}
		for _, name := range entries(t, d.Path) {
			if strings.HasPrefix(name, ".") {
				t.Errorf("step %d: %s is left", step, name)
			}
		}
		if !killed && step < 12 {
			t.Fatalf("a publisher has only %d steps", step)
		}
	}
}

// The way back: a swap of the link where no address was added, else a release
// that has the pages of the versions that came since.
func TestDirRollback(t *testing.T) {
	d := &publish.Dir{Path: t.TempDir(), Keep: 3}
	if _, err := d.Rollback(ctx, at(0)); err == nil || !strings.Contains(err.Error(), "there is no release before this one") {
		t.Errorf("%v", err)
	}
	_, err := put(t, d, 1)
	must(t, err)
	_, err = put(t, d, 2)
	must(t, err)
	o, err := d.Rollback(ctx, at(3))
	must(t, err)
	if got := seen(t, d.Path); got != "1" {
		t.Errorf("release %s is live", got)
	}
	data, err := os.ReadFile(filepath.Join(d.Path, "current/privacy/2026-01-02/index.html"))
	if n, _ := releaseOf(data); err != nil || n != "2" {
		t.Errorf("the version that came since is gone: %v %s", err, n)
	}
	if differ, err := d.Differ(ctx, o.Manifest); err != nil || len(differ) > 0 {
		t.Error(differ, err)
	}
	if _, err := d.Rollback(ctx, at(4)); err == nil {
		t.Error("there is nothing before release 1 to go back to")
	}

	// The same site with another word: no address is added, so the old folder is live again.
	_, err = put(t, d, 2)
	must(t, err)
	again := writeSite(t, t.TempDir(), 2)
	must(t, os.WriteFile(filepath.Join(again, "index.html"), []byte(page("another index", 2)), 0o644))
	was, err := d.State(ctx)
	must(t, err)
	_, err = putTree(d, again, at(5))
	must(t, err)
	o, err = d.Rollback(ctx, at(6))
	must(t, err)
	if o.Manifest.Release != was.Live.Release {
		t.Errorf("back to %s, not to %s", o.Manifest.Release, was.Live.Release)
	}
}

// Of several publishers at once one wins; nothing of the others is seen.
func TestDirRace(t *testing.T) {
	d := &publish.Dir{Path: t.TempDir(), Keep: 3}
	_, err := put(t, d, 1)
	must(t, err)
	race(t, 8, func(int) publish.Target { return &publish.Dir{Path: d.Path, Keep: 3} }, func() string { return seen(t, d.Path) })
}

// race has publishers of different trees begin from the same live release.
func race(t *testing.T, publishers int, target func(i int) publish.Target, live func() string) {
	t.Helper()
	state, err := target(0).State(ctx)
	must(t, err)
	errs := make([]error, publishers)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range publishers {
		dir := writeSite(t, t.TempDir(), i+2)
		files, err := publish.Scan(domain, dir)
		must(t, err)
		wg.Go(func() {
			<-start
			_, errs[i] = target(i).Publish(ctx, publish.Release{Files: files, Dir: dir, Now: at(2), Base: state.Live.Release})
		})
	}
	close(start)
	wg.Wait()
	won := -1
	for i, err := range errs {
		switch {
		case err == nil && won >= 0:
			t.Errorf("publishers %d and %d both won", won, i)
		case err == nil:
			won = i
		case !errors.Is(err, publish.ErrRaced):
			t.Errorf("publisher %d: %v", i, err)
		}
	}
	if got := live(); won < 0 || got != fmt.Sprint(won+2) {
		t.Errorf("publisher %d won, and release %s is live", won, got)
	}
}

// Who planned from a release that is live no more is refused, even if nobody
// publishes at that moment.
func TestDirStale(t *testing.T) {
	d := &publish.Dir{Path: t.TempDir(), Keep: 3}
	_, err := put(t, d, 1)
	must(t, err)
	dir := writeSite(t, t.TempDir(), 3)
	files, err := publish.Scan(domain, dir)
	must(t, err)
	stale, err := d.State(ctx)
	must(t, err)
	_, err = put(t, d, 2)
	must(t, err)
	_, err = d.Publish(ctx, publish.Release{Files: files, Dir: dir, Now: at(3), Base: stale.Live.Release})
	if !errors.Is(err, publish.ErrRaced) || seen(t, d.Path) != "2" {
		t.Errorf("%v, release %s is live", err, seen(t, d.Path))
	}
}

// What is done to the tree afterwards does not reach readers.
func TestDirOwnsItsFiles(t *testing.T) {
	d := &publish.Dir{Path: t.TempDir(), Keep: 3}
	dir := writeSite(t, t.TempDir(), 1)
	_, err := putTree(d, dir, at(1))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte("hello"), 0o644))
	seen(t, d.Path)
}

// A manifest that got lost is made again from the folder, if that is whole.
func TestDirLostManifest(t *testing.T) {
	d := &publish.Dir{Path: t.TempDir(), Keep: 3}
	o, err := put(t, d, 1)
	must(t, err)
	must(t, os.Remove(filepath.Join(d.Path, "releases", o.Manifest.Release+".json")))
	state, err := d.State(ctx)
	if err != nil || state.Live.Hash != o.Manifest.Hash || state.Live.Release != o.Manifest.Release {
		t.Errorf("%+v, %v", state, err)
	}
	must(t, os.Remove(filepath.Join(d.Path, "current/index.html")))
	if _, err := d.State(ctx); err == nil || !strings.Contains(err.Error(), "has lost its manifest") {
		t.Error(err)
	}
}

// A tree that changes while it is published, or a target that cannot be
// written, leaves what is live.
func TestDirFailures(t *testing.T) {
	d := &publish.Dir{Path: t.TempDir(), Keep: 3}
	_, err := put(t, d, 1)
	must(t, err)
	dir := writeSite(t, t.TempDir(), 2)
	files, err := publish.Scan(domain, dir)
	must(t, err)
	state, err := d.State(ctx)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte(page("edited", 2)), 0o644))
	_, err = d.Publish(ctx, publish.Release{Files: files, Dir: dir, Now: at(2), Base: state.Live.Release})
	if err == nil || !strings.Contains(err.Error(), "index.html was changed while it was published") {
		t.Errorf("%v", err)
	}
	must(t, os.Remove(filepath.Join(dir, "index.html")))
	_, err = d.Publish(ctx, publish.Release{Files: files, Dir: dir, Now: at(2), Base: state.Live.Release})
	if err == nil || !strings.Contains(err.Error(), "nothing went live") {
		t.Errorf("%v", err)
	}
	if got := seen(t, d.Path); got != "1" {
		t.Errorf("release %s is live", got)
	}
}

// Nobody publishes a tree without the address of a version that is live.
func TestLost(t *testing.T) {
	d := &publish.Dir{Path: t.TempDir(), Keep: 3}
	_, err := put(t, d, 3)
	must(t, err)
	_, err = put(t, d, 2)
	if err == nil || !strings.Contains(err.Error(), "the address privacy/2026-01-03/ is live and would be gone") {
		t.Errorf("%v", err)
	}
	list := func(paths ...string) *publish.Manifest {
		m := &publish.Manifest{}
		for _, p := range paths {
			m.Files = append(m.Files, publish.File{Path: p})
		}
		return m
	}
	live := list("de/privacy/2026-01-15.2/index.html", "privacy/2026-01-15/index.html", "privacy/2026-01-15/changes/index.html",
		"privacy/compare/2026-01-15...2026-02-01/index.html", "privacy/index.html")
	if got := publish.Lost(live, list("privacy/index.html")); !slices.Equal(got, []string{"de/privacy/2026-01-15.2/", "privacy/2026-01-15/"}) {
		t.Error(got)
	}
}
