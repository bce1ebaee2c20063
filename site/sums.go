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

	around string // see surroundings; set when parts are compared
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
func (s *sums) below(dir string) (out []string) {
	dir += "/"
	i, _ := slices.BinarySearch(s.names, dir)
	for ; i < len(s.names) && strings.HasPrefix(s.names[i], dir); i++ {
		out = append(out, s.names[i], s.files[s.names[i]])
	}
	return out
}

// whole is what a whole build rests on.
func (s *sums) whole() string {
	return sumOf(s.base, s.o.Today, s.o.Sites, s.o.Held, s.o.Check != nil, s.below("content"))
}

// surroundings is what the versions of all policies may take from outside
// their own files.
func (s *sums) surroundings(f *policy.Folder) string {
	var all []any
	for _, p := range f.Policies {
		all = append(all, p.ID, s.files[path.Join("content", p.ID, "policy.yaml")], len(p.Versions)+len(p.Drafts) > 0)
	}
	return sumOf(s.files["content/organisation.yaml"], all)
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
		s.shelf(x, sumOf(common...), out)
		keys = append(keys, out[x.part()].Key)
	}
	theme := themeOf(b.f.Organisation, p.site)
	out[aroundPart] = part{Key: sumOf(common, keys, s.files["content/organisation.yaml"], s.files[path.Join("content", theme.Logo)],
		halfYearAfter(b.o.Today))}
	return out
}

// shelf adds what each part of a policy on a site rests on: on the frame, which
// all pages of the policy share, and on the versions that it shows. Pages that
// tell of all versions rest on all of them.
func (s *sums) shelf(x *shelf, common string, out map[string]part) {
	frame := sumOf(common, s.files[path.Join("content", x.policy.ID, "policy.yaml")], x.frame())
	known := map[*edition]string{nil: ""}
	own := func(e *edition) string {
		if _, ok := known[e]; !ok {
			known[e] = sumOf(s.below(e.v.Dir), values(e))
		}
		return known[e]
	}
	all := []any{frame}
	for _, e := range x.editions {
		key := sumOf(frame, own(e), own(e.before))
		out[e.part()], all = part{Key: key}, append(all, key)
		if from, to := x.pair(e); from != nil && !s.o.NoRedlines {
			out[pairPart(from, to)] = part{Key: sumOf(frame, own(from), own(to))}
		}
	}
	out[x.part()] = part{Key: sumOf(all...)}
	if x.current != nil {
		out[x.current.part()] = out[x.part()]
	}
}

// frame lists what a policy's versions are on the day, which shows on the page
// of each.
func (x *shelf) frame() any {
	type fact struct {
		Version, Before, Moved string
		State                  state
		Until                  policy.Date
		Inferred, Home         bool
		Path                   string
		Locales                []string
	}
	id := func(e *edition) string {
		if e == nil {
			return ""
		}
		return e.v.ID()
	}
	var facts []fact
	for _, e := range x.editions {
		facts = append(facts, fact{id(e), id(e.before), id(e.moved), e.state, e.until, e.v.Inferred(), e == x.home, e.at.Path, e.at.Locales.Keys()})
	}
	return facts
}

// values are what an edition takes from outside its version's files.
func values(e *edition) any {
	if e.v.Sealed != nil {
		return nil // it is in the seal
	}
	r := *e.r
	r.Sites = nil
	return []any{r, e.at}
}

// check is what the findings in a version rest on, if its texts link to these policies.
func (s *sums) check(b *build, v *policy.Version, linked []string) string {
	own := s.below(v.Dir)
	if before := b.f.Before(v); before != nil {
		own = append(append(own, before.ID()), s.below(before.Dir)...)
	}
	for _, id := range linked {
		if p := b.f.Policy(id); p != nil && len(p.Versions) > 0 {
			newest := p.Versions[len(p.Versions)-1]
			own = append(append(own, newest.ID()), s.below(newest.Dir)...)
		}
	}
	return sumOf(s.base, s.o.Today, s.around, own)
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
