package verdict

import (
	"slices"

	"proviso/change/words"
	"proviso/policy"
)

// flips makes the rule for a class of words that change what a sentence
// promises: one that joins or leaves is material. Where one takes the place of
// another of the class that says nearly the same, or only changes its place, a
// person must look.
func flips(c words.Class) func(*Judge, *group) []finding {
	return func(j *Judge, g *group) []finding {
		old, new := g.terms()
		gone, come := only(old, new, c), only(new, old, c)
		if len(gone)+len(come) == 0 {
			if has(old, c) {
				return []finding{{text: Clip(textOf(g.new)), verdict: policy.Review}}
			}
			return nil
		}
		if len(gone) == 1 && len(come) == 1 && j.lexicon.Near(gone[0].Key, come[0].Key) {
			return []finding{{text: g.around(c), verdict: policy.Review, terms: slices.Concat(old, new)}}
		}
		return []finding{{text: g.around(c), verdict: policy.Material, terms: slices.Concat(old, new), direction: j.flipped(c, gone, come, g)}}
	}
}

// only returns the terms of the class in a whose keys are not in b.
func only(a, b []words.Term, c words.Class) []words.Term {
	count := map[string]int{}
	for _, t := range b {
		count[likeness(t)]++
	}
	var out []words.Term
	for _, t := range a {
		if !t.Is(c) {
			continue
		}
		if count[likeness(t)] > 0 {
			count[likeness(t)]--
			continue
		}
		out = append(out, t)
	}
	return out
}

// likeness is what a flip is compared by: "no", "not" and "nor" deny alike.
func likeness(t words.Term) string {
	switch t.Key {
	case "no", "nor", "neither", "none":
		return "not"
	case "you may":
		return "can"
	}
	return t.Key
}

// around returns the evidence of the first edit that has a term of the class.
func (g *group) around(c words.Class) string {
	for i := range g.edits {
		if has(g.edits[i].both(), c) {
			return g.edits[i].evidence()
		}
	}
	return ""
}

// quantities finds words that say how much: "all" to "most".
func quantities(j *Judge, g *group) []finding {
	old, new := g.terms()
	gone, come := only(old, new, words.Quantity), only(new, old, words.Quantity)
	if len(gone)+len(come) == 0 {
		return nil
	}
	every := func(t words.Term) bool { return t.Key == "all" || t.Key == "many" || t.Key == "several" }
	verdict := policy.Material
	if all(gone, every) && all(come, every) {
		verdict = policy.Review
	}
	return []finding{{text: g.around(words.Quantity), verdict: verdict, terms: slices.Concat(old, new)}}
}
