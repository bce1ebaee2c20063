package redline

import (
	"fmt"
	"testing"
)

// least counts the words that no alignment in one order could leave unmarked.
func least(old, new []*Leaf) int {
	c := codes{}
	var list [2][]int32
	for side, leaves := range [][]*Leaf{old, new} {
		for _, l := range leaves {
			for _, t := range Tokens(l.Text) {
				if t.Word {
					list[side] = append(list[side], c.code(t.Key))
				}
			}
		}
	}
	n := 0
	for _, s := range align(list[0], list[1]) {
		n += s.deleted + s.inserted
	}
	return n
}

// marked counts words marked, islands, and words in runs of six that are unique
// in each text and shown as deleted and as inserted.
func marked(r *Redline) (words, islands, twice int) {
	grams := [2]map[string]int{{}, {}}
	all := [2]map[string]int{{}, {}}
	each := func(s string, f func(string)) {
		var w []string
		for _, t := range Tokens(s) {
			if t.Word {
				w = append(w, t.Key)
			}
		}
		for i := 0; i+6 <= len(w); i++ {
			f(fmt.Sprint(w[i : i+6]))
		}
	}
	for side, doc := range [][]*Leaf{leaves(r.Old), leaves(r.New)} {
		for _, l := range doc {
			each(l.Text, func(g string) { all[side][g]++ })
		}
	}
	for _, b := range blocksOf(r) {
		for i, run := range b.Runs {
			switch {
			case run.Moved > 0:
			case run.Op == Deleted:
				words += Count(run.Old)
				each(run.Old, func(g string) { grams[0][g]++ })
			case run.Op == Inserted:
				words += Count(run.New)
				each(run.New, func(g string) { grams[1][g]++ })
			case run.Op == Same && i > 0 && i < len(b.Runs)-1 && Count(run.New) <= 2:
				islands++
			}
		}
	}
	for g := range grams[0] {
		if grams[1][g] > 0 && all[0][g] == 1 && all[1][g] == 1 {
			twice++
		}
	}
	return words, islands, twice
}

func TestQuality(t *testing.T) {
	sum := [4]int{}
	for _, p := range pairs(t) {
		for _, d := range []pair{p, {p.name + " back", p.new, p.old}} {
			r := Compare(d.old, d.new)
			min := least(leaves(d.old), leaves(d.new))
			words, islands, twice := marked(r)
			moves := 0
			for _, b := range blocksOf(r) {
				if b.Fate == MovedTo {
					moves++
				}
			}
			t.Logf("%-14s least %5d marked %5d (%.2f) islands %3d twice %3d moves %d", d.name, min, words, float64(words)/float64(max(min, 1)), islands, twice, moves)
			sum[0] += min
			sum[1] += words
			sum[2] += islands
			sum[3] += twice
		}
	}
	t.Logf("all: least %d marked %d (%.3f) islands %d twice %d", sum[0], sum[1], float64(sum[1])/float64(sum[0]), sum[2], sum[3])
}
