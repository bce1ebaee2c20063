// Package page turns a web page into Markdown: the policy on it, without the
// menus, footers and banners around it, and without what was only there for
// browsers.
//
// Convert reads a page whatever its encoding, finds the part that holds the
// text, takes out what is no text of it, gives headings and links within the
// page ids that go together, and writes Markdown. What it took out or repaired
// is listed, a line for each time.
//
// A page is bounded: one that is larger than MaxBytes, has more than MaxTags
// tags or is nested too deeply is refused before it takes memory.
package page

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What a page may hold. Policies have some hundred kilobytes at most; the rest
// is for pictures that were saved inside the page.
const (
	MaxBytes = 32 << 20 // of the file
	MaxTags  = 100_000
	MaxWords = 2 << 20 // bytes of words outside scripts and styles
)

// Options say how a page is read.
type Options struct {
	// Fragment is for HTML that is all text, such as what a word processor's
	// file was turned into: nothing is looked for, and nothing is left out.
	Fragment bool
}

// A Page is what a web page says.
type Page struct {
	Markdown string
	Title    string   // as the page's head has it; "" if it has none
	Language string   // such as "en" or "de-AT"; "" if it does not say
	Repairs  []string // what was taken out or repaired, a line for each time
}

func (p *Page) repaired(format string, args ...any) {
	p.Repairs = append(p.Repairs, fmt.Sprintf(format, args...))
}

// Convert reads a page.
func Convert(data []byte, o Options) (*Page, error) {
	p := &Page{}
	utf8, err := p.decode(data)
	if err != nil {
		return nil, err
	}
	if err := measure(utf8); err != nil {
		return nil, err
	}
	doc, err := html.Parse(bytes.NewReader(utf8))
	if err != nil {
		return nil, fmt.Errorf("reading the page: %w; save the article alone", err)
	}
	p.head(doc)
	base := baseOf(doc)
	body := find(doc, func(n *html.Node) bool { return n.DataAtom == atom.Body })
	if body == nil {
		return nil, fmt.Errorf("the page has no body; save it again with its text")
	}
	p.dropUnseen(body)
	if !o.Fragment {
		p.dropChrome(body)
		body = p.content(body)
	}
	p.unprotect(body)
	p.links(body, base)
	p.anchors(body)
	p.pictures(body)
	flatten(body)
	if p.Markdown, err = markdown(body); err != nil {
		return nil, fmt.Errorf("writing the page as Markdown: %w", err)
	}
	return p, nil
}

// measure refuses what would take too much memory as a tree.
func measure(data []byte) error {
	z := html.NewTokenizer(bytes.NewReader(data))
	tags, words, skip := 0, 0, false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return nil // the end, or what the parser finds again
		case html.StartTagToken, html.SelfClosingTagToken:
			tags++
			name, _ := z.TagName()
			skip = string(name) == "script" || string(name) == "style"
		case html.EndTagToken:
			tags++
			skip = false
		case html.TextToken:
			if !skip {
				words += len(z.Raw())
			}
		}
		if tags > MaxTags {
			return fmt.Errorf("the page has more than %d tags; save the article alone", MaxTags)
		}
		if words > MaxWords {
			return fmt.Errorf("the page has more than %d MB of text; save the article alone", MaxWords>>20)
		}
	}
}

// head reads what the page says of itself.
func (p *Page) head(doc *html.Node) {
	if n := find(doc, func(n *html.Node) bool { return n.DataAtom == atom.Html }); n != nil {
		p.Language = attr(n, "lang")
	}
	title := find(doc, func(n *html.Node) bool { return n.DataAtom == atom.Title && n.Namespace == "" })
	if title != nil {
		p.Title = strings.Join(strings.Fields(words(title)), " ")
	}
}

// baseOf returns the address of the page, if it says it.
func baseOf(doc *html.Node) *url.URL {
	var base *url.URL
	set := func(s string) {
		if u, err := url.Parse(strings.TrimSpace(s)); base == nil && err == nil && u.IsAbs() {
			base = u
		}
	}
	walk(doc, func(n *html.Node) bool {
		switch {
		case n.DataAtom == atom.Base:
			set(attr(n, "href"))
		case n.DataAtom == atom.Link && attr(n, "rel") == "canonical":
			set(attr(n, "href"))
		case n.DataAtom == atom.Meta && attr(n, "property") == "og:url":
			set(attr(n, "content"))
		}
		return n.DataAtom != atom.Body
	})
	return base
}
