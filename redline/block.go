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
	b := &Block{Old: o.leaf, New: n.leaf, Column: n.column, Scope: !o.leaf.Scope().Equal(n.leaf.Scope())}
	b.Split = l != o.links[0]
	b.Merged = l != n.links[0]
	if l.exact && o.leaf.Text == n.leaf.Text {
		b.Runs = runsOf(Same, o.leaf.Text, n.leaf.Text)
	} else {
		c.read(o)
		c.read(n)
		b.Fate, b.Runs = c.runs(l)
	}
	if l.moved {
		b.Fate, b.Pair = MovedTo, c.pairOf(l)
	}
	return b
}

// runs compares the words that a link joins.
func (c *comparison) runs(l *link) (Fate, []Run) {
	o, n := l.old, l.new
	w := weaving{old: o.leaf.Text, new: n.leaf.Text, end: [2]int{len(o.leaf.Text), len(n.leaf.Text)}}
	a, b, x, y := o.tokens, n.tokens, o.codes, n.codes
	if l.part {
		w.at = [2]int{bound(a, l.a[0], w.end[0]), bound(b, l.b[0], w.end[1])}
		w.end = [2]int{bound(a, l.a[1], w.end[0]), bound(b, l.b[1], w.end[1])}
		a, b, x, y = a[l.a[0]:l.a[1]], b[l.b[0]:l.b[1]], x[l.a[0]:l.a[1]], y[l.b[0]:l.b[1]]
	}
	steps := c.steps(x, y)
	runs := w.weave(a, b, steps)
	if slices.ContainsFunc(runs, func(r Run) bool { return r.Op != Same }) {
		return Modified, runs
	}
	return Kept, runs
}

// bound returns where in a text of length n the token i begins, with the blanks
// around counted to the token before.
func bound(tokens []Token, i, n int) int {
	switch {
	case i == 0:
		return 0
	case i < len(tokens):
		return tokens[i].Start
	}
	return n
}

// runsOf returns a single run, or none for a leaf without words.
func runsOf(op Op, old, new string) []Run {
	if old == "" && new == "" {
		return []Run{}
	}
	return []Run{{Op: op, Old: old, New: new}}
}
