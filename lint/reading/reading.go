// Package reading is a text as a careful colleague reads it, pencil in hand: in
// passages, each with the words that readers see, and with a note of what is
// found where.
//
// Read makes a Text of a parsed document. Rules go through its Passages, look at
// the words, and warn: Warn at a place of a passage, WarnAt at an offset of the
// file, WarnIn in a section, WarnText on the whole. The findings collect in
// Found. A place in words is a byte offset; where it stands in the file is worked
// out only for what is warned of.
//
// What a page does not show (markup, blanks) is in File, for rules that look at
// how a text is written. Lists has the words of the text's language; where it is
// nil, it has none.
package reading

import (
	"slices"
	"strings"

	"proviso/lint/rule"
	"proviso/lint/words"
	"proviso/source"
	"proviso/text"
)

// A Text is one text while the rules go through it.
type Text struct {
	Doc      *text.Document
	Options  Options
	File     *File          // nil if the file's bytes are not known
	Lists    words.Lists    // nil if there are none for the language
	Passages []*Passage     // in reading order
	Found    []rule.Finding // in the order in which rules warned
}

// Read cuts a document into passages.
func Read(doc *text.Document, o Options) *Text {
	r := &Text{Doc: doc, Options: o, Lists: words.In(o.Locale)}
	if o.Source != nil {
		r.File = newFile(doc.File, o.Source)
	}
	for _, s := range doc.Sections {
		if s.Level > 0 {
			r.add(&Passage{Section: s, Spans: s.Heading})
		}
		r.blocks(s, s.Blocks, nil, 0)
	}
	if r.File != nil {
		r.File.blankCode(doc)
	}
	return r
}

func (r *Text) blocks(s *text.Section, list, around []*text.Block, number int) {
	for i, b := range list {
		switch {
		case b.Kind == text.Paragraph || b.Kind == text.Cell:
			p := &Passage{Section: s, Block: b, Around: around, Number: number, First: i == 0, Spans: b.Spans}
			if i+1 < len(list) {
				p.Next = list[i+1]
			}
			r.add(p)
		case b.Kind == text.List:
			for j, item := range b.Children {
				r.blocks(s, item.Children, append(around[:len(around):len(around)], b, item), j)
			}
		case b.Kind == text.Code:
			r.indented(s, b, around)
		case b.Children != nil:
			r.blocks(s, b.Children, append(around[:len(around):len(around)], b), number)
		}
	}
}

// indented reads paragraphs that became code because they are indented: they
// are read as the prose they were meant to be.
func (r *Text) indented(s *text.Section, b *text.Block, around []*text.Block) {
	lines := strings.Split(strings.TrimRight(text.Words(b.Spans), "\n"), "\n")
	if r.File == nil || r.File.fenced(b.Pos) || WordCount(text.Words(b.Spans)) < 8*len(lines)/2+4 {
		return
	}
	first := r.File.first(b.Pos.Line)
	r.WarnIn(s, first, "indented-text", "remove the blanks at the beginning of the line, or indent it as far as the words of the item it belongs to",
		"the text is indented so far that it is shown as code")
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		pos := r.File.first(first.Line + i)
		leaf := &text.Block{Kind: text.Paragraph, Pos: pos, Scope: b.Scope}
		r.add(&Passage{Section: s, Block: leaf, Around: append(around[:len(around):len(around)], b), First: i == 0, Spans: []text.Span{{Text: strings.TrimSpace(line), Pos: pos}}})
	}
}

func (r *Text) add(p *Passage) {
	var b strings.Builder
	for i := range p.Spans {
		s := &p.Spans[i]
		p.Starts = append(p.Starts, b.Len())
		switch {
		case s.Marks&text.CodeSpan != 0:
			b.WriteString(strings.Repeat("x", len(s.Text)))
		case s.Raw:
		default:
			b.WriteString(text.Words(p.Spans[i : i+1]))
		}
	}
	p.Words = b.String()
	r.Passages = append(r.Passages, p)
}

// Place returns where in the file the byte at of a passage's words stands.
func (r *Text) Place(p *Passage, at int) source.Position {
	if len(p.Spans) == 0 {
		if p.Heading() {
			return p.Section.Pos
		}
		return p.Block.Pos
	}
	i := p.Span(at)
	pos := p.Spans[i].Pos
	if r.File == nil || at == p.Starts[i] || p.Spans[i].Open() {
		return pos
	}
	if p.last.span != i || p.last.at > at || p.last.at == 0 {
		p.last = passed{i, p.Starts[i], r.File.offset(pos)}
	}
	p.last.offset = r.File.follow(p.last.offset, p.Words[p.last.at:at])
	p.last.at = at
	return r.File.At(r.File.reached(p.last.offset, p.Words[at:]))
}

// A passed place is one up to which the file was followed, so that the next one
// behind it is found from there.
type passed struct{ span, at, offset int }

// Wording returns all words of the text, a line for each passage.
func (r *Text) Wording() string {
	var b strings.Builder
	for _, p := range r.Passages {
		b.WriteString(p.Words)
		b.WriteByte('\n')
	}
	return b.String()
}

// Shows reports whether the text shows a list of practices.
func (r *Text) Shows(category string) bool {
	var in func(blocks []*text.Block) bool
	in = func(blocks []*text.Block) bool {
		return slices.ContainsFunc(blocks, func(b *text.Block) bool {
			return b.Kind == text.Practices && b.Category == category || in(b.Children)
		})
	}
	return slices.ContainsFunc(r.Doc.Sections, func(s *text.Section) bool { return in(s.Blocks) })
}
