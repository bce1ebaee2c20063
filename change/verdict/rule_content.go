package verdict

import (
	"slices"
	"strings"

	"proviso/change/unit"
	"proviso/change/words"
	"proviso/policy"
)

// items finds what joins or leaves a list: an item or a row, or something named
// between commas, "and" and "or".
func items(j *Judge, g *group) []finding {
	var out []finding
	for i := range g.edits {
		e := &g.edits[i]
		if !slices.ContainsFunc(e.both(), substantial) {
			continue
		}
		p := g.old[0].unit.Part
		listed := p == unit.Row || p == unit.Item && len(g.old[0].body) <= 12
		if listed || (len(e.old) == 0 || len(e.new) == 0) && coordinated(e) {
			out = append(out, finding{text: e.evidence(), verdict: policy.Material, terms: e.both(), direction: j.joined(e, g)})
		}
	}
	return out
}

// substantial reports whether the term stands for something.
func substantial(t words.Term) bool {
	return !t.Is(words.Empty|words.Pointer|words.Aside|words.Courtesy|words.Address|words.Condition) &&
		t.Key != "and" && t.Key != "or" && t.Key != "we" && t.Key != "by" && t.Key != "other" && t.Key != "more"
}

// coordinated reports whether the edit stands in an enumeration: a comma,
// "and" or "or" is part of it or right beside it.
func coordinated(e *edit) bool {
	p := e.oldAt
	if p.n == 0 {
		p = e.newAt
	}
	for k := max(0, p.i-1); k <= min(p.i+p.n, len(p.body)-1); k++ {
		t := p.body[k]
		if t.Key == "and" || t.Key == "or" || t.Key == "and other" || t.Key == "or other" {
			return true
		}
		if k >= p.i && k < p.i+p.n && strings.ContainsAny(t.Before, ",;/") && (k > p.i || p.i+p.n < len(p.body)) {
			return true
		}
	}
	return false
}

// content finds words of processing, rights and safeguards that joined, left or
// were replaced.
func content(j *Judge, g *group) []finding {
	var out []finding
	for i := range g.edits {
		e := &g.edits[i]
		if j.telling(e) {
			out = append(out, finding{text: e.evidence(), verdict: policy.Material, terms: e.both()})
		}
	}
	return out
}

// telling reports whether the edit has a word that says what is done with data
// or what people may do, or is long enough to say something of its own.
func (j *Judge) telling(e *edit) bool {
	terms := e.both()
	if slices.ContainsFunc(terms, j.weighty) {
		return true
	}
	n := 0
	for _, t := range terms {
		if substantial(t) {
			n++
		}
	}
	return (len(e.old) == 0 || len(e.new) == 0) && n >= 5
}

// retitled judges a heading: its wording is nobody's promise, but the flips
// and names in it count.
func (j *Judge) retitled(g *group) []finding {
	const telling = words.Flips&^words.Open | words.Country | words.Law | words.Distinct | words.Contact
	var out []finding
	for i := range g.edits {
		e := &g.edits[i]
		f := finding{rule: "heading", text: e.evidence(), verdict: policy.Editorial}
		added := len(e.old) == 0 && slices.ContainsFunc(e.new, func(t words.Term) bool { return t.Is(words.Party) })
		if has(e.both(), telling) || added {
			f.verdict, f.terms = policy.Material, e.both()
		}
		out = append(out, f)
	}
	return out
}

// weighty reports whether a word says what is done with data, by whom, or what
// people may do.
func (j *Judge) weighty(t words.Term) bool {
	if t.Is(words.Act|words.Distinct|words.Country|words.Law) || t.Is(words.Party) && t.Key != "we" && t.Key != "you" {
		return true
	}
	return slices.ContainsFunc(j.lexicon.Categories(t.Key), func(c string) bool { return c != "scope" && c != "other" && c != "changes" })
}
