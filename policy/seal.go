package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"proviso/schema"
	"proviso/source"
	"proviso/text"
)

// A Resolution is everything that the pages and notices of a version take from
// outside its own files, for every site and locale. For a released version it
// comes from its seal, so that editing organisation.yaml changes no released
// page; for all others it is worked out from the sources as they are now.
type Resolution struct {
	Organisation Localised              `yaml:"organisation"` // short name
	TimeZone     string                 `yaml:"time_zone"`
	Locales      []string               `yaml:"locales"` // of the organisation; the first is the source
	RawHTML      bool                   `yaml:"raw_html,omitempty"`
	Products     source.Map[Localised]  `yaml:"products"`
	Sites        source.Map[SiteValues] `yaml:"sites"` // the sites that show the policy

	// Labels heads the columns of practices tables, by locale and field.
	Labels source.Map[source.Map[string]] `yaml:"labels,omitempty"`
}

// SiteValues is what a version takes from one site.
type SiteValues struct {
	URL      string                   `yaml:"url"` // ends in /
	Path     string                   `yaml:"path"`
	From     string                   `yaml:"from,omitempty"` // sender of notices; empty: as proviso.yaml says
	Products []string                 `yaml:"products"`
	Locales  source.Map[LocaleValues] `yaml:"locales"` // the first stands at the site's root
}

// LocaleValues is what a version takes from one site in one locale.
type LocaleValues struct {
	Source   bool                 `yaml:"source,omitempty"` // no text in this locale: the source locale's is shown
	Text     string               `yaml:"text,omitempty"`   // hash of the text's normal form, in seals
	Title    string               `yaml:"title"`
	Values   source.Map[string]   `yaml:"values"`             // variables by name
	Policies source.Map[PolicyAt] `yaml:"policies,omitempty"` // policies of the site, by id, for links
}

// PolicyAt is where a policy stands on a site.
type PolicyAt struct {
	Path  string `yaml:"path"`
	Title string `yaml:"title"`
}

// State tells how a released version came to be or what became of it.
type State string

const (
	Released    State = "released"    // takes or took effect on its date
	Imported    State = "imported"    // taken over from elsewhere; owes no notice
	Rescheduled State = "rescheduled" // takes effect on another date now
	Withdrawn   State = "withdrawn"   // will not take effect
)

// A Seal is the file seal.yaml: the truth of a released version.
type Seal struct {
	Format    int    `yaml:"format"`
	Policy    string `yaml:"policy"`
	Version   string `yaml:"version"`
	State     State  `yaml:"state"`
	Released  Date   `yaml:"released"` // civil date in TimeZone
	Effective Date   `yaml:"effective"`
	Inferred  bool   `yaml:"inferred,omitempty"` // nothing declares the date: the text was first seen on it
	Before    Link   `yaml:"before,omitempty"`   // the version before and its seal
	Moved     Link   `yaml:"moved,omitempty"`    // the version that has this date now instead of its own

	Regimes  []SealedRegime `yaml:"regimes"`
	Deadline Date           `yaml:"deadline,omitempty"` // zero: no notice is owed
	Verdict  Verdict        `yaml:"verdict"`
	Changes  []SealedChange `yaml:"changes"`

	Resolution Resolution         `yaml:"resolution"`
	Files      source.Map[string] `yaml:"files"` // hash of every file of the version

	// Hash is the last line of the file: the SHA-256 of all that stands before it.
	Hash string `yaml:"seal,omitempty"`

	// What came after the release is not in the file. State, Resolution and Files
	// are as it left them; Hash stays the version's name for ever.
	MovedTo     Link          `yaml:"-"` // the version that has another date instead of this one's
	Supplements []*Supplement `yaml:"-"` // by file name
}

// A Link names a version and the hash of its seal.
type Link struct {
	Version string `yaml:"version,omitempty"` // POLICY@VERSION
	Seal    string `yaml:"seal,omitempty"`
}

// A SealedRegime is a regime as it stood at the release.
type SealedRegime struct {
	ID       string   `yaml:"id"`
	Lead     Lead     `yaml:"lead"`
	Strength Strength `yaml:"strength"`
	Medium   string   `yaml:"medium"`
	Durable  bool     `yaml:"durable,omitempty"`
	Source   string   `yaml:"source"`
	Grounds  string   `yaml:"grounds,omitempty"` // see Regime
	AsOf     Date     `yaml:"as_of,omitempty"`
}

// Regime returns the regime as it stood at the release.
func (r SealedRegime) Regime() Regime {
	return Regime{ID: r.ID, Lead: r.Lead, Strength: r.Strength, Medium: r.Medium, Durable: r.Durable, Source: r.Source, Grounds: r.Grounds, AsOf: r.AsOf}
}

// A SealedChange is the verdict on the changes of one section at the release.
type SealedChange struct {
	Section     string    `yaml:"section"`
	Verdict     Verdict   `yaml:"verdict"`
	RuleVerdict Verdict   `yaml:"rule_verdict"`
	Categories  []string  `yaml:"categories,flow"`
	Products    []string  `yaml:"products,flow,omitempty"` // who is concerned; empty: everyone
	Sites       []string  `yaml:"sites,flow,omitempty"`
	Of          string    `yaml:"of"`
	Decision    *Decision `yaml:"decision,omitempty"`
}

// sealFormat is the form of seals that this program writes and reads.
const sealFormat = 1

// Hash returns the SHA-256 of data as "sha256:…".
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Encode writes the seal as the file seal.yaml and sets its Hash.
func (s *Seal) Encode() ([]byte, error) {
	open := *s
	open.Hash = ""
	data, hash, err := finish(schema.Modeline(path.Join("content", s.Policy, s.Version, "seal.yaml")), open)
	s.Hash = hash
	return data, err
}

