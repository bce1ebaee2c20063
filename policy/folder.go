package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"proviso/source"
	"proviso/text"
)

// A Folder is the folder a team works in, read from an fs.FS. Loading reads
// the small files (organisation, policies, seals); texts, practices and
// changes are read when asked for.
type Folder struct {
	FS           fs.FS
	Organisation *Organisation
	Policies     []*Policy // by id

	columns map[string]map[string]string // the team's own heads of practices tables, by locale or language

	mu     sync.Mutex
	listed map[[2]string]source.Map[PolicyAt] // see policiesOn
	labels source.Map[source.Map[string]]     // see labelsNow
	seals  KnownSeals                         // as they were read
}

// Policy returns the policy with the id, or nil.
func (f *Folder) Policy(id string) *Policy {
	for _, p := range f.Policies {
		if p.ID == id {
			return p
		}
	}
	return nil
}

func (f *Folder) policyIDs() []string {
	ids := make([]string, len(f.Policies))
	for i, p := range f.Policies {
		ids[i] = p.ID
	}
	return ids
}

// Version returns the version named POLICY@VERSION; POLICY alone means the
// draft, and without a draft the newest dated version that stands.
func (f *Folder) Version(ref string) (*Version, error) {
	id, name, named := strings.Cut(ref, "@")
	p := f.Policy(id)
	if p == nil {
		return nil, fmt.Errorf("there is no policy %q; %s", id, source.Suggest(id, f.policyIDs()))
	}
	all := slices.Concat(p.Drafts, p.Versions)
	if len(all) == 0 {
		return nil, fmt.Errorf("policy %q has no versions; run proviso draft %s", id, id)
	}
	if !named {
		if len(p.Drafts) > 0 {
			return p.Drafts[0], nil
		}
		return p.Newest(), nil
	}
	var names []string
	for _, v := range all {
		if v.Name == name {
			return v, nil
		}
		names = append(names, v.Name)
	}
	return nil, fmt.Errorf("policy %q has no version %q; %s", id, name, source.Suggest(name, names))
}

// Before returns the version in force before v takes effect: the predecessor
// its changes are judged against. It is nil for a policy's first version. Where
// the one that a seal names has another date now, it is the one of that date.
func (f *Folder) Before(v *Version) *Version {
	ref := v.Policy.Continues
	if v.Sealed != nil {
		ref = v.Sealed.Before.Version
	} else if b := v.Policy.newestBefore(v); b != nil {
		return b
	}
	if ref == "" {
		return nil
	}
	b, err := f.Version(ref)
	if err != nil {
		return nil // Load or verify complains
	}
	if to := f.Latest(b); to != v && (v.Draft() || to.precedes(v)) {
		return to
	}
	return b
}

// Latest follows a version that was rescheduled to the one that has its last
// date; a version that was not is itself.
func (f *Folder) Latest(v *Version) *Version {
	seen := []*Version{}
	for v.Sealed != nil && v.Sealed.MovedTo.Version != "" && !slices.Contains(seen, v) {
		to, err := f.Version(v.Sealed.MovedTo.Version)
		if err != nil {
			break
		}
		seen, v = append(seen, v), to
	}
	return v
}

// Origins returns the versions that were announced under other dates before v
// had its own, the last one first.
func (f *Folder) Origins(v *Version) (out []*Version) {
	for v.Sealed != nil && v.Sealed.Moved.Version != "" {
		from, err := f.Version(v.Sealed.Moved.Version)
		if err != nil || slices.Contains(out, from) {
			break // verify complains
		}
		v, out = from, append(out, from)
	}
	return out
}

// precedes reports whether v takes effect before w.
func (v *Version) precedes(w *Version) bool {
	return v.Effective.Before(w.Effective) || v.Effective == w.Effective && v.Revision < w.Revision
}

// newestBefore returns the newest standing version that takes effect before v.
func (p *Policy) newestBefore(v *Version) *Version {
	for _, b := range slices.Backward(p.Versions) {
		if (v.Draft() || b.precedes(v)) && b.Stands() && b != v {
			return b
		}
	}
	return nil
}

// Newest returns the newest dated version that stands, else the newest; nil
// where there is none.
func (p *Policy) Newest() *Version {
	for _, v := range slices.Backward(p.Versions) {
		if v.Stands() {
			return v
		}
	}
	if n := len(p.Versions); n > 0 {
		return p.Versions[n-1]
	}
	return nil
}

// Stands reports whether a dated version takes or took effect: it is neither
// withdrawn nor moved to another date.
func (v *Version) Stands() bool {
	return v.Sealed == nil || v.Sealed.State == Released || v.Sealed.State == Imported
}

// InForce returns the version of p in force on the day, or nil. Withdrawn and
// rescheduled versions are passed over.
func (p *Policy) InForce(today Date) *Version {
	for _, v := range slices.Backward(p.Versions) {
		if v.Stands() && !today.Before(v.Effective) {
			return v
		}
	}
	return nil
}

