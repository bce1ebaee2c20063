package docx

import (
	"strconv"
	"strings"
	"time"

	"proviso/text"
)

// A body is the main part of a document being written.
type body struct {
	xml
	from    *story
	title   bool     // there is a header with the title
	ids     int      // how many things have an id
	stamp   []string // author and date of each tracked change
	targets links
}

func newBody(s *story, o Options) *body {
	b := &body{from: s, title: o.Title != "", stamp: []string{"w:author", o.Author}, targets: links{ids: map[string]string{}}}
	if !o.Date.IsZero() {
		b.stamp = append(b.stamp, "w:date", o.Date.UTC().Format(time.RFC3339))
	}
	return b
}

// id returns a new id.
func (b *body) id() string {
	b.ids++
	return strconv.Itoa(b.ids)
}

// change returns the attributes of a tracked change.
func (b *body) change(more ...string) []string {
	return append(append([]string{"w:id", b.id()}, b.stamp...), more...)
}

// tracked writes an empty element that tracks what it stands in.
func (b *body) tracked(name string) { b.empty(name, b.change()...) }

const (
	namespaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	page = `<w:pgSz w:w="11906" w:h="16838"/>` +
		`<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="708" w:footer="708" w:gutter="0"/>`
)

// story writes the main part.
func (b *body) story() {
	b.WriteString(prolog + "<w:document " + namespaces + "><w:body>\n")
	for _, i := range b.from.items {
		if i.table != nil {
			b.table(i.table)
		} else {
			b.paragraph(i.paragraph)
		}
		b.WriteByte('\n')
	}
	b.WriteString("<w:sectPr>")
	if b.title {
		b.empty("w:headerReference", "w:type", "default", "r:id", headerID)
	}
	b.WriteString(page + "</w:sectPr></w:body></w:document>\n")
}

// paragraph writes a paragraph. If it moved as a whole, its mark did too.
func (b *body) paragraph(p *paragraph) {
	if len(p.parts) != 1 {
		b.open("w:p")
		b.properties(p, "")
		for _, x := range p.parts {
			track, name := moved(x)
			end := b.begin(track, name)
			b.pieces(x.pieces)
			end()
		}
		b.close("w:p")
		return
	}
	track, name := moved(p.parts[0])
	end := b.begin(track, name)
	if p.loose {
		track = ""
	}
	b.open("w:p")
	b.properties(p, track)
	b.pieces(p.parts[0].pieces)
	b.close("w:p")
	end()
}

// moved returns how a part is tracked that moved, and the name of the move.
func moved(p *part) (track, name string) {
	if p.move == 0 {
		return "", ""
	}
	return only(p.in, "w:moveFrom", "w:moveTo"), "move" + strconv.Itoa(p.move)
}

// begin begins the range of a move, if there is one, and returns what ends it.
func (b *body) begin(track, name string) (end func()) {
	if name == "" {
		return func() {}
	}
	id := b.id()
	b.empty(track+"RangeStart", append([]string{"w:id", id, "w:name", name}, b.stamp...)...)
	return func() { b.empty(track+"RangeEnd", "w:id", id) }
}

// properties writes the properties of a paragraph and of its mark. moved is how
// the mark is tracked if the paragraph moved.
func (b *body) properties(p *paragraph, moved string) {
	mark := only(p.mark, "w:del", "w:ins")
	if mark != "" && moved != "" {
		mark = moved
	}
	if p.form == [2]form{} && mark == "" {
		return
	}
	b.open("w:pPr")
	p.form[new].write(&b.xml)
	if mark != "" {
		b.open("w:rPr")
		b.tracked(mark)
		b.close("w:rPr")
	}
	if p.form[old] != p.form[new] {
		b.open("w:pPrChange", b.change()...)
		b.open("w:pPr")
		p.form[old].write(&b.xml)
		b.close("w:pPr")
		b.close("w:pPrChange")
	}
	b.close("w:pPr")
}

// pieces writes the words of a part: those of one passage in one range, in it
// those of one link in one element, and in it those of one fate.
func (b *body) pieces(list []piece) {
	for len(list) > 0 {
		n := count(list, func(p piece) bool { return p.passage == list[0].passage })
		end := b.begin(list[0].track, list[0].passage)
		b.links(list[:n])
		end()
		list = list[n:]
	}
}

func (b *body) links(list []piece) {
	for len(list) > 0 {
		n := count(list, func(p piece) bool { return p.form.sameLink(list[0].form) })
		b.link(list[:n])
		list = list[n:]
	}
}

// count returns how many pieces there are before the first that is not like.
func count(list []piece, like func(p piece) bool) int {
	n := 1
	for n < len(list) && like(list[n]) {
		n++
	}
	return n
}

func (b *body) link(list []piece) {
	target := list[0].form.target
	if target != "" {
		attributes := []string{"r:id", b.targets.id(target)}
		if title := list[0].form.title; title != "" {
			attributes = append(attributes, "w:tooltip", title)
		}
		b.open("w:hyperlink", attributes...)
	}
	for len(list) > 0 {
		n := count(list, func(p piece) bool { return p.track == list[0].track })
		b.track(list[:n])
		list = list[n:]
	}
	if target != "" {
		b.close("w:hyperlink")
	}
}

// track writes pieces of one fate.
func (b *body) track(list []piece) {
	name := list[0].track
	if name != "" {
		b.open(name, b.change()...)
	}
	for _, p := range list {
		b.run(p)
	}
	if name != "" {
		b.close(name)
	}
}

// run writes a piece as a run.
func (b *body) run(p piece) {
	b.open("w:r")
	restyled := p.track == "" && p.was != p.form
	if p.form != (look{}) || restyled {
		b.open("w:rPr")
		p.form.write(&b.xml)
		if restyled {
			b.open("w:rPrChange", b.change()...)
			b.open("w:rPr")
			p.was.write(&b.xml)
			b.close("w:rPr")
			b.close("w:rPrChange")
		}
		b.close("w:rPr")
	}
	element := "w:t"
	if p.track == "w:del" {
		element = "w:delText"
	}
	b.text(element, p.text)
	b.close("w:r")
}

// text writes words; Word has elements of its own for line breaks and tabs.
func (b *body) text(element, s string) {
	for len(s) > 0 {
		n := strings.IndexAny(s, "\n\t")
		if n < 0 {
			n = len(s)
		}
		if n > 0 {
			b.open(element, "xml:space", "preserve")
			b.words(s[:n])
			b.close(element)
			s = s[n:]
			continue
		}
		if s[0] == '\n' {
			b.empty("w:br")
		} else {
			b.empty("w:tab")
		}
		s = s[1:]
	}
}

// write writes the properties of a run, without the element around them.
func (l look) write(x *xml) {
	if l.target != "" {
		x.empty("w:rStyle", "w:val", "Hyperlink")
	}
	if l.marks&text.CodeSpan != 0 {
		x.empty("w:rFonts", "w:ascii", monospace, "w:hAnsi", monospace, "w:cs", monospace)
	}
	if l.marks&text.Strong != 0 {
		x.empty("w:b")
	}
	if l.marks&text.Emphasis != 0 {
		x.empty("w:i")
	}
}
