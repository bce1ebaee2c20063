package verdict

import (
	"strings"

	"proviso/change/words"
	"proviso/policy"
)

// numbers finds terms, ages, amounts and limits that changed: a number with its
// unit, or the unit alone.
func numbers(j *Judge, g *group) []finding {
	var out []finding
	for i := range g.edits {
		e := &g.edits[i]
		terms := e.both()
		lettered := e.prev.Is(words.Number) && all(terms, ordinal) && strings.Contains(terms[0].Before, "(") // Article 6(1)(f)
		if !has(terms, words.Number) && !lettered && !(has(terms, words.Unit) && (e.prev.Is(words.Number) || e.prevN.Is(words.Number))) {
			continue
		}
		f := finding{text: e.evidence(), verdict: policy.Material, terms: append(terms, e.next, e.nextN)}
		f.direction = j.counted(e, g)
		out = append(out, f)
	}
	return out
}

// contacts finds e-mail addresses that changed, joined or left.
func contacts(j *Judge, g *group) []finding {
	var out []finding
	for i := range g.edits {
		if e := &g.edits[i]; has(e.both(), words.Contact) {
			out = append(out, finding{text: e.evidence(), verdict: policy.Material, categories: []string{"controller"}})
		}
	}
	return out
}
