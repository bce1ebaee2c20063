package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// A Dir is a target in a folder; the package says what lies in it.
type Dir struct {
	Path string     // is made if it is not there
	Keep int        // releases to keep, the live one among them; at least 2
	Step func(Step) // told of each act before it is done; may be nil

	// Deploy, if not nil, takes a release out before the link is replaced; an
	// error leaves the old one live.
	Deploy func(ctx context.Context, d Deployment) error
}

// A Deployment is a release in a folder, to be taken out.
type Deployment struct {
	Manifest *Manifest
	Tree     string // folder of the release
	File     string // of its manifest
	Before   string // of the manifest of the live one; "": there is none
	Back     bool   // it is a rollback
}

func (d *Dir) step(act string, done, total int) {
	if d.Step != nil {
		d.Step(Step{act, done, total})
	}
}

func (d *Dir) releases() string             { return filepath.Join(d.Path, "releases") }
func (d *Dir) tree(release string) string   { return filepath.Join(d.releases(), release) }
func (d *Dir) listOf(release string) string { return d.tree(release) + ".json" }
func (d *Dir) current() string              { return filepath.Join(d.Path, "current") }
func (d *Dir) hidden(release string) string { return filepath.Join(d.releases(), ".new-"+release) }
func local(dir, file string) (name string)  { return filepath.Join(dir, filepath.FromSlash(file)) }
func (d *Dir) lock() (func() error, error)  { return lock(filepath.Join(d.Path, ".lock")) }

// State returns what is live.
func (d *Dir) State(context.Context) (*State, error) {
	live, err := d.live()
	return &State{Live: live}, err
}

// live reads the manifest of the release that the link names.
func (d *Dir) live() (*Manifest, error) {
	to, err := os.Readlink(d.current())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	release := filepath.Base(to)
	if err != nil || filepath.Dir(to) != "releases" || strings.HasPrefix(release, ".") {
		return nil, fmt.Errorf("%s is no link to a release, so it was not made here; move it away, or publish to another folder", d.current())
	}
	return d.manifest(release)
}

// manifest reads the manifest of a release.
func (d *Dir) manifest(release string) (*Manifest, error) {
	data, err := os.ReadFile(d.listOf(release))
	if errors.Is(err, fs.ErrNotExist) {
		return d.recounted(release)
	}
	if err != nil {
		return nil, fmt.Errorf("reading what the release %s holds: %w", release, err)
	}
	m, err := decodeManifest(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; remove it, and the folder is counted again", d.listOf(release), err)
	}
	if info, err := os.Stat(d.tree(release)); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("the folder of the release %s is gone from %s", release, d.releases())
	}
	return m, nil
}

// recounted makes the manifest of a release that has lost it, if the folder
// holds what its pointer says. Which release was before it is not known.
func (d *Dir) recounted(release string) (*Manifest, error) {
	data, err := os.ReadFile(filepath.Join(d.tree(release), PointerFile))
	if err != nil {
		return nil, fmt.Errorf("the release %s is not whole: %w", release, err)
	}
	p, err := readPointer(data)
	if err != nil {
		return nil, err
	}
	m, err := Scan(p.Site, d.tree(release))
	if err != nil {
		return nil, err
	}
	if m.Hash != p.Hash || p.Release != release {
		return nil, fmt.Errorf("the release %s has lost its manifest, %s, and is not as it was published; bring the file back from a backup", release, d.listOf(release))
	}
	m.Release, m.Published = p.Release, p.Published
	return m, nil
}

// Publish writes a release and swaps the link.
func (d *Dir) Publish(ctx context.Context, r Release) (*Outcome, error) {
	if err := os.MkdirAll(d.releases(), 0o755); err != nil {
		return nil, err
	}
	unlock, err := d.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	live, err := d.live()
	if err != nil {
		return nil, err
	}
	plan, err := r.check(live)
	if err != nil {
		return nil, err
	}
	m := r.named(live, plan)
	w := &writer{d: d, m: m, sources: []origin{{d.tree(live.id()), live.files(), true}, {r.Dir, m.files(), false}}}
	return d.put(ctx, w, live, plan, false)
}

