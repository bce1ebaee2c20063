package redline

import (
	"slices"

	"proviso/text"
)

// Compare says what became of each part of old in new. It does not change
// them, and the redline refers to their parts.
func Compare(old, new *text.Document) *Redline { return (&Lexicon{}).Compare(old, new) }

func (c *comparison) compare() *Redline {
	old, new := c.old, c.new
	was, is := c.reading(old, nil), c.reading(new, old)
	a, b := was.nodes, is.nodes
	for _, l := range c.match(a, b) {
		if l.new.rows != nil {
			c.alignTable(l)
		}
	}
	r := &Redline{Old: old, New: new, Sections: c.sections(was, is)}
	blocks := r.blocks()
	numbers := shifted(blocks)
	for _, b := range blocks {
		numbers.references(b)
		if !b.edited() && b.Fate == Modified {
			b.Fate = Kept
		}
	}
	r.Renumbered = notes(blocks)
	r.Stats.MovedBlocks = c.passages(blocks)
	for _, b := range blocks {
		b.Format = formats(b)
	}
	for _, s := range r.Sections {
		s.judge()
	}
	c.count(r, a, b)
	return r
}

// each goes through all blocks in reading order, headings too.
func (r *Redline) each(yield func(*Block) bool) {
	for _, s := range r.Sections {
		if s.Heading != nil && !yield(s.Heading) {
			return
		}
		for _, b := range s.Blocks {
			if !yield(b) {
				return
			}
		}
	}
}

// blocks lists what each goes through.
func (r *Redline) blocks() []*Block {
	size := 0
	for _, s := range r.Sections {
		size += 1 + len(s.Blocks)
	}
	return slices.AppendSeq(make([]*Block, 0, size), r.each)
}

// count sets the statistics.
func (c *comparison) count(r *Redline, old, new []*node) {
	r.Stats.Renumbered = len(r.Renumbered)
	for _, n := range old {
		r.Stats.OldWords += n.size
	}
	for _, n := range new {
		r.Stats.NewWords += n.size
	}
	changes := 0
	for b := range r.each {
		if b.listed() {
			changes++
			b.change = changes
		}
		if b.Fate == MovedTo && b.Column == 0 {
			r.Stats.MovedBlocks++
		}
		words := c.edits(b)
		r.Stats.Deleted += words[0]
		r.Stats.Inserted += words[1]
	}
}

// edits counts the words that were deleted and inserted in a block.
func (c *comparison) edits(b *Block) (words [2]int) {
	repeats := b.repeats()
	if repeats && b.meeting.words != nil {
		return *b.meeting.words
	}
	for _, run := range b.Runs {
		switch {
		case run.Moved > 0:
		case run.Op == Deleted:
			words[0] += len(c.sequence(run.Old).bag)
		case run.Op == Inserted:
			words[1] += len(c.sequence(run.New).bag)
		}
	}
	if repeats {
		b.meeting.words = &words
	}
	return words
}
