package site

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"proviso/policy"
)

// frame begins a page of an edition: everything around what is particular to it.
func (b *build) frame(c *column, e *edition, at address) *Page {
	values := e.values(c.locale)
	p := b.bare(c.plot, c.locale, at, values.Title, value(values, "site.name"))
	p.Index = at.to(e.index(c.locale))
	p.Up = at.to(c.homeAddress(c.locale))
	p.AtHome = at == c.homeAddress(c.locale)
	p.PolicyTitle = values.Title
	p.Site.LegalName, p.Site.Address = value(values, "org.legal_name"), value(values, "org.address")
	for _, v := range values.Values {
		if name, ok := strings.CutPrefix(v.Key, "contacts."); ok {
			p.Site.Contacts = append(p.Site.Contacts, contact(name, v.Value))
		}
	}
	p.Canonical = e.at.URL + string(at)
	if e.v.Sealed != nil {
		p.Seal = e.v.Sealed.Hash
	}
	if e.state != drafted {
		p.Permanent = &Link{Href: at.to(e.page(c.locale)), Title: e.at.URL + string(e.page(c.locale))}
	}
	b.addNav(p, c, e)
	b.addLinks(p, c)
	return p
}

// bare begins a page with what every page has.
func (b *build) bare(p *plot, locale string, at address, title, siteName string) *Page {
	out := &Page{Locale: locale, Dir: direction(locale), Title: title, Root: at.root(), address: at,
		words: b.t.wordsIn(locale), TextLocale: locale, TextDir: direction(locale)}
	if siteName == "" {
		siteName = p.domain
	}
	out.Site.Name = siteName
	out.HeadTitle = title + " · " + siteName
	out.Language = b.t.languageName(locale)
	if banner, ok := b.retired(p, out); ok {
		out.Banners = append(out.Banners, banner)
	}
	return out
}

// value returns what a variable stands for, or "".
func value(l policy.LocaleValues, name string) string {
	s, _ := l.Values.Get(name)
	return s
}

// contact makes a link of an e-mail address or of a web address.
func contact(name, s string) Link {
	l := Link{Title: s, Note: name}
	switch {
	case strings.HasPrefix(s, "https://"), strings.HasPrefix(s, "http://"), strings.HasPrefix(s, "mailto:"):
		l.Href = s
	case strings.Count(s, "@") == 1 && !strings.ContainsAny(s, " <>,;:?&\""):
		l.Href = "mailto:" + s
	}
	return l
}

// addNav lists the site's policies as the edition knows them.
func (b *build) addNav(p *Page, c *column, e *edition) {
	for _, known := range e.values(c.locale).Policies {
		i := slices.IndexFunc(c.plot.shelves, func(s *shelf) bool { return s.policy.ID == known.Key })
		if i < 0 {
			continue // no version of it is published here
		}
		s := c.plot.shelves[i]
		p.Nav = append(p.Nav, Link{Title: known.Value.Title, Href: p.address.to(s.homeAddress(c.locale)),
			Rel: relation(s.policy), Current: s == c.shelf})
	}
	p.Footer = append(p.Footer, p.Nav...)
}

// addLinks adds the feeds and the relations of RFC 5829 that all pages of a policy share.
func (b *build) addLinks(p *Page, c *column) {
	home := c.homeAddress(c.locale)
	atom, json, data := p.address.to(home+"feed.atom"), p.address.to(home+"feed.json"), p.address.to("policies.json")
	p.Links = append(p.Links,
		Link{Rel: "alternate", Type: "application/atom+xml", Title: p.say("feed"), Href: atom},
		Link{Rel: "alternate", Type: "application/feed+json", Title: p.say("feed-json"), Href: json},
		Link{Rel: "version-history", Href: p.address.to(home + "changes/")},
		Link{Rel: "latest-version", Href: p.address.to(home)})
	for _, n := range p.Nav {
		if n.Rel != "" {
			p.Links = append(p.Links, Link{Rel: n.Rel, Href: n.Href})
		}
	}
	p.Footer = append(p.Footer, Link{Title: p.say("feed"), Href: atom, Type: "application/atom+xml"},
		Link{Title: p.say("data"), Href: data, Type: "application/json"})
}

