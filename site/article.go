package site

import (
	"bytes"
	"html"
	"strconv"
	"strings"

	"proviso/source"
	"proviso/text"
)

// document returns the text of an edition in a column, with its links as seen
// from an address.
func (d *desk) document(c *column, e *edition, from address) (*text.Document, source.Problems) {
	locale := e.nearest(c.locale)
	return d.in(c, e, locale, e.textLocale(locale), from, false)
}

// writeArticle writes a text with a link beside each heading, and wide tables
// in a box that scrolls by itself and that the keyboard reaches.
func (b *build) writeArticle(p *Page, e *edition, doc *text.Document) *article {
	a := &article{title: doc.Title, summary: doc.Summary}
	out := p.buffer(b)
	level := 1
	for _, s := range doc.Sections {
		name := p.Title
		if s.Level > 0 {
			level = min(max(s.Level, 2), level+1) // no level is left out, whatever the text does
			name = strings.Join(strings.Fields(text.Words(s.Heading)), " ")
			a.contents = append(a.contents, Entry{ID: s.ID, Title: name, Level: level})
			writeHeading(out, p, s, level, name)
		}
		writeProducts(out, p, e, s.Scope.Products)
		start := out.Len()
		text.WriteBlocks(out, s.Blocks)
		b.wrapTables(out, start, p, name)
	}
	if len(a.contents) < 3 {
		a.contents = nil // nothing to find one's way in
	}
	a.html = markup(out)
	return a
}

func writeHeading(out *bytes.Buffer, p *Page, s *text.Section, level int, name string) {
	h := "h" + strconv.Itoa(level)
	id := html.EscapeString(s.ID)
	out.WriteString(`<div class="heading"><` + h + ` id="` + id + `">`)
	text.WriteSpans(out, s.Heading)
	out.WriteString("</" + h + `><a class="self" href="#` + id + `" aria-label="` +
		html.EscapeString(p.say("link-to-section", "title", name)) + `">#</a></div>` + "\n")
}

// writeProducts says for which of the site's products a section is, if not for all.
func writeProducts(out *bytes.Buffer, p *Page, e *edition, products []string) {
	if len(products) == 0 {
		return
	}
	var names []string
	for _, id := range e.at.Products {
		if name, ok := e.r.Products.Get(id); ok && text.Meet(products, []string{id}) {
			names = append(names, name.In(p.Locale, e.r.Locales...))
		}
	}
	if len(names) == 0 || len(names) == len(e.at.Products) {
		return
	}
	out.WriteString(`<p class="for">` + html.EscapeString(p.say("applies-to", "products", strings.Join(names, ", "))) + "</p>\n")
}

// wrapTables puts every table written since start into a box that scrolls by
// itself. Each has a name of its own for those who hear the page.
func (b *build) wrapTables(out *bytes.Buffer, start int, p *Page, title string) {
	const open, end = "<table>", "</table>\n"
	if !bytes.Contains(out.Bytes()[start:], []byte(open)) {
		return
	}
	w := b.buffer()
	defer b.buffers.Put(w)
	w.Write(out.Bytes()[start:])
	out.Truncate(start)
	for rest := w.Bytes(); ; {
		before, table, found := bytes.Cut(rest, []byte(open))
		out.Write(before)
		if !found {
			return
		}
		p.tables++
		label := p.say("table", "number", strconv.Itoa(p.tables), "title", title)
		out.WriteString(`<div class="scroll" role="region" tabindex="0" aria-label="` + html.EscapeString(label) + "\">\n" + open)
		table, rest, _ = bytes.Cut(table, []byte(end))
		out.Write(table)
		out.WriteString(end + "</div>\n")
	}
}
