package redline

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"

	"proviso/text"
)

// reach bounds one exact alignment: the product of the numbers of tokens that
// differ. What lies beyond is aligned by sentences first. The bound is a count
// and never a time, so that the same texts give the same redline everywhere.
const reach = 16 << 20

// A step of an alignment: tokens in both texts, or else tokens in one only.
type step struct{ same, deleted, inserted int }

// codes gives every token a number, so that texts are compared as numbers.
type codes map[string]int32

func (c codes) code(key string) int32 {
	n, ok := c[key]
	if !ok {
		n = int32(len(c))
		c[key] = n
	}
	return n
}

func (c codes) of(tokens []Token) []int32 {
	out := make([]int32, len(tokens))
	for i := range tokens {
		out[i] = c.code(tokens[i].Key)
	}
	return out
}

// runes writes codes as runes above U+00FF without the surrogates: go-diff
// takes small codes for line breaks and blanks, and strings cannot hold
// surrogates. It reports false past a million different words.
func runes(codes []int32) ([]rune, bool) {
	out := make([]rune, len(codes))
	for i, c := range codes {
		r := c + 0x100
		if r >= 0xD800 {
			r += 0x800
		}
		if r > utf8.MaxRune {
			return nil, false
		}
		out[i] = r
	}
	return out, true
}

// steps aligns two sequences of codes. Past the bounds of reach and budget it
// aligns whole sentences, and what is left is deleted and inserted as a whole;
// exact is false then.
func (c *comparison) steps(a, b []int32) (steps []step, exact bool) {
	head, tail := 0, 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	x, y := a[head:len(a)-tail], b[head:len(b)-tail]
	steps = []step{{same: head}}
	exact = true
	switch {
	case len(x) == 0 || len(y) == 0:
		steps = append(steps, step{deleted: len(x), inserted: len(y)})
	case c.spend(len(x) * len(y)):
		steps = append(steps, c.align(x, y)...)
	default:
		steps, exact = append(steps, c.coarse(x, y)...), false
	}
	return fold(append(steps, step{same: tail})), exact
}

// sentence is the length at which a sentence is cut, in tokens.
const sentence = 60

// coarse aligns equal sentences that stand once in each text, and by words what
// is between them, if that is in reach.
func (c *comparison) coarse(a, b []int32) []step {
	var steps []step
	i, j := 0, 0
	inner := func(x, y []int32) {
		if len(x) > 0 && len(y) > 0 && c.spend(len(x)*len(y)) {
			steps = append(steps, c.align(x, y)...)
		} else {
			steps = append(steps, step{deleted: len(x), inserted: len(y)})
		}
	}
	for _, l := range settle(c.equal(c.sentences(a), c.sentences(b))) {
		if l.moved {
			continue
		}
		from, to := l.old.from, l.new.from
		inner(a[i:from], b[j:to])
		steps = append(steps, step{same: l.old.size})
		i, j = from+l.old.size, to+l.new.size
	}
	inner(a[i:], b[j:])
	return steps
}

// sentences cuts codes into nodes whose keys are equal where the codes are.
func (c *comparison) sentences(list []int32) []*node {
	stop := c.codes.code(".")
	var out []*node
	var key []byte
	from := 0
	for i, x := range list {
		key = binary.LittleEndian.AppendUint32(key, uint32(x))
		if x == stop || i-from+1 == sentence || i == len(list)-1 {
			out = append(out, &node{key: string(key), id: c.keys.code(string(key)), size: i - from + 1, from: from, section: nowhere, at: len(out)})
			key, from = key[:0], i+1
		}
	}
	return out
}

// nowhere is the section of nodes that are not from a text.
var nowhere = &text.Section{}

// align aligns two sequences of codes exactly.
func align(a, b []int32) []step {
	x, ok1 := runes(a)
	y, ok2 := runes(b)
	if !ok1 || !ok2 {
		return []step{{deleted: len(a), inserted: len(b)}}
	}
	dmp := diffmatchpatch.DiffMatchPatch{} // no DiffTimeout: no clock
	var steps []step
	for _, d := range dmp.DiffMainRunes(x, y, false) {
		n := utf8.RuneCountInString(d.Text)
		switch d.Type {
		case diffmatchpatch.DiffEqual:
			steps = append(steps, step{same: n})
		case diffmatchpatch.DiffDelete:
			steps = append(steps, step{deleted: n})
		case diffmatchpatch.DiffInsert:
			steps = append(steps, step{inserted: n})
		}
	}
	return fold(steps)
}

// fold joins steps that belong together and leaves out empty ones.
func fold(steps []step) []step {
	out := steps[:0]
	for _, s := range steps {
		if s == (step{}) {
			continue
		}
		if n := len(out); n > 0 && (s.same > 0) == (out[n-1].same > 0) {
			out[n-1].same += s.same
			out[n-1].deleted += s.deleted
			out[n-1].inserted += s.inserted
			continue
		}
		out = append(out, s)
	}
	return out
}
