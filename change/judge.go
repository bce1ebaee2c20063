package change

import (
	"slices"

	"proviso/change/words"
	"proviso/policy"
)

// A judgement is what the rules say about one region.
type judgement struct {
	verdict    policy.Verdict
	categories []string
	reasons    []Reason
	direction  Direction
}

// newJudge reads two documents to judge the changes between them.
func newJudge(l *words.Lexicon, old, new []*sentence) *judge {
	return &judge{lexicon: l, old: newCorpus(old), new: newCorpus(new)}
}

// judge judges one region. The title is the heading of its section.
func (j *judge) judge(r *region, title []words.Term) judgement {
	var found []finding
	for _, g := range r.groups {
		var around []words.Term
		for k, f := range j.examine(g) {
			if k == 0 {
				around, _ = bodies(slices.Concat(g.old, g.new))
			}
			found = append(found, j.complete(f, around, title))
		}
	}
	for _, f := range j.formed(r) {
		found = append(found, j.complete(f, nil, title))
	}
	if len(found) == 0 && (r.reordered || r.moved) {
		found = append(found, finding{rule: "moved", verdict: policy.Editorial, source: notMaterial})
	}
	if len(found) == 0 {
		found = append(found, finding{rule: "same-words", text: r.marks(), verdict: policy.Editorial, source: notMaterial})
	}
	return sum(found)
}

// complete sets the categories and the source of a finding.
func (j *judge) complete(f finding, around, title []words.Term) finding {
	if f.verdict == policy.Editorial {
		f.source = notMaterial
		return f
	}
	if f.categories == nil {
		f.categories = j.categorise(f.terms, around, title)
	}
	if f.source == "" {
		f.source = sources[f.categories[0]]
	}
	return f
}

// sum draws one judgement from all findings: the gravest counts, and only its reasons are given.
func sum(found []finding) judgement {
	out := judgement{verdict: policy.Editorial}
	for _, f := range found {
		out.verdict = out.verdict.Graver(f.verdict)
	}
	directions := map[Direction]bool{}
	for _, f := range found {
		if f.verdict != out.verdict {
			continue
		}
		directions[f.direction] = true
		out.categories = append(out.categories, f.categories...)
		r := Reason{Rule: f.rule, Text: f.text, Source: f.source}
		if !slices.Contains(out.reasons, r) {
			out.reasons = append(out.reasons, r)
		}
	}
	out.categories = inOrder(out.categories)
	switch {
	case out.verdict == policy.Editorial:
		out.direction = Neutral
	case directions[Benefit] && !directions[Adverse]:
		out.direction = Benefit
	case directions[Adverse] && !directions[Benefit]:
		out.direction = Adverse
	}
	return out
}
