package redline

import (
	"cmp"
	"slices"

	"proviso/text"
)

// How long and how alike texts must be. Lengths are in words.
const (
	shortAnchor = 3   // shorter texts are matched by their neighbours, not by being unique
	shortMove   = 3   // fewer words are deleted and inserted, not moved
	shortEdited = 8   // the same for words that were edited on the way
	closeMove   = 0.6 // shared part of a text that moved and was edited
	closeBlock  = 0.5 // shared part of a text that stayed
	closePlace  = 0.25
)

// comparison is the work on two texts.
type comparison struct {
	*Lexicon
	spent    int // see spend
	old, new *text.Document
	kin      map[*text.Section]*text.Section // old to new

	shown       slab[Block]
	pairs       int // moves numbered so far
	sectionPair map[*text.Section]int
}

// budget bounds the exact alignments of one comparison, see reach.
const budget = 8 * reach

// spend reports whether work on n may still be done, and counts it.
func (c *comparison) spend(n int) bool {
	if n > reach || c.spent+n > budget {
		return false
	}
	c.spent += n
	return true
}

// match links the nodes of two texts: first what is equal, then in what lies
// between, what is alike, at last what is alike elsewhere.
func (c *comparison) match(old, new []*node) []*link {
	links := weed(settle(c.equal(old, new)))
	c.pairSections(links)
	links = append(links, c.between(old, new, links)...)
	links = append(links, c.elsewhere(old, new)...)
	c.pairSections(links)
	links = append(links, c.headings(old, new)...)
	return weed(settle(links))
}

// connect links two nodes.
func (c *comparison) connect(o, n *node, exact bool) *link {
	l := c.links.next()
	*l = link{old: o, new: n, exact: exact}
	o.add(l)
	n.add(l)
	return l
}

func (n *node) add(l *link) {
	if n.links == nil {
		n.links = n.first[:0] // most nodes have no other
	}
	n.links = append(n.links, l)
}

func disconnect(l *link) {
	is := func(x *link) bool { return x == l }
	l.old.links = slices.DeleteFunc(l.old.links, is)
	l.new.links = slices.DeleteFunc(l.new.links, is)
}

// equal links nodes whose words are equal and stand once in each text, and
// from there their neighbours as long as these are equal too.
func (c *comparison) equal(old, new []*node) []*link {
	var links []*link
	take := func(i, j int) bool {
		if i < 0 || j < 0 || i >= len(old) || j >= len(new) {
			return false
		}
		o, n := old[i], new[j]
		if len(o.links)+len(n.links) > 0 || o.id != n.id || (o.leaf == nil) != (n.leaf == nil) {
			return false
		}
		links = append(links, c.connect(o, n, true))
		return true
	}
	for k := 0; take(k, k); k++ {
	}
	for k := 1; take(len(old)-k, len(new)-k); k++ {
	}
	for _, within := range []bool{false, true} { // unique in the text, then unique in the section
		for _, p := range c.unique(old, new, within) {
			if !take(p[0], p[1]) {
				continue
			}
			for k := 1; take(p[0]+k, p[1]+k); k++ {
			}
			for k := 1; take(p[0]-k, p[1]-k); k++ {
			}
		}
	}
	return links
}

// An anchor is what stands once in each text: a key, in a section or anywhere.
type anchor struct {
	section string
	id      int32
}

// anchors is where it stands, and how often.
type anchors struct{ i, j, olds, news int32 }

