package site

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"proviso/policy"
)

// A Page is what a template knows. Every link in it is relative, but for
// Canonical and Alternates. templates/README.md describes it for people who
// write templates of their own.
type Page struct {
	Locale, Dir string
	Title       string // the heading of the page
	HeadTitle   string
	Description string
	NoIndex     bool
	Canonical   string
	Alternates  []Alternate
	Links       []Link // for the head
	Data        any    // schema.org, written as JSON-LD

	Root      string // the top of the site, "" or "../../"
	Index     string // the list of policies in this locale
	Up        string // the policy's own address
	Site      SiteWords
	Nav       []Link
	AtHome    bool // the page is the one that Nav marks
	Language  string
	Languages []Link
	Banners   []Banner
	Footer    []Link
	Permanent *Link // where the version that is shown stays
	Seal      string

	PolicyTitle string
	Summary     string // what the policy is about
	Glance      []Fact
	Versions    []Link
	Beside      []Link // beside the menu of versions
	Said        *Said
	Foreign     string // a note that the text is in another language; "": it is not
	TextLocale  string
	TextDir     string
	Contents    []Entry
	Text        template.HTML
	Sides       template.HTML // of a redline: side by side

	Policies []Card  // of an index
	History  []Event // of a list of changes
	Changed  []Part  // of a redline

	words   *words
	address address
	tables  int // named so far
	buffers []*bytes.Buffer
}

// Word returns an interface word in the page's locale, its {places} filled in
// from the names and values that follow. A word that no file has is an error.
func (p *Page) Word(name string, pairs ...string) (string, error) {
	s, ok := p.words.word(name, pairs...)
	if !ok {
		return "", fmt.Errorf("there is no word %q; add it to words/en.yaml", name)
	}
	return s, nil
}

// say is Word for the names that the program itself uses.
func (p *Page) say(name string, pairs ...string) string {
	s, ok := p.words.word(name, pairs...)
	if !ok {
		return name
	}
	return s
}

// SiteWords is who speaks, in the words of the version's release.
type SiteWords struct {
	Name, LegalName, Address string
	Contacts                 []Link
}

// A Link leads somewhere.
type Link struct {
	Href, Title string
	Note        string
	Rel, Type   string
	Locale      string
	Current     bool
}

// An Alternate is the same page in another language.
type Alternate struct{ Locale, URL string }

// A Banner stands on top of a page.
type Banner struct {
	Kind, Label, Text, More string
	MoreLocale, MoreDir     string // where More is in another language than the page
	Links                   []Link
}

// A Day is a civil date as programs and as readers write it.
type Day struct{ ISO, Long string }

func dayIn(d policy.Date, locale string) *Day {
	if d.IsZero() {
		return nil
	}
	return &Day{d.String(), d.Long(locale)}
}

// A Fact is one line of the box at the top.
type Fact struct {
	Label, Text string
	Day         *Day
	Href        string
}

// Prose is plain text in paragraphs, perhaps in another language than the page.
type Prose struct {
	Paragraphs  []string
	Locale, Dir string
	Foreign     bool
}

// proseIn returns a text for readers of a locale, or nil if there is none.
func proseIn(l policy.Localised, locale string, fallbacks []string) *Prose {
	for _, k := range append([]string{locale, ""}, fallbacks...) {
		s := strings.TrimSpace(l[k])
		if s == "" {
			continue
		}
		in := k
		if k == "" { // one text for all locales is in nobody's language
			in = locale
		}
		p := &Prose{Locale: in, Dir: direction(in), Foreign: in != locale}
		for _, part := range strings.Split(s, "\n\n") {
			p.Paragraphs = append(p.Paragraphs, strings.Join(strings.Fields(part), " "))
		}
		return p
	}
	return nil
}

// String joins the paragraphs.
func (p *Prose) String() string {
	if p == nil {
		return ""
	}
	return strings.Join(p.Paragraphs, " ")
}

// Said is what changed, in words for readers.
type Said struct {
	Title                            string
	Summary, Why, Choices, Exception *Prose
	Sections                         []Link // the plain list, where nobody wrote a summary
	Links                            []Link
}

// An Entry is a line of the table of contents.
type Entry struct {
	ID, Title string
	Level     int
}

// A Card is a policy on the index of a site.
type Card struct {
	Title, Href, Rel, Summary, State string
	SummaryLocale, SummaryDir        string // where it is in another language than the page
	Soon                             []Link
}

// An Event is a version in the list of changes.
type Event struct {
	Href, Revision, Note string
	State                string
	Day                  *Day
	Summary              *Prose
	Links                []Link
}

// A Part is a section that changed.
type Part struct {
	Href, Title, Note string
	Words             *Prose

	key string // of its words in changes.yaml
}
