package lint

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"proviso/policy"
	"proviso/source"
	"proviso/text"
)

// A Checklist is what a law or a store wants said in a policy.
type Checklist struct {
	ID       string              `yaml:"-"`
	Title    string              `yaml:"title"`
	Source   string              `yaml:"source"`
	AsOf     policy.Date         `yaml:"as_of"` // the day on which it was last compared with its source
	Elements source.Map[Element] `yaml:"elements"`
}

// An Element is one thing that must be said.
type Element struct {
	Says      string   `yaml:"says"`
	Article   string   `yaml:"article"`
	Evidence  []string `yaml:"evidence"`  // groups of words/LANGUAGE/evidence.txt; one of them is enough
	Practices []string `yaml:"practices"` // a category, or category.field
	When      []string `yaml:"when"`      // groups too; without one of them in the text, the element is not owed
	Dated     bool     `yaml:"dated"`     // said on every page by the version's date
}

var checklists = sync.OnceValue(func() []Checklist {
	entries, err := data.ReadDir("elements")
	if err != nil {
		return nil
	}
	var out []Checklist
	for _, e := range entries {
		c := Checklist{ID: strings.TrimSuffix(e.Name(), ".yaml")}
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

func checklist(id string) *Checklist {
	for _, c := range checklists() {
		if c.ID == id {
			return &c
		}
	}
	return nil
}

// unknownChecklists complains about ids in elements: that nobody knows.
func unknownChecklists(p *policy.Policy) (out []finding) {
	for i, id := range p.Elements {
		if checklist(id) == nil {
			pos := p.At.Of(p.Pos, fmt.Sprintf("elements[%d]", i), "elements")
			out = append(out, warning(pos, "", "unknown-checklist", source.Suggest(id, checklistIDs()), "there is no checklist "+strconv.Quote(id)))
		}
	}
	return out
}

// missingElements looks for what the chosen checklists want said.
func missingElements(r *reading) {
	covered := r.covered()
	said := r.evidence()
	for _, id := range r.o.Elements {
		c := checklist(id)
		if c == nil {
			continue
		}
		for _, e := range c.Elements {
			if slices.Contains(covered, e.Key) || slices.Contains(covered, c.ID+"."+e.Key) || r.says(e.Value, said) {
				continue
			}
			hint := `say it; or mark the section that does with covers="` + e.Key + `"`
			r.warnText("missing-element", hint, "the text does not say %s (%s, %s)", e.Value.Says, c.ID, e.Value.Article)
		}
	}
}

// covered returns the elements that sections say they cover, and warns of
// those that no chosen checklist has.
func (r *reading) covered() (ids []string) {
	var known []string
	for _, id := range r.o.Elements {
		if c := checklist(id); c != nil {
			for _, e := range c.Elements {
				known = append(known, e.Key)
			}
		}
	}
	for _, s := range r.doc.Sections {
		for _, id := range s.Covers {
			ids = append(ids, id)
			list, name, dotted := strings.Cut(id, ".")
			if !dotted {
				name = list
			}
			if len(known) > 0 && !slices.Contains(known, name) {
				f := warning(s.Pos, s.ID, "unknown-element", source.Suggest(name, known), "no checklist of this policy has the element "+strconv.Quote(id))
				r.found = append(r.found, f)
			}
		}
	}
	return ids
}

// says reports whether the text says an element, or does not owe it.
func (r *reading) says(e Element, said string) bool {
	if e.Dated && r.o.Dated {
		return true
	}
	shown := func(group string) bool { return r.lists.Has("evidence", group, said) }
	if slices.ContainsFunc(e.Evidence, shown) || r.lists != nil && e.When != nil && !slices.ContainsFunc(e.When, shown) {
		return true
	}
	for _, name := range e.Practices {
		category, field, _ := strings.Cut(name, ".")
		if r.shown(category) && slices.ContainsFunc(r.o.Practices.In(category), func(p policy.Practice) bool { return has(p, field) }) {
			return true
		}
	}
	return false
}

// has reports whether a practice says something in a field.
func has(p policy.Practice, field string) bool {
	switch field {
	case "":
		return true
	case "basis":
		return len(p.Basis) > 0
	case "purposes":
		return len(p.Purposes) > 0
	case "source":
		return len(p.Source) > 0
	case "country":
		return len(p.Country) > 0
	case "safeguard":
		return len(p.Safeguard) > 0
	case "period":
		return len(p.Period) > 0
	case "contact":
		return len(p.Contact) > 0
	}
	return false
}

// shown reports whether the text shows a list of practices.
func (r *reading) shown(category string) bool {
	var in func(blocks []*text.Block) bool
	in = func(blocks []*text.Block) bool {
		return slices.ContainsFunc(blocks, func(b *text.Block) bool {
			return b.Kind == text.Practices && b.Category == category || in(b.Children)
		})
	}
	return slices.ContainsFunc(r.doc.Sections, func(s *text.Section) bool { return in(s.Blocks) })
}

// evidence returns the words of the text with the targets of its links, a
// passage to a line.
func (r *reading) evidence() string {
	if len(r.o.Elements) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(r.doc.Title + "\n")
	for _, p := range r.passages {
		b.WriteString(strings.ReplaceAll(p.words, "\n", " "))
		for _, s := range p.spans {
			if s.Link != "" {
				b.WriteString(" <" + s.Link + ">")
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
