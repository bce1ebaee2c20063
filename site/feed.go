package site

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"time"

	"proviso/policy"
)

// An atomFeed is an Atom feed (RFC 4287) of what changed in a policy.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Updated   string     `xml:"updated"`
	Published string     `xml:"published"`
	Links     []atomLink `xml:"link"`
	Summary   string     `xml:"summary"`
}

// A jsonFeed is the same as a JSON Feed 1.1.
type jsonFeed struct {
	Version  string       `json:"version"`
	Title    string       `json:"title"`
	HomePage string       `json:"home_page_url"`
	FeedURL  string       `json:"feed_url"`
	Language string       `json:"language"`
	Authors  []jsonAuthor `json:"authors"`
	Items    []jsonItem   `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonItem struct {
	ID        string `json:"id"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	Text      string `json:"content_text"`
	Published string `json:"date_published"`
	Language  string `json:"language"`
}

// feeds writes the feeds of a policy in one locale: an entry for each version
// that changes something here, dated when it was announced.
func (d *desk) feeds(c *column) {
	home := c.home.home(c.locale)
	if !c.plot.wanted(string(home)+"feed.atom") && !c.plot.wanted(string(home)+"feed.json") {
		return
	}
	p := d.frame(c, c.home, home)
	base := c.home.at.URL
	title := p.say("changes-in", "title", p.PolicyTitle) + " · " + p.Site.Name
	atom := atomFeed{Lang: c.locale, ID: base + string(home), Title: title, Author: p.Site.LegalName, Links: []atomLink{
		{Rel: "self", Type: "application/atom+xml", Href: base + string(home) + "feed.atom"},
		{Rel: "alternate", Type: "text/html", Href: base + string(home) + "changes/"}}}
	js := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: title, HomePage: base + string(home),
		FeedURL: base + string(home) + "feed.json", Language: c.locale, Authors: []jsonAuthor{{p.Site.LegalName}}, Items: []jsonItem{}}
	for _, e := range d.events(c) {
		at := announcedAt(e).Format(time.RFC3339)
		url := e.at.URL + string(d.entryAddress(c, e))
		words := d.news(c, e).Said.inWords()
		if words == "" {
			words = p.say("first-version")
		}
		heading := p.PolicyTitle + ", " + e.date(p)
		if !e.v.Stands() {
			heading += ": " + e.note(p)
		}
		updated := at
		if day := e.v.WithdrawnOn(); !day.IsZero() {
			updated = day.In(e.r.Location()).UTC().Format(time.RFC3339)
		}
		id := "tag:" + c.plot.domain + "," + announcedOn(e).String() + ":" + c.locale + "/" + e.v.ID()
		atom.Entries = append(atom.Entries, atomEntry{ID: id, Title: heading, Updated: updated, Published: at,
			Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: url}}, Summary: words})
		js.Items = append(js.Items, jsonItem{ID: id, URL: url, Title: heading, Text: words, Published: at, Language: c.locale})
		atom.Updated = max(atom.Updated, updated)
	}
	if atom.Updated == "" {
		atom.Updated = announcedAt(c.home).Format(time.RFC3339)
	}
	d.put(c.plot, c.part(), string(home)+"feed.atom", encodeXML(atom))
	d.put(c.plot, c.part(), string(home)+"feed.json", encodeJSON(js))
}

// entryAddress is what an entry leads to: the redline, or the text where there is none.
func (d *desk) entryAddress(c *column, e *edition) address {
	if e.before == nil || d.o.NoRedlines {
		return e.page(c.locale)
	}
	return e.changes(c.locale)
}

// announcedAt is the beginning of the day on which a version was released; of
// one that has no seal, of the day on which it took effect.
func announcedAt(e *edition) time.Time {
	day := e.v.Effective
	if e.v.Sealed != nil && e.v.Sealed.State != policy.Imported {
		day = e.v.Sealed.Released
	}
	return day.In(e.r.Location()).UTC()
}

// announcedOn is the civil date of announcedAt.
func announcedOn(e *edition) policy.Date { return policy.DateOf(announcedAt(e).In(e.r.Location())) }

func encodeXML(v any) []byte {
	data, err := xml.MarshalIndent(v, "", " ")
	if err != nil {
		panic(err) // all values are strings
	}
	return append([]byte(xml.Header), append(data, '\n')...)
}

func encodeJSON(v any) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		panic(err) // all values are strings
	}
	return out.Bytes()
}
