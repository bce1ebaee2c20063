package docx

import "proviso/text"

// The texts of a redline, as indexes.
const (
	old = iota
	new
)

// A place is where a leaf stands in its text.
type place struct {
	order         int         // among all leaves of the text
	style         string      // of the paragraph
	lists, quotes int         // how deep it stands in them
	label         *numbering  // the list whose number or bullet it shows; nil for none
	table, row    *text.Block // of a cell; nil for all others
	align         text.Align  // of a cell
}

// A numbering is a list as Word numbers it: paragraphs of one level that count
// on from a first number.
type numbering struct {
	start, next int
	level       int        // from 0
	bullet      bool       // nothing is counted
	twin        *numbering // the same list in the other text
	id          int        // in the document; 0 until it is used
}

// places finds the place of each leaf. The key is a section for its heading,
// else the leaf's block.
func places(doc *text.Document) map[any]*place {
	s := &survey{places: map[any]*place{}, last: map[int]*numbering{}}
	for _, section := range doc.Sections {
		if section.Level > 0 {
			s.add(section, place{style: headings[min(section.Level, len(headings))-1]})
		}
		for _, b := range section.Blocks {
			s.block(b, place{})
		}
	}
	return s.places
}

var headings = [...]string{"Heading1", "Heading2", "Heading3", "Heading4", "Heading5", "Heading6"}

// A survey is the state of walking through a text.
type survey struct {
	places map[any]*place
	last   map[int]*numbering // by level: the list that was numbered last
	label  func() *numbering  // of the item that begins; nil for none
}

func (s *survey) add(key any, p place) {
	p.order = len(s.places)
	if s.label != nil && p.table == nil {
		p.label = s.label()
	}
	s.label = nil
	s.places[key] = &p
}

// block adds the leaves of a block; without any it is one itself.
func (s *survey) block(b *text.Block, p place) {
	switch b.Kind {
	case text.List:
		s.list(b, p)
		return
	case text.Quote:
		p.quotes++
	case text.Table:
		p.table = b
	case text.Row:
		p.row = b
		if p.table == nil { // stands alone
			p.table = b
		}
	}
	for _, child := range b.Children {
		s.block(child, p)
	}
	if len(b.Children) == 0 {
		p.style, p.align = styleOf(b, p), b.Align
		s.add(b, p)
	}
}

func (s *survey) list(b *text.Block, p place) {
	p.lists++
	for i, item := range b.Children {
		s.label = func() *numbering { return s.number(b, i, p.lists-1) }
		s.block(item, p)
		s.label = nil
	}
}

const (
	levels   = 9 // that Word numbers
	bulleted = 1 // the id of all lists with bullets
)

// number returns the numbering of the i-th item of a list: the one that counts
// up to here, or a new one.
func (s *survey) number(list *text.Block, i, level int) *numbering {
	level = min(level, levels-1)
	if !list.Ordered {
		return &numbering{bullet: true, level: level, id: bulleted}
	}
	n := list.Start + i
	last := s.last[level]
	if last == nil || last.next != n || i == 0 && n <= 1 {
		last = &numbering{start: n, next: n, level: level}
		s.last[level] = last
	}
	last.next++
	return last
}

func styleOf(b *text.Block, p place) string {
	switch {
	case b.Kind == text.Cell && p.row != nil && p.row.Header:
		return "TableHeading"
	case b.Kind == text.Cell:
		return "TableText"
	case b.Kind == text.Code, b.Kind == text.HTML:
		return "Code"
	case b.Kind == text.Rule:
		return "HorizontalLine"
	case p.quotes > 0:
		return "Quote"
	case p.lists > 0:
		return "ListParagraph"
	}
	return ""
}