// unique returns the places of the nodes that are not linked and whose key
// stands once in each text, or once in each section of the same id.
func (x *Lexicon) unique(old, new []*node, within bool) [][2]int {
	if x.seen == nil {
		x.seen = map[anchor]anchors{}
	}
	clear(x.seen)
	of := func(n *node) (anchor, bool) {
		switch {
		case len(n.links) > 0:
			return anchor{}, false
		case within:
			return anchor{n.section.ID, n.id}, n.key != ""
		}
		return anchor{id: n.id}, n.size >= shortAnchor || n.heading()
	}
	for i, n := range old {
		if k, ok := of(n); ok {
			p := x.seen[k]
			if p.olds++; p.olds == 1 {
				p.i = int32(i)
			}
			x.seen[k] = p
		}
	}
	if len(x.seen) == 0 {
		return nil
	}
	var found []anchor
	for j, n := range new {
		k, ok := of(n)
		p := x.seen[k]
		if !ok || p.olds == 0 {
			continue
		}
		if p.news++; p.news == 1 {
			p.j = int32(j)
			found = append(found, k)
		}
		x.seen[k] = p
	}
	var out [][2]int
	for _, k := range found {
		if p := x.seen[k]; p.olds == 1 && p.news == 1 {
			out = append(out, [2]int{int(p.i), int(p.j)})
		}
	}
	return out
}

// settle sorts links by their place in the new text and marks as moved all
// that are not on the heaviest chain of links in the same order in both texts.
func settle(links []*link) []*link {
	byNew := func(x, y *link) int {
		return cmp.Or(x.new.at-y.new.at, x.b[0]-y.b[0], x.old.at-y.old.at, x.a[0]-y.a[0])
	}
	byOld := func(x, y *link) int { return cmp.Or(x.old.at-y.old.at, x.a[0]-y.a[0]) }
	if !slices.IsSortedFunc(links, byNew) {
		slices.SortStableFunc(links, byNew)
	}
	if slices.IsSortedFunc(links, byOld) { // the usual case: nothing moved
		for _, l := range links {
			l.moved = false
		}
		return links
	}
	return chain(links, byOld)
}

// chain is settle for links that are not all in the same order.
func chain(links []*link, order func(x, y *link) int) []*link {
	rank := make([]int, len(links)) // place in the old text, from 1
	byOld := make([]int, len(links))
	for i := range byOld {
		byOld[i] = i
	}
	slices.SortStableFunc(byOld, func(i, j int) int {
		return cmp.Or(order(links[i], links[j]), i-j)
	})
	for r, i := range byOld {
		rank[i] = r + 1
	}
	best := make([]int, len(links)+1) // a Fenwick tree: the link that ends the heaviest chain up to a rank
	weight := make([]int, len(links))
	before := make([]int, len(links))
	last := -1
	for i, l := range links {
		before[i] = -1
		for r := rank[i] - 1; r > 0; r &= r - 1 {
			if k := best[r] - 1; k >= 0 && (before[i] < 0 || weight[k] > weight[before[i]]) {
				before[i] = k
			}
		}
		weight[i] = min(l.old.size, l.new.size) + 1
		if before[i] >= 0 {
			weight[i] += weight[before[i]]
		}
		for r := rank[i]; r <= len(links); r += r & -r {
			if k := best[r] - 1; k < 0 || weight[i] > weight[k] {
				best[r] = i + 1
			}
		}
		if last < 0 || weight[i] > weight[last] {
			last = i
		}
		l.moved = true
	}
	for ; last >= 0; last = before[last] {
		links[last].moved = false
	}
	return links
}

// weed unlinks what is too short to have moved. Neighbours that moved together
// count together. Links are in the order of the new text.
func weed(links []*link) []*link {
	out := links[:0]
	for i := 0; i < len(links); {
		end, size, exact := i, 0, true
		for end < len(links) && links[end].moved && (end == i || follows(links[end-1], links[end])) {
			size += links[end].new.size
			exact = exact && links[end].exact
			end++
		}
		switch {
		case end == i:
			out = append(out, links[i])
			end++
		case size >= shortEdited || exact && size >= shortMove:
			out = append(out, links[i:end]...)
		default:
			for _, l := range links[i:end] {
				disconnect(l)
			}
		}
		i = end
	}
	return out
}

