package redline

import (
	"bytes"
	"html"
)

// side is which text a page shows: both in one, or one of them.
type side uint8

const (
	bothSides side = iota
	oldSide
	newSide
)

// WriteSides writes a redline as a table of class sides: the old text on the
// left, the new one on the right, what became of each other in the same row.
// Marks and classes are those of WriteHTML.
func (r *Redline) WriteSides(w *bytes.Buffer, o Options) {
	p := newPage(w, r, o)
	w.WriteString(`<article class="sides">` + "\n<table>\n<thead>\n<tr>\n")
	for _, label := range []string{o.Labels.Old, o.Labels.New} {
		w.WriteString(`<th scope="col">`)
		w.WriteString(html.EscapeString(label))
		w.WriteString("</th>\n")
	}
	w.WriteString("</tr>\n</thead>\n<tbody>\n")
	for _, s := range r.Sections {
		blocks := s.Blocks
		if s.Heading != nil {
			blocks = append([]*Block{s.Heading}, blocks...)
		}
		for i := 0; i < len(blocks); {
			end := i + 1
			for end < len(blocks) && together(blocks[end-1], blocks[end]) {
				end++
			}
			p.sides(blocks[i:end])
			i = end
		}
	}
	w.WriteString("</tbody>\n</table>\n</article>\n")
}

// together reports whether two blocks belong into one row: the cells of a row
// of a table, and the parts of a paragraph that was split or joined.
func together(x, y *Block) bool {
	if y.Fate == MovedFrom || x.Fate == MovedFrom {
		return x.Fate == y.Fate && x.Old.row() != nil && x.Old.row() == y.Old.row()
	}
	same := func(a, b *Leaf) bool { return a != nil && b != nil && (a == b || a.row() != nil && a.row() == b.row()) }
	return same(x.Old, y.Old) || same(x.New, y.New)
}

// sides writes a row.
func (p *page) sides(blocks []*Block) {
	p.WriteString("<tr")
	p.attribute("id", p.claim(blocks))
	p.WriteString(">\n")
	for _, p.side = range []side{oldSide, newSide} {
		shown := p.shown[:0]
		for _, b := range blocks {
			if p.side == oldSide && b.Old != nil || p.side == newSide && b.New != nil && b.Fate != MovedFrom {
				shown = append(shown, b)
			}
		}
		p.WriteString("<td>")
		p.blocks(shown)
		p.shown = shown
		p.WriteString("</td>\n")
	}
	p.side = bothSides
	p.WriteString("</tr>\n")
}
