package redline

import "slices"

// gone shows an old node at the place it left.
func (c *comparison) gone(o *node) []*Block {
	switch {
	case o.rows != nil && len(o.links) == 0:
		return c.each(o.rows, c.gone)
	case o.rows != nil:
		return c.each(o.rows, func(r *node) []*Block { return c.each(r.cells, c.stub) })
	case o.cells != nil:
		return c.each(o.cells, c.gone)
	case len(o.links) > 0:
		return c.stub(o)
	}
	return []*Block{{Fate: Removed, Old: o.leaf, Runs: runsOf(Deleted, o.leaf.Text, ""), Column: o.column}}
}

// stub shows where a leaf was that is now elsewhere, if it is.
func (c *comparison) stub(o *node) []*Block {
	if len(o.links) == 0 {
		return nil
	}
	l := o.links[0]
	return []*Block{{Fate: MovedFrom, Old: o.leaf, New: l.new.leaf, Pair: c.pairOf(l), Column: o.column}}
}

func (c *comparison) each(list []*node, show func(*node) []*Block) []*Block {
	var out []*Block
	for _, n := range list {
		out = append(out, show(n)...)
	}
	return out
}

// come shows a new node.
func (c *comparison) come(n *node) []*Block {
	if len(n.links) == 0 {
		if n.rows != nil {
			return c.each(n.rows, c.come)
		}
		if n.cells != nil {
			return c.each(n.cells, c.come)
		}
		return []*Block{{Fate: Added, New: n.leaf, Runs: runsOf(Inserted, "", n.leaf.Text), Column: n.column}}
	}
	if n.rows != nil {
		return c.tableBlocks(n.links[0])
	}
	var out []*Block
	for _, l := range n.links {
		out = append(out, c.block(l))
	}
	return out
}

// pairOf numbers the move of a link.
func (c *comparison) pairOf(l *link) int {
	if l.pair == 0 {
		c.pairs++
		l.pair = c.pairs
	}
	return l.pair
}

// block shows what became of one leaf in another.
func (c *comparison) block(l *link) *Block {
	o, n := l.old, l.new
	b := c.shown.next()
	*b = Block{Old: o.leaf, New: n.leaf, Column: n.column, Scope: !o.leaf.Scope().Equal(n.leaf.Scope())}
	b.Split = l != o.links[0]
	b.Merged = l != n.links[0]
	if l.exact && o.leaf.Text == n.leaf.Text {
		b.Runs = n.kept()
		b.end = [2]int{len(o.leaf.Text), len(n.leaf.Text)}
	} else {
		c.runs(b, l)
	}
	if l.moved {
		b.Fate, b.Pair = MovedTo, c.pairOf(l)
	}
	return b
}

// runs compares the words that a link joins.
func (c *comparison) runs(block *Block, l *link) {
	p := c.meeting(l)
	if p != nil && c.again(&p.made) {
		block.Runs, block.Fate, block.meeting = p.runs, p.fate, p
		block.end = [2]int{len(block.Old.Text), len(block.New.Text)}
		return
	}
	before := c.spent
	exact := c.compareWords(block, l)
	if p != nil && exact {
		p.runs, p.fate, block.meeting = block.Runs, block.Fate, p
		p.made = work{done: true, spent: c.spent - before}
	}
}

// compareWords is runs without a memory; exact as from steps.
func (c *comparison) compareWords(block *Block, l *link) (exact bool) {
	c.read(l.old)
	c.read(l.new)
	o, n := l.old.leaf, l.new.leaf
	a, b := stretch{l.old, 0, len(l.old.tokens)}, stretch{l.new, 0, len(l.new.tokens)}
	if l.part {
		a.from, a.to, b.from, b.to = l.a[0], l.a[1], l.b[0], l.b[1]
	}
	w := weaving{old: o.Text, new: n.Text}
	w.at = [2]int{a.bound(a.from), b.bound(b.from)}
	w.end = [2]int{len(o.Text), len(n.Text)}
	if l.part {
		w.end = [2]int{a.bound(a.to), b.bound(b.to)}
	}
	block.at, block.end = w.at, w.end
	w.open = l.part
	if a.from == 0 && b.from == 0 {
		w.renumber(o, n, &a, &b)
	}
	steps, exact := c.steps(a.codes(), b.codes())
	steps = clean(a.tokens(), b.tokens(), steps)
	block.Runs = w.weave(a.tokens(), b.tokens(), steps)
	switch {
	case !block.edited():
		block.Fate = Kept
	case len(steps) == 1 && steps[0].deleted > 0 && steps[0].inserted > 0:
		block.Fate = Rewritten
	default:
		block.Fate = Modified
	}
	return exact
}

// renumber takes numbers in front of both texts, if they differ, out of the comparison.
func (w *weaving) renumber(o, n *Leaf, a, b *stretch) {
	from, to := o.numbered()
	from2, to2 := n.numbered()
	if to == 0 || to2 == 0 || o.Text[from:to] == n.Text[from2:to2] || o.Text[:from] != n.Text[:from2] {
		return
	}
	w.at = [2]int{}
	w.same(from, from2)
	w.runs = append(w.runs, Run{Op: Renumbered, Old: o.Text[from:to], New: n.Text[from2:to2]})
	w.at = [2]int{to, to2}
	a.skip(to)
	b.skip(to2)
}

// A stretch is some tokens of a leaf.
type stretch struct {
	*node
	from, to int
}

func (s *stretch) tokens() []Token { return s.node.tokens[s.from:s.to] }
func (s *stretch) codes() []int32  { return s.node.codes[s.from:s.to] }

// skip leaves out the tokens that begin before a place in the text.
func (s *stretch) skip(before int) {
	for s.from < s.to && s.node.tokens[s.from].Start < before {
		s.from++
	}
}

// bound returns where in the text token i begins; blanks belong to the token before.
func (s *stretch) bound(i int) int {
	switch tokens := s.node.tokens; {
	case i == 0:
		return 0
	case i < len(tokens):
		return tokens[i].Start
	}
	return len(s.leaf.Text)
}

// kept returns the words of a leaf as a single run of both texts. It may be shared.
func (n *node) kept() []Run {
	k := n.known
	if k == nil {
		return runsOf(Same, n.leaf.Text, n.leaf.Text)
	}
	if k.kept == nil {
		k.kept = runsOf(Same, n.leaf.Text, n.leaf.Text)
	}
	return k.kept
}

// runsOf returns a single run, or none for a leaf without words.
func runsOf(op Op, old, new string) []Run {
	if old == "" && new == "" {
		return []Run{}
	}
	return []Run{{Op: op, Old: old, New: new}}
}

// edited reports whether words of a block were deleted or inserted.
func (b *Block) edited() bool {
	return slices.ContainsFunc(b.Runs, func(r Run) bool { return r.Op == Deleted || r.Op == Inserted })
}
