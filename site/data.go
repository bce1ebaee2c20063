package site

import (
	"slices"

	"proviso/policy"
)

// A webPage describes a page of a policy for machines, in the words of
// schema.org, which has none for policies: Q1999831 is "privacy policy" in Wikidata.
type webPage struct {
	Context       string      `json:"@context"`
	Type          string      `json:"@type"`
	Additional    string      `json:"additionalType,omitempty"`
	Name          string      `json:"name"`
	URL           string      `json:"url"`
	Version       string      `json:"version"`
	InLanguage    string      `json:"inLanguage"`
	DatePublished policy.Date `json:"datePublished"`
	DateModified  policy.Date `json:"dateModified"`
	Expires       string      `json:"expires,omitempty"`
	IsPartOf      webSite     `json:"isPartOf"`
	Publisher     publisher   `json:"publisher"`
}

type webSite struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

type publisher struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

func (d *desk) webPage(p *Page, c *column, e *edition, home bool) *webPage {
	at := e.page(c.locale)
	if home {
		at = e.home(c.locale)
	}
	out := &webPage{Context: "https://schema.org", Type: "WebPage", Name: p.Title, URL: e.at.URL + string(at), Version: e.v.Name,
		InLanguage: p.TextLocale, DatePublished: announcedOn(e), DateModified: announcedOn(e), Expires: e.until.String(),
		IsPartOf:  webSite{"WebSite", p.Site.Name, e.at.URL},
		Publisher: publisher{"Organization", p.Site.LegalName}}
	if home && len(c.editions) > 0 { // where other versions stood before
		out.DatePublished = announcedOn(c.editions[0])
	}
	if relation(e.v.Policy) == "privacy-policy" {
		out.Additional = "https://www.wikidata.org/wiki/Q1999831"
	}
	return out
}

// A catalogue is policies.json: every policy of a site with every version, for programs.
type catalogue struct {
	Site     policy.Domain `json:"site"`
	URL      string        `json:"url"`
	Policies []catalogued  `json:"policies"`
}

type catalogued struct {
	ID       string             `json:"id"`
	Type     string             `json:"type,omitempty"`
	Title    map[string]string  `json:"title"`
	URL      map[string]string  `json:"url"`
	Feeds    map[string]string  `json:"feeds"`
	InForce  string             `json:"in_force"` // version; empty: none
	Upcoming []string           `json:"upcoming"`
	Versions []cataloguedAtDate `json:"versions"` // by date
}

type cataloguedAtDate struct {
	Version   string            `json:"version"`
	Effective policy.Date       `json:"effective"`
	Inferred  bool              `json:"inferred,omitempty"` // nothing declares the date: the text was first seen on it
	Until     string            `json:"until,omitempty"`    // last day in force
	Released  string            `json:"released,omitempty"`
	State     string            `json:"state"`
	Seal      string            `json:"seal,omitempty"`
	Later     map[string]string `json:"later_seals,omitempty"` // by file: of translations and of a withdrawal
	URL       map[string]string `json:"url"`
	Changes   map[string]string `json:"changes,omitempty"`
}

func (b *build) catalogue(p *plot) catalogue {
	out := catalogue{Site: p.domain, URL: p.site.Address(p.domain), Policies: []catalogued{}}
	for _, s := range p.shelves {
		x := catalogued{ID: s.policy.ID, Type: s.policy.Type, Title: map[string]string{}, URL: map[string]string{},
			Feeds: map[string]string{}, Upcoming: []string{}, Versions: []cataloguedAtDate{}}
		for _, l := range s.home.at.Locales {
			home := s.home.at.URL + string(s.home.home(l.Key))
			x.Title[l.Key], x.URL[l.Key], x.Feeds[l.Key] = l.Value.Title, home, home+"feed.json"
		}
		if s.current != nil {
			x.InForce = s.current.v.Name
		}
		for _, e := range s.upcoming() {
			x.Upcoming = append(x.Upcoming, e.v.Name)
		}
		for _, e := range s.editions {
			x.Versions = append(x.Versions, b.catalogued(e))
		}
		out.Policies = append(out.Policies, x)
	}
	return out
}

func (b *build) catalogued(e *edition) cataloguedAtDate {
	out := cataloguedAtDate{Version: e.v.Name, Effective: e.v.Effective, Inferred: e.v.Inferred(), Until: e.until.String(), State: string(e.state), URL: map[string]string{}}
	if e.v.Sealed != nil {
		out.Seal, out.Released = e.v.Sealed.Hash, e.v.Sealed.Released.String()
		for _, x := range e.v.Sealed.Supplements {
			if out.Later == nil {
				out.Later = map[string]string{}
			}
			out.Later[x.File] = x.Hash
		}
	}
	for _, locale := range e.at.Locales.Keys() {
		out.URL[locale] = e.at.URL + string(e.page(locale))
	}
	if e.before != nil && !b.o.NoRedlines {
		out.Changes = map[string]string{}
		for _, locale := range e.at.Locales.Keys() {
			out.Changes[locale] = e.at.URL + string(e.changes(locale))
		}
	}
	return out
}

// lasting returns the addresses that search engines should know, each with its locales.
func (p *plot) lasting() (out []mapped) {
	for _, s := range p.shelves {
		out = append(out, mappedAt(s.home, s.home.home), mappedAt(s.home, func(l string) address { return s.home.home(l) + "changes/" }))
		for _, e := range slices.Backward(s.upcoming()) {
			if e != s.home {
				out = append(out, mappedAt(e, e.page))
			}
		}
	}
	return out
}

// A mapped page stands in the sitemap.
type mapped struct {
	urls []Alternate
	date policy.Date
}

func mappedAt(e *edition, at func(locale string) address) mapped {
	m := mapped{date: announcedOn(e)}
	for _, locale := range e.at.Locales.Keys() {
		m.urls = append(m.urls, Alternate{locale, e.at.URL + string(at(locale))})
	}
	return m
}
