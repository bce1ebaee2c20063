package policy

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"proviso/source"
	"proviso/text"
)

// Check reads everything the folder holds and returns what is wrong with it,
// beyond what Load has found: texts, practices and changes of every version,
// on every site and in every locale.
func (f *Folder) Check(today Date) source.Problems {
	var ps source.Problems
	anchors := Anchors{}
	for _, p := range f.Policies {
		for _, v := range slices.Concat(p.Versions, p.Drafts) {
			ps = append(ps, f.checkVersion(v, today, anchors)...)
		}
	}
	ps.Sort()
	return ps
}

// CheckVersion returns what is wrong with one version. A released version is
// judged from its seal: today's products and sites do not matter to it.
func (f *Folder) CheckVersion(v *Version, today Date) source.Problems {
	return f.checkVersion(v, today, Anchors{})
}

func (f *Folder) checkVersion(v *Version, today Date, anchors Anchors) source.Problems {
	if !slices.Contains(v.Locales, f.Source(v)) {
		return nil // Load says that the text is missing, or why the locales are not known
	}
	return f.CheckReading(f.Read(v, nil), today, anchors)
}

// CheckReading is CheckVersion for files that have been read already. Beside
// them it looks at the organisation, at the policies and their versions, at
// the files of the version before, and at the newest texts of the policies in
// Reading.Linked.
func (f *Folder) CheckReading(rd *Reading, today Date, anchors Anchors) source.Problems {
	v, src := rd.Version, rd.Texts[f.Source(rd.Version)]
	ps := slices.Clone(rd.Problems)
	c := &checker{f: f, r: f.Resolve(v), v: v, ps: &ps, anchors: anchors}
	if src == nil {
		return ps
	}
	for _, doc := range rd.Texts {
		if len(doc.Sections) == 0 {
			ps.Errorf(source.Position{File: doc.File, Line: 1, Column: 1}, "empty-text", "write it, or remove the file", "the text is empty")
		}
	}
	c.scopes(rd.Texts)
	c.practices(rd.Practices)
	c.views(rd.Texts, rd.Practices)
	c.links(rd.Texts)
	c.changes(rd.Changes, src, rd.Practices)
	if v.Sealed == nil {
		ps = append(ps, f.unsealed(v, today)...)
	}
	return ps
}

// unsealed warns of a version that has a date and no seal.
func (f *Folder) unsealed(v *Version, today Date) (ps source.Problems) {
	pos := source.Position{File: v.Dir}
	switch {
	case v.Draft():
	case today.Before(v.Effective):
		ps.Warnf(pos, "unsealed", "rename the folder to draft and run proviso release", "the version is not released; it counts as a draft until it is")
	default:
		ps.Warnf(pos, "unsealed", "seal what is published: proviso release, or proviso import for an old text", "the version is in force without a seal, so nothing proves what it said")
	}
	return ps
}

type checker struct {
	f  *Folder
	r  *Resolution
	v  *Version
	ps *source.Problems

	anchors Anchors
}

// known complains about ids that the version's resolution does not name.
func (c *checker) known(pos source.Position, what string, ids, known []string) {
	for _, id := range ids {
		if !slices.Contains(known, id) {
			c.ps.Errorf(pos, "unknown-"+what, source.Suggest(id, known), "unknown %s %q", what, id)
		}
	}
}

// sites returns every site a scope may name: for a draft all of the organisation's.
func (c *checker) sites() []string {
	if c.v.Sealed == nil {
		return c.f.Organisation.Sites.Keys()
	}
	return c.r.Sites.Keys()
}

func (c *checker) scopes(docs map[string]*text.Document) {
	for _, doc := range docs {
		for _, use := range doc.Scopes() {
			if use.Key == "sites" {
				c.known(use.Pos, "site", []string{use.ID}, c.sites())
			} else {
				c.known(use.Pos, "product", []string{use.ID}, c.r.Products.Keys())
			}
		}
	}
	for _, s := range docs[c.f.Source(c.v)].Sections {
		c.retired(s)
		if !s.Scope.IsZero() && c.allKnown(s.Scope) && !c.anyoneSees(s.Scope) {
			c.ps.Warnf(s.Pos, "scope", "no site of this policy shows it; widen the scope or give a site the product", "nobody can see section %q", s.ID)
		}
	}
}

// retired warns of a section of an open version that is only for products that
// are no more on its date.
func (c *checker) retired(s *text.Section) {
	if c.v.Sealed != nil || c.v.Draft() {
		return
	}
	var gone []string
	var last Date
	for _, id := range s.Scope.Products {
		p, known := c.f.Organisation.Products.Get(id)
		if !known || p.Until.IsZero() || c.v.Effective.Before(p.Until) {
			return
		}
		gone = append(gone, strconv.Quote(id))
		last = p.Until
	}
	if len(gone) > 0 {
		c.ps.Warnf(s.Pos, "retired-product", "remove the section, or give it another scope", "section %q is for product %s, which is retired on %s", s.ID, strings.Join(gone, ", "), last)
	}
}

func (c *checker) allKnown(scope text.Scope) bool {
	in := func(known []string) func(string) bool {
		return func(id string) bool { return slices.Contains(known, id) }
	}
	return all(scope.Products, in(c.r.Products.Keys())) && all(scope.Sites, in(c.sites()))
}

func all(ids []string, ok func(string) bool) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !ok(id) })
}

func (c *checker) anyoneSees(scope text.Scope) bool {
	return slices.ContainsFunc(c.r.Sites, func(e source.Entry[SiteValues]) bool { return scope.On(e.Key, e.Value.Products) })
}

