package redline

import (
	"cmp"
	"slices"

	"proviso/text"
)

// sameID is what an equal id is worth when sections are paired, in words that both share.
const sameID = 20

// pairSections pairs the sections of both texts: explicit ids decide, then the
// words that both share and their ids.
func (c *comparison) pairSections(links []*link) {
	c.kin = map[*text.Section]*text.Section{}
	type pair struct{ old, new *text.Section }
	shared := map[pair]int{}
	var pairs []pair
	vote := func(o, n *text.Section, words int) {
		p := pair{o, n}
		if _, ok := shared[p]; !ok {
			pairs = append(pairs, p)
		}
		shared[p] += words
	}
	byID := map[string]*text.Section{}
	for _, s := range c.old.Sections {
		byID[s.ID] = s
	}
	for _, n := range c.new.Sections {
		if o := byID[n.ID]; o != nil && n.ID != "" {
			worth := sameID
			if o.Explicit || n.Explicit {
				worth = 1 << 40
			}
			vote(o, n, worth)
		}
	}
	for i := 0; i < len(links); {
		o, n, words := links[i].old.section, links[i].new.section, 0
		for ; i < len(links) && links[i].old.section == o && links[i].new.section == n; i++ {
			words += min(links[i].old.size, links[i].new.size)
		}
		vote(o, n, words)
	}
	slices.SortStableFunc(pairs, func(x, y pair) int { return cmp.Compare(shared[y], shared[x]) })
	taken := map[*text.Section]bool{}
	for _, p := range pairs {
		if c.kin[p.old] == nil && !taken[p.new] && shared[p] > 0 {
			c.kin[p.old], taken[p.new] = p.new, true
		}
	}
}

// akin reports whether two nodes stand in the same section.
func (c *comparison) akin(o, n *node) bool { return c.kin[o.section] == n.section }

// headings links the headings of paired sections: the section was renamed.
func (c *comparison) headings(old, new []*node) []*link {
	at := map[*text.Section]*node{}
	for _, n := range new {
		if n.heading() && len(n.links) == 0 {
			at[n.section] = n
		}
	}
	var links []*link
	for _, o := range old {
		if n := at[c.kin[o.section]]; o.heading() && len(o.links) == 0 && n != nil {
			links = append(links, c.connect(o, n, false))
		}
	}
	return links
}

// sections puts together what became of each section, in the order of the new text.
func (c *comparison) sections(old, new *reading) []*Section {
	olds, news := old.sections, new.sections
	place := map[*text.Section]int{}
	for i, s := range c.new.Sections {
		place[s] = i
	}
	gone := map[int][]*Section{} // after which new section
	from := map[*text.Section]*text.Section{}
	cur := -1
	for _, o := range c.old.Sections {
		n := c.kin[o]
		if n != nil {
			from[n] = o
		}
		switch {
		case n == nil:
			gone[cur] = append(gone[cur], c.leaving(o, nil, olds[o], Removed, 0))
		case movedSection(olds[o], n):
			c.pairs++
			c.sectionPair[n] = c.pairs
			gone[cur] = append(gone[cur], c.leaving(o, n, olds[o], MovedFrom, c.pairs))
		default:
			cur = place[n]
		}
	}
	out := gone[-1]
	for i, n := range c.new.Sections {
		out = append(out, c.staying(from[n], n, olds[from[n]], news[n]))
		out = append(out, gone[i]...)
	}
	return slices.DeleteFunc(out, func(s *Section) bool { return s.Heading == nil && len(s.Blocks) == 0 })
}

// movedSection reports whether most words that o and its twin share have moved.
func movedSection(nodes []*node, twin *text.Section) bool {
	moved, stayed := 0, 0
	for _, n := range nodes {
		for _, l := range n.links {
			switch {
			case l.new.section != twin:
			case l.moved:
				moved += n.size + 1
			default:
				stayed += n.size + 1
			}
		}
	}
	return moved > stayed
}

// leaving shows a section at the place it left: everything that is not in place elsewhere.
// What was removed from a section that moved is shown where it went.
func (c *comparison) leaving(o, n *text.Section, nodes []*node, fate Fate, pair int) *Section {
	s := &Section{Old: o, New: n, Fate: fate, Pair: pair}
	for _, x := range nodes {
		if left(x) && (fate == Removed || len(x.links) > 0) {
			s.add(c.gone(x)...)
		}
	}
	return s
}

// left reports whether an old node is no longer where it was.
func left(o *node) bool {
	return !slices.ContainsFunc(o.links, func(l *link) bool { return !l.moved })
}

// staying shows a section of the new text, together with what its twin lost.
func (c *comparison) staying(o, n *text.Section, olds, news []*node) *Section {
	s := &Section{Old: o, New: n, Pair: c.sectionPair[n]}
	if s.Pair > 0 { // what moved away is shown where it was
		olds = slices.DeleteFunc(slices.Clone(olds), func(x *node) bool { return len(x.links) > 0 })
	}
	i := 0
	flush := func(before int) {
		for ; i < len(olds) && olds[i].at < before; i++ {
			if left(olds[i]) {
				s.add(c.gone(olds[i])...)
			}
		}
	}
	ahead := next(news, s.Pair > 0)
	for k, x := range news {
		flush(ahead[k])
		if x.leaf != nil && len(x.links) == 1 {
			s.add(c.block(x.links[0]))
		} else {
			s.add(c.come(x)...)
		}
	}
	flush(end)
	return s
}

// end is behind every place.
const end = 1 << 62

// next returns for each new node the place in the old text of the first node
// from there on that is still in order.
func next(news []*node, moved bool) []int {
	out := make([]int, len(news))
	at := end
	for k := len(news) - 1; k >= 0; k-- {
		for i := len(news[k].links) - 1; i >= 0; i-- {
			if l := news[k].links[i]; l.moved == moved {
				at = l.old.at
			}
		}
		out[k] = at
	}
	return out
}

func (s *Section) add(blocks ...*Block) {
	for _, b := range blocks {
		if s.Heading == nil && (b.New != nil && b.New.Heading() && b.New.Section == s.New && b.Fate != MovedFrom ||
			(s.New == nil || b.Fate == MovedFrom && s.Fate == MovedFrom) && b.Old != nil && b.Old.Heading()) {
			s.Heading = b
			continue
		}
		s.Blocks = append(s.Blocks, b)
	}
}

// judge sets what became of a section as a whole.
func (s *Section) judge() {
	if s.New == nil || s.Fate == MovedFrom {
		return
	}
	if s.Old == nil && s.Heading != nil && s.Heading.Old != nil {
		s.Old = s.Heading.Old.Section // the heading was a paragraph there
	}
	switch {
	case s.Old == nil:
		s.Fate = Added
		return
	case s.Pair > 0:
		s.Fate = MovedTo
	case s.Heading != nil && changed(s.Heading) || slices.ContainsFunc(s.Blocks, changed):
		s.Fate = Modified
	}
	s.Scope = !s.Old.Scope.Equal(s.New.Scope)
	if s.Scope && s.Fate == Kept {
		s.Fate = Modified
	}
	s.Renamed = s.Heading != nil && s.Heading.Fate != Added && s.Heading.Old.Heading() && s.Heading.edited()
}

// changed reports whether anything became of a block.
func changed(b *Block) bool { return b.Fate != Kept || len(b.Format) > 0 || b.Scope }
