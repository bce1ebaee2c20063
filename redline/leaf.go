package redline

import (
	"slices"

	"proviso/source"
	"proviso/text"
)

// A Leaf is a part of a text that has words of its own.
type Leaf struct {
	Section *text.Section
	Block   *text.Block // nil for a heading
	Level   int         // of a heading; 0 for all others
	Path    []Container // what it stands in, outermost first
	Column  int         // of a cell: 0 for the first
	Text    string      // the words, as written
	Spans   []text.Span // the words with their marks; joined they are Text

	known *known // what a Lexicon knows of the words; may be nil
}

// A Container is a list, an item, a quote, a table or a row around a leaf.
type Container struct {
	Block *text.Block
	// Ordinal is the number an ordered list shows before an Item (0 for a
	// bullet), and the place of a Row in its table, from 0.
	Ordinal int
}

// Heading reports whether the leaf is a section's heading.
func (l *Leaf) Heading() bool { return l.Block == nil }

// Pos returns where the leaf stands in its file.
func (l *Leaf) Pos() source.Position {
	if l.Block == nil || l.Block.Pos == (source.Position{}) {
		return l.Section.Pos
	}
	return l.Block.Pos
}

// Scope returns for whom the leaf is meant.
func (l *Leaf) Scope() text.Scope {
	if l.Block == nil {
		return l.Section.Scope
	}
	return l.Block.Scope
}

// leaves lists the leaves of a text in reading order.
func leaves(doc *text.Document) []*Leaf {
	size := 0
	for _, s := range doc.Sections {
		size += 1 + innermost(s.Blocks)
	}
	list := make([]Leaf, 0, size)
	for _, s := range doc.Sections {
		if s.Level > 0 {
			list = append(list, Leaf{Section: s, Level: s.Level, Spans: s.Heading})
		}
		for _, b := range s.Blocks {
			list = within(list, s, b, nil, 0)
		}
	}
	out := make([]*Leaf, len(list))
	for i := range list {
		out[i] = &list[i]
		out[i].fill()
	}
	return out
}

// innermost counts the blocks that hold no others.
func innermost(blocks []*text.Block) int {
	n := 0
	for _, b := range blocks {
		n += max(1, innermost(b.Children))
	}
	return n
}

// within lists the leaves of a block that stands in path and is the i-th there.
func within(out []Leaf, s *text.Section, b *text.Block, path []Container, i int) []Leaf {
	leaf := Leaf{Section: s, Block: b, Path: path, Spans: b.Spans}
	switch b.Kind {
	case text.Quote, text.List, text.Item, text.Table, text.Row:
	case text.Cell:
		leaf.Column = i
		return append(out, leaf)
	default:
		return append(out, leaf)
	}
	c := Container{Block: b}
	switch n := len(path); {
	case b.Kind == text.Row:
		c.Ordinal = i
	case b.Kind == text.Item && n > 0 && path[n-1].Block.Ordered:
		c.Ordinal = path[n-1].Block.Start + i
	}
	path = append(path[:len(path):len(path)], c)
	if len(b.Children) == 0 { // an empty item is still there
		leaf.Path = path
		return append(out, leaf)
	}
	for i, child := range b.Children {
		out = within(out, s, child, path, i)
	}
	return out
}

// fill sets the words of the leaf. What For has not filled in shows as the author wrote it.
func (l *Leaf) fill() {
	if l.Block != nil && l.Block.Kind == text.Practices {
		l.Spans = []text.Span{{Text: "{{practices." + l.Block.Category + "}}"}}
	}
	for i := range l.Spans {
		if s := &l.Spans[i]; s.Open() {
			l.Spans = slices.Clone(l.Spans)
			l.Spans[i].Text = "{{" + l.Spans[i].Variable + "}}"
		}
	}
	l.Text = text.Words(l.Spans)
}

// verbatim reports whether the words are shown as they stand, without marks.
func (l *Leaf) verbatim() bool {
	return l.Block != nil && (l.Block.Kind == text.Code || l.Block.Kind == text.HTML)
}

// effective is the variable that a version's date comes from.
const effective = "policy.effective"

// dated reports whether the leaf shows the date on which its version takes effect.
func (l *Leaf) dated() bool {
	return slices.ContainsFunc(l.Spans, func(s text.Span) bool { return s.Variable == effective })
}

// row returns the row the leaf is a cell of, or nil.
func (l *Leaf) row() *text.Block {
	if l.table() == nil {
		return nil
	}
	return l.Path[len(l.Path)-1].Block
}

// table returns the table the leaf is a cell of, or nil.
func (l *Leaf) table() *text.Block {
	if n := len(l.Path); n >= 2 && l.Path[n-1].Block.Kind == text.Row {
		return l.Path[n-2].Block
	}
	return nil
}
