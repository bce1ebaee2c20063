package reading

import (
	"sort"
	"strings"
	"unicode/utf8"

	"proviso/text"
)

// A Passage is a run of words that a reader takes in one piece: a heading, a
// paragraph, the paragraph of an item, a cell.
type Passage struct {
	Section *text.Section
	Block   *text.Block   // nil for a heading
	Around  []*text.Block // the lists, items, quotes and rows it stands in
	Number  int           // of the item in the innermost list, from 0
	First   bool          // it opens its section, or its item
	Next    *text.Block   // what follows beside it, if anything
	Spans   []text.Span
	Words   string   // as readers see them; the letters of code are blanked out
	Starts  []int    // where in words each span begins
	ends    [][2]int // see sentences
	shares  *float64 // see capitals
	last    passed   // see place
}

// Heading reports whether the passage is a section's heading.
func (p *Passage) Heading() bool { return p.Block == nil }

// List returns the innermost list around the passage, or nil.
func (p *Passage) List() *text.Block {
	for i := len(p.Around) - 1; i >= 0; i-- {
		if p.Around[i].Kind == text.List {
			return p.Around[i]
		}
	}
	return nil
}

// Prose reports whether the passage is running text on the page or in an item.
func (p *Passage) Prose() bool { return !p.Heading() && p.Block.Kind == text.Paragraph }

// Span returns the index of the span that holds the byte at.
func (p *Passage) Span(at int) int {
	return max(sort.SearchInts(p.Starts, at+1)-1, 0)
}

// Before returns the last words before the byte at.
func (p *Passage) Before(at int) string {
	from := max(0, at-80)
	for from > 0 && !utf8.RuneStart(p.Words[from]) {
		from++
	}
	return p.Words[from:at]
}

// Capitals returns the share of capital letters.
func (p *Passage) Capitals() float64 {
	if p.shares == nil {
		share := Capitals(p.Words)
		p.shares = &share
	}
	return *p.shares
}

// Sentences returns where the sentences of the passage begin and end.
func (p *Passage) Sentences() [][2]int {
	if p.ends == nil {
		p.ends = sentences(p.Words)
	}
	return p.ends
}

// Sentence returns the sentence around the byte at, and where it begins.
func (p *Passage) Sentence(at int) (string, int) {
	all := p.Sentences()
	i := sort.Search(len(all), func(i int) bool { return at < all[i][1] })
	if i == len(all) {
		return p.Words, 0
	}
	return p.Words[all[i][0]:all[i][1]], all[i][0]
}

// scope returns for whom the passage is.
func (p *Passage) scope() text.Scope {
	if p.Heading() {
		return p.Section.Scope
	}
	return p.Block.Scope
}

// Meets reports whether one reader can see both passages: sections for different
// products may each say the same.
func (p *Passage) Meets(q *Passage) bool {
	_, ok := p.scope().Intersect(q.scope())
	return ok
}

// Linked reports whether any of the words from start to end are a link, or one
// follows them closely.
func (p *Passage) Linked(start, end int) bool {
	for i := range p.Spans {
		stop := len(p.Words)
		if i+1 < len(p.Starts) {
			stop = p.Starts[i+1]
		}
		if p.Spans[i].Link != "" && p.Starts[i] < end+12 && stop > start {
			return true
		}
	}
	return strings.Contains(p.Words[start:min(len(p.Words), end+12)], "://")
}

// StartsSentence reports whether a word at the byte at begins a sentence, an
// item after a colon, or a quotation.
func (p *Passage) StartsSentence(at int) bool {
	before := strings.TrimRight(p.Before(at), " \n\u00a0(\"“‘'[")
	if before == "" {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	if strings.ContainsRune(".:?!•–—-;*", last) {
		return true
	}
	_, start := p.Sentence(at)
	return strings.TrimSpace(p.Words[start:at]) == ""
}
