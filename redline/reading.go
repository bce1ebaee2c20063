package redline

import (
	"slices"

	"proviso/text"
)

// A reading is a text taken apart for comparing it. A Lexicon keeps the last
// few: the text in force is compared with all others, and every text with its
// neighbours.
type reading struct {
	doc      *text.Document
	nodes    []*node
	sections map[*text.Section][]*node
}

// readings is how many a Lexicon keeps.
const readings = 3

// reading takes a text apart. It is not the one of the other text, with which
// it is compared.
func (x *Lexicon) reading(doc, other *text.Document) *reading {
	i := slices.IndexFunc(x.readings, func(r *reading) bool { return r.doc == doc })
	if i < 0 || doc == other {
		r := &reading{doc: doc, nodes: x.nodesOf(leaves(doc))}
		r.sections = bySection(r.nodes)
		if x.readings = append(x.readings, r); len(x.readings) > readings {
			x.readings = slices.Delete(x.readings, 0, 1)
		}
		return r
	}
	r := x.readings[i]
	x.readings = append(slices.Delete(x.readings, i, i+1), r)
	unlink(r.nodes)
	return r
}

// unlink takes back what was found out about nodes in another comparison.
func unlink(list []*node) {
	for _, n := range list {
		n.links, n.first[0] = nil, nil
		if n.leaf != nil {
			n.column = n.leaf.Column
		}
		unlink(n.rows)
		unlink(n.cells)
	}
}

// bySection sorts the nodes of a text by the section they stand in.
func bySection(list []*node) map[*text.Section][]*node {
	out := map[*text.Section][]*node{}
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].section == list[from].section {
			to++
		}
		out[list[from].section] = list[from:to:to]
		from = to
	}
	return out
}
