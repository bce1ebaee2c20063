package docx

import (
	"strconv"

	"proviso/text"
)

// A form is how a paragraph is shown.
type form struct {
	style     string
	numbering int // the id of its list; 0: it shows no number
	level     int // of the number
	indent    int // in twentieths of a point; 0: what style and numbering say
	align     text.Align
}

// step is the indent of one level of a list or a quote.
const step = 425

func formOf(p *place) form {
	f := form{style: p.style, align: p.align}
	if p.label != nil {
		f.numbering, f.level = p.label.id, p.label.level
	}
	switch {
	case p.quotes > 0 && p.lists > 0, p.quotes > 1, p.lists > levels:
		f.indent = step * (p.lists + p.quotes)
	case p.lists > 0 && p.label == nil:
		f.indent = step * p.lists
	}
	return f
}

var alignments = [...]string{text.AlignNone: "", text.AlignLeft: "left", text.AlignCenter: "center", text.AlignRight: "right"}

// write writes the properties of a paragraph, without the element around them.
func (f form) write(x *xml) {
	if f.style != "" {
		x.empty("w:pStyle", "w:val", f.style)
	}
	if f.numbering > 0 {
		x.open("w:numPr")
		x.empty("w:ilvl", "w:val", strconv.Itoa(f.level))
		x.empty("w:numId", "w:val", strconv.Itoa(f.numbering))
		x.close("w:numPr")
	}
	if f.indent > 0 {
		left := []string{"w:left", strconv.Itoa(f.indent)}
		if f.numbering > 0 {
			left = append(left, "w:hanging", strconv.Itoa(step))
		}
		x.empty("w:ind", left...)
	}
	if f.align != text.AlignNone {
		x.empty("w:jc", "w:val", alignments[f.align])
	}
}
