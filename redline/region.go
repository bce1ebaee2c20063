package redline

// A region is what lies between two places that stayed as they are: some old
// leaves that became some new ones. Two ways of aligning it are tried where
// they may disagree: block by block, each old leaf becoming one new leaf at
// most; and word by word across the borders of the leaves, which finds
// paragraphs that were split or merged. The one that marks fewer words is kept.

// crowd bounds the number of pairs of leaves that are compared with each other.
const crowd = 1 << 20

// region links what is alike in a region, in order.
func (c *comparison) region(old, new []*node) []*link {
	if len(old) == 0 || len(new) == 0 {
		return nil
	}
	if len(old)*len(new) > crowd || !c.spend(16*len(old)*len(new)) {
		return c.similar(old, new, closeBlock)
	}
	links := c.blockwise(old, new)
	if c.settled(old, new, links) {
		return links
	}
	parts := c.wordwise(old, new, links)
	if parts == nil {
		return links
	}
	for _, l := range links {
		disconnect(l)
	}
	for _, l := range parts {
		l.old.add(l)
		l.new.add(l)
	}
	return parts
}

// settled reports whether nothing is left that a second way could align.
func (c *comparison) settled(old, new []*node, links []*link) bool {
	olds, news := 0, 0
	for _, n := range old {
		if len(n.links) == 0 {
			olds += n.size
		}
	}
	for _, n := range new {
		if len(n.links) == 0 {
			news += n.size
		}
	}
	if olds == 0 && news == 0 {
		return true
	}
	shared := 0
	for _, l := range links {
		n, _ := c.alike(l.old, l.new)
		shared += max(l.old.size, l.new.size) - n
	}
	return min(olds, news) < 4 && (max(olds, news) < 4 || shared < 4)
}

// blockwise links each leaf with one other at most, so that the most words are shared.
func (c *comparison) blockwise(old, new []*node) []*link {
	p, q := len(old), len(new)
	worth := make([]float32, p*q)
	for i, o := range old {
		for j, n := range new {
			worth[i*q+j] = c.worth(o, n)
		}
	}
	best := make([]float32, (p+1)*(q+1)) // of what begins at i and j
	for i := p - 1; i >= 0; i-- {
		for j := q - 1; j >= 0; j-- {
			at := i*(q+1) + j
			best[at] = max(best[at+q+1], best[at+1])
			if w := worth[i*q+j]; w > 0 {
				best[at] = max(best[at], w+best[at+q+2])
			}
		}
	}
	var links []*link
	li, lj := 0, 0
	alone := func(i, j int) { // one for one in between: the one became the other
		if i-li == 1 && j-lj == 1 && c.sameplace(old[li], new[lj]) {
			links = append(links, c.connect(old[li], new[lj], false))
		}
	}
	for i, j := 0, 0; i < p && j < q; {
		at := i*(q+1) + j
		switch w := worth[i*q+j]; {
		case w > 0 && best[at] == w+best[at+q+2]:
			alone(i, j)
			links = append(links, c.connect(old[i], new[j], old[i].key == new[j].key))
			i, j = i+1, j+1
			li, lj = i, j
		case best[at] == best[at+q+1]:
			i++
		default:
			j++
		}
	}
	alone(p, q)
	return links
}

// worth says how good it is to link two nodes; 0: not at all.
func (c *comparison) worth(o, n *node) float32 {
	if (o.leaf == nil) != (n.leaf == nil) {
		return 0
	}
	if o.key == n.key {
		return float32(o.size) + 1
	}
	shared, part := c.alike(o, n)
	small := min(len(o.words), len(n.words))
	ok := part >= closeBlock || shared >= 3 && 5*shared >= 4*small && c.akin(o, n) || shared >= 5 && 5*shared >= 4*small
	switch {
	case o.cells != nil && n.cells != nil: // rows: the first cell is their name
		ok = ok || o.cells[0].key == n.cells[0].key && o.cells[0].key != ""
		shared++
	case o.rows != nil:
		ok = part >= closePlace
	case o.heading() != n.heading():
		ok = part >= 0.8
	}
	if !ok {
		return 0
	}
	w := float32(shared)*float32(0.5+part/2) + 0.1
	if c.akin(o, n) {
		w += 0.5
	}
	if o.kind() == n.kind() {
		w += 0.5
	}
	return w
}

// sameplace reports whether a leaf that stands where another stood is that one rewritten.
func (c *comparison) sameplace(o, n *node) bool {
	_, part := c.alike(o, n)
	return part >= closePlace && c.akin(o, n) && o.kind() == n.kind()
}

// marks counts the words that linking blocks would mark.
func (c *comparison) marks(old, new []*node, links []*link) int {
	n := 0
	for _, list := range [][]*node{old, new} {
		for _, x := range list {
			n += x.size
		}
	}
	for _, l := range links {
		n -= 2 * c.shared(l)
	}
	return n
}

// shared counts the words that two linked leaves keep.
func (c *comparison) shared(l *link) int {
	p := c.meeting(l)
	if p != nil && c.again(&p.same) {
		return p.same.count
	}
	c.read(l.old)
	c.read(l.new)
	before := c.spent
	steps, exact := c.steps(l.old.codes, l.new.codes)
	n := same(l.old, l.new, steps)
	if p != nil && exact {
		p.same = work{true, c.spent - before, n}
	}
	return n
}

