package law

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"proviso/lint/reading"
	"proviso/lint/rule"
	"proviso/policy"
	"proviso/source"
)

// A list is a checklist: what a law or a store wants said in a policy.
type list struct {
	ID       string              `yaml:"-"`
	Title    string              `yaml:"title"`
	Source   string              `yaml:"source"`
	AsOf     policy.Date         `yaml:"as_of"` // the day on which it was last compared with its source
	Elements source.Map[element] `yaml:"elements"`
}

// An element is one thing that must be said.
type element struct {
	Says      string   `yaml:"says"`
	Article   string   `yaml:"article"`
	Evidence  []string `yaml:"evidence"`  // groups of words/LANGUAGE/evidence.txt; one of them is enough
	Practices []string `yaml:"practices"` // a category, or category.field
	When      []string `yaml:"when"`      // groups too; without one of them in the text, the element is not owed
	Dated     bool     `yaml:"dated"`     // said on every page by the version's date
}

var checklists = sync.OnceValue(func() []list {
	entries, err := data.ReadDir("elements")
	if err != nil {
		return nil
	}
	var out []list
	for _, e := range entries {
		c := list{ID: strings.TrimSuffix(e.Name(), ".yaml")}
		decode(path.Join("elements", e.Name()), &c)
		out = append(out, c)
	}
	return out
})

func checklistIDs() []string {
	var ids []string
	for _, c := range checklists() {
		ids = append(ids, c.ID)
	}
	return ids
}

func checklist(id string) *list {
	for _, c := range checklists() {
		if c.ID == id {
			return &c
		}
	}
	return nil
}

// UnknownChecklists complains about ids in elements: that nobody knows.
func UnknownChecklists(p *policy.Policy) (out []rule.Finding) {
	for i, id := range p.Elements {
		if checklist(id) == nil {
			pos := p.At.Of(p.Pos, fmt.Sprintf("elements[%d]", i), "elements")
			out = append(out, rule.Find(pos, "", "unknown-checklist", source.Suggest(id, checklistIDs()), "there is no checklist "+strconv.Quote(id)))
		}
	}
	return out
}

// missingElements looks for what the chosen checklists want said.
func missingElements(r *reading.Text) {
	covered := covered(r)
	said := evidence(r)
	for _, id := range r.Options.Elements {
		c := checklist(id)
		if c == nil {
			continue
		}
		for _, e := range c.Elements {
			if slices.Contains(covered, e.Key) || slices.Contains(covered, c.ID+"."+e.Key) || says(r, e.Value, said) {
				continue
			}
			hint := `say it; or mark the section that does with covers="` + e.Key + `"`
			r.WarnText("missing-element", hint, "the text does not say %s (%s, %s)", e.Value.Says, c.ID, e.Value.Article)
		}
	}
}

// covered returns the elements that sections say they cover, and warns of
// those that no chosen checklist has.
func covered(r *reading.Text) (ids []string) {
	var known []string
	for _, id := range r.Options.Elements {
		if c := checklist(id); c != nil {
			for _, e := range c.Elements {
				known = append(known, e.Key)
			}
		}
	}
	for _, s := range r.Doc.Sections {
		for _, id := range s.Covers {
			ids = append(ids, id)
			list, name, dotted := strings.Cut(id, ".")
			if !dotted {
				name = list
			}
			if len(known) > 0 && !slices.Contains(known, name) {
				r.WarnIn(s, s.Pos, "unknown-element", source.Suggest(name, known), "no checklist of this policy has the element %q", id)
			}
		}
	}
	return ids
}

// says reports whether the text says an element, or does not owe it.
func says(r *reading.Text, e element, said string) bool {
	if e.Dated && r.Options.Dated {
		return true
	}
	shown := func(group string) bool { return r.Lists.Has("evidence", group, said) }
	if slices.ContainsFunc(e.Evidence, shown) || r.Lists != nil && e.When != nil && !slices.ContainsFunc(e.When, shown) {
		return true
	}
	for _, name := range e.Practices {
		category, field, _ := strings.Cut(name, ".")
		if r.Shows(category) && slices.ContainsFunc(r.Options.Practices.In(category), func(p policy.Practice) bool { return has(p, field) }) {
			return true
		}
	}
	return false
}

// has reports whether a practice says something in a field.
func has(p policy.Practice, field string) bool {
	said := map[string]int{"basis": len(p.Basis), "purposes": len(p.Purposes), "source": len(p.Source), "country": len(p.Country),
		"safeguard": len(p.Safeguard), "period": len(p.Period), "contact": len(p.Contact)}
	return field == "" || said[field] > 0
}

// evidence returns the words of the text with the targets of its links, a
// passage to a line.
func evidence(r *reading.Text) string {
	if len(r.Options.Elements) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(r.Doc.Title + "\n")
	for _, p := range r.Passages {
		b.WriteString(strings.ReplaceAll(p.Words, "\n", " "))
		for _, s := range p.Spans {
			if s.Link != "" {
				b.WriteString(" <" + s.Link + ">")
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
