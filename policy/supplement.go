package policy

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"proviso/schema"
	"proviso/source"
)

// A Supplement is a seal that came to a released version later. It stands in a
// file of its own beside seal.yaml, which stays as it is to the byte:
// seal.LOCALE.yaml adds a translation, seal.withdrawn.yaml says that the version
// will not take effect.
type Supplement struct {
	Format int  `yaml:"format"`
	Of     Link `yaml:"of"` // the version and its seal
	On     Date `yaml:"on"` // civil date in the version's time zone

	State  State  `yaml:"state,omitempty"` // Withdrawn
	Reason string `yaml:"reason,omitempty"`
	By     string `yaml:"by,omitempty"`

	Locale string                   `yaml:"locale,omitempty"`
	Sites  source.Map[LocaleValues] `yaml:"sites,omitempty"`  // what each site shows in Locale
	Labels source.Map[string]       `yaml:"labels,omitempty"` // see Resolution.Labels
	Files  source.Map[string]       `yaml:"files,omitempty"`  // hash of each file that came

	// Hash is the last line of the file: the SHA-256 of all that stands before it.
	Hash string `yaml:"seal,omitempty"`

	File string `yaml:"-"` // its name in the version's folder
}

// withdrawnFile is the seal of a withdrawal.
const withdrawnFile = "seal.withdrawn.yaml"

// WithdrawnNotice is the file that notify close writes when those who were told
// of a version have been told that it was withdrawn.
const WithdrawnNotice = "notice.withdrawn.yaml"

// sealFile reports whether a file of a version is one of its seals.
func sealFile(name string) bool {
	return name == "seal.yaml" || strings.HasPrefix(name, "seal.") && strings.HasSuffix(name, ".yaml")
}

// Encode writes the supplement as a file and sets its Hash.
func (s *Supplement) Encode() ([]byte, error) {
	open := *s
	open.Hash = ""
	data, hash, err := finish(schema.Modeline(path.Join("content", strings.Replace(s.Of.Version, "@", "/", 1), s.File)), open)
	s.Hash = hash
	return data, err
}

// Withdrawal returns the seal that says that v will not take effect.
func (v *Version) Withdrawal(on Date, reason, by string) *Supplement {
	return &Supplement{Format: sealFormat, Of: Link{v.ID(), v.Sealed.Hash}, On: on, State: Withdrawn, Reason: reason, By: by, File: withdrawnFile}
}

// WithdrawnOn returns the day on which v was withdrawn, or the zero Date.
func (v *Version) WithdrawnOn() Date {
	if v.Sealed != nil {
		for _, s := range v.Sealed.Supplements {
			if s.State == Withdrawn {
				return s.On
			}
		}
	}
	return Date{}
}

// supplements reads the later seals of a version and adds them to its seal.
func (l *loader) supplements(v *Version, names []string) {
	for _, name := range names {
		pos := source.Position{File: path.Join(v.Dir, name)}
		s := &Supplement{File: name}
		before := len(l.ps)
		l.decode(pos.File, s)
		switch {
		case len(l.ps) > before:
		case s.Format != sealFormat:
			l.ps.Errorf(pos, "seal", "use the proviso that wrote it, or a later one; if it was edited, restore it", "the seal has the form %d, which this program does not know", s.Format)
		case v.Sealed == nil || s.Of != Link{v.ID(), v.Sealed.Hash}:
			l.ps.Errorf(pos, "seal", "restore both files from version control", "it belongs to another seal: %s %s", s.Of.Version, s.Of.Seal)
		case name != withdrawnFile && name != "seal."+s.Locale+".yaml" || (name == withdrawnFile) != (s.State == Withdrawn):
			l.ps.Errorf(pos, "seal", "give the file its old name", "the seal is neither of the translation nor of the withdrawal that its name says")
		default:
			v.Sealed.add(s)
		}
	}
}

// add takes a supplement into the seal.
func (s *Seal) add(x *Supplement) {
	s.Supplements = append(s.Supplements, x)
	if x.State != "" {
		s.State = x.State
	}
	if x.Locale == "" {
		return
	}
	s.Files = append(s.Files, x.Files...)
	r := &s.Resolution
	if !slices.Contains(r.Locales, x.Locale) {
		r.Locales = append(slices.Clone(r.Locales), x.Locale)
	}
	if len(x.Labels) > 0 {
		r.Labels = set(r.Labels, x.Locale, x.Labels)
	}
	r.Sites = slices.Clone(r.Sites)
	for i := range r.Sites {
		if values, ok := x.Sites.Get(r.Sites[i].Key); ok {
			r.Sites[i].Value.Locales = set(r.Sites[i].Value.Locales, x.Locale, values)
		}
	}
}

// set returns the map with an entry replaced or added at the end.
func set[T any](m source.Map[T], key string, value T) source.Map[T] {
	m = slices.Clone(m)
	for i := range m {
		if m[i].Key == key {
			m[i].Value = value
			return m
		}
	}
	return append(m, source.Entry[T]{Key: key, Value: value})
}