// same counts the words in both that the steps keep.
func same(o, n *node, steps []step) int {
	count, j := 0, 0
	for _, s := range steps {
		for k := range s.same {
			if n.tokens[j+k].Word {
				count++
			}
		}
		j += s.same + s.inserted
	}
	return count
}

// gain is by how many marked words a way of aligning must be better.
const gain = 4

// wordwise aligns the words of all leaves as one text and links the leaves
// that keep enough of them, in parts where a leaf became several or several
// became one; nil if there is too much to align, or if linking blocks marks
// hardly more.
func (c *comparison) wordwise(old, new []*node, blocks []*link) []*link {
	p, q := c.length(old), c.length(new)
	if p == 0 || q == 0 || p*q > reach/4 || !c.spend(p*q) {
		return nil
	}
	marked, most := 0, c.marks(old, new, blocks)-gain
	for _, list := range [][]*node{old, new} {
		for _, n := range list {
			marked += n.size
		}
	}
	if marked-2*c.inBoth(old, new) > most {
		return nil // even if all these were in the same order
	}
	a, b := &c.lines[0], &c.lines[1]
	a.join(old)
	b.join(new)
	strong := pick(pieces(c.align(a.codes, b.codes), a.from, b.from), func(p *piece) bool {
		return p.words >= 5 || p.words > 0 && 2*p.words >= min(p.old.size, p.new.size)
	})
	strong = pick(strong, solid(parts(strong)))
	for _, p := range strong {
		marked -= 2 * p.words
	}
	if marked > most {
		return nil
	}
	return parts(strong)
}

// inBoth counts the words that stand in old and in new leaves, wherever.
func (c *comparison) inBoth(old, new []*node) int {
	if len(c.tally) < len(c.codes) {
		c.tally = make([]int32, 2*len(c.codes))
	}
	for _, n := range old {
		for _, w := range c.bag(n) {
			c.tally[w]++
		}
	}
	count := 0
	for _, n := range new {
		for _, w := range c.bag(n) {
			if c.tally[w] > 0 {
				c.tally[w]--
				count++
			}
		}
	}
	for _, n := range old {
		for _, w := range c.bag(n) {
			c.tally[w] = 0
		}
	}
	return count
}

// solid tells the pieces that keep at least half of the part of a leaf that is theirs.
func solid(links []*link) func(*piece) bool {
	k := -1
	return func(p *piece) bool {
		k++
		l := links[k]
		return !l.part || 2*p.words >= min(words(l.old.tokens[l.a[0]:l.a[1]]), words(l.new.tokens[l.b[0]:l.b[1]]))
	}
}

// A token of a region: the leaf it is from and its place there.
type origin struct {
	*node
	i int
}

// length reads leaves and counts their tokens; 0 if one of them is a table.
func (c *comparison) length(list []*node) int {
	size := 0
	for _, n := range list {
		if n.leaf == nil {
			return 0
		}
		c.read(n)
		size += len(n.codes)
	}
	return size
}

// A line is the codes of leaves as of one text, and where each is from.
type line struct {
	codes []int32
	from  []origin
}

func (l *line) join(list []*node) {
	l.codes, l.from = l.codes[:0], l.from[:0]
	for _, n := range list {
		l.codes = append(l.codes, n.codes...)
		for i := range n.codes {
			l.from = append(l.from, origin{n, i})
		}
	}
}

// A piece is what an old and a new leaf share.
type piece struct {
	old, new *node
	a, b     [2]int // from the first shared token to behind the last
	words    int
}

// pieces sorts what both texts have by the leaves it is from.
func pieces(steps []step, from, to []origin) []*piece {
	var out []*piece
	i, j := 0, 0
	for _, s := range steps {
		for range s.same {
			o, n := from[i], to[j]
			if len(out) == 0 || out[len(out)-1].old != o.node || out[len(out)-1].new != n.node {
				out = append(out, &piece{old: o.node, new: n.node, a: [2]int{o.i, 0}, b: [2]int{n.i, 0}})
			}
			p := out[len(out)-1]
			p.a[1], p.b[1] = o.i+1, n.i+1
			if o.tokens[o.i].Word {
				p.words++
			}
			i, j = i+1, j+1
		}
		i, j = i+s.deleted, j+s.inserted
	}
	return out
}

// parts makes links of pieces. A leaf in several pieces is cut between them.
func parts(list []*piece) []*link {
	links := make([]*link, len(list))
	for k, p := range list {
		l := &link{old: p.old, new: p.new, a: [2]int{0, len(p.old.tokens)}, b: [2]int{0, len(p.new.tokens)}}
		links[k] = l
		if k == 0 {
			continue
		}
		q, before := list[k-1], links[k-1]
		if q.old == p.old {
			l.a[0] = cut(p.old.tokens, q.a[1], p.a[0])
			before.a[1] = l.a[0]
			l.part, before.part = true, true
		}
		if q.new == p.new {
			l.b[0] = cut(p.new.tokens, q.b[1], p.b[0])
			before.b[1] = l.b[0]
			l.part, before.part = true, true
		}
	}
	return links
}

// cut returns where between two tokens to cut: behind a sentence if one ends there.
func cut(tokens []Token, from, to int) int {
	for k := to; k >= from; k-- {
		switch tokens[k-1].Key {
		case ".", "!", "?", ":", ";", "。", "！", "？":
			return k
		}
	}
	return to
}
