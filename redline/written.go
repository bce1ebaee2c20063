package redline

import (
	"bytes"
	"slices"

	"proviso/text"
)

// Most of what a redline shows stands in many others of the same text, and
// three times in the pages of each. So a Lexicon keeps the HTML of words that
// it knows beside them, as long as they are to be written the same.

// A writing is the HTML of words, and what else it was made from.
type writing struct {
	html          string
	old, new      []text.Span
	before, again string // labels
}

// fits reports whether the HTML is that of the same words with these spans and labels.
func (w *writing) fits(old, new []text.Span, before, again string) bool {
	return w.html != "" && w.before == before && w.again == again && sameSpans(w.old, old) && sameSpans(w.new, new)
}

// keep notes what was written since start.
func (w *writing) keep(out *bytes.Buffer, start int, old, new []text.Span, before, again string) {
	*w = writing{string(out.Bytes()[start:]), old, new, before, again}
}

// whole writes all words of a leaf with their marks.
func (p *page) whole(l *Leaf) {
	if l.known == nil {
		text.WriteSpans(p.Buffer, l.Spans)
		return
	}
	w := &l.known.written
	if w.fits(l.Spans, nil, "", "") {
		p.WriteString(w.html)
		return
	}
	start := p.Len()
	text.WriteSpans(p.Buffer, l.Spans)
	w.keep(p.Buffer, start, l.Spans, nil, "", "")
}

// runs writes the runs of a block.
func (p *page) runs(b *Block) {
	if b.same() {
		leaf := p.leaf(b)
		p.spans(leaf, leaf.Spans)
		return
	}
	if !b.repeats() {
		p.pieces(b)
		return
	}
	w := &b.meeting.written[p.side]
	old, new, before, again := b.Old.Spans, b.New.Spans, p.Labels.Deleted, p.Labels.Inserted
	if w.fits(old, new, before, again) {
		p.WriteString(w.html)
		return
	}
	start := p.Len()
	p.pieces(b)
	w.keep(p.Buffer, start, old, new, before, again)
}

func (p *page) pieces(b *Block) {
	b.eachPiece(&p.room, func(piece Piece) bool {
		p.piece(b, piece)
		return true
	})
}

// same reports whether all words of the one leaf are those of the other.
func (b *Block) same() bool {
	return len(b.Runs) == 1 && b.Runs[0].Op == Same && len(b.Runs[0].Old) == len(b.Old.Text) && len(b.Runs[0].New) == len(b.New.Text)
}

// repeats reports whether a block shows no more than what is known of a
// meeting: edits without moves and without numbers that shifted.
func (b *Block) repeats() bool {
	m := b.meeting
	if m == nil || b.Old.verbatim() || b.New.verbatim() ||
		len(b.Runs) == 0 || len(b.Runs) != len(m.runs) || &b.Runs[0] != &m.runs[0] {
		return false
	}
	return !slices.ContainsFunc(b.Runs, func(r Run) bool { return r.Op == Renumbered })
}

// own has a block change its runs, which until now it may share.
func (b *Block) own() { b.Runs = slices.Clone(b.Runs) }

func sameSpans(a, b []text.Span) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if x, y := &a[i], &b[i]; x.Text != y.Text || x.Marks != y.Marks || x.Link != y.Link || x.Title != y.Title || x.Image != y.Image ||
			x.Raw != y.Raw {
			return false
		}
	}
	return true
}
