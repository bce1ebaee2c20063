package docx

import (
	"slices"
)

// A paragraph is parts up to a mark.
type paragraph struct {
	parts []*part
	mark  [2]bool // whether each text has the mark at its end
	form  [2]form // how each text shows it
	loose bool    // it moved, but its mark is tracked as if it were deleted or inserted
}

var shared = [2]bool{true, true}

// has reports whether a text has words of the paragraph, or could have.
func (p *paragraph) has(side int) bool {
	return slices.ContainsFunc(p.parts, func(x *part) bool { return x.in[side] })
}

// region adds the paragraphs between two tables, or to the end of the document.
// Where it must not be empty, an empty paragraph stands in.
func (s *story) region(parts []*part, must bool) {
	list := paragraphs(parts)
	if len(list) > 0 || must {
		list = settle(list)
	}
	extend(list)
	shape(list)
	s.brace(list)
	for _, p := range list {
		s.items = append(s.items, item{paragraph: p})
	}
}

// paragraphs cuts parts at the marks that either text has. A text has a mark
// after the last part of each of its leaves.
func paragraphs(parts []*part) []*paragraph {
	last := map[any]*part{}
	for _, p := range parts {
		for side := range p.in {
			if p.in[side] {
				last[p.place[side]] = p
			}
		}
	}
	var out []*paragraph
	cur := &paragraph{}
	for _, p := range parts {
		cur.parts = append(cur.parts, p)
		for side := range p.in {
			cur.mark[side] = p.in[side] && last[p.place[side]] == p
		}
		if cur.mark != [2]bool{} {
			out = append(out, cur)
			cur = &paragraph{}
		}
	}
	return out
}

// settle changes paragraphs so that both texts have the last mark: it is the
// one that Word can neither insert nor delete.
func settle(list []*paragraph) []*paragraph {
	end := len(list) - 1
	k := end // the last mark of both texts
	for k >= 0 && list[k].mark != shared {
		k--
	}
	if k == end && k >= 0 {
		return list
	}
	for j := end - 1; j > k; j-- {
		if list[j].mark != list[j+1].mark { // an old and a new paragraph: one with the words of both
			list[j].parts = append(list[j].parts, list[j+1].parts...)
			list[j].mark = shared
			return settle(slices.Delete(list, j+1, j+2))
		}
	}
	if k < 0 {
		return append(list, &paragraph{mark: shared})
	}
	list[k].mark, list[end].mark = list[end].mark, shared
	return list
}

// extend moves inserted marks to the paragraph before, where that one ends with
// inserted words, or is empty and follows an inserted mark: LibreOffice takes
// these and the paragraphs inserted after them for one insertion, with the mark
// in between.
func extend(list []*paragraph) {
	for k := 0; k+1 < len(list); k++ {
		follows := k > 0 && !list[k-1].mark[old] && list[k].words(old) == ""
		if list[k].mark != shared || !follows && !list[k].grows() {
			continue
		}
		last := k
		for last+1 < len(list) && !list[last+1].has(old) && !list[last+1].mark[old] {
			last++
		}
		list[k].mark, list[last].mark = list[last].mark, list[k].mark
		k = last
	}
}

// grows reports whether a paragraph ends with words that only the new text has there.
func (p *paragraph) grows() bool {
	for _, x := range slices.Backward(p.parts) {
		if n := len(x.pieces); n > 0 {
			return x.pieces[n-1].side() == new
		}
	}
	return false
}

// shape sets how each text shows the paragraphs. One whose words only one text
// has, but whose mark the other has as well, ends there what came before it.
func shape(list []*paragraph) {
	var last [2]form
	for _, p := range list {
		p.shape()
		for side := range p.form {
			if p.has(side) {
				last[side] = p.form[side]
			} else if p.mark[side] && len(p.parts) > 0 {
				p.form[side] = last[side]
			}
		}
	}
}

// shape sets how each text shows the paragraph; one that does not have it, like the other.
func (p *paragraph) shape() {
	if len(p.parts) == 0 {
		p.form = [2]form{{style: "Gap"}, {style: "Gap"}}
	}
	for _, x := range slices.Backward(p.parts) { // so that the first one decides
		for side := range p.form {
			if x.in[side] {
				p.form[side] = formOf(x.place[side])
			}
		}
	}
	for side := range p.form {
		if p.has(1-side) && !p.has(side) {
			p.form[side] = p.form[1-side]
		}
	}
}

// brace sees to paragraphs of one text that LibreOffice would not take away
// whole. It takes words and mark for two changes where the paragraph moved and
// was edited or has a link, or where the same words are tracked the other way
// elsewhere, so that it finds a move of its own. Then, and before an empty
// paragraph, it gives the form of what goes to the paragraph that comes after.
// So the mark before is tracked instead; or else the text that does not have
// the paragraph shows it as the one after it.
func (s *story) brace(list []*paragraph) {
	for i, p := range list {
		in := [2]bool{p.has(old), p.has(new)}
		if p.mark != in || in == shared {
			continue
		}
		gone := old
		if in[old] {
			gone = new
		}
		after := next(list[i+1:], gone)
		p.loose = p.moved() && p.broken()
		whole := !p.loose && (p.moved() || !s.tracked[gone][p.words(1-gone)])
		switch {
		case after == nil, after.form[gone] == p.form[gone], whole && after.words(gone) != "":
		case i > 0 && list[i-1].mark == shared && list[i-1].form[gone] == p.form[gone]:
			list[i-1].mark, p.mark = p.mark, shared
		default:
			p.form[gone] = after.form[gone]
		}
	}
}

// next returns the first paragraph whose mark a text has.
func next(list []*paragraph, side int) *paragraph {
	for _, p := range list {
		if p.mark[side] {
			return p
		}
	}
	return nil
}

// moved reports whether the paragraph is a block that moved.
func (p *paragraph) moved() bool { return len(p.parts) == 1 && p.parts[0].move > 0 }

// broken reports whether the words are several changes to LibreOffice.
func (p *paragraph) broken() bool {
	list := p.parts[0].pieces
	return slices.ContainsFunc(list, func(x piece) bool { return x.track != list[0].track || x.form.target != "" })
}

// words returns what a text has of the paragraph, as LibreOffice compares it.
func (p *paragraph) words(side int) string {
	var list []piece
	for _, part := range p.parts {
		for _, x := range part.pieces {
			if x.side() != 1-side {
				list = append(list, x)
			}
		}
	}
	return joined(list)
}
