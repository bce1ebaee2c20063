package page

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"proviso/lint/form"
)

// unprotect puts the addresses back that Cloudflare's e-mail protection took out.
func (p *Page) unprotect(body *html.Node) {
	for _, n := range all(body, func(n *html.Node) bool { return has(n, "data-cfemail") }) {
		address, ok := form.Unprotect(attr(n, "data-cfemail"))
		if !ok {
			continue
		}
		write(n, address)
		if a := closest(n, atom.A); a != nil {
			setAttr(a, "href", "mailto:"+address)
		}
		p.repaired("protected e-mail address decoded: %s", address)
	}
	const path = "/cdn-cgi/l/email-protection#"
	for _, n := range all(body, func(n *html.Node) bool { return n.DataAtom == atom.A && strings.Contains(attr(n, "href"), path) }) {
		_, hidden, _ := strings.Cut(attr(n, "href"), path)
		if address, ok := form.Unprotect(hidden); ok {
			address = strings.TrimRight(address, ".,; ")
			setAttr(n, "href", "mailto:"+address)
			if strings.Contains(words(n), "protected") {
				write(n, address)
			}
			p.repaired("protected e-mail address decoded: %s", address)
		}
	}
}

var tracking = regexp.MustCompile(`^(utm_\w+|fbclid|gclid|mc_[ce]id|_ga|hsCtaTracking)$`)

// links makes every link one that leads somewhere from any page, or no link.
func (p *Page) links(body *html.Node, base *url.URL) {
	for _, n := range all(body, func(n *html.Node) bool { return n.DataAtom == atom.A && has(n, "href") }) {
		href := strings.TrimSpace(attr(n, "href"))
		u, err := url.Parse(href)
		switch {
		case href == "" || href == "#" || err != nil || strings.EqualFold(u.Scheme, "javascript") || strings.EqualFold(u.Scheme, "data"):
			unwrap(n)
			p.repaired("a link that led nowhere is words now")
			continue
		case strings.HasPrefix(href, "#"):
			continue
		case base != nil && u.Host == "" && u.Opaque == "":
			u = base.ResolveReference(u)
		}
		if base != nil && u.Fragment != "" && u.Host == base.Host && u.Path == base.Path {
			setAttr(n, "href", "#"+u.Fragment)
			continue
		}
		query := u.Query()
		for key := range query {
			if tracking.MatchString(key) {
				query.Del(key)
				u.RawQuery = query.Encode()
				p.repaired("tracking taken off a link")
			}
		}
		setAttr(n, "href", u.String())
	}
}

// Heading ids travel through the Markdown between two characters that no text has.
const idOpen, idClose = "\ue000", "\ue001"

var notInID = regexp.MustCompile(`[^a-z0-9._-]+`)

// sectionID makes a valid section id of an element's id.
func sectionID(s string) string {
	return strings.Trim(notInID.ReplaceAllString(strings.ToLower(s), "-"), "-._")
}

// anchors gives each heading the id by which links on the page know it, and
// makes links within the page that lead to no heading plain words.
func (p *Page) anchors(body *html.Node) {
	linked := map[string]bool{}
	links := all(body, func(n *html.Node) bool { return n.DataAtom == atom.A && strings.HasPrefix(attr(n, "href"), "#") })
	for _, n := range links {
		linked[fragment(n)] = true
	}
	taken := map[string]string{} // id in the page → id of the section
	used := map[string]bool{"": true}
	var waiting []string // ids that stand before a heading
	walk(body, func(n *html.Node) bool {
		switch {
		case n.Type == html.TextNode && strings.TrimSpace(n.Data) != "":
			waiting = nil
		case n.Type != html.ElementNode:
		case heading(n):
			ids := append(waiting, inner(n)...)
			waiting = nil
			p.mark(n, ids, linked, taken, used)
			return false
		default:
			for _, key := range []string{"id", "name"} {
				if id := attr(n, key); linked[id] {
					waiting = append(waiting, id)
				}
			}
		}
		return true
	})
	for _, n := range links {
		if to, ok := taken[fragment(n)]; ok {
			setAttr(n, "href", "#"+to)
		} else if n.Parent != nil {
			unwrap(n)
			p.repaired("a link to a place on the page is words now")
		}
	}
}

// inner returns the ids of a heading and of what it holds.
func inner(n *html.Node) (out []string) {
	walk(n, func(x *html.Node) bool {
		for _, key := range []string{"id", "name"} {
			if id := attr(x, key); id != "" {
				out = append(out, id)
			}
		}
		return true
	})
	return out
}

// mark gives a heading one of its ids, a linked one if there is one; links to
// the others lead to it too.
func (p *Page) mark(n *html.Node, ids []string, linked map[string]bool, taken map[string]string, used map[string]bool) {
	var id string
	for _, x := range ids {
		if s := sectionID(x); !used[s] && (id == "" || linked[x]) {
			id = s
		}
	}
	if id == "" {
		return
	}
	used[id] = true
	for _, x := range ids {
		if _, ok := taken[x]; !ok {
			taken[x] = id
		}
	}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: " " + idOpen + id + idClose})
}

func fragment(n *html.Node) string {
	s := strings.TrimPrefix(attr(n, "href"), "#")
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// pictures takes out pictures, which stand in other files; their words stay.
func (p *Page) pictures(body *html.Node) {
	for _, n := range all(body, func(n *html.Node) bool { return n.DataAtom == atom.Img || n.DataAtom == atom.Picture }) {
		if n.DataAtom == atom.Picture {
			unwrap(n)
			continue
		}
		if alt := strings.TrimSpace(attr(n, "alt")); alt != "" && within(n, atom.P, atom.Li, atom.Td) && count(n.Parent) > 0 {
			n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: alt}, n)
		}
		remove(n)
		p.repaired("a picture left out")
	}
}