// follows reports whether y comes right after x in both texts.
func follows(x, y *link) bool {
	return y.new.at-x.new.at <= 1 && (y.old.at-x.old.at == 1 || y.old == x.old)
}

// between aligns what lies between links that are in the same order in both texts.
func (c *comparison) between(old, new []*node, links []*link) []*link {
	var found []*link
	kept := []*link{{old: &node{at: -1}, new: &node{at: -1}}}
	for _, l := range links {
		if !l.moved {
			kept = append(kept, l)
		}
	}
	kept = append(kept, &link{old: &node{at: len(old)}, new: &node{at: len(new)}})
	for i := 1; i < len(kept); i++ {
		found = append(found, c.region(free(old, kept[i-1].old, kept[i].old), free(new, kept[i-1].new, kept[i].new))...)
	}
	for i := 1; i < len(links); i++ { // an edited paragraph inside a section that moved
		x, y := links[i-1], links[i]
		if !x.moved || !y.moved || y.old.at <= x.old.at || y.old.at-x.old.at > 50 {
			continue
		}
		a, b := free(old, x.old, y.old), free(new, x.new, y.new)
		if len(a) == y.old.at-x.old.at-1 && len(b) == y.new.at-x.new.at-1 {
			found = append(found, c.region(a, b)...)
		}
	}
	return found
}

// free returns the nodes between two that are not linked.
func free(list []*node, from, to *node) []*node {
	var out []*node
	for _, n := range list[from.at+1 : to.at] {
		if len(n.links) == 0 {
			out = append(out, n)
		}
	}
	return out
}

// elsewhere links nodes that are alike wherever they stand.
func (c *comparison) elsewhere(old, new []*node) []*link {
	long := func(n *node) bool { return len(n.links) == 0 && n.size >= shortEdited }
	return c.similar(pick(old, long), pick(new, long), closeMove)
}

func pick[T any](list []T, ok func(T) bool) []T {
	var out []T
	for _, n := range list {
		if ok(n) {
			out = append(out, n)
		}
	}
	return out
}

// rare is the number of nodes up to which a word tells them apart.
const rare = 8

// similar links nodes that share rare words, most alike first.
func (c *comparison) similar(old, new []*node, least float64) []*link {
	if len(old) == 0 || len(new) == 0 {
		return nil
	}
	where := map[int32][]int{}
	for j, n := range new {
		bag := c.bag(n)
		for k, w := range bag {
			if (k == 0 || bag[k-1] != w) && len(where[w]) <= rare {
				where[w] = append(where[w], j)
			}
		}
	}
	type pair struct {
		i, j  int
		alike float64
	}
	var pairs []pair
	for i, o := range old {
		votes := map[int]int{}
		for _, w := range c.bag(o) {
			if at := where[w]; len(at) <= rare {
				for _, j := range at {
					votes[j]++
				}
			}
		}
		best := pair{j: -1}
		for _, j := range byVotes(votes) {
			if _, alike := c.alike(o, new[j]); alike >= least && alike > best.alike {
				best = pair{i, j, alike}
			}
		}
		if best.j >= 0 {
			pairs = append(pairs, best)
		}
	}
	slices.SortStableFunc(pairs, func(x, y pair) int { return cmp.Compare(y.alike, x.alike) })
	var links []*link
	for _, p := range pairs {
		o, n := old[p.i], new[p.j]
		if len(o.links)+len(n.links) == 0 && o.heading() == n.heading() && (o.leaf == nil) == (n.leaf == nil) {
			links = append(links, c.connect(o, n, o.key == n.key))
		}
	}
	return links
}

// byVotes returns the five with most votes.
func byVotes(votes map[int]int) []int {
	out := make([]int, 0, len(votes))
	for j := range votes {
		out = append(out, j)
	}
	slices.SortFunc(out, func(x, y int) int { return cmp.Or(votes[y]-votes[x], x-y) })
	return out[:min(5, len(out))]
}
