package redline

import "slices"

// A passage is a stretch of words inside a block that was deleted here and
// inserted there without being edited: a sentence that left one paragraph for
// another, or changed places with its neighbour.

// gram is the number of words from which on they are a passage.
const gram = 6

// searched bounds the marked words in which passages are looked for, in each text.
const searched = 1 << 19

// A marked run: where it is, and its words.
type markedRun struct {
	block  *Block
	run    int
	text   string
	tokens []Token
	codes  []int32
	word   []int // tokens that are words
	moved  []int // for each token the passage it belongs to, 0 for none
}

// passages joins the passages of a redline and returns how many there are.
func (c *comparison) passages(blocks []*Block) int {
	var old, new []*markedRun
	for _, b := range blocks {
		for i, r := range b.Runs {
			switch r.Op {
			case Deleted:
				old = c.mark(old, b, i, r.Old)
			case Inserted:
				new = c.mark(new, b, i, r.New)
			}
		}
	}
	if len(old) == 0 || len(new) == 0 || total(old) > searched || total(new) > searched || !related(old, new) {
		return 0
	}
	count := 0
	sources := once(old)
	var targets map[[gram]int32]wordAt
	for _, to := range new {
		for k := 0; k+gram <= len(to.word); k++ {
			g := to.gram(k)
			from, ok := sources[g]
			if !ok {
				continue
			}
			if targets == nil {
				targets = once(new)
			}
			if targets[g].run == to && c.join(from, wordAt{to, k}) {
				count++
			}
		}
	}
	all := append(old, new...)
	slices.SortStableFunc(all, func(x, y *markedRun) int { return y.run - x.run })
	for _, m := range all { // from the end, so that the runs before keep their places
		m.split()
	}
	return count
}

func (c *comparison) mark(list []*markedRun, b *Block, i int, s string) []*markedRun {
	if len(s) < 2*gram-1 {
		return list // too short for so many words
	}
	seq := c.sequence(s)
	if len(seq.bag) < gram {
		return list
	}
	m := &markedRun{block: b, run: i, text: s, tokens: seq.tokens, codes: seq.codes}
	for i, t := range m.tokens {
		if t.Word {
			m.word = append(m.word, i)
		}
	}
	m.moved = make([]int, len(m.tokens))
	return append(list, m)
}

func total(list []*markedRun) int {
	n := 0
	for _, m := range list {
		n += len(m.word)
	}
	return n
}

func (m *markedRun) gram(k int) (g [gram]int32) {
	for i := range g {
		g[i] = m.codes[m.word[k+i]]
	}
	return g
}

// related reports whether any gram may stand in both lists. It is seldom
// wrong, and then only by saying so.
func related(old, new []*markedRun) bool {
	const size = 1 << 16
	var seen [size / 64]uint64
	for _, m := range old {
		for k := 0; k+gram <= len(m.word); k++ {
			x, y := m.hashes(k)
			seen[x/64] |= 1 << (x % 64)
			seen[y/64] |= 1 << (y % 64)
		}
	}
	for _, m := range new {
		for k := 0; k+gram <= len(m.word); k++ {
			x, y := m.hashes(k)
			if seen[x/64]&(1<<(x%64)) != 0 && seen[y/64]&(1<<(y%64)) != 0 {
				return true
			}
		}
	}
	return false
}

// hashes returns two numbers that are equal for equal grams (FNV-1a).
func (m *markedRun) hashes(k int) (x, y uint16) {
	h := uint64(14695981039346656037)
	for _, i := range m.word[k : k+gram] {
		h = (h ^ uint64(uint32(m.codes[i]))) * 1099511628211
	}
	return uint16(h >> 24), uint16(h >> 44)
}

// wordAt is the k-th word of a marked run.
type wordAt struct {
	run *markedRun
	k   int
}

// once returns where each gram is that stands in one place only.
func once(list []*markedRun) map[[gram]int32]wordAt {
	out := make(map[[gram]int32]wordAt, total(list))
	for _, m := range list {
		for k := 0; k+gram <= len(m.word); k++ {
			g := m.gram(k)
			if _, ok := out[g]; ok {
				out[g] = wordAt{}
			} else {
				out[g] = wordAt{m, k}
			}
		}
	}
	for g, p := range out {
		if p.run == nil {
			delete(out, g)
		}
	}
	return out
}

// join marks the longest passage around a gram that stands in both places.
func (c *comparison) join(from, to wordAt) bool {
	a, b := from.run, to.run
	i, j := a.word[from.k], b.word[to.k]
	equal := func(d int) bool {
		return i+d >= 0 && j+d >= 0 && i+d < len(a.codes) && j+d < len(b.codes) &&
			a.codes[i+d] == b.codes[j+d] && a.moved[i+d] == 0 && b.moved[j+d] == 0
	}
	first, last := 0, -1
	for equal(first - 1) {
		first--
	}
	for equal(last + 1) {
		last++
	}
	if last < 0 || words(a.tokens[i+first:i+last+1]) < gram {
		return false
	}
	c.pairs++
	for d := first; d <= last; d++ {
		a.moved[i+d], b.moved[j+d] = c.pairs, c.pairs
	}
	return true
}

// split cuts the run of a block into passages and what is between them.
func (m *markedRun) split() {
	var runs []Run
	op := m.block.Runs[m.run].Op
	for from := 0; from < len(m.tokens); {
		to := from
		for to < len(m.tokens) && m.moved[to] == m.moved[from] {
			to++
		}
		start, end := 0, len(m.text)
		if from > 0 {
			start = m.tokens[from].Start
		}
		if to < len(m.tokens) {
			end = m.tokens[to].Start
		}
		r := Run{Op: op, Moved: m.moved[from]}
		if op == Deleted {
			r.Old = m.text[start:end]
		} else {
			r.New = m.text[start:end]
		}
		runs = append(runs, r)
		from = to
	}
	m.block.own()
	m.block.Runs = slices.Replace(m.block.Runs, m.run, m.run+1, runs...)
}
