package text

import (
	"bytes"
	"strconv"
	"strings"
)

// WriteSections writes sections as HTML: headings with their ids, and blocks.
func WriteSections(w *bytes.Buffer, sections []*Section) {
	for _, s := range sections {
		if s.Level > 0 {
			h := "h" + strconv.Itoa(s.Level)
			w.WriteString("<" + h + ` id="`)
			escape(w, s.ID)
			w.WriteString(`">`)
			WriteSpans(w, s.Heading)
			w.WriteString("</" + h + ">\n")
		}
		WriteBlocks(w, s.Blocks)
	}
}

// WriteBlocks writes blocks as HTML. It needs no inline style: the cells of a
// table have the classes align-left, align-center and align-right. What is
// still open is shown as {{name}}.
func WriteBlocks(w *bytes.Buffer, blocks []*Block) {
	for _, b := range blocks {
		writeBlock(w, b)
	}
}

func writeBlock(w *bytes.Buffer, b *Block) {
	switch b.Kind {
	case Quote:
		w.WriteString("<blockquote>\n")
		WriteBlocks(w, b.Children)
		w.WriteString("</blockquote>\n")
	case List:
		writeList(w, b)
	case Item:
		writeItem(w, b, false)
	case Code:
		writeCode(w, b)
	case Table:
		writeTable(w, b)
	case Row:
		writeRow(w, b)
	case Cell:
		writeCell(w, b, "td")
	case Rule:
		w.WriteString("<hr>\n")
	case HTML:
		w.WriteString(Words(b.Spans))
	case Practices:
		w.WriteString("<p>{{" + practicesPrefix)
		escape(w, b.Category)
		w.WriteString("}}</p>\n")
	default:
		w.WriteString("<p>")
		WriteSpans(w, b.Spans)
		w.WriteString("</p>\n")
	}
}

func writeList(w *bytes.Buffer, b *Block) {
	switch {
	case !b.Ordered:
		w.WriteString("<ul>\n")
	case b.Start == 1:
		w.WriteString("<ol>\n")
	default:
		w.WriteString(`<ol start="` + strconv.Itoa(b.Start) + "\">\n")
	}
	for _, item := range b.Children {
		writeItem(w, item, b.Tight)
	}
	if b.Ordered {
		w.WriteString("</ol>\n")
		return
	}
	w.WriteString("</ul>\n")
}

func writeItem(w *bytes.Buffer, b *Block, tight bool) {
	w.WriteString("<li>")
	for i, c := range b.Children {
		if tight && c.Kind == Paragraph && (i == 0 || b.Children[i-1].Kind != Paragraph) {
			WriteSpans(w, c.Spans)
			if i < len(b.Children)-1 {
				w.WriteByte('\n')
			}
			continue
		}
		if i == 0 {
			w.WriteByte('\n')
		}
		writeBlock(w, c)
	}
	w.WriteString("</li>\n")
}

func writeCode(w *bytes.Buffer, b *Block) {
	w.WriteString("<pre><code")
	if b.Info != "" {
		w.WriteString(` class="language-`)
		escape(w, b.Info)
		w.WriteByte('"')
	}
	w.WriteByte('>')
	escape(w, Words(b.Spans))
	w.WriteString("</code></pre>\n")
}

func writeTable(w *bytes.Buffer, b *Block) {
	w.WriteString("<table>\n")
	rows, body := b.Children, false
	for i, row := range rows {
		if row.Header && i == 0 {
			w.WriteString("<thead>\n")
			writeRow(w, row)
			w.WriteString("</thead>\n")
			continue
		}
		if !body {
			w.WriteString("<tbody>\n")
			body = true
		}
		writeRow(w, row)
	}
	if body {
		w.WriteString("</tbody>\n")
	}
	w.WriteString("</table>\n")
}

func writeRow(w *bytes.Buffer, b *Block) {
	name := "td"
	if b.Header {
		name = "th"
	}
	w.WriteString("<tr>\n")
	for _, c := range b.Children {
		writeCell(w, c, name)
	}
	w.WriteString("</tr>\n")
}

var alignClass = [...]string{"", ` class="align-left"`, ` class="align-center"`, ` class="align-right"`}

func writeCell(w *bytes.Buffer, b *Block, name string) {
	w.WriteString("<" + name)
	if name == "th" {
		w.WriteString(` scope="col"`)
	}
	w.WriteString(alignClass[b.Align])
	w.WriteByte('>')
	WriteSpans(w, b.Spans)
	w.WriteString("</" + name + ">\n")
}