// moved finds the versions that have another date now: a later seal says so.
func (p *Policy) moved() {
	for _, to := range p.Versions {
		if to.Sealed == nil || to.Sealed.Moved.Version == "" {
			continue
		}
		for _, v := range p.Versions {
			if v != to && v.Sealed != nil && v.ID() == to.Sealed.Moved.Version {
				v.Sealed.State, v.Sealed.MovedTo = Rescheduled, Link{to.ID(), to.Sealed.Hash}
			}
		}
	}
}

// Redraw fills in the seal of v, which is old under another date: all that old
// was sealed with stays, but for the date that its texts show.
func (f *Folder) Redraw(s *Seal, old, v *Version) source.Problems {
	was := old.Sealed
	s.name(v, f.Before(old))
	s.Moved = Link{old.ID(), was.Hash}
	s.Verdict, s.Changes, s.Files = was.Verdict, was.Changes, was.Files
	s.Resolution = was.Resolution.redated(v.Effective)
	drawn := *v
	drawn.Sealed, drawn.Locales = s, old.Locales
	practices, ps := f.Practices(&drawn)
	return append(ps, f.normalForms(&drawn, &s.Resolution, practices, func(l *LocaleValues, _, _, normal string) { l.Text = Hash([]byte(normal)) })...)
}

// redated returns a copy in which the texts show another date.
func (r Resolution) redated(d Date) Resolution {
	r.Sites = slices.Clone(r.Sites)
	for i := range r.Sites {
		site := &r.Sites[i].Value
		site.Locales = slices.Clone(site.Locales)
		for j := range site.Locales {
			l := &site.Locales[j]
			l.Value.Values = set(l.Value.Values, "policy.effective", d.Long(l.Key))
		}
	}
	return r
}

// Translate returns the seal of a translation that came after the release of
// v: the file LOCALE.md in its folder. What the release sealed decides where
// it can; only what a locale adds comes from the organisation as it is now.
func (f *Folder) Translate(v *Version, locale string, on Date) (*Supplement, source.Problems) {
	s := &Supplement{Format: sealFormat, Of: Link{v.ID(), v.Sealed.Hash}, On: on, Locale: locale, File: "seal." + locale + ".yaml"}
	file := path.Join(v.Dir, locale+".md")
	data, err := fs.ReadFile(f.FS, file)
	if err != nil {
		var ps source.Problems
		ps.Errorf(source.Position{File: file}, "missing-file", "write the translation there first", "%v", cause(err))
		return nil, ps
	}
	s.Files = source.Map[string]{{Key: locale + ".md", Value: Hash(data)}}
	for _, e := range v.Sealed.Resolution.Sites {
		if values, ok := f.lateValues(v, e.Key, e.Value, locale); ok {
			s.Sites = append(s.Sites, source.Entry[LocaleValues]{Key: e.Key, Value: values})
		}
	}
	if len(v.Sealed.Resolution.Labels) > 0 {
		s.Labels, _ = f.labelsIn([]string{locale}).Get(locale)
	}
	with := *v
	sealed := *v.Sealed
	with.Sealed = &sealed
	with.Locales = append(slices.Clone(v.Locales), locale)
	sealed.add(s)
	practices, ps := f.Practices(&with)
	ps = append(ps, f.normalForms(&with, &sealed.Resolution, practices, func(l *LocaleValues, _, _, normal string) { l.Text = Hash([]byte(normal)) })...)
	for i := range sealed.Resolution.Sites {
		site := &sealed.Resolution.Sites[i]
		if values, ok := site.Value.Locales.Get(locale); ok {
			s.Sites = set(s.Sites, site.Key, values)
		}
	}
	return s, append(ps, f.CheckVersion(&with, on)...)
}

// lateValues is what a site shows in a locale that came later. A value that the
// organisation has changed since the release stays as released, in the words
// of the source locale.
func (f *Folder) lateValues(v *Version, domain Domain, was SiteValues, locale string) (LocaleValues, bool) {
	if l, ok := was.Locales.Get(locale); ok {
		l.Source = false
		return l, true
	}
	s, ok := f.Organisation.Sites.Get(domain)
	src := f.Source(v)
	if !ok || !slices.Contains(f.Organisation.LocalesOn(&s), locale) || len(was.Locales) == 0 {
		return LocaleValues{}, false
	}
	sealed, ok := was.Locales.Get(src)
	if !ok {
		sealed = was.Locales[0].Value
	}
	title := v.Policy.Title.In(locale, f.Organisation.Locales...)
	out := LocaleValues{Title: title, Values: slices.Clone(sealed.Values), Policies: slices.Clone(sealed.Policies)}
	now, here := f.variables(v, domain, &s, src), f.variables(v, domain, &s, locale)
	for i, e := range out.Values {
		if x, _ := now.Get(e.Key); x == e.Value {
			out.Values[i].Value, _ = here.Get(e.Key)
		}
	}
	for i, e := range out.Policies {
		if p := f.Policy(e.Key); p != nil {
			out.Policies[i].Value.Title = p.Title.In(locale, f.Organisation.Locales...)
		}
	}
	return out, true
}
