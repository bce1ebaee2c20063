package site

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"proviso/policy"
	"proviso/source"
)

// Sums are hashes of all that a build rests on.
type sums struct {
	o     Options
	base  string            // program, templates and options
	files map[string]string // below content/, by path
	names []string          // of files, sorted
}

// sum returns the SHA-256 of data.
func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// sumOf returns the hash of values, as JSON.
func sumOf(values ...any) string {
	data, err := json.Marshal(values)
	if err != nil {
		panic(err) // all values are strings, lists and maps
	}
	return sum(data)
}

// sumsOf hashes every source file.
func sumsOf(f *policy.Folder, t *templates, o Options) sums {
	s := sums{o: o, base: sumOf(o.Program, t.sum, o.NoRedlines), files: map[string]string{}}
	_ = fs.WalkDir(f.FS, "content", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			s.names = append(s.names, name)
		}
		return nil // what cannot be read is reported by those who need it
	})
	slices.Sort(s.names)
	out := make([]string, len(s.names))
	var wg sync.WaitGroup
	workers := max(o.Workers, 1)
	for w := range workers {
		wg.Go(func() {
			buffer := make([]byte, 64<<10)
			for i := w; i < len(out); i += workers {
				out[i] = sumFile(f.FS, s.names[i], buffer)
			}
		})
	}
	wg.Wait()
	for i, name := range s.names {
		s.files[name] = out[i]
	}
	return s
}

func sumFile(fsys fs.FS, name string, buffer []byte) string {
	r, err := fsys.Open(name)
	if err != nil {
		return "unreadable: " + err.Error()
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, struct{ io.Reader }{r}, buffer); err != nil {
		return "unreadable: " + err.Error()
	}
	return hex.EncodeToString(h.Sum(buffer[:0]))
}

// below lists the files of a folder with their hashes.
func (s *sums) below(dir string, except func(name string) bool) (out []string) {
	dir += "/"
	i, _ := slices.BinarySearch(s.names, dir)
	for ; i < len(s.names) && strings.HasPrefix(s.names[i], dir); i++ {
		if name := s.names[i]; except == nil || !except(name) {
			out = append(out, name, s.files[name])
		}
	}
	return out
}

// whole is what a whole build rests on.
func (s *sums) whole() string {
	return sumOf(s.base, s.o.Today, s.o.Sites, s.o.Held, s.o.Check != nil, s.below("content", nil))
}

// parts returns what each part of a site rests on.
func (s *sums) parts(b *build, p *plot) map[string]part {
	type place struct {
		ID, Type, Path string
		Locales        []string
	}
	var places []place
	for _, x := range p.shelves {
		places = append(places, place{x.policy.ID, x.policy.Type, x.home.at.Path, x.home.at.Locales.Keys()})
	}
	common := []any{s.base, p.domain, places}
	if retired := !p.site.Until.IsZero() && !b.o.Today.Before(p.site.Until); retired {
		common = append(common, p.site.Until, p.site.Successor, b.f.Organisation.Locales)
	}
	out, keys := map[string]part{}, []string{}
	for _, x := range p.shelves {
		key := sumOf(common, s.shelf(x))
		out[x.policy.ID], keys = part{Key: key}, append(keys, key)
	}
	theme := themeOf(b.f.Organisation, p.site)
	out[aroundPart] = part{Key: sumOf(common, keys, s.files["content/organisation.yaml"], s.files[path.Join("content", theme.Logo)],
		halfYearAfter(b.o.Today))}
	return out
}

// shelf lists what the pages of a policy on a site rest on, apart from what
// all pages of the site do.
func (s *sums) shelf(x *shelf) any {
	type fact struct {
		Version, Before, Moved string
		State                  state
		Until                  policy.Date
		Values                 []*policy.Resolution // not from a seal
	}
	var facts []fact
	sources := s.below(path.Join("content", x.policy.ID), inDraft)
	for _, e := range x.editions {
		f := fact{Version: e.v.ID(), State: e.state, Until: e.until}
		if e.moved != nil {
			f.Moved = e.moved.v.ID()
		}
		for _, y := range []*edition{e, e.before} {
			if y != nil && y.v.Sealed == nil {
				f.Values = append(f.Values, y.r)
			}
		}
		if e.before != nil {
			f.Before = e.before.v.ID()
			if e.before.v.Policy != x.policy {
				sources = append(sources, s.below(e.before.v.Dir, nil)...)
			}
		}
		facts = append(facts, f)
	}
	return []any{facts, sources}
}

// inDraft reports whether a file belongs to a draft.
func inDraft(name string) bool {
	parts := strings.Split(name, "/")
	return len(parts) > 3 && (parts[2] == "draft" || strings.HasPrefix(parts[2], "draft-"))
}

// check is what the findings in a policy rest on, if its texts link to these policies.
func (s *sums) check(b *build, d *desk, linked []string) string {
	var all []string
	for _, p := range b.f.Policies {
		file := path.Join("content", p.ID, "policy.yaml")
		all = append(all, file, s.files[file])
		if len(p.Versions)+len(p.Drafts) == 0 {
			all = append(all, "none")
		}
		if n := len(p.Versions); n > 0 && slices.Contains(linked, p.ID) {
			v := p.Versions[n-1]
			all = append(all, s.files[path.Join(v.Dir, b.f.Source(v)+".md")])
		}
	}
	own := s.below(path.Join("content", d.policy.ID), nil)
	for _, v := range slices.Concat(d.policy.Versions, d.policy.Drafts) {
		if before := b.f.Before(v); before != nil && before.Policy != d.policy {
			own = append(own, s.below(before.Dir, nil)...)
		}
	}
	return sumOf(s.base, s.o.Today, s.files["content/organisation.yaml"], all, linked, own)
}

// hashed notes the hash of every file that is read through it.
type hashed struct {
	fs.FS
	read source.Map[string]
}

// ReadFile reads a file.
func (h *hashed) ReadFile(name string) ([]byte, error) {
	data, err := fs.ReadFile(h.FS, name)
	h.read = append(h.read, source.Entry[string]{Key: name, Value: sum(data)})
	return data, err
}
