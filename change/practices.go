package change

import (
	"slices"
	"strings"

	"proviso/change/verdict"
	"proviso/policy"
	"proviso/text"
)

// fields of a practice in the order in which they are compared. The period of
// keeping is called retention, as readers know it.
var fields = []struct {
	name string
	of   func(p *policy.Practice, in func(policy.Localised) string) string
}{
	{"name", func(p *policy.Practice, in func(policy.Localised) string) string { return in(p.Name) }},
	{"text", func(p *policy.Practice, in func(policy.Localised) string) string { return in(p.Text) }},
	{"items", func(p *policy.Practice, in func(policy.Localised) string) string { return listOf(p.Items, in) }},
	{"source", func(p *policy.Practice, in func(policy.Localised) string) string { return in(p.Source) }},
	{"purposes", func(p *policy.Practice, in func(policy.Localised) string) string { return listOf(p.Purposes, in) }},
	{"basis", func(p *policy.Practice, in func(policy.Localised) string) string { return in(p.Basis) }},
	{"role", func(p *policy.Practice, in func(policy.Localised) string) string { return in(p.Role) }},
	{"country", func(p *policy.Practice, in func(policy.Localised) string) string { return in(p.Country) }},
	{"safeguard", func(p *policy.Practice, in func(policy.Localised) string) string { return in(p.Safeguard) }},
	{"retention", func(p *policy.Practice, in func(policy.Localised) string) string { return in(p.Period) }},
	{"from", func(p *policy.Practice, in func(policy.Localised) string) string { return in(p.From) }},
	{"contact", func(p *policy.Practice, in func(policy.Localised) string) string { return in(p.Contact) }},
	{"url", func(p *policy.Practice, _ func(policy.Localised) string) string { return p.URL }},
	{"scope", func(p *policy.Practice, _ func(policy.Localised) string) string { return said(scopeOf(p)) }},
}

func listOf(items policy.Items, in func(policy.Localised) string) string {
	parts := make([]string, len(items))
	for i, x := range items {
		parts[i] = in(x)
	}
	return strings.Join(parts, ", ")
}

func scopeOf(p *policy.Practice) text.Scope { return text.Scope{Products: p.Products, Sites: p.Sites} }

// practices compares what is done with data, as data: any difference is
// material. With a site, only what that site shows counts.
func (m *match) practices(site policy.Domain) []Change {
	var out []Change
	old := map[string]*policy.Practice{}
	for i := range m.oldPractices {
		if p := &m.oldPractices[i]; shows(m.was, p, site) {
			old[p.Category+"/"+p.ID] = p
		}
	}
	for i := range m.newPractices {
		p := &m.newPractices[i]
		if !shows(m.is, p, site) {
			continue
		}
		id := p.Category + "/" + p.ID
		if c, ok := m.practice(old[id], p); ok {
			out = append(out, c)
		}
		delete(old, id)
	}
	for i := range m.oldPractices {
		p := &m.oldPractices[i]
		if old[p.Category+"/"+p.ID] == p {
			c, _ := m.practice(p, nil)
			out = append(out, c)
		}
	}
	return out
}

func shows(r *policy.Resolution, p *policy.Practice, site policy.Domain) bool {
	if site == "" {
		return true
	}
	s, _ := r.Sites.Get(site)
	return scopeOf(p).On(site, s.Products)
}

// practice compares one practice; either side may be nil, not both.
func (m *match) practice(old, new *policy.Practice) (Change, bool) {
	in := func(l policy.Localised) string { return l.In(m.locale, m.is.Locales...) }
	p, kind := new, Modified
	switch {
	case old == nil:
		kind = Added
	case new == nil:
		p, kind = old, Removed
	}
	c := Change{Section: "practices/" + p.Category + "/" + p.ID, Heading: in(p.Name), Kind: kind,
		Verdict: policy.Material, RuleVerdict: policy.Material, Categories: []string{p.Category}}
	if c.Heading == "" {
		c.Heading = p.ID
	}
	var scopes []text.Scope
	if old != nil {
		c.Old, c.OldLine = described(old, in), old.Pos.Line
		scopes = append(scopes, scopeOf(old))
	}
	if new != nil {
		c.New, c.NewLine = described(new, in), new.Pos.Line
		scopes = append(scopes, scopeOf(new))
	}
	c.Products = union(scopes, func(s text.Scope) []string { return s.Products })
	c.Sites = union(scopes, func(s text.Scope) []string { return s.Sites })
	for _, why := range practiceReasons(old, new, in, c.Heading) {
		c.Reasons = append(c.Reasons, Reason{Rule: "practice", Text: why, Source: verdict.Source(p.Category)})
	}
	return c, len(c.Reasons) > 0
}

// practiceReasons says field by field what differs.
func practiceReasons(old, new *policy.Practice, in func(policy.Localised) string, name string) []string {
	switch {
	case old == nil:
		return []string{"added: " + name}
	case new == nil:
		return []string{"removed: " + name}
	}
	var out []string
	for _, f := range fields {
		a, b := f.of(old, in), f.of(new, in)
		switch {
		case a == b || f.name == "scope" && scopeOf(old).Equal(scopeOf(new)):
		case a == "":
			out = append(out, f.name+" added: "+b)
		case b == "":
			out = append(out, f.name+" removed: "+a)
		default:
			out = append(out, f.name+": "+a+" → "+b)
		}
	}
	return out
}

// described writes a practice as plain text, a line for each field.
func described(p *policy.Practice, in func(policy.Localised) string) string {
	var lines []string
	for _, f := range fields {
		if v := f.of(p, in); v != "" && !(f.name == "scope" && scopeOf(p).IsZero()) {
			lines = append(lines, f.name+": "+v)
		}
	}
	return strings.Join(slices.Clip(lines), "\n")
}