// Rollback swaps the link back. Where addresses of versions have come since,
// it makes a release of links that has them too.
func (d *Dir) Rollback(ctx context.Context, now time.Time) (*Outcome, error) {
	if _, err := os.Stat(d.Path); err != nil {
		return nil, errNoneBefore
	}
	unlock, err := d.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	live, err := d.live()
	if err != nil {
		return nil, err
	}
	if live == nil || live.Before == "" {
		return nil, errNoneBefore
	}
	before, err := d.manifest(live.Before)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoneBefore, err)
	}
	m, carried, err := back(live, before)
	if err != nil {
		return nil, err
	}
	plan := Compare(live, m)
	if !carried {
		for _, f := range before.Files {
			if sum, _, err := hashFile(local(d.tree(before.Release), f.Path)); err != nil || sum != f.SHA256 {
				return nil, fmt.Errorf("%s is not as it was published in the release before; publish the tree that should be live", f.Path)
			}
		}
		return d.swap(ctx, before, live, plan, true)
	}
	m = m.named(now, live, before.Before)
	w := &writer{d: d, m: m, sources: []origin{{d.tree(before.Release), before.files(), true}, {d.tree(live.Release), live.files(), true}}}
	return d.put(ctx, w, live, plan, true)
}

// put writes a release under a hidden name, gives it its own, and swaps the link.
func (d *Dir) put(ctx context.Context, w *writer, live *Manifest, plan *Plan, rollback bool) (*Outcome, error) {
	if err := d.clear(live); err != nil {
		return nil, err
	}
	if err := w.write(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(w.dir()))
	}
	list, err := encode(w.m)
	if err != nil {
		return nil, err
	}
	d.step("write the manifest", 0, 0)
	if err := writeSynced(d.listOf(w.m.Release), list); err != nil {
		return nil, err
	}
	d.step("name the release "+w.m.Release, 0, 0)
	if err := os.Rename(w.dir(), d.tree(w.m.Release)); err != nil {
		return nil, err
	}
	if err := syncFolder(d.releases()); err != nil {
		return nil, err
	}
	return d.swap(ctx, w.m, live, plan, rollback)
}

// swap makes a written release the live one.
func (d *Dir) swap(ctx context.Context, m, live *Manifest, plan *Plan, rollback bool) (*Outcome, error) {
	if d.Deploy != nil {
		out := Deployment{Manifest: m, Tree: d.tree(m.Release), File: d.listOf(m.Release), Back: rollback}
		if live != nil {
			out.Before = d.listOf(live.Release)
		}
		d.step("run the program", 0, 0)
		if err := d.Deploy(ctx, out); err != nil {
			return nil, err
		}
	}
	link := d.current() + ".new"
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	d.step("make the link", 0, 0)
	if err := os.Symlink(filepath.Join("releases", m.Release), link); err != nil {
		return nil, err
	}
	d.step("swap the link", 0, 0)
	if err := os.Rename(link, d.current()); err != nil {
		return nil, err
	}
	d.step("flush the link", 0, 0)
	left := syncFolder(d.Path)
	return &Outcome{Manifest: m, Plan: plan, Left: errors.Join(left, d.clear(m))}, nil
}

