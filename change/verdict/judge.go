// Package verdict judges what changed in a stretch of text: material, editorial,
// or for a person to review, with the rule, the evidence and the source of each
// reason.
//
// A Case is what differs in one place: the units of text before and after. A
// Judge has read both documents; it judges all Cases of a comparison together,
// because a word that has another name throughout, or stands elsewhere now, is
// no change.
//
// The units of a Case are cut into sentences. Sentences that stand on both sides
// are left out; the others are joined into groups by the words they share, so
// that a sentence that was split or joined is one group. In a group the words
// are aligned, and each difference is an edit. Settling takes out the edits that
// do not matter (spelling, slips of the pen, references, renamed terms, words
// that moved). The rules then look at what is left: numbers, names, flips such
// as "not" and "may", list items, words of processing. If no rule fires and
// something is left, a person must look.
package verdict

import (
	"slices"
	"strings"

	"proviso/change/unit"
	"proviso/change/words"
	"proviso/policy"
	"proviso/redline"
)

// A Case is what differs in one place.
type Case struct {
	Heading  string           // of the section
	Old, New []*unit.Unit     // whole units, also where only a part differs
	Formats  []redline.Format // differences of form
	Moved    bool             // something in it came from elsewhere
	Cut      bool             // a paragraph was split or joined: a part of it may stand in another case

	groups    []*group
	reordered bool
}

// A Judgement is what the rules say about one case.
type Judgement struct {
	Verdict    policy.Verdict
	Categories []string // of policy.Categories, in that order
	Reasons    []Reason // those of the verdict
	Direction  Direction
}

// A Reason is why a rule gave its verdict.
type Reason struct {
	Rule   string `json:"rule"`   // name of the rule, such as "number"
	Text   string `json:"text"`   // the evidence, such as "12 months → 24 months"
	Source string `json:"source"` // where law or guidance says so, such as "WP260 29"
}

// A Judge reads the changes between two documents.
type Judge struct {
	lexicon  *words.Lexicon
	old, new *corpus
	read     map[*unit.Unit][]*sentence
	renamed  map[string]string // keys of a term and of what it is called now, throughout
}

// New reads two documents to judge the changes between them. The names are what
// the company is called, if that is known.
func New(locale string, names []string, old, new []*unit.Unit) *Judge {
	j := &Judge{lexicon: words.For(locale).With(unit.OwnName(old, new, names)), read: map[*unit.Unit][]*sentence{}}
	j.old, j.new = newCorpus(j.sentences(old)), newCorpus(j.sentences(new))
	return j
}

func (j *Judge) sentences(units []*unit.Unit) []*sentence {
	var out []*sentence
	for _, u := range units {
		list, ok := j.read[u]
		if !ok {
			list = sentences(j.lexicon, []*unit.Unit{u})
			j.read[u] = list
		}
		out = append(out, list...)
	}
	return out
}

// Judge judges all cases of a comparison.
func (j *Judge) Judge(cases []*Case) []Judgement {
	var groups []*group
	for _, c := range cases {
		old, new := j.sentences(c.Old), j.sentences(c.New)
		if c.Cut {
			old, new = j.here(old, new, j.new), j.here(new, old, j.old)
		}
		c.groups, c.reordered = compare(old, new)
		groups = append(groups, c.groups...)
	}
	j.renames(groups)
	out := make([]Judgement, len(cases))
	for i, c := range cases {
		out[i] = j.one(c)
	}
	return out
}

// one judges one case.
func (j *Judge) one(c *Case) Judgement {
	title := j.lexicon.Read(c.Heading)
	var found []finding
	for _, g := range c.groups {
		var around []words.Term
		for k, f := range j.examine(g) {
			if k == 0 {
				around, _ = bodies(slices.Concat(g.old, g.new))
			}
			found = append(found, j.complete(f, around, title))
		}
	}
	for _, f := range j.formed(c) {
		found = append(found, j.complete(f, nil, title))
	}
	switch {
	case len(found) > 0:
	case c.Moved && j.landed(c):
		evidence := Clip(c.Old[0].Title()) + " → " + Clip(c.New[0].Title())
		found = append(found, j.complete(finding{rule: "moved", text: evidence, verdict: policy.Review}, nil, title))
	case c.reordered || c.Moved:
		found = append(found, finding{rule: "moved", verdict: policy.Editorial, source: NotMaterial})
	default:
		found = append(found, finding{rule: "same-words", text: c.marks(), verdict: policy.Editorial, source: NotMaterial})
	}
	return sum(found)
}

// landed reports whether what moved stands under a heading that names another
// party, law, country or legal basis than before.
func (j *Judge) landed(c *Case) bool {
	if len(c.Old) == 0 || len(c.New) == 0 || c.Old[0].Part == unit.Heading {
		return false
	}
	const telling = words.Party | words.Country | words.Law | words.Distinct
	old, new := j.lexicon.Read(c.Old[0].Title()), j.lexicon.Read(c.New[0].Title())
	return len(only(old, new, telling))+len(only(new, old, telling)) > 0
}

// marks returns the words of a case that differ as written, clipped.
func (c *Case) marks() string {
	var gone, come []string
	for _, run := range redline.Words(unit.Text(c.Old), unit.Text(c.New)) {
		switch run.Op {
		case redline.Deleted:
			gone = append(gone, run.Old)
		case redline.Inserted:
			come = append(come, run.New)
		}
	}
	return Clip(strings.Join(gone, " … ")) + " → " + Clip(strings.Join(come, " … "))
}

// complete sets the categories and the source of a finding.
func (j *Judge) complete(f finding, around, title []words.Term) finding {
	if f.verdict == policy.Editorial {
		f.source = NotMaterial
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
func sum(found []finding) Judgement {
	out := Judgement{Verdict: policy.Editorial}
	for _, f := range found {
		out.Verdict = out.Verdict.Graver(f.verdict)
	}
	directions := map[Direction]bool{}
	for _, f := range found {
		if f.verdict != out.Verdict {
			continue
		}
		directions[f.direction] = true
		out.Categories = append(out.Categories, f.categories...)
		r := Reason{Rule: f.rule, Text: f.text, Source: f.source}
		if !slices.Contains(out.Reasons, r) {
			out.Reasons = append(out.Reasons, r)
		}
	}
	out.Categories = inOrder(out.Categories)
	switch {
	case out.Verdict == policy.Editorial:
		out.Direction = Neutral
	case directions[Benefit] && !directions[Adverse]:
		out.Direction = Benefit
	case directions[Adverse] && !directions[Benefit]:
		out.Direction = Adverse
	}
	return out
}
