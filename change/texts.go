package change

import (
	"strings"

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
	c.grade()
	return c
}

// A task is one comparison at work.
type task struct {
	redline  *redline.Redline
	lexicon  *words.Lexicon
	units    map[*text.Block]*unit // of both texts, by paragraph or row
	headings map[*text.Section]*unit
	read     map[*unit][]*sentence
	uses     map[*redline.Leaf]int // in how many blocks a paragraph has a part
	judge    *judge
}

func newTask(r *redline.Redline, o Options) *task {
	t := &task{redline: r, units: map[*text.Block]*unit{}, headings: map[*text.Section]*unit{}, read: map[*unit][]*sentence{}}
	old, new := t.list(r.Old), t.list(r.New)
	l := words.For(o.Locale)
	t.lexicon = l.With(ownName(old, new, o.Names))
	t.judge = newJudge(t.lexicon, t.sentences(old), t.sentences(new))
	t.uses = map[*redline.Leaf]int{}
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

func (t *task) list(doc *text.Document) []*unit {
	units := unitsOf(doc)
	for _, u := range units {
		if u.block != nil {
			t.units[u.block] = u
		} else {
			t.headings[u.of] = u
		}
	}
	return units
}

func (t *task) sentences(units []*unit) []*sentence {
	var out []*sentence
	for _, u := range units {
		if _, ok := t.read[u]; !ok {
			t.read[u] = sentences(t.lexicon, []*unit{u})
		}
		out = append(out, t.read[u]...)
	}
	return out
}

// changes finds the regions that differ and judges them.
func (t *task) changes() []Change {
	var regions []*region
	for _, s := range t.redline.Sections {
		regions = append(regions, t.section(s)...)
	}
	var groups []*group
	for _, r := range regions {
		old, new := t.sentences(r.old), t.sentences(r.new)
		if r.cut {
			old, new = t.judge.here(old, new, t.judge.new), t.judge.here(new, old, t.judge.old)
		}
		r.groups, r.reordered = compare(old, new)
		groups = append(groups, r.groups...)
	}
	t.judge.renames(groups)
	out := make([]Change, 0, len(regions))
	for _, r := range regions {
		out = append(out, t.change(r))
	}
	return out
}

// change judges one region and writes it down.
func (t *task) change(r *region) Change {
	c := Change{Kind: r.kind, Section: r.id(), Heading: r.heading(), Old: textsOf(r.old), New: textsOf(r.new),
		OldLine: r.oldLine, NewLine: r.newLine, Products: r.products(), Sites: r.sites()}
	var j judgement
	switch r.kind {
	case Scope:
		c.Old, c.New = said(r.scopes[0]), said(r.scopes[1])
		j = judgement{verdict: policy.Material, categories: []string{"scope"},
			reasons: []Reason{{"scope", c.Old + " → " + c.New, sources["scope"]}}}
	default:
		j = t.judge.judge(r, t.title(r))
	}
	c.Verdict, c.RuleVerdict = j.verdict, j.verdict
	c.Categories, c.Reasons, c.Direction = j.categories, j.reasons, j.direction
	return c
}

// title returns the terms of the region's heading.
func (t *task) title(r *region) []words.Term { return t.lexicon.Read(r.heading()) }

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

func textsOf(units []*unit) string {
	parts := make([]string, len(units))
	for i, u := range units {
		parts[i] = u.text
	}
	return strings.Join(parts, "\n")
}