// Upcoming returns the released versions of p that take effect after the day.
// One that has a date in the future but no seal counts as a draft.
func (p *Policy) Upcoming(today Date) []*Version {
	var out []*Version
	for _, v := range p.Versions {
		if v.Sealed != nil && v.Stands() && today.Before(v.Effective) {
			out = append(out, v)
		}
	}
	return out
}

// Published reports whether the version has pages on the day: it is released,
// or its date has come.
func (v *Version) Published(today Date) bool {
	return v.Sealed != nil || !v.Draft() && !today.Before(v.Effective)
}

// Source returns the source locale: the first of the organisation, or of the
// seal's Resolution for a released version.
func (f *Folder) Source(v *Version) string {
	if v.Sealed != nil && len(v.Sealed.Resolution.Locales) > 0 {
		return v.Sealed.Resolution.Locales[0]
	}
	if len(f.Organisation.Locales) > 0 {
		return f.Organisation.Locales[0]
	}
	return ""
}

// Text reads and parses the text of v in a locale, for all sites: variables
// and links stay open. A translation has the ids and scopes of its source. A
// locale without a text gets the source locale's.
func (f *Folder) Text(v *Version, locale string) (*text.Document, source.Problems) {
	src := f.Source(v)
	doc, ps := f.parse(v, src, nil)
	if locale == src || doc == nil || !slices.Contains(v.Locales, locale) {
		return doc, ps
	}
	translation, tps := f.parse(v, locale, nil)
	ps = append(ps, tps...)
	if translation != nil {
		ps = append(ps, translation.Inherit(doc)...)
	}
	return translation, ps
}

// Texts is Text for every locale of v, reading each file once.
func (f *Folder) Texts(v *Version) (map[string]*text.Document, source.Problems) {
	return f.texts(v, nil)
}

func (f *Folder) texts(v *Version, m *text.Memory) (map[string]*text.Document, source.Problems) {
	src := f.Source(v)
	doc, ps := f.parse(v, src, m)
	docs := map[string]*text.Document{}
	if doc == nil {
		return docs, ps
	}
	docs[src] = doc
	for _, locale := range v.Locales {
		if locale == src {
			continue
		}
		translation, tps := f.parse(v, locale, m)
		ps = append(ps, tps...)
		if translation != nil {
			ps = append(ps, translation.Inherit(doc)...)
			docs[locale] = translation
		}
	}
	return docs, ps
}

func (f *Folder) parse(v *Version, locale string, m *text.Memory) (*text.Document, source.Problems) {
	file := path.Join(v.Dir, locale+".md")
	data, err := fs.ReadFile(f.FS, file)
	if err != nil {
		var ps source.Problems
		ps.Errorf(source.Position{File: file}, "missing-file", "", "%v", cause(err))
		return nil, ps
	}
	raw := f.Organisation.RawHTML
	if v.Sealed != nil {
		raw = v.Sealed.Resolution.RawHTML
	}
	doc, ps := text.Parse(file, data, text.Options{RawHTML: raw, Memory: m})
	if slices.ContainsFunc(ps, func(x source.Problem) bool { return x.Rule == "binary" }) {
		return nil, ps // there is nothing in it that could be judged
	}
	return doc, ps
}

// Practices reads practices.yaml of v; none is an empty list.
func (f *Folder) Practices(v *Version) (PracticeList, source.Problems) {
	var lists source.Map[source.Map[Practice]]
	ps := f.optional(path.Join(v.Dir, "practices.yaml"), &lists)
	var out PracticeList
	for _, list := range lists {
		if !slices.Contains(Categories, list.Key) {
			ps.Errorf(list.Pos, "unknown-key", source.Suggest(list.Key, Categories), "unknown category of practices %q", list.Key)
		}
		for _, p := range list.Value {
			p.Value.Category, p.Value.ID = list.Key, p.Key
			out = append(out, p.Value)
		}
	}
	return out, ps
}

// Changes reads changes.yaml of v; none is an empty Changes.
func (f *Folder) Changes(v *Version) (*Changes, source.Problems) {
	c := &Changes{}
	ps := f.optional(path.Join(v.Dir, "changes.yaml"), c)
	for i := range c.Decisions {
		d := &c.Decisions[i]
		d.Value.Section, d.Value.Pos = d.Key, d.Pos
	}
	return c, ps
}

func (f *Folder) optional(file string, into any) (ps source.Problems) {
	data, err := fs.ReadFile(f.FS, file)
	if err == nil {
		source.Decode(file, data, into, &ps)
	} else if !errors.Is(err, fs.ErrNotExist) {
		ps.Errorf(source.Position{File: file}, "file", "", "%v", cause(err))
	}
	return ps
}
