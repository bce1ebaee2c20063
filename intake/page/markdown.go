package page

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// flatten makes the tree one that Markdown can say: headings that are written
// as roles, tables that only hold the page together, and links around blocks.
func flatten(body *html.Node) {
	for _, n := range all(body, func(n *html.Node) bool { return attr(n, "role") == "heading" && !heading(n) }) {
		level, err := strconv.Atoi(attr(n, "aria-level"))
		if err != nil || level < 1 || level > 6 {
			level = 2
		}
		n.Data = "h" + strconv.Itoa(level)
		n.DataAtom = atom.Lookup([]byte(n.Data))
	}
	for _, n := range all(body, func(n *html.Node) bool { return n.DataAtom == atom.Table && !tabular(n) }) {
		for _, x := range all(n, inTable) {
			if x.DataAtom == atom.Td || x.DataAtom == atom.Th {
				x.Data, x.DataAtom, x.Attr = "div", atom.Div, nil
			} else {
				unwrap(x)
			}
		}
		unwrap(n)
	}
	for _, n := range all(body, func(n *html.Node) bool { return n.DataAtom == atom.Ul || n.DataAtom == atom.Ol }) {
		if within(n, atom.Td, atom.Th) {
			inline(n)
		}
	}
	for _, n := range all(body, func(n *html.Node) bool { return n.DataAtom == atom.A && find(n, heading) != nil }) {
		unwrap(n)
	}
	for _, n := range all(body, func(n *html.Node) bool { return heading(n) && strings.TrimSpace(words(n)) == "" }) {
		remove(n)
	}
}

// inline makes a list in a cell a row of words: cells hold no blocks in Markdown.
func inline(list *html.Node) {
	items := all(list, func(n *html.Node) bool { return n.DataAtom == atom.Li })
	for i, item := range items {
		before := " "
		if i > 0 {
			before = "; "
		}
		item.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: before}, item)
		unwrap(item)
	}
	unwrap(list)
}

func inTable(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot, atom.Td, atom.Th, atom.Colgroup, atom.Col, atom.Caption:
		return true
	}
	return false
}

// tabular reports whether a table has at least two rows or two columns of
// words, and no table, heading or list inside.
func tabular(n *html.Node) bool {
	if attr(n, "role") == "presentation" || find(n, func(x *html.Node) bool { return x != n && x.DataAtom == atom.Table || heading(x) }) != nil {
		return false
	}
	widest := 0
	for _, row := range all(n, func(x *html.Node) bool { return x.DataAtom == atom.Tr }) {
		widest = max(widest, len(all(row, func(x *html.Node) bool { return x.DataAtom == atom.Td || x.DataAtom == atom.Th })))
	}
	return widest > 1
}

var heldID = regexp.MustCompile(`\s*` + idOpen + `([^` + idClose + `]*)` + idClose)

// markdown writes a tree as Markdown, with heading ids as {#id}.
func markdown(body *html.Node) (string, error) {
	conv := converter.NewConverter(converter.WithPlugins(
		base.NewBasePlugin(),
		commonmark.NewCommonmarkPlugin(commonmark.WithListEndComment(false), commonmark.WithBulletListMarker("-"),
			commonmark.WithLinkEmptyContentBehavior(commonmark.LinkBehaviorSkip), commonmark.WithLinkEmptyHrefBehavior(commonmark.LinkBehaviorSkip)),
		table.NewTablePlugin(table.WithHeaderPromotion(true), table.WithSkipEmptyRows(true), table.WithNewlineBehavior(table.NewlineBehaviorPreserve),
			table.WithSpanCellBehavior(table.SpanBehaviorMirror)),
	))
	out, err := conv.ConvertNode(body)
	if err != nil {
		return "", err
	}
	return heldID.ReplaceAllString(string(out), " {#$1}"), nil
}