const sealHead = "# Written by proviso release; proviso verify finds every change to it.\n" +
	"# The last line is the SHA-256 of all the lines before it.\n"

// finish encodes a seal whose hash is left out, behind the line for editors, and
// puts the hash on the last line.
func finish(modeline string, open any) (data []byte, hash string, err error) {
	if data, err = source.Encode(open); err != nil {
		return nil, "", err
	}
	data = append([]byte(modeline+sealHead), data...)
	hash = Hash(data)
	return fmt.Appendf(data, "seal: %s\n", hash), hash, nil
}

// Draw fills in what a seal of v takes from the folder: the resolution with
// the hash of each text's normal form, the hash of every file, and the chain.
// The texts are read from v.Dir, which may still be the draft's folder.
func (f *Folder) Draw(s *Seal, v *Version) source.Problems {
	s.name(v, f.Before(v))
	s.Resolution = *f.Resolve(v)
	practices, ps := f.Practices(v)
	if len(practices) == 0 {
		s.Resolution.Labels = nil
	}
	ps = append(ps, f.normalForms(v, &s.Resolution, practices, func(l *LocaleValues, _, _, normal string) { l.Text = Hash([]byte(normal)) })...)
	var err error
	if s.Files, err = f.fileHashes(v); err != nil {
		ps.Errorf(source.Position{File: v.Dir}, "file", "", "%v", cause(err))
	}
	return ps
}

// name says which version is sealed, and which one it follows.
func (s *Seal) name(v, before *Version) {
	s.Format, s.Policy, s.Version, s.Effective = sealFormat, v.Policy.ID, v.Name, v.Effective
	if before != nil {
		s.Before = Link{Version: before.ID()}
		if before.Sealed != nil {
			s.Before.Seal = before.Sealed.Hash
		}
	}
}

// NormalForms calls each with the normal form of what each site shows of a
// version in each locale: the rendered blocks as plain text. Its SHA-256 is what
// a seal holds.
func (f *Folder) NormalForms(v *Version, each func(site Domain, locale, normal string)) source.Problems {
	practices, ps := f.Practices(v)
	return append(ps, f.normalForms(v, f.Resolve(v), practices, func(_ *LocaleValues, site, locale, normal string) { each(site, locale, normal) })...)
}

func (f *Folder) normalForms(v *Version, r *Resolution, practices PracticeList, each func(l *LocaleValues, site, locale, normal string)) source.Problems {
	docs, ps := f.Texts(v)
	for i := range r.Sites {
		site := &r.Sites[i]
		for j := range site.Value.Locales {
			l := &site.Value.Locales[j]
			doc := docs[l.Key]
			if doc == nil || l.Value.Source {
				doc = docs[f.Source(v)]
			}
			if doc == nil {
				continue
			}
			view := r.View(site.Key, l.Key, practices)
			view.Policy = func(id, _ string) (string, bool) { at, ok := l.Value.Policies.Get(id); return at.Path, ok }
			shown, vps := doc.For(view)
			ps = append(ps, vps...)
			each(&l.Value, site.Key, l.Key, shown.Normal())
		}
	}
	return ps
}

// FileHashes returns the hash of every file of a version but its seals and
// what comes after them; nothing of a folder that cannot be read.
func (f *Folder) FileHashes(v *Version) source.Map[string] {
	hashes, _ := f.fileHashes(v)
	return hashes
}

// fileHashes returns the hash of every file of a version but the seal and
// what comes after it.
func (f *Folder) fileHashes(v *Version) (source.Map[string], error) {
	entries, err := fs.ReadDir(f.FS, v.Dir)
	if err != nil {
		return nil, err
	}
	var out source.Map[string]
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || strings.HasPrefix(name, ".") || sealFile(name) || name == "notice.yaml" || name == WithdrawnNotice {
			continue
		}
		data, err := fs.ReadFile(f.FS, path.Join(v.Dir, name))
		if err != nil {
			return nil, err
		}
		out = append(out, source.Entry[string]{Key: name, Value: Hash(data)})
	}
	return out, nil
}

// Document returns what a site shows of v in a locale, for comparisons and
// mail. Links to policies lead to absolute addresses.
func (f *Folder) Document(v *Version, site, locale string) (*text.Document, source.Problems) {
	doc, ps := f.Text(v, locale)
	if doc == nil {
		return nil, ps
	}
	practices, pps := f.Practices(v)
	r := f.Resolve(v)
	view := r.View(site, locale, practices)
	view.Policy = func(id, fragment string) (string, bool) { return r.Link(site, locale, id, fragment) }
	shown, vps := doc.For(view)
	return shown, append(append(ps, pps...), vps...)
}

// Link returns the absolute address of a policy on a site in a locale; for
// site "" on the first site that has it.
func (r *Resolution) Link(site, locale, id, fragment string) (string, bool) {
	if fragment != "" {
		fragment = "#" + fragment
	}
	for _, s := range r.Sites {
		if site != "" && s.Key != site {
			continue
		}
		l, _ := s.Value.Locales.Get(locale)
		if at, ok := l.Policies.Get(id); ok {
			return s.Value.URL + s.Value.Prefix(locale) + at.Path + "/" + fragment, true
		}
	}
	return "", false
}

// Prefix returns what stands before a policy's path in a locale: nothing for
// the site's first, else "LOCALE/".
func (s *SiteValues) Prefix(locale string) string {
	if len(s.Locales) == 0 || s.Locales[0].Key == locale {
		return ""
	}
	return locale + "/"
}
