package site

import (
	"cmp"
	"encoding/xml"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"proviso/policy"
	"proviso/source"
)

// aroundPart is the part of a site that belongs to no policy.
const aroundPart = ""

// around writes what stands around the policies of a site: its index in every
// locale, old addresses, and the files for machines.
func (b *build) around(p *plot) {
	all := b.indexes(p)
	for _, l := range all {
		if p.wanted(l.at.file()) {
			b.page(p, aroundPart, "index.html", b.index(p, l, all))
		}
	}
	b.moved(p)
	b.aliases(p)
	b.add(p, "policies.json", func() []byte { return encodeJSON(b.catalogue(p)) })
	b.notices(p)
	b.add(p, "_headers", func() []byte { return headers(p) })
	if contact := b.securityContact(p); contact != "" && p.prefix() == "/" { // elsewhere nobody looks
		b.add(p, ".well-known/security.txt", func() []byte { return b.securityText(p, contact) })
	}
	if p.prefix() == "/" {
		b.add(p, "sitemap.xml", func() []byte { return b.sitemap(p) })
		b.add(p, "robots.txt", func() []byte {
			return []byte("User-agent: *\nAllow: /\n\nSitemap: " + p.url() + "sitemap.xml\n")
		})
	}
}

// wanted reports whether a file of the site is to be made.
func (p *plot) wanted(file string) bool { return p.wants == nil || p.wants(file) }

// add makes a file around the policies that is no page.
func (b *build) add(p *plot, name string, make func() []byte) {
	if p.wanted(name) {
		b.put(p, aroundPart, name, make())
	}
}

// put adds a file to a part of a site.
func (b *build) put(p *plot, part, name string, data []byte) {
	if !p.wanted(name) {
		return
	}
	if err := p.write(name, data); err != nil {
		b.fail(err)
		return
	}
	p.note(part, name)
}

// url is the site's URL as organisation.yaml says now; it ends in "/".
func (p *plot) url() string { return p.site.Address(p.domain) }

// prefix is the path of the site's URL: "/" or "/legal/".
func (p *plot) prefix() string {
	u, err := url.Parse(p.url())
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}

// look writes the stylesheet and the logo.
func (b *build) look(p *plot) {
	theme := themeOf(b.f.Organisation, p.site)
	wrong := func(hint, format string, args ...any) {
		var ps source.Problems
		ps.Errorf(p.site.Pos, "theme", hint, format, args...)
		b.complain(ps)
	}
	var logo []byte
	name, err := logoName(theme.Logo)
	if err == nil && name != "" {
		if logo, err = fs.ReadFile(b.f.FS, path.Join("content", theme.Logo)); err != nil {
			wrong("put it beside organisation.yaml", "the logo %q cannot be read", theme.Logo)
			return
		}
		b.put(p, aroundPart, name, logo)
	}
	style, err := stylesheet(b.t.style, theme, logo)
	if err != nil {
		wrong("", "%v", err)
		return
	}
	b.put(p, aroundPart, "style.css", style)
}

// A listing is an index of a site: one for each locale of the site, and for
// each that a released version has pages in.
type listing struct {
	at     address
	locale string
}

func (b *build) indexes(p *plot) []listing {
	var out []listing
	add := func(at address, locale string) {
		if !slices.ContainsFunc(out, func(l listing) bool { return l.at == at }) {
			out = append(out, listing{at, locale})
		}
	}
	for i, locale := range b.f.Organisation.LocalesOn(p.site) {
		if i == 0 {
			add("", locale)
		} else {
			add(address(locale+"/"), locale)
		}
	}
	for _, s := range p.shelves {
		for _, e := range s.editions {
			for _, locale := range e.at.Locales.Keys() {
				add(e.index(locale), locale)
			}
		}
	}
	return out
}

// index lists the site's policies in a locale.
func (b *build) index(p *plot, l listing, all []listing) *Page {
	o, s, locale, at := b.f.Organisation, p.site, l.locale, l.at
	in := func(texts ...policy.Localised) string {
		for _, t := range texts {
			if x := t.In(locale, o.Locales...); x != "" {
				return x
			}
		}
		return ""
	}
	page := b.bare(p, locale, at, "", in(s.Name, o.Name))
	page.Title = page.say("policies")
	page.HeadTitle = page.Title + " · " + page.Site.Name
	page.Description = page.say("description-index", "name", page.Site.Name)
	page.Index, page.AtHome = at.to(at), true
	page.Site.LegalName, page.Site.Address = in(s.LegalName, o.LegalName, o.Name), in(s.Postal, o.Address)
	for _, key := range slices.Concat(o.Contacts.Keys(), s.Contacts.Keys()) {
		own, _ := s.Contacts.Get(key)
		common, _ := o.Contacts.Get(key)
		l := contact(key, in(own, common))
		if l.Title != "" && !slices.Contains(page.Site.Contacts, l) {
			page.Site.Contacts = append(page.Site.Contacts, l)
		}
	}
	page.Canonical = p.url() + string(at)
	for _, l := range all {
		page.Languages = append(page.Languages, Link{Title: b.t.languageName(l.locale), Locale: l.locale, Href: at.to(l.at), Current: l.at == at})
		page.Alternates = append(page.Alternates, Alternate{l.locale, p.url() + string(l.at)})
	}
	page.Alternates = withDefault(page.Alternates)
	for _, s := range p.shelves {
		page.Policies = append(page.Policies, b.card(page, s))
	}
	for i := range page.Policies {
		page.Footer = append(page.Footer, Link{Title: page.Policies[i].Title, Href: page.Policies[i].Href, Rel: page.Policies[i].Rel})
	}
	page.Footer = append(page.Footer, Link{Title: page.say("data"), Href: at.to("policies.json"), Type: "application/json"})
	return page
}

