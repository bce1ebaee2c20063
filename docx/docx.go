// Package docx writes a redline as a Word document with tracked changes:
// whoever accepts them all has the new text, whoever rejects them all the old.
//
// # From a redline to a story
//
// A Word document is a flat row of paragraphs and tables. A block of the
// redline becomes a part: the words that stand at one place in the old text,
// in the new text, or in both. A block that moved becomes two parts. Parts are
// put in a row in which each text keeps its own order; where the two orders
// disagree, what stands in both is deleted here and inserted there.
//
// # Marks of paragraphs
//
// Word tracks the end of a paragraph apart from its words. A paragraph that was
// split has an inserted mark at the end of its first half, paragraphs that were
// merged have a deleted mark at the end of the first. The last mark of the
// document, of a cell, and before a table can be neither: whoever adds a
// paragraph there inserts the mark of the paragraph before it. Where old and
// new paragraphs meet at such a place, the last ones share one mark.
//
// # What is tracked how
//
// Words are w:ins and w:del, never one inside the other. A moved paragraph or
// passage is w:moveFrom and w:moveTo under one name; words that were edited on
// the way are deleted at the place it left and inserted at the place it came to.
// Another level of a heading, another list or another alignment is w:pPrChange;
// emphasis is w:rPrChange. The target of a link cannot be tracked, so its words
// are deleted with the old target and inserted with the new one. Blanks, quotes
// and numbers that only shifted are tracked like words: a redline need not count
// them, but rejecting must give them back.
//
// A row that was added or removed is tracked as a row, and its words are marked
// too. A row that moved is deleted and inserted: Word does not track moves of
// rows. Of a column the words are tracked, and the cells as w:cellIns and
// w:cellDel; programs that do not know those leave empty cells.
//
// # Numbers of lists
//
// Lists are numbered by Word. A list of both texts is one numbering, so that
// its numbers are right before and after; a list that goes on after an
// interruption goes on in Word too. An item that begins with another list
// or a table shows no number of its own.
//
// # Limits
//
// An image is a link to its source. A thematic break that goes from the end of
// the text, or from before a table, comes back without its line if LibreOffice
// rejects that: it does not track the form of an empty paragraph. Word opens no
// tables of more than 63 columns.
//
// # Bytes
//
// The same redline and options give the same bytes: parts in a fixed order and
// without times, ids counted through, the date given by the caller.
package docx

import (
	"io"
	"time"

	"proviso/redline"
)

// Options says what a document says of itself.
type Options struct {
	Title  string    // stands in the header of each page and in the properties; empty: neither
	Author string    // of the tracked changes; empty: proviso
	Date   time.Time // of the tracked changes, to the second; zero: they have none
	Lang   string    // of the text, BCP 47; empty: not said
}

// Write writes a redline as a Word document. An error is one of w, or says that
// the redline has a block that neither of its texts has.
func Write(w io.Writer, r *redline.Redline, o Options) error {
	if o.Author == "" {
		o.Author = "proviso"
	}
	s, err := arrange(r)
	if err != nil {
		return err
	}
	b := newBody(s, o)
	b.story()
	return b.archive(o).write(w)
}
