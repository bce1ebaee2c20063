package lint

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"proviso/lint/words"
	"proviso/source"
	"proviso/text"
)

// A reading is one text while the rules go through it.
type reading struct {
	doc      *text.Document
	o        Options
	file     *original   // nil if the file's bytes are not known
	lists    words.Lists // nil if there are none for the language
	passages []*passage
	found    []finding
}

// A passage is a run of words that a reader takes in one piece: a heading, a
// paragraph, the paragraph of an item, a cell.
type passage struct {
	section *text.Section
	block   *text.Block   // nil for a heading
	around  []*text.Block // the lists, items, quotes and rows it stands in
	number  int           // of the item in the innermost list, from 0
	first   bool          // it opens its section, or its item
	next    *text.Block   // what follows beside it, if anything
	spans   []text.Span
	words   string   // as readers see them; the letters of code are blanked out
	starts  []int    // where in words each span begins
	ends    [][2]int // see sentences
	shares  *float64 // see capitals
	last    passed   // see place
}

func read(doc *text.Document, o Options) *reading {
	r := &reading{doc: doc, o: o, lists: words.In(o.Locale)}
	if o.Source != nil {
		r.file = newOriginal(doc.File, o.Source)
	}
	for _, s := range doc.Sections {
		if s.Level > 0 {
			r.add(&passage{section: s, spans: s.Heading})
		}
		r.blocks(s, s.Blocks, nil, 0)
	}
	if r.file != nil {
		r.file.blankCode(doc)
	}
	return r
}

func (r *reading) blocks(s *text.Section, list, around []*text.Block, number int) {
	for i, b := range list {
		switch {
		case b.Kind == text.Paragraph || b.Kind == text.Cell:
			p := &passage{section: s, block: b, around: around, number: number, first: i == 0, spans: b.Spans}
			if i+1 < len(list) {
				p.next = list[i+1]
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
func (r *reading) indented(s *text.Section, b *text.Block, around []*text.Block) {
	lines := strings.Split(strings.TrimRight(text.Words(b.Spans), "\n"), "\n")
	if r.file == nil || r.file.fenced(b.Pos) || wordCount(text.Words(b.Spans)) < 8*len(lines)/2+4 {
		return
	}
	first := r.file.first(b.Pos.Line)
	r.found = append(r.found, warning(first, s.ID, "indented-text", "remove the blanks at the beginning of the line, or indent it as far as the words of the item it belongs to",
		"the text is indented so far that it is shown as code"))
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		pos := r.file.first(first.Line + i)
		leaf := &text.Block{Kind: text.Paragraph, Pos: pos, Scope: b.Scope}
		r.add(&passage{section: s, block: leaf, around: append(around[:len(around):len(around)], b), first: i == 0, spans: []text.Span{{Text: strings.TrimSpace(line), Pos: pos}}})
	}
}

func (r *reading) add(p *passage) {
	var b strings.Builder
	for i := range p.spans {
		s := &p.spans[i]
		p.starts = append(p.starts, b.Len())
		switch {
		case s.Marks&text.CodeSpan != 0:
			b.WriteString(strings.Repeat("x", len(s.Text)))
		case s.Raw:
		default:
			b.WriteString(text.Words(p.spans[i : i+1]))
		}
	}
	p.words = b.String()
	r.passages = append(r.passages, p)
}

// heading reports whether the passage is a section's heading.
func (p *passage) heading() bool { return p.block == nil }

// list returns the innermost list around the passage, or nil.
func (p *passage) list() *text.Block {
	for i := len(p.around) - 1; i >= 0; i-- {
		if p.around[i].Kind == text.List {
			return p.around[i]
		}
	}
	return nil
}

// prose reports whether the passage is running text on the page or in an item.
func (p *passage) prose() bool { return !p.heading() && p.block.Kind == text.Paragraph }

// span returns the index of the span that holds the byte at.
func (p *passage) span(at int) int {
	return max(sort.SearchInts(p.starts, at+1)-1, 0)
}

// before returns the last words before the byte at.
func (p *passage) before(at int) string {
	from := max(0, at-80)
	for from > 0 && !utf8.RuneStart(p.words[from]) {
		from++
	}
	return p.words[from:at]
}

// capitals returns the share of capital letters.
func (p *passage) capitals() float64 {
	if p.shares == nil {
		share := capitals(p.words)
		p.shares = &share
	}
	return *p.shares
}

// sentences returns where the sentences of the passage begin and end.
func (p *passage) sentences() [][2]int {
	if p.ends == nil {
		p.ends = sentences(p.words)
	}
	return p.ends
}

// sentence returns the sentence around the byte at, and where it begins.
func (p *passage) sentence(at int) (string, int) {
	all := p.sentences()
	i := sort.Search(len(all), func(i int) bool { return at < all[i][1] })
	if i == len(all) {
		return p.words, 0
	}
	return p.words[all[i][0]:all[i][1]], all[i][0]
}

// place returns where in the file the byte at of a passage's words stands.
func (r *reading) place(p *passage, at int) source.Position {
	if len(p.spans) == 0 {
		if p.heading() {
			return p.section.Pos
		}
		return p.block.Pos
	}
	i := p.span(at)
	pos := p.spans[i].Pos
	if r.file == nil || at == p.starts[i] || p.spans[i].Open() {
		return pos
	}
	if p.last.span != i || p.last.at > at || p.last.at == 0 {
		p.last = passed{i, p.starts[i], r.file.offset(pos)}
	}
	p.last.offset = r.file.follow(p.last.offset, p.words[p.last.at:at])
	p.last.at = at
	return r.file.at(r.file.reached(p.last.offset, p.words[at:]))
}

// A passed place is one up to which the file was followed, so that the next one
// behind it is found from there.
type passed struct{ span, at, offset int }

// warn adds a finding at the byte at of a passage.
func (r *reading) warn(p *passage, at int, rule, hint, format string, args ...any) {
	r.found = append(r.found, warning(r.place(p, at), p.section.ID, rule, hint, fmt.Sprintf(format, args...)))
}

// warnAt adds a finding at an offset of the file.
func (r *reading) warnAt(offset int, rule, hint, format string, args ...any) {
	pos := r.file.at(offset)
	r.found = append(r.found, warning(pos, r.sectionAt(pos.Line), rule, hint, fmt.Sprintf(format, args...)))
}

// warnText adds a finding on the text as a whole, which is its first line.
func (r *reading) warnText(rule, hint, format string, args ...any) {
	pos := source.Position{File: r.doc.File, Line: 1, Column: 1}
	r.found = append(r.found, warning(pos, "", rule, hint, fmt.Sprintf(format, args...)))
}

// sectionAt returns the id of the section that a line belongs to.
func (r *reading) sectionAt(line int) string {
	id := ""
	for _, s := range r.doc.Sections {
		if s.Pos.Line <= line {
			id = s.ID
		}
	}
	return id
}

// shorten quotes at most n characters of s.
func shorten(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:n])) + "…"
}
