package site_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"proviso/policy"
	"proviso/site"
)

// A world is a folder in memory that a test may change, and where its sites go.
type world struct {
	testing.TB
	files fstest.MapFS
	out   string
	o     site.Options
}

// fernhollow returns the folder of testdata with its versions released, as it
// is on a day on which one version is to come.
func fernhollow(t testing.TB) *world {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/fernhollow.txtar")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, files: fstest.MapFS{}, out: t.TempDir()}
	w.o = site.Options{Templates: os.DirFS("../templates"), Today: day(t, "2026-08-01"), Out: w.out}
	for _, f := range archive.Files {
		w.files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	w.edit("content/terms/policy.yaml", "path: conditions", "path: old-terms")
	w.release("terms@2024-05-01", policy.Released)
	w.edit("content/terms/policy.yaml", "path: old-terms", "path: conditions")
	w.files["content/terms/2026-01-01/en.md"] = w.files["content/terms/2024-05-01/en.md"]
	w.release("terms@2026-01-01", policy.Released)
	w.release("privacy@2024-05-01", policy.Imported)
	w.release("privacy@2025-03-10", policy.Released)
	w.release("privacy@2025-08-01", policy.Withdrawn)
	w.release("privacy@2026-09-01", policy.Released)
	return w
}

func day(t testing.TB, s string) policy.Date {
	t.Helper()
	d, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w *world) folder() *policy.Folder {
	w.Helper()
	f, ps := policy.Load(w.files)
	if err := ps.Err(); err != nil {
		w.Fatal(err)
	}
	return f
}

// release seals a version as the command does, on the day 40 days before it takes effect.
func (w *world) release(ref string, state policy.State) {
	w.Helper()
	f := w.folder()
	v, err := f.Version(ref)
	if err != nil {
		w.Fatal(err)
	}
	s := &policy.Seal{State: state, Released: v.Effective.AddDays(-40), Verdict: policy.Material,
		Changes: []policy.SealedChange{{Section: "orders", Verdict: policy.Material, RuleVerdict: policy.Review,
			Decision: &policy.Decision{Verdict: policy.Material, Reason: "SECRETREASON", By: "SECRETDECIDER", On: v.Effective.AddDays(-41)}}}}
	if err := f.Draw(s, v).Err(); err != nil {
		w.Fatal(err)
	}
	w.seal(v, s)
}

// move seals a version in the place of another one of another date.
func (w *world) move(from, to string) {
	w.Helper()
	f := w.folder()
	old, err := f.Version(from)
	v, err2 := f.Version(to)
	if err := errors.Join(err, err2); err != nil {
		w.Fatal(err)
	}
	s := &policy.Seal{State: policy.Released, Released: old.Sealed.Released}
	if err := f.Redraw(s, old, v).Err(); err != nil {
		w.Fatal(err)
	}
	w.seal(v, s)
}

func (w *world) seal(v *policy.Version, s *policy.Seal) {
	w.Helper()
	data, err := s.Encode()
	if err != nil {
		w.Fatal(err)
	}
	w.files[path.Join(v.Dir, "seal.yaml")] = &fstest.MapFile{Data: data}
}

// edit replaces words in a source file.
func (w *world) edit(file, from, to string) {
	w.Helper()
	data := string(w.files[file].Data)
	if !strings.Contains(data, from) {
		w.Fatalf("%s does not hold %q", file, from)
	}
	w.files[file] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(data, from, to))}
}

// build builds every site and returns every file by its name.
func (w *world) build() map[string]string {
	w.Helper()
	if _, err := site.Build(w.folder(), w.o); err != nil {
		w.Fatal(err)
	}
	return w.read()
}

// read returns what is in the output folder.
func (w *world) read() map[string]string {
	w.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(w.out, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(w.out, p)
		out[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return out
}

var once struct {
	sync.Once
	pages map[string]string
}

// built returns the files of fernhollow as it is, built once for all tests that only read them.
func built(t testing.TB) map[string]string {
	t.Helper()
	once.Do(func() { once.pages = fernhollow(t).build() })
	if once.pages == nil {
		t.Fatal("the build failed in another test")
	}
	return once.pages
}

// differing returns the names of the files that two builds do not share.
func differing(a, b map[string]string) (out []string) {
	all := maps.Clone(a)
	maps.Copy(all, b)
	for name := range all {
		x, inA := a[name]
		y, inB := b[name]
		if inA != inB || x != y {
			out = append(out, name)
		}
	}
	return out
}

// over lays files over the built-in templates.
type over struct {
	fs.FS
	files map[string]string
}

func (o over) Open(name string) (fs.File, error) {
	if data, ok := o.files[name]; ok {
		return fstest.MapFS{name: {Data: []byte(data)}}.Open(name)
	}
	return o.FS.Open(name)
}