func (c *checker) practices(list PracticeList) {
	for _, p := range list {
		c.list(p, "products", "product", p.Products, c.r.Products.Keys())
		c.list(p, "sites", "site", p.Sites, c.sites())
		if c.v.Sealed != nil {
			continue
		}
		if !idForm.MatchString(p.ID) {
			c.ps.Errorf(p.Pos, "id", "use small letters, digits and hyphens", "%q cannot be the id of a practice", p.ID)
		}
		if u, err := url.Parse(p.URL); p.URL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "mailto") {
			c.ps.Errorf(p.At.Of(p.Pos, "url"), "url", "write it as https://example.com/", "%q is not a web address", p.URL)
		}
		for key, text := range map[string]Localised{"name": p.Name, "text": p.Text, "source": p.Source, "basis": p.Basis, "role": p.Role,
			"country": p.Country, "safeguard": p.Safeguard, "period": p.Period, "from": p.From, "contact": p.Contact} {
			c.locales(p.At, p.Pos, key, text)
		}
		for i, item := range p.Items {
			c.locales(p.At, p.Pos, element("items", i), item)
		}
		for i, purpose := range p.Purposes {
			c.locales(p.At, p.Pos, element("purposes", i), purpose)
		}
	}
}

// locales complains about words of an open version in a locale that the
// organisation does not have: nobody would read them.
func (c *checker) locales(at source.Places, pos source.Position, key string, t Localised) {
	known := c.f.Organisation.Locales
	for locale := range t {
		if locale != "" && !slices.Contains(known, locale) {
			c.ps.Errorf(at.Of(pos, key+"."+locale, key), "unknown-locale", source.Suggest(locale, known), "unknown locale %q", locale)
		}
	}
}

func (c *checker) list(p Practice, key, what string, ids, known []string) {
	for i, id := range ids {
		c.known(p.At.Of(p.Pos, element(key, i)), what, []string{id}, known)
	}
}

// views shows every text on every site, which finds unknown variables and dead links.
func (c *checker) views(docs map[string]*text.Document, practices PracticeList) {
	for _, s := range c.r.Sites {
		for _, l := range s.Value.Locales {
			doc := docs[l.Key]
			if doc == nil {
				doc = docs[c.f.Source(c.v)]
			}
			view := c.r.View(s.Key, l.Key, practices)
			view.Policy = func(id, _ string) (string, bool) {
				at, ok := l.Value.Policies.Get(id)
				return at.Path, ok || c.v.Sealed == nil && c.f.Policy(id) == nil // links says that nobody knows it
			}
			_, ps := doc.For(view)
			*c.ps = append(*c.ps, ps...)
		}
	}
}

func (c *checker) changes(ch *Changes, src *text.Document, practices PracticeList) {
	if c.v.Sealed == nil {
		c.locales(ch.At, ch.Pos, "summary", ch.Summary)
		c.locales(ch.At, ch.Pos, "why", ch.Why)
		c.locales(ch.At, ch.Pos, "choices", ch.Choices)
		for _, e := range ch.Sections {
			c.locales(ch.At, e.Pos, "sections."+e.Key, e.Value)
		}
	}
	if len(ch.Sections)+len(ch.Decisions) == 0 {
		c.exception(ch)
		return
	}
	known := c.sections(src, practices)
	for _, e := range ch.Sections {
		c.known(e.Pos, "section", []string{e.Key}, known)
	}
	for _, e := range ch.Decisions {
		c.known(e.Pos, "section", []string{e.Key}, known)
		if e.Value.Verdict != Material && e.Value.Verdict != Editorial {
			c.ps.Errorf(e.Pos, "verdict", "write material or editorial", "decision on %q has the verdict %q", e.Key, e.Value.Verdict)
		}
		if e.Value.Reason == "" || e.Value.By == "" || e.Value.On.IsZero() {
			c.ps.Errorf(e.Pos, "decision", "write it with proviso decide", "decision on %q does not say why, who and when (reason, by, on)", e.Key)
		}
	}
	c.exception(ch)
}

// sections returns what words and decisions may be about: sections and practices
// of the version and of the one before it.
func (c *checker) sections(src *text.Document, practices PracticeList) []string {
	ids := map[string]bool{"intro": true, "sites": true}
	add := func(doc *text.Document, list PracticeList) {
		if doc == nil {
			return
		}
		for _, s := range doc.Sections {
			ids[s.ID] = true
		}
		for _, p := range list {
			ids["practices/"+p.Category+"/"+p.ID] = true
		}
	}
	add(src, practices)
	if before := c.f.Before(c.v); before != nil {
		old, _ := c.f.Text(before, c.f.Source(before))
		list, _ := c.f.Practices(before)
		add(old, list)
	}
	return slices.Sorted(maps.Keys(ids))
}

var grounds = []string{"security", "law", "benefit", "other"}

func (c *checker) exception(ch *Changes) {
	if e := ch.Exception; e.Pos.File != "" {
		if !slices.Contains(grounds, e.Ground) {
			c.ps.Errorf(e.Pos, "exception", source.Suggest(e.Ground, grounds), "unknown ground %q of an exception", e.Ground)
		}
		if _, err := ParseLead(e.Lead); e.Lead != "" && err != nil {
			c.ps.Errorf(e.Pos, "exception", "write it as 3 days", "%v", err)
		}
		if e.Reason == "" || e.By == "" {
			c.ps.Errorf(e.Pos, "exception", "add reason: and by:", "the exception says neither why nor who")
		}
	}
	if e := ch.Consent; e.Pos.File != "" && (e.How == "" || e.By == "") {
		c.ps.Errorf(e.Pos, "consent", "add how: and by:", "the consent says neither how nor who")
	}
}

// ChangesFile is where the decisions on v stand.
func (v *Version) ChangesFile() string { return path.Join(v.Dir, "changes.yaml") }
