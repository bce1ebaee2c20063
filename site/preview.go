package site

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"proviso/policy"
)

// A Preview renders single files of the sites as Build would write them, for
// someone who is writing: only what the file needs is read. Drafts have pages
// too, at <policy>/draft/, which no other page leads to.
type Preview struct {
	mu sync.Mutex
	b  *build
}

// NewPreview prepares to render the files of a folder. Out, Cache, Check and
// Judge of the options mean nothing here.
func NewPreview(f *policy.Folder, o Options) (*Preview, error) {
	t, err := readTemplates(o.Templates, localesOf(f))
	if err != nil {
		return nil, err
	}
	o.Check, o.Judge, o.Progress = nil, nil, nil
	b, err := newBuild(f, t, o, true)
	if err != nil {
		return nil, err
	}
	return &Preview{b: b}, nil
}

// File returns a file of a site, named as in its tree, and whether there is
// one. What is wrong with the sources that it rests on is returned as
// source.Problems.
func (v *Preview) File(domain policy.Domain, name string) (data []byte, found bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	i := slices.IndexFunc(v.b.plots, func(p *plot) bool { return p.domain == domain })
	if i < 0 {
		return nil, false, nil
	}
	p := v.b.plots[i]
	p.wants = func(file string) bool { return file == name }
	p.write = func(_ string, b []byte) error {
		data, found = slices.Clone(b), true
		return nil
	}
	v.b.problems, v.b.failures = nil, nil
	v.b.render(p)
	return data, found, v.b.err()
}

// render makes the files that are wanted of a site.
func (b *build) render(p *plot) {
	for _, s := range p.shelves {
		for _, c := range s.columns {
			for _, e := range slices.Concat(s.editions, s.drafts) {
				s.desk.version(c, e)
			}
			s.desk.overview(c)
		}
		s.forget()
	}
	b.look(p)
	b.around(p)
}

// A DraftPage is where a draft stands in a Preview.
type DraftPage struct {
	Site    policy.Domain
	Policy  string
	Version string // "draft" or "draft-NAME", or the date of a version that is not released
	Locale  string
	Title   string
	Text    string // address of the text below the site, such as "privacy/draft/"
	Changes string // address of its redline; "": there is nothing to compare it with
}

// Drafts lists the pages of drafts, by site, policy and locale.
func (v *Preview) Drafts() []DraftPage {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []DraftPage
	for _, p := range v.b.plots {
		for _, s := range p.shelves {
			for _, e := range s.drafts {
				for _, locale := range e.at.Locales.Keys() {
					d := DraftPage{Site: p.domain, Policy: s.policy.ID, Version: e.v.Name, Locale: locale,
						Title: e.values(locale).Title, Text: string(e.page(locale))}
					if e.before != nil {
						d.Changes = string(e.changes(locale))
					}
					out = append(out, d)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(x, y DraftPage) int {
		return cmp.Or(strings.Compare(x.Site, y.Site), strings.Compare(x.Policy, y.Policy), strings.Compare(x.Version, y.Version))
	})
	return out
}
