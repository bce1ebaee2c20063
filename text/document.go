// Package text parses the text of a policy: CommonMark with tables, and on top
// of that only sections with stable ids, scopes, variables, links to other
// policies, and tables of practices.
//
// # Words
//
// A Document is one file in one locale. A heading opens a Section, which runs
// to the next heading of any level; text before the first heading is the
// section "intro". A Section holds Blocks (paragraphs, lists, tables, ...), and
// a Block without children holds Spans: runs of words with the same marks, the
// words as a reader sees them. A Scope names the products and sites for which
// a section or a block is meant; everything else is for all.
//
// # What happens in which order
//
// Parse reads a file once, for all sites: variables and links to policies stay
// open in it, and scopes stay marked. Inherit gives a translation the ids and
// scopes of its source. For makes what one site shows: blocks outside its
// scope are gone, variables and links are filled in. Normal gives the words of
// a Document as plain text; that is what seals and comparisons rest on.
//
// Whatever a text says wrongly is a Problem with its place, all at once: a
// scope or a variable that is misspelt never becomes words that all can read.
// Files that belong to nobody (Options.Plain) are read for their words alone.
//
// WriteSections, WriteBlocks and WriteSpans make pages of a Document,
// WritePlain makes mail.
//
// # What is left out
//
// Markup is not kept: two files that render the same words with the same marks
// are equal here. Nested emphasis is folded into a set of marks.
package text

import "proviso/source"

// A Document is the text of a version in one locale.
type Document struct {
	File     string     // path it was read from
	Title    string     // from the front matter; empty: the policy's title
	Summary  string     // from the front matter: what the policy is about
	Sections []*Section // in reading order

	scopes []ScopeUse // every product and site that is written in it
}

// Section returns the section with the id, or nil.
func (d *Document) Section(id string) *Section {
	for _, s := range d.Sections {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// A Section is a heading and what follows it up to the next heading.
type Section struct {
	ID       string // stable id: written as {#id}, else the heading's slug
	Explicit bool   // the id was written in the text
	Level    int    // 2 to 6; 0 for the intro, which has no heading
	Heading  []Span
	Scope    Scope    // what the heading says, intersected with the sections above it
	Covers   []string // mandatory elements that the heading says it covers
	Blocks   []*Block
	Pos      source.Position
}

// Kind tells what a Block is.
type Kind uint8

const (
	Paragraph Kind = iota // leaf: Spans
	Quote                 // Children
	List                  // Children are Items
	Item                  // Children; a tight item holds Paragraphs all the same
	Code                  // leaf: one Span with the text as it stands, no marks
	Table                 // Children are Rows
	Row                   // Children are Cells
	Cell                  // leaf: Spans
	Rule                  // a thematic break; nothing inside
	HTML                  // leaf: one Span with raw HTML (only where allowed)
	Practices             // an open table of practices, until For replaces it; Category names it
)

// A Block is a part of a Section.
type Block struct {
	Kind     Kind
	Spans    []Span   // of leaves
	Children []*Block // of all others

	Ordered  bool   // List: numbered
	Start    int    // List: the first number
	Tight    bool   // List: no paragraph marks around the items' text
	Align    Align  // Cell
	Header   bool   // Row: the table's head
	Info     string // Code: language
	Category string // Practices: the list's key

	// Scope is what the blocks and sections around say, intersected with the
	// block's own. It lies in the section's scope, except where text follows a
	// fence in which the section began; Parse warns of that.
	Scope Scope
	// Own is the scope of the ::: fence just around the block, if any.
	Own Scope
	Pos source.Position
}

// Align is the alignment of a table's cell.
type Align uint8

const (
	AlignNone Align = iota
	AlignLeft
	AlignCenter
	AlignRight
)

// Mark is a set of ways in which words are set off.
type Mark uint8

const (
	Emphasis Mark = 1 << iota
	Strong
	CodeSpan
)

// A Span is a run of words with the same marks.
type Span struct {
	Text  string // as the reader sees it; "\n" for a hard line break; an image's alternative text
	Marks Mark
	Link  string // target; empty: no link. Variables and policy: links are open until For fills them in
	Title string // of a link or an image
	Image string // source; empty: no image
	Raw   bool   // inline raw HTML (only where allowed)
	fill  bool   // Link, Title, Image or an image's Text hold variables or a policy: link

	// Variable is the name of the variable the text comes from, such as
	// "org.legal_name". Text is empty until For fills it in; the name stays.
	Variable string

	Pos source.Position
}

// Open reports whether the span is a variable that For has not filled in.
func (s *Span) Open() bool { return s.Variable != "" && s.Text == "" }

// Words returns the words of spans as plain text. A variable that is still
// open reads {{name}}.
func Words(spans []Span) string {
	if len(spans) == 1 && !spans[0].Open() {
		return spans[0].Text
	}
	return string(appendWords(nil, spans))
}

func appendWords(b []byte, spans []Span) []byte {
	for i := range spans {
		if s := &spans[i]; s.Open() {
			b = append(b, "{{"+s.Variable+"}}"...)
		} else {
			b = append(b, s.Text...)
		}
	}
	return b
}