// addLanguages offers the same page in every other locale that has it.
func (b *build) addLanguages(p *Page, e *edition, at func(locale string) address) {
	for _, locale := range e.at.Locales.Keys() {
		to := at(locale)
		p.Languages = append(p.Languages, Link{Title: b.t.languageName(locale), Locale: locale,
			Href: p.address.to(to), Current: locale == p.Locale})
		if !p.NoIndex && p.Canonical == e.at.URL+string(p.address) { // else search engines look elsewhere
			p.Alternates = append(p.Alternates, Alternate{locale, e.at.URL + string(to)})
		}
	}
	p.Alternates = withDefault(p.Alternates)
}

// withDefault adds the page for readers of any other language, which is the
// first. A page alone needs no alternates.
func withDefault(list []Alternate) []Alternate {
	if len(list) < 2 {
		return nil
	}
	return append(list, Alternate{"x-default", list[0].URL})
}

// addVersions fills the menu of versions, newest first.
func (b *build) addVersions(p *Page, c *column, shown *edition) {
	p.Versions = make([]Link, 0, len(c.editions))
	for _, e := range slices.Backward(c.editions) {
		if !e.in(c.locale) {
			continue
		}
		to := e.page(c.locale)
		if e == c.current {
			to = c.homeAddress(c.locale)
		}
		i := len(p.Versions)
		if i == len(c.menu) { // the words are the same on every page
			c.menu = append(c.menu, Link{Title: e.date(p), Note: e.note(p)})
		}
		l := c.menu[i]
		l.Href, l.Current = p.address.to(to), e == shown
		p.Versions = append(p.Versions, l)
	}
	p.Beside = append(p.Beside, Link{Title: p.say("all-changes"), Href: p.address.to(c.homeAddress(c.locale) + "changes/")})
}

// date returns the version's date for readers, with its revision if it is not the first.
func (e *edition) date(p *Page) string {
	if e.v.Draft() {
		return p.say("draft")
	}
	s := e.v.Effective.Long(p.Locale)
	if r := e.revision(p); r != "" {
		s += ", " + r
	}
	return s
}

func (e *edition) revision(p *Page) string {
	if e.v.Revision < 2 {
		return ""
	}
	return p.say("revision", "number", strconv.Itoa(e.v.Revision))
}

// note says what the version is on the day of the build.
func (e *edition) note(p *Page) string {
	s := p.say("state-"+string(e.state), "until", e.until.Long(p.Locale))
	if e.v.Inferred() {
		s += " · " + p.say("inferred")
	}
	return s
}

// lasting reports whether search engines may show the edition's own pages.
func (e *edition) lasting() bool {
	return e.state == current || e.state.ahead() || e.state == ended
}

// retired returns the banner of a site whose time is over.
func (b *build) retired(p *plot, page *Page) (Banner, bool) {
	s := p.site
	if s.Until.IsZero() || b.o.Today.Before(s.Until) {
		return Banner{}, false
	}
	out := Banner{Kind: "retired", Label: page.say("announcement"), Text: page.say("banner-retired", "date", s.Until.Long(page.Locale))}
	if name := s.Successor.Name.In(page.Locale, b.f.Organisation.Locales...); name != "" {
		out.More = page.say("banner-successor", "name", name)
		if s.Successor.URL != "" {
			out.Links = []Link{{Title: page.say("read-successor", "name", name), Href: s.Successor.URL}}
		}
	}
	return out, true
}

// An article is a text ready for a page.
type article struct {
	html     template.HTML
	contents []Entry
	title    string // from the front matter
	summary  string
}

// show renders what an edition shows at an address.
func (d *desk) show(p *Page, c *column, e *edition) *article {
	doc, ps := d.document(c, e, p.address)
	d.complain(ps)
	if doc == nil {
		return &article{}
	}
	return d.writeArticle(p, e, doc)
}