// WriteSpans writes words as HTML. Marks are nested in one order whatever the
// source says: a link around strong around em around code, each as long as it
// can be. A target that is not safe, or still open, is no link.
func WriteSpans(w *bytes.Buffer, spans []Span) {
	var open Span
	for i := range spans {
		s := &spans[i]
		if s.Raw {
			change(w, &open, &Span{})
			w.WriteString(s.Text)
			continue
		}
		change(w, &open, s)
		writeSpan(w, s)
	}
	change(w, &open, &Span{})
}

var markTags = [...]struct {
	mark        Mark
	open, close string
}{{Strong, "<strong>", "</strong>"}, {Emphasis, "<em>", "</em>"}, {CodeSpan, "<code>", "</code>"}}

// change closes the elements that are open and not in to, and opens those
// that are in to and not open.
func change(w *bytes.Buffer, open, to *Span) {
	keep := 0 // how many of the marks, from the outermost, stay as they are
	linked := open.Link == to.Link && (open.Title == linkTitle(to) || to.Link == "")
	for linked && keep < len(markTags) && open.Marks&markTags[keep].mark == to.Marks&markTags[keep].mark {
		keep++
	}
	for i := len(markTags) - 1; i >= keep; i-- {
		if open.Marks&markTags[i].mark != 0 {
			w.WriteString(markTags[i].close)
		}
	}
	if !linked {
		changeLink(w, open, to)
	}
	for i := keep; i < len(markTags); i++ {
		if to.Marks&markTags[i].mark != 0 {
			w.WriteString(markTags[i].open)
		}
	}
	open.Marks, open.Link, open.Title = to.Marks, to.Link, linkTitle(to)
}

// linkTitle returns the title of the link around s; an image's is its own.
func linkTitle(s *Span) string {
	if s.Image != "" {
		return ""
	}
	return s.Title
}

func changeLink(w *bytes.Buffer, open, to *Span) {
	if href(open.Link) != "" {
		w.WriteString("</a>")
	}
	target := href(to.Link)
	if target == "" {
		return
	}
	w.WriteString(`<a href="`)
	escape(w, target)
	writeTitle(w, linkTitle(to))
	w.WriteString(`">`)
}

func writeTitle(w *bytes.Buffer, title string) {
	if title != "" {
		w.WriteString(`" title="`)
		escape(w, title)
	}
}

func writeSpan(w *bytes.Buffer, s *Span) {
	switch {
	case s.Image != "" && href(s.Image) != "":
		w.WriteString(`<img src="`)
		escape(w, href(s.Image))
		w.WriteString(`" alt="`)
		escape(w, s.Text)
		writeTitle(w, s.Title)
		w.WriteString(`">`)
	case s.Open():
		escape(w, "{{"+s.Variable+"}}")
	default:
		escapeLines(w, s.Text)
	}
}

// escapeLines writes words with <br> for line breaks.
func escapeLines(w *bytes.Buffer, s string) {
	for {
		i := strings.IndexByte(s, '\n')
		if i < 0 {
			escape(w, s)
			return
		}
		escape(w, s[:i])
		w.WriteString("<br>\n")
		s = s[i+1:]
	}
}

// escape writes text for an element or an attribute in double quotes.
// Characters that HTML forbids are left out.
func escape(w *bytes.Buffer, s string) {
	start := 0
	for i := 0; i < len(s); i++ {
		for i+8 <= len(s) && harmless(s[i:i+8]) {
			i += 8
		}
		if i == len(s) {
			break
		}
		var to string
		switch c := s[i]; {
		case c == '<':
			to = "&lt;"
		case c == '>':
			to = "&gt;"
		case c == '&':
			to = "&amp;"
		case c == '"':
			to = "&#34;"
		case c >= ' ' && c != 0x7f || c == '\n' || c == '\t':
			continue
		}
		w.WriteString(s[start:i])
		w.WriteString(to)
		start = i + 1
	}
	w.WriteString(s[start:])
}

// harmless reports whether none of eight bytes is to be escaped, looking at
// all of them at once. It may say no where each of them is harmless.
func harmless(s string) bool {
	_ = s[7]
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	const each, high = 0x0101010101010101, 0x8080808080808080
	zero := func(x uint64) uint64 { return (x - each) & ^x }
	control := (x - each*' ') & ^x
	quote := zero((x | each*('"'^'&')) ^ each*('"'|'&'))
	angle := zero((x | each*('<'^'>')) ^ each*('<'|'>'))
	return (control|quote|angle|zero(x^each*0x7f))&high == 0
}
