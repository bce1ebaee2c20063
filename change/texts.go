package change

import (
	"strings"

	"proviso/change/unit"
	"proviso/change/verdict"
	"proviso/change/words"
	"proviso/policy"
	"proviso/redline"
	"proviso/text"
)

// Options says what is known about the texts that are compared.
type Options struct {
	Locale   string   // of both texts; empty: English, if they look like it
	Names    []string // what the company is called; it is read like "we"
	Old, New string   // what to call the texts; empty: their files
}

// judged is how many words both texts may have together for the rules to read
// them: several times the longest terms that anyone publishes. Beyond it every
// change of the words is for a person, so that time and memory stay bounded.
const judged = 600_000

// Texts compares two texts.
func Texts(old, new *text.Document, o Options) *Comparison {
	if o.Locale == "" && words.English(old.Normal()+new.Normal()) {
		o.Locale = "en"
	}
	r := redline.Compare(old, new)
	c := &Comparison{Old: o.Old, New: o.New, Stats: Stats(r.Stats)}
	if c.Old == "" {
		c.Old = old.File
	}
	if c.New == "" {
		c.New = new.File
	}
	t := newTask(r, o)
	c.Changes = t.changes()
	if len(c.Changes) == 0 && len(r.Renumbered) > 0 {
		c.Changes = append(c.Changes, renumbered(r.Renumbered[0]))
	}
	c.grade()
	return c
}

// renumbered is the change of a text in which only numbers shifted.
func renumbered(n redline.Renumbering) Change {
	return Change{Section: n.New.Section.ID, Heading: text.Words(n.New.Section.Heading), Kind: Format, Verdict: policy.Editorial,
		RuleVerdict: policy.Editorial, Direction: Neutral, OldLine: n.Old.Pos().Line, NewLine: n.New.Pos().Line,
		Reasons: []Reason{{Rule: "renumbered", Text: n.From + " → " + n.To, Source: verdict.NotMaterial}}, Old: n.From, New: n.To}
}

// A task is one comparison at work.
type task struct {
	redline  *redline.Redline
	units    map[*text.Block]*unit.Unit // of both texts, by paragraph or row
	headings map[*text.Section]*unit.Unit
	uses     map[*redline.Leaf]int // in how many blocks a paragraph has a part
	judge    *verdict.Judge        // nil: the texts are too long for the rules
}

func newTask(r *redline.Redline, o Options) *task {
	t := &task{redline: r, units: map[*text.Block]*unit.Unit{}, headings: map[*text.Section]*unit.Unit{}, uses: map[*redline.Leaf]int{}}
	was, is := t.list(r.Old), t.list(r.New)
	if r.Stats.OldWords+r.Stats.NewWords <= judged {
		t.judge = verdict.New(o.Locale, o.Names, was, is)
	}
	for _, s := range r.Sections {
		for _, b := range append(s.Blocks[:len(s.Blocks):len(s.Blocks)], s.Heading) {
			if b != nil && b.Fate != redline.MovedFrom {
				t.uses[b.Old]++
				t.uses[b.New]++
			}
		}
	}
	delete(t.uses, nil)
	return t
}

func (t *task) list(doc *text.Document) []*unit.Unit {
	units := unit.Of(doc)
	for _, u := range units {
		if u.Block != nil {
			t.units[u.Block] = u
		} else {
			t.headings[u.Section] = u
		}
	}
	return units
}

// changes finds the regions that differ and judges them.
func (t *task) changes() []Change {
	var regions []*region
	var cases []*verdict.Case
	for _, s := range t.redline.Sections {
		regions = append(regions, t.section(s)...)
	}
	for _, r := range regions {
		r.Heading = r.heading()
		cases = append(cases, &r.Case)
	}
	judgements := unjudged(len(cases))
	if t.judge != nil {
		judgements = t.judge.Judge(cases)
	}
	out := make([]Change, len(regions))
	for i, r := range regions {
		out[i] = r.change(judgements[i])
	}
	return out
}

// unjudged leaves n changes to a person.
func unjudged(n int) []verdict.Judgement {
	out := make([]verdict.Judgement, n)
	for i := range out {
		out[i] = verdict.Judgement{Verdict: policy.Review, Reasons: []Reason{{Rule: "length", Text: "the texts are too long for the rules", Source: "WP260 29"}}}
	}
	return out
}

// change writes down what was judged.
func (r *region) change(j verdict.Judgement) Change {
	c := Change{Kind: r.kind, Section: r.id(), Heading: r.Heading, Old: unit.Text(r.Old), New: unit.Text(r.New),
		OldLine: r.oldLine, NewLine: r.newLine, Products: r.products(), Sites: r.sites()}
	if r.kind == Scope {
		c.Old, c.New = said(r.scopes[0]), said(r.scopes[1])
		j = verdict.Judgement{Verdict: policy.Material, Categories: []string{"scope"},
			Reasons: []Reason{{Rule: "scope", Text: c.Old + " → " + c.New, Source: verdict.Source("scope")}}}
	}
	c.Verdict, c.RuleVerdict = j.Verdict, j.Verdict
	c.Categories, c.Reasons, c.Direction = j.Categories, j.Reasons, j.Direction
	return c
}

// said writes a scope in words.
func said(s text.Scope) string {
	var parts []string
	if len(s.Products) > 0 {
		parts = append(parts, "products "+strings.Join(s.Products, ", "))
	}
	if len(s.Sites) > 0 {
		parts = append(parts, "sites "+strings.Join(s.Sites, ", "))
	}
	if parts == nil {
		return "everyone"
	}
	return strings.Join(parts, "; ")
}
