// Package redline compares two texts block by block and word by word, and
// shows what became of each part.
//
// # Words
//
// A Leaf is a part of a text that has words of its own: a heading, a paragraph,
// the paragraph of a list item, a cell of a table. A Block says what became of
// one leaf: it was kept, modified, added, removed, rewritten, or moved. The
// words of a modified block are cut into Runs. A Section groups the blocks of
// one section of either text. A Redline holds the sections in the order of the
// new text; what is gone stands where it stood.
//
// # What counts as a change
//
// Words are compared as a reader sees them. Blanks of any kind are the same
// blank, curly quotes are straight quotes, soft hyphens and characters without
// width are nothing; all are shown as written. Everything else that differs in
// the words is in the runs. What differs in the form alone (the target of a
// link, emphasis, the level of a heading, the source of an image, a paragraph
// that became a list item, another kind of blank) is listed as a Format: never
// dropped and never mixed with the words. A redline without changes belongs to
// two texts that a reader cannot tell apart.
//
// The date on which a version takes effect, where the text takes it from the
// version (policy.effective), is never a change.
//
// # Moves, and numbers that shift
//
// A block or a section that stands in both texts in another place is moved: it
// has two places, joined by Pair, and only what was edited inside it is marked.
// A sentence that left one paragraph for another is moved too; its runs are
// joined by Run.Moved. Short and repeated texts are never moves.
//
// When "4. Retention" becomes "5. Retention" because a section was added above
// it, and "see section 4" becomes "see section 5", nobody edited anything. Such
// numbers are Renumbered runs, listed once in Redline.Renumbered, and not
// counted as words.
//
// # Laws
//
// The Old parts of all runs of one old leaf, joined in order, are the words of
// that leaf to the byte, and the New parts likewise: whoever accepts every
// change has the new text, whoever rejects every change has the old one. No
// mark begins or ends inside a word. The same texts give the same redline on
// every machine: the work is bounded by counting words, never by a clock.
package redline

import (
	"slices"
	"strings"

	"proviso/text"
)

// Fate tells what became of a Block or a Section.
type Fate uint8

const (
	// Kept: the same words. A block may still have Format changes or a new Scope.
	Kept Fate = iota
	// Modified: Runs tell which words. A section is modified if anything in it is, be it a format.
	Modified
	// Rewritten: modified beyond recognition; Runs are one deletion and one insertion.
	Rewritten
	// Added: in the new text only; Old is nil.
	Added
	// Removed: in the old text only; New is nil.
	Removed
	// MovedFrom: the place that a moved block left. It has no Runs; its words are at MovedTo.
	MovedFrom
	// MovedTo: the place where a moved block came to, with Runs where it was edited on the way.
	MovedTo
)

var fates = [...]string{"kept", "modified", "rewritten", "added", "removed", "moved-from", "moved-to"}

func (f Fate) String() string { return fates[f] }

// A Redline is what became of one text in another.
type Redline struct {
	Old, New   *text.Document
	Sections   []*Section // in the order of the new text
	Renumbered []Renumbering
	Stats      Stats
}

// Stats counts. Words are those of rendered text; Deleted and Inserted leave
// out moved text, renumbering and format.
type Stats struct {
	OldWords, NewWords int
	Deleted, Inserted  int
	MovedBlocks        int // leaves, rows of tables, and sentences that left their paragraph
	Renumbered         int // numbers that shifted: of headings, list items and references
}

// A Renumbering is a number that shifted because something above it was added, removed or moved.
type Renumbering struct {
	From, To string // "4.", "5."
	Old, New *Leaf  // where it stands
	Item     bool   // the number of a list item, which no text spells out
}

// A Section is what became of a section. A section that moved has two places:
// MovedFrom, which holds what it left there, and MovedTo, which has the rest.
// Where a heading was a paragraph before, Old is the section that it stood in,
// and two sections may have the same Old.
type Section struct {
	Old, New *text.Section // one is nil if the section is in one text only
	Fate     Fate          // Kept only if nothing at all changed
	Renamed  bool          // the heading's words changed
	Scope    bool          // the scopes differ
	Heading  *Block        // nil for the intro
	Blocks   []*Block      // without the heading, in reading order
	Pair     int           // joins the two places of a move; 0 for all others
}

// A Block is what became of a Leaf.
//
// A paragraph that was split gives several blocks with the same Old, and
// paragraphs that were merged give several blocks with the same New, in reading
// order. Their Runs tell which part of the words each has.
type Block struct {
	Fate     Fate
	Old, New *Leaf
	Runs     []Run // of Kept blocks too; nil at MovedFrom
	Split    bool  // Old is also the Old of an earlier block: a paragraph was cut here
	Merged   bool  // New is also the New of the block before: paragraphs were joined here
	Pair     int   // joins the two places of a move; 0 for all others
	Scope    bool  // the scopes differ
	Column   int   // of a cell: its place among the columns of both tables
	Format   []Format

	at, end [2]int   // the part of the texts of Old and New that the block covers
	meeting *meeting // where the runs are from; may be nil
	change  int      // the place among Changes, from 1; 0: not among them
}