// clear removes what killed publishers left and releases that are not kept:
// all but the live one and those that rollback after rollback would reach.
func (d *Dir) clear(live *Manifest) error {
	kept := map[string]bool{}
	for m, n := live, 0; m != nil && n < max(d.Keep, 2); n++ {
		kept[m.Release], kept[m.Release+".json"] = true, true
		m, _ = d.manifest(m.Before) // one that is not there or cannot be read ends what can be reached
	}
	entries, err := os.ReadDir(d.releases())
	if err != nil {
		return err
	}
	for _, pass := range []bool{true, false} { // manifests first: without one a half removed folder is no release
		for _, e := range entries {
			if isList := strings.HasSuffix(e.Name(), ".json"); isList != pass || kept[e.Name()] {
				continue
			}
			d.step("clear "+e.Name(), 0, 0)
			if err := os.RemoveAll(filepath.Join(d.releases(), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Differ reads every file of the live release again.
func (d *Dir) Differ(_ context.Context, m *Manifest) ([]Difference, error) {
	out := []Difference{}
	want := m.files()
	for _, f := range m.Files {
		sum, _, err := hashFile(local(d.current(), f.Path))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			out = append(out, Difference{f.Path, "missing"})
		case err != nil:
			return nil, err
		case sum != f.SHA256:
			out = append(out, Difference{f.Path, "content"})
		}
	}
	there, err := Scan(m.Site, d.current()+string(filepath.Separator))
	if err != nil {
		return nil, err
	}
	for _, f := range there.Files {
		if _, ok := want[f.Path]; !ok {
			out = append(out, Difference{f.Path, "extra"})
		}
	}
	return out, nil
}

// An origin is a folder that holds some of a release's files.
type origin struct {
	dir   string
	files map[string]File
	links bool // its files may be linked, as nobody writes to them
}

// A writer writes a release into its hidden folder.
type writer struct {
	d       *Dir
	m       *Manifest
	sources []origin // the first that has a file gives it
	folders map[string]bool
}

func (w *writer) dir() string { return w.d.hidden(w.m.Release) }

// write makes every file, flushes it, and reads it again.
func (w *writer) write(ctx context.Context) error {
	w.d.step("make the folder", 0, len(w.m.Files))
	if err := os.Mkdir(w.dir(), 0o755); err != nil {
		return err
	}
	w.folders = map[string]bool{".": true}
	for i, f := range w.m.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.d.step("copy "+f.Path, i, len(w.m.Files))
		if err := w.place(f); err != nil {
			return err
		}
	}
	data, err := encode(w.m.pointer())
	if err != nil {
		return err
	}
	w.d.step("write "+PointerFile, len(w.m.Files), len(w.m.Files))
	if err := writeSynced(filepath.Join(w.dir(), PointerFile), data); err != nil {
		return err
	}
	for folder := range w.folders {
		if err := syncFolder(local(w.dir(), folder)); err != nil {
			return err
		}
	}
	return nil
}

// place puts one file: as a link where it is live already, else as a copy.
// What cannot be linked, or is not what the manifest says, is tried from the
// next source.
func (w *writer) place(f File) error {
	for folder := path.Dir(f.Path); !w.folders[folder]; folder = path.Dir(folder) {
		w.folders[folder] = true
	}
	to := local(w.dir(), f.Path)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	var failed error
	for _, s := range w.sources {
		if s.files[f.Path].SHA256 != f.SHA256 {
			continue
		}
		put := copySynced
		if s.links {
			put = link
		}
		err := put(local(s.dir, f.Path), to)
		if err == nil {
			var sum string
			if sum, _, err = hashFile(to); err == nil && sum == f.SHA256 {
				return nil
			}
		}
		failed = err
		if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if failed != nil {
		return fmt.Errorf("writing %s: %w; nothing went live", to, failed)
	}
	return fmt.Errorf("%s was changed while it was published, or could not be read back as written; nothing went live, run it again", f.Path)
}

// link links a file, or copies it where the disk knows no links.
func link(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	return copySynced(from, to)
}

func copySynced(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeSynced(to, data)
}

// writeSynced writes a file, or writes it again, and has it on the disk before it returns.
func writeSynced(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// readPointer decodes the pointer of a site.
func readPointer(data []byte) (*Pointer, error) {
	p := &Pointer{}
	if err := json.Unmarshal(data, p); err != nil || p.Site == "" {
		return nil, fmt.Errorf("%s is not one of ours", PointerFile)
	}
	return p, nil
}
