package redline

import (
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
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

// align aligns two sequences of codes.
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

// fold joins deletions and insertions that meet.
func fold(steps []step) []step {
	out := steps[:0]
	for _, s := range steps {
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