// A Format is a difference of form: the words are the same, how they are shown is not.
type Format struct {
	Kind     FormatKind
	From, To string // what it was and is: a target, "strong", "2", "list item", ...; empty for none
	Text     string // the words concerned, as the new text writes them; empty for the whole block
}

// FormatKind is what a Format is about.
type FormatKind uint8

const (
	Link       FormatKind = iota // a link's target or title
	Emphasis                     // emphasis, strong, code
	Level                        // a heading's level; "" for what is no heading
	Image                        // an image's source
	Place                        // what a block stands in: "list item", "quote", "table cell", ...
	Alignment                    // of a table's cell
	Typography                   // blanks, line breaks, quotes and invisible characters
	Break                        // a paragraph was split or merged
)

var formatKinds = [...]string{"link", "emphasis", "level", "image", "place", "alignment", "typography", "break"}

func (k FormatKind) String() string { return formatKinds[k] }

// OldText returns the words of the old text that the block covers.
func (b *Block) OldText() string { return join(b, func(r Run) string { return r.Old }, b.Old) }

// NewText returns the words of the new text that the block covers.
func (b *Block) NewText() string { return join(b, func(r Run) string { return r.New }, b.New) }

func join(b *Block, side func(Run) string, leaf *Leaf) string {
	switch {
	case b.Runs == nil && leaf != nil:
		return leaf.Text
	case len(b.Runs) == 1:
		return side(b.Runs[0])
	}
	var out strings.Builder
	for _, r := range b.Runs {
		out.WriteString(side(r))
	}
	return out.String()
}

// A Piece is a Run with the marks and links of its words in each text.
type Piece struct {
	Run
	OldSpans, NewSpans []text.Span
}

// Pieces returns the runs of a block with their spans. A block without words
// has one piece if it has an image or a link all the same.
func (b *Block) Pieces() []Piece { return slices.Collect(b.pieces) }

// pieces is Pieces without a list.
func (b *Block) pieces(yield func(Piece) bool) { b.eachPiece(nil, yield) }

// eachPiece is pieces. Spans are cut in the room that is given, old and new,
// and good until the next piece; without room they stay.
func (b *Block) eachPiece(room *[2][]text.Span, yield func(Piece) bool) {
	cut := func(side int, spans []text.Span, from, to int) []text.Span {
		if room == nil {
			return Cut(spans, from, to)
		}
		got := appendCut(room[side][:0], spans, from, to)
		if len(got) > 0 && (len(spans) == 0 || &got[0] != &spans[0]) {
			room[side] = got
		}
		return got
	}
	runs := b.Runs
	if len(runs) == 0 {
		runs = []Run{{Op: ops[b.Fate]}}
	}
	old, new := b.at[0], b.at[1]
	for _, r := range runs {
		p := Piece{Run: r}
		if b.Old != nil && r.Op != Inserted {
			p.OldSpans = cut(0, b.Old.Spans, old, old+len(r.Old))
		}
		if b.New != nil && r.Op != Deleted {
			p.NewSpans = cut(1, b.New.Spans, new, new+len(r.New))
		}
		old, new = old+len(r.Old), new+len(r.New)
		if len(p.OldSpans)+len(p.NewSpans) > 0 && !yield(p) {
			return
		}
	}
}

// ops is what a block without words became.
var ops = [...]Op{Added: Inserted, Removed: Deleted, MovedTo: Same}

// Cut returns the part of spans between two places in their text, in bytes. A
// span without words belongs to the words behind it, at the end to those before.
func Cut(spans []text.Span, from, to int) []text.Span { return appendCut(nil, spans, from, to) }

// appendCut is Cut, in the memory of out where it is enough; out is empty.
func appendCut(out, spans []text.Span, from, to int) []text.Span {
	at, end := 0, 0
	for i := range spans {
		end += len(spans[i].Text)
	}
	if from == 0 && to == end {
		return spans
	}
	for i := range spans {
		s := spans[i]
		next := at + len(s.Text)
		switch {
		case at == next && (from <= at && at < to || at == to && to == end && from < to):
			out = append(out, s)
		case at < to && from < next:
			if out == nil {
				out = make([]text.Span, 0, min(len(spans)-i, to-from))
			}
			s.Text = s.Text[max(from-at, 0) : min(to, next)-at]
			out = append(out, s)
		}
		at = next
	}
	return out
}
