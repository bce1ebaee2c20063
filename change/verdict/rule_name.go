package verdict

import (
	"slices"

	"proviso/change/unit"
	"proviso/change/words"
	"proviso/policy"
)

// ofClass makes the rule for a class of names, such as countries.
func ofClass(c words.Class, category string) func(*Judge, *group) []finding {
	return func(j *Judge, g *group) []finding {
		old, new := g.terms()
		gone, come := only(old, new, c), only(new, old, c)
		if len(gone)+len(come) == 0 {
			return nil
		}
		f := finding{text: g.around(c), verdict: policy.Material, terms: slices.Concat(old, new)}
		if category != "" {
			f.categories = []string{category}
		}
		return []finding{f}
	}
}

// names finds companies, products and people that joined, left or were replaced.
func names(j *Judge, g *group) []finding {
	var out []finding
	for i := range g.edits {
		e := &g.edits[i]
		named := func(t words.Term) bool { return !t.First && j.properName(t) || j.initialName(t, g) }
		if !slices.ContainsFunc(e.old, named) && !slices.ContainsFunc(e.new, named) {
			continue
		}
		f := finding{text: e.evidence(), verdict: policy.Material, terms: e.both()}
		if legalForm(e.old) || legalForm(e.new) || legalForm([]words.Term{e.next, e.nextN}) {
			f.categories = []string{"controller"}
		}
		out = append(out, f)
	}
	return out
}

// initialName reports whether a term that begins a list item, a row or a
// sentence is a name: in lists and tables a capital is no proof, but a word
// that nobody writes without one is.
func (j *Judge) initialName(t words.Term, g *group) bool {
	if !t.First || !j.properName(t) {
		return false
	}
	p := g.old[0].unit.Part
	return p == unit.Row || p == unit.Item || j.old.count[t.Key]+j.new.count[t.Key] >= 2
}

// forms of companies.
var legalForms = []string{"inc", "ltd", "llc", "gmbh", "limit", "corp", "corporation", "pty", "plc", "bv", "ulc", "pbc", "ag", "sarl", "sa", "ab", "oy", "srl", "kk", "pte"}

func legalForm(terms []words.Term) bool {
	return slices.ContainsFunc(terms, func(t words.Term) bool { return t.Capital && slices.Contains(legalForms, t.Key) })
}

// parties finds those who act or receive and joined, left or were replaced.
func parties(j *Judge, g *group) []finding {
	old, new := g.terms()
	gone, come := only(old, new, words.Party), only(new, old, words.Party)
	if len(gone)+len(come) == 0 {
		return nil
	}
	f := finding{text: g.around(words.Party), verdict: policy.Review, terms: slices.Concat(old, new)}
	self := func(t words.Term) bool {
		return t.Key == "we" || t.Key == "you" || t.Key == "user" || t.Key == "customer"
	}
	if !all(gone, self) || !all(come, self) {
		f.verdict = policy.Material
	}
	return []finding{f}
}
