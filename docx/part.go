package docx

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"proviso/redline"
)

// A part is the words of a block that stand together at one place in the old
// text, the new text, or both.
type part struct {
	block *redline.Block
	in    [2]bool   // which texts have it here
	place [2]*place // of the leaf in each text that has it
	from  [2]int    // where in the leaf's words it begins
	move  int       // joins the two places of a block that moved; 0 for all others

	pieces []piece // its words
}

func (p *part) both() bool { return p.in[old] && p.in[new] }

// leaf returns the leaf of one text.
func (p *part) leaf(side int) *redline.Leaf {
	if side == old {
		return p.block.Old
	}
	return p.block.New
}

// cell reports whether the part stands in a table in a text.
func (p *part) cell(side int) bool { return p.in[side] && p.place[side].table != nil }

// apart makes two of a part that both texts have: it becomes the old one and
// the new one is returned.
func (p *part) apart() *part {
	twin := *p
	p.in[new], p.place[new] = false, nil
	twin.in[old], twin.place[old] = false, nil
	return &twin
}

// partsOf lists the parts of a redline.
func partsOf(r *redline.Redline) ([]*part, error) {
	c := &cutting{places: [2]map[any]*place{places(r.Old), places(r.New)}, read: [2]map[any]int{{}, {}}}
	for _, s := range r.Sections {
		blocks := s.Blocks
		if s.Heading != nil {
			blocks = append([]*redline.Block{s.Heading}, blocks...)
		}
		for _, b := range blocks {
			if b.Fate == redline.MovedFrom { // its words are at the place it came to
				continue
			}
			if err := c.add(b); err != nil {
				return nil, err
			}
		}
	}
	return c.parts, nil
}

// A cutting is the state of making parts.
type cutting struct {
	parts  []*part
	places [2]map[any]*place
	read   [2]map[any]int // how much of each leaf's words earlier blocks have
}

func keyOf(l *redline.Leaf) any {
	if l.Block == nil {
		return l.Section
	}
	return l.Block
}

func (c *cutting) add(b *redline.Block) error {
	p := &part{block: b}
	for side, words := range []string{b.OldText(), b.NewText()} {
		l := p.leaf(side)
		if l == nil {
			continue
		}
		key := keyOf(l)
		p.place[side] = c.places[side][key]
		if p.place[side] == nil {
			return fmt.Errorf("the redline has a block that is not in its %s text: %q", [...]string{"old", "new"}[side], l.Text)
		}
		p.in[side] = true
		p.from[side] = c.read[side][key]
		c.read[side][key] += len(words)
	}
	c.parts = append(c.parts, p)
	if b.Fate == redline.MovedTo && p.both() {
		c.move(p)
	}
	return nil
}

// move gives a part that moved its two places. Word tracks only moves of words
// that do not stand in a row.
func (c *cutting) move(p *part) {
	came := p.apart()
	c.parts = append(c.parts, came)
	if !p.cell(old) && !came.cell(new) && p.block.OldText() != "" && p.block.NewText() != "" {
		p.move, came.move = p.block.Pair, p.block.Pair
	}
}

// A group is parts that stand together: a table, a row, or else a part alone.
type group struct {
	key   [2]any // what it is in each text; nil if it is not there
	parts []*part
	at    int // its place among the groups of the old text
	twin  *group
}

// partsIn goes through the parts of groups, in their order.
func partsIn(groups []*group) iter.Seq[*part] {
	return func(yield func(*part) bool) {
		for _, g := range groups {
			for _, p := range g.parts {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// weave puts parts into groups and the groups into one row, in which those of
// each text have the order they have there. A key tells which group of a text a
// part is in; parts whose two groups are not paired are taken apart.
func weave(parts []*part, key func(p *part, side int) any) []*group {
	groups := [2][]*group{grouped(parts, key, old), grouped(parts, key, new)}
	for i, g := range groups[old] {
		g.at = i
	}
	pair(parts, key, groups)
	inOrder(groups[new])
	for _, g := range groups[new] {
		for i, p := range g.parts {
			if p.both() && (g.twin == nil || g.twin.key[old] != key(p, old)) {
				g.parts[i] = p.apart()
			}
		}
	}
	return merge(groups[old], groups[new])
}

// grouped lists the groups of one text.
func grouped(parts []*part, key func(p *part, side int) any, side int) []*group {
	var list []*part
	for _, p := range parts {
		if p.in[side] {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(x, y *part) int {
		return cmp.Or(cmp.Compare(x.place[side].order, y.place[side].order), cmp.Compare(x.from[side], y.from[side]))
	})
	var out []*group
	for _, p := range list {
		k := key(p, side)
		if n := len(out); n == 0 || out[n-1].key[side] != k {
			g := &group{}
			g.key[side] = k
			out = append(out, g)
		}
		g := out[len(out)-1]
		g.parts = append(g.parts, p)
	}
	return out
}

// pair makes twins of the groups that share most parts.
func pair(parts []*part, key func(p *part, side int) any, groups [2][]*group) {
	find := map[any]*group{}
	for _, g := range groups[old] {
		find[g.key[old]] = g
	}
	type couple struct{ old, new *group }
	var couples []couple
	shared := map[couple]int{}
	for _, n := range groups[new] {
		for _, p := range n.parts {
			if !p.both() || p.cell(old) != p.cell(new) {
				continue
			}
			c := couple{find[key(p, old)], n}
			if shared[c] == 0 {
				couples = append(couples, c)
			}
			shared[c]++
		}
	}
	slices.SortStableFunc(couples, func(x, y couple) int { return cmp.Compare(shared[y], shared[x]) })
	for _, c := range couples {
		if c.old.twin == nil && c.new.twin == nil {
			c.old.twin, c.new.twin = c.new, c.old
		}
	}
}

// inOrder separates twins that are not in the order of both texts.
func inOrder(news []*group) {
	last := -1
	for _, g := range news {
		switch {
		case g.twin == nil:
		case g.twin.at < last:
			g.twin.twin, g.twin = nil, nil
		default:
			last = g.twin.at
		}
	}
}

// merge makes one row of the groups of both texts, and one group of twins. What
// only the old text has comes first.
func merge(olds, news []*group) []*group {
	var out []*group
	for _, n := range news {
		for len(olds) > 0 && olds[0] != n.twin && (n.twin != nil || olds[0].twin == nil) {
			out = append(out, olds[0])
			olds = olds[1:]
		}
		if n.twin != nil {
			olds = olds[1:]
			n.join(n.twin)
		}
		out = append(out, n)
	}
	return append(out, olds...)
}

// join takes in the parts that only the old twin has.
func (g *group) join(o *group) {
	g.key[old] = o.key[old]
	for _, p := range o.parts {
		if !p.both() {
			g.parts = append(g.parts, p)
		}
	}
}

// byTable is the key of groups in a text: tables, and all else alone.
func byTable(p *part, side int) any {
	if t := p.place[side].table; t != nil {
		return t
	}
	return p
}

// byRow is the key of groups in a table.
func byRow(p *part, side int) any { return p.place[side].row }