func (b *build) card(page *Page, s *shelf) Card {
	e := s.home
	locale := e.nearest(page.Locale)
	out := Card{Title: e.values(locale).Title, Href: page.address.to(s.homeAddress(page.Locale)), Rel: relation(s.policy)}
	word := "in-force-since"
	switch e.state {
	case upcoming:
		word = "takes-effect"
	case ended, held:
		out.State = page.say("state-" + string(e.state))
	}
	if out.State == "" {
		out.State = page.say(word) + " " + e.date(page)
	}
	for _, c := range s.columns {
		if c.locale != locale {
			continue
		}
		out.Summary = s.desk.about(c)
		if l := e.textLocale(locale); l != page.Locale {
			out.SummaryLocale, out.SummaryDir = l, direction(l)
		}
		if e.state != current {
			break
		}
		for _, u := range s.desk.announced(c) {
			out.Soon = append(out.Soon, Link{Title: page.say(u.soonWord(), "date", u.v.Effective.Long(page.Locale)),
				Href: page.address.to(u.page(u.nearest(page.Locale)))})
		}
	}
	s.forget()
	return out
}

// moved leads from where a policy stood in older versions to where it stands.
func (b *build) moved(p *plot) {
	taken := map[address]bool{}
	for _, s := range p.shelves {
		for _, locale := range s.home.at.Locales.Keys() {
			taken[s.home.home(locale)] = true
		}
	}
	for _, s := range p.shelves {
		for _, e := range s.editions {
			for _, locale := range e.at.Locales.Keys() {
				if from := e.home(locale); !taken[from] {
					taken[from] = true
					b.leadTo(p, s, from, locale)
				}
			}
		}
	}
}

// aliases leads from addresses that a policy had before it stood here.
func (b *build) aliases(p *plot) {
	var rules []string
	for _, a := range p.site.Aliases {
		i := slices.IndexFunc(p.shelves, func(s *shelf) bool { return s.policy.ID == a.Key })
		if i < 0 {
			continue // nothing of it is published here
		}
		s := p.shelves[i]
		locale := s.home.at.Locales[0].Key
		for _, alias := range a.Value {
			from, ok := aliasOf(alias)
			if !ok {
				var ps source.Problems
				ps.Errorf(a.Pos, "alias", "write a path such as /privacy-policy", "%q cannot be an address of a page", alias)
				b.complain(ps)
				continue
			}
			b.leadTo(p, s, from, locale)
			rules = append(rules, p.prefix()+strings.TrimSuffix(string(from), "/")+" "+p.prefix()+string(s.homeAddress(locale))+" 301\n")
		}
	}
	if len(rules) > 0 {
		b.add(p, "_redirects", func() []byte { return []byte(strings.Join(rules, "")) })
	}
}

func (b *build) leadTo(p *plot, s *shelf, from address, locale string) {
	c := &column{shelf: s, locale: s.home.nearest(locale)}
	if p.wanted(from.file()) {
		b.page(p, aroundPart, "redirect.html", b.redirect(c, s.home, from, s.homeAddress(locale)))
	}
}

// A sitemap lists what search engines should know (sitemaps.org), with the
// languages of each page.
type sitemap struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string       `xml:"xmlns:xhtml,attr"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc     string        `xml:"loc"`
	LastMod string        `xml:"lastmod,omitempty"`
	Links   []sitemapLink `xml:"xhtml:link"`
}

type sitemapLink struct {
	Rel      string `xml:"rel,attr"`
	HrefLang string `xml:"hreflang,attr"`
	Href     string `xml:"href,attr"`
}

func (b *build) sitemap(p *plot) []byte {
	index := mapped{}
	for _, l := range b.indexes(p) {
		index.urls = append(index.urls, Alternate{l.locale, p.url() + string(l.at)})
	}
	out := sitemap{XHTML: "http://www.w3.org/1999/xhtml"}
	for _, m := range append([]mapped{index}, p.lasting()...) {
		var links []sitemapLink
		for _, a := range withDefault(slices.Clone(m.urls)) {
			links = append(links, sitemapLink{"alternate", a.Locale, a.URL})
		}
		for _, a := range m.urls {
			out.URLs = append(out.URLs, sitemapURL{Loc: a.URL, LastMod: m.date.String(), Links: links})
		}
	}
	slices.SortStableFunc(out.URLs, func(x, y sitemapURL) int { return cmp.Compare(x.Loc, y.Loc) })
	return encodeXML(out)
}
