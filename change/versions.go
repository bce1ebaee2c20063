package change

import (
	"slices"

	"proviso/change/verdict"
	"proviso/policy"
	"proviso/source"
	"proviso/text"
)

// Versions compares two versions of a policy over all sites, in the source
// locale. Verdicts come from the seal of a released version, else from the
// rules and from the decisions that still judge what changed. Without an old
// version nothing changed: nobody is owed a notice of a first version.
func Versions(f *policy.Folder, old, new *policy.Version) (*Comparison, source.Problems) {
	c := &Comparison{New: new.ID(), Verdict: policy.None, Changes: []Change{}}
	if old == nil {
		return c, nil
	}
	c.Old = old.ID()
	m := &match{folder: f, old: old, new: new, locale: f.Source(new), was: f.Resolve(old), is: f.Resolve(new)}
	if !m.load() {
		return c, m.problems
	}
	c.Changes, c.Stats = m.everywhere()
	c.Changes = append(c.Changes, m.practices("")...)
	c.Changes = append(c.Changes, m.sites()...)
	c.grade()
	m.settle(c)
	return c, m.problems
}

// VersionsIn compares two versions as one site shows them in one locale. The
// verdicts are those of Versions: what a person decided there counts here, and
// a translation's wording is judged like its source.
func VersionsIn(f *policy.Folder, old, new *policy.Version, locale string, site policy.Domain) (*Comparison, source.Problems) {
	c := &Comparison{New: new.ID(), Verdict: policy.None, Changes: []Change{}}
	if old == nil {
		return c, nil
	}
	c.Old = old.ID()
	m := &match{folder: f, old: old, new: new, locale: locale, was: f.Resolve(old), is: f.Resolve(new)}
	_, stood := m.was.Sites.Get(site)
	_, stands := m.is.Sites.Get(site)
	if !stood || !stands || !m.load() {
		return c, m.problems
	}
	a, b := m.was.View(site, locale, nil), m.is.View(site, locale, nil)
	c.Changes, c.Stats = m.compare(a, b)
	c.Changes = append(c.Changes, m.practices(site)...)
	c.grade()
	if new.Sealed != nil {
		m.settle(c)
		return c, m.problems
	}
	whole, ps := Versions(f, old, new)
	c.follow(whole, locale != f.Source(new))
	return c, append(m.problems, ps...)
}

// A match is two versions that are compared.
type match struct {
	folder   *policy.Folder
	old, new *policy.Version
	locale   string
	was, is  *policy.Resolution
	problems source.Problems

	oldText, newText           *text.Document
	oldPractices, newPractices policy.PracticeList
}

// load reads the texts and practices and reports whether there are texts to compare.
func (m *match) load() bool {
	var ps [4]source.Problems
	m.oldText, ps[0] = m.folder.Text(m.old, m.locale)
	m.newText, ps[1] = m.folder.Text(m.new, m.locale)
	m.oldPractices, ps[2] = m.folder.Practices(m.old)
	m.newPractices, ps[3] = m.folder.Practices(m.new)
	for _, p := range ps {
		m.problems = append(m.problems, p...)
	}
	return m.oldText != nil && m.newText != nil
}

// compare compares the texts as two views show them. Tables of practices stay
// closed, as they compare as data; the date of effect is never a change.
func (m *match) compare(a, b text.View) ([]Change, Stats) {
	a.Practices, b.Practices = nil, nil
	a.Variable, b.Variable = dateless(a.Variable), dateless(b.Variable)
	old, _ := m.oldText.For(a) // problems of filling in are found by package policy
	new, _ := m.newText.For(b)
	c := Texts(old, new, Options{Locale: m.locale, Names: m.names()})
	return c.Changes, c.Stats
}

func dateless(variable func(string) (string, bool)) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if name == "policy.effective" {
			return "{{policy.effective}}", true
		}
		return variable(name)
	}
}

// names returns what the company is called in both versions.
func (m *match) names() []string {
	var out []string
	for _, name := range m.was.Organisation {
		for _, same := range m.is.Organisation {
			if name == same && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// settle lets the seal, or else the decisions, set the verdicts.
func (m *match) settle(c *Comparison) {
	if m.new.Sealed != nil {
		c.sealed(m.new.Sealed.Changes)
		return
	}
	changes, ps := m.folder.Changes(m.new)
	m.problems = append(m.problems, ps...)
	if changes == nil {
		return
	}
	decisions := map[string]policy.Decision{}
	for _, d := range changes.Decisions {
		decisions[d.Key] = d.Value
	}
	c.decide(decisions)
}

// follow takes over what was decided on the whole; a translation also takes
// over the verdicts on wording that its own rules cannot judge.
func (c *Comparison) follow(whole *Comparison, translation bool) {
	for i := range c.Changes {
		x := &c.Changes[i]
		verdict := policy.None
		for _, w := range whole.In(x.Section) {
			verdict = verdict.Graver(w.Verdict)
			if w.Decision != nil {
				x.Verdict, x.Decision = w.Verdict, w.Decision
			}
		}
		if translation && x.Decision == nil && x.Verdict == policy.Review && verdict != policy.None {
			x.Verdict = verdict
		}
	}
	c.grade()
}

// sites lists the sites that join the policy or leave it.
func (m *match) sites() []Change {
	var out []Change
	for _, s := range m.is.Sites {
		if _, ok := m.was.Sites.Get(s.Key); !ok {
			out = append(out, siteChange(Added, s.Key))
		}
	}
	for _, s := range m.was.Sites {
		if _, ok := m.is.Sites.Get(s.Key); !ok {
			out = append(out, siteChange(Removed, s.Key))
		}
	}
	return out
}

func siteChange(kind Kind, site policy.Domain) Change {
	c := Change{Section: "sites", Kind: kind, Verdict: policy.Material, RuleVerdict: policy.Material, Categories: []string{"scope"},
		Sites: []string{site}, Reasons: []Reason{{Rule: "site", Text: string(kind) + ": " + site, Source: verdict.Source("scope")}}}
	if c.New = site; kind == Removed {
		c.Old, c.New = site, ""
	}
	return c
}
