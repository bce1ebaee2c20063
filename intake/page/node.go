package page

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// walk goes through n and all below it, but not below a node for which each
// returns false. The node may be removed meanwhile.
func walk(n *html.Node, each func(*html.Node) bool) {
	if !each(n) {
		return
	}
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		walk(c, each)
		c = next
	}
}

// all returns the elements below n that match.
func all(n *html.Node, match func(*html.Node) bool) (out []*html.Node) {
	walk(n, func(x *html.Node) bool {
		if x != n && x.Type == html.ElementNode && match(x) {
			out = append(out, x)
		}
		return true
	})
	return out
}

// find returns the first element that matches, or nil.
func find(n *html.Node, match func(*html.Node) bool) (out *html.Node) {
	walk(n, func(x *html.Node) bool {
		if out == nil && x.Type == html.ElementNode && match(x) {
			out = x
		}
		return out == nil
	})
	return out
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func setAttr(n *html.Node, key, value string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

func remove(n *html.Node) {
	if n.Parent != nil {
		n.Parent.RemoveChild(n)
	}
}

// write makes words all that n holds.
func write(n *html.Node, words string) {
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: words})
}

// unwrap puts what n holds in its place.
func unwrap(n *html.Node) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	remove(n)
}

// words returns the text below n as it is written.
func words(n *html.Node) string {
	var b strings.Builder
	walk(n, func(x *html.Node) bool {
		if x.Type == html.TextNode {
			b.WriteString(x.Data)
		}
		return true
	})
	return b.String()
}

// count returns the number of words below n.
func count(n *html.Node) (total int) {
	walk(n, func(x *html.Node) bool {
		if x.Type == html.TextNode {
			total += len(strings.Fields(x.Data))
		}
		return true
	})
	return total
}

// within reports whether n stands in an element of a kind, below the body.
func within(n *html.Node, kinds ...atom.Atom) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if slices.Contains(kinds, p.DataAtom) {
			return true
		}
	}
	return false
}

// closest returns n, or the innermost element of a kind around it, or nil.
func closest(n *html.Node, kind atom.Atom) *html.Node {
	for ; n != nil; n = n.Parent {
		if n.DataAtom == kind {
			return n
		}
	}
	return nil
}

func heading(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}
