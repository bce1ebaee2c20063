package verdict

import (
	"slices"
	"strings"

	"proviso/change/unit"
	"proviso/change/words"
	"proviso/policy"
)

// A finding is what one rule says about a group of sentences.
type finding struct {
	rule       string
	text       string         // the evidence
	verdict    policy.Verdict // Material, Review or Editorial
	terms      []words.Term   // the words that decide the category
	categories []string       // set where the rule knows them itself
	source     string         // set where the rule has its own
	direction  Direction
}

// A rule looks at a group that has edits left after settling.
type rule struct {
	name string
	find func(j *Judge, g *group) []finding
}

// rules are applied in this order, all of them. Sentences that are in one text
// only are judged by judge.lone.
var rules = []rule{
	{"number", numbers},
	{"contact", contacts},
	{"place", ofClass(words.Country, "transfer")},
	{"law", ofClass(words.Law, "")},
	{"name", names},
	{"negation", flips(words.Negation)},
	{"modal", flips(words.Modal)},
	{"limit", flips(words.Limit)},
	{"hedge", flips(words.Hedge)},
	{"open-list", flips(words.Open | words.Closed)},
	{"condition", flips(words.Condition)},
	{"quantity", quantities},
	{"party", parties},
	{"list-item", items},
	{"practice-word", content},
}

// examine applies the rules to a group.
func (j *Judge) examine(g *group) []finding {
	if len(g.old) == 0 || len(g.new) == 0 {
		return j.lone(g)
	}
	if f, ok := j.wholeLine(g); ok {
		return []finding{f}
	}
	j.settle(g)
	if len(g.edits) == 0 {
		return j.same(g)
	}
	if !j.lexicon.Known {
		return j.foreign(g)
	}
	var out []finding
	if heading := g.old[0].unit.Part == unit.Heading; heading {
		return j.retitled(g)
	}
	for _, r := range rules {
		for _, f := range r.find(j, g) {
			f.rule = r.name
			out = append(out, f)
		}
	}
	if !slices.ContainsFunc(out, func(f finding) bool { return f.verdict != policy.Editorial }) {
		for i := range g.edits {
			e := &g.edits[i]
			out = append(out, finding{rule: "wording", text: e.evidence(), verdict: policy.Review, terms: e.both()})
		}
	}
	return out
}

// same reports a group in which nothing that matters differs.
func (j *Judge) same(g *group) []finding {
	if len(g.old) == 1 && len(g.new) == 1 && crossed(g.old[0], g.new[0]) {
		return []finding{{rule: "party", text: Clip(textOf(g.old)) + " → " + Clip(textOf(g.new)), verdict: policy.Review}}
	}
	if g.shuffled || !j.sameParties(g) {
		return []finding{{rule: "word-order", text: Clip(textOf(g.new)), verdict: policy.Review}}
	}
	if turned(g) {
		return []finding{{rule: "voice", text: Clip(textOf(g.new)), verdict: policy.Review}}
	}
	var out []finding
	for _, s := range g.settled {
		f := finding{rule: s.rule, text: s.text, verdict: policy.Editorial}
		if !slices.ContainsFunc(out, func(x finding) bool { return x.rule == f.rule && x.text == f.text }) {
			out = append(out, f)
		}
	}
	return out
}

// sameParties reports whether the parties stand in the same order on both
// sides: who does what to whom.
func (j *Judge) sameParties(g *group) bool {
	order := func(list []*sentence) string {
		var keys []string
		for _, s := range list {
			for _, t := range s.body {
				if t.Is(words.Party|words.Country) && t.Key != "we" || j.properName(t) {
					keys = append(keys, t.Key)
				}
			}
		}
		return strings.Join(keys, " ")
	}
	if len(g.settled) == 0 {
		return true
	}
	a, b := strings.Fields(order(g.old)), strings.Fields(order(g.new))
	if slices.Equal(a, b) {
		return true
	}
	slices.Sort(a)
	slices.Sort(b)
	return !slices.Equal(a, b) || len(g.old) != len(g.new)
}

// turned reports whether a verb went from active to passive or back while
// nothing else changed: who acts and who is acted upon may have changed places.
func turned(g *group) bool {
	count := func(list []*sentence) (n int) {
		for _, s := range list {
			for i, t := range s.terms {
				if t.Key == "be" && i+1 < len(s.terms) && s.terms[i+1].Is(words.Act) && strings.HasSuffix(strings.ToLower(s.terms[i+1].Text), "ed") {
					n++
				}
			}
		}
		return n
	}
	forms := func(list []*sentence) string {
		var b strings.Builder
		for _, s := range list {
			for _, t := range s.body {
				if t.Is(words.Act) {
					b.WriteString(strings.ToLower(t.Text) + " ")
				}
			}
		}
		return b.String()
	}
	return count(g.old) != count(g.new) && forms(g.old) != forms(g.new)
}

// foreign judges a group in a language without word lists: numbers and
// addresses are the same everywhere, the rest is for a person.
func (j *Judge) foreign(g *group) []finding {
	out := slices.Concat(numbers(j, g), contacts(j, g))
	for i := range out {
		out[i].rule = "number"
	}
	if len(out) == 0 {
		for i := range g.edits {
			out = append(out, finding{rule: "wording", text: g.edits[i].evidence(), verdict: policy.Review})
		}
	}
	return out
}

// both returns the terms of the edit on both sides.
func (e *edit) both() []words.Term { return slices.Concat(e.old, e.new) }

// terms returns all that is left of the edits.
func (g *group) terms() (old, new []words.Term) {
	for _, e := range g.edits {
		old = append(old, e.old...)
		new = append(new, e.new...)
	}
	return old, new
}

func textOf(list []*sentence) string {
	var parts []string
	for _, s := range list {
		parts = append(parts, s.text())
	}
	return strings.Join(parts, " ")
}

func has(terms []words.Term, c words.Class) bool {
	return slices.ContainsFunc(terms, func(t words.Term) bool { return t.Is(c) })
}
