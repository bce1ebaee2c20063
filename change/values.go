package change

import (
	"cmp"
	"slices"
	"strings"

	"proviso/change/unit"
	"proviso/policy"
	"proviso/source"
)

// A circle is the sites on which the same values changed in the same way, such
// as an address that is new on two of four sites.
type circle struct {
	sites    []policy.Domain
	was, is  policy.LocaleValues
	changed  map[string]bool // names of the variables whose values changed
	likeness string
}

// everywhere compares the texts for all sites at once. Values that did not
// change show as on the first site; where values changed on some sites only,
// the texts are compared once for each circle of sites and the changes joined.
func (m *match) everywhere() ([]Change, Stats) {
	circles := m.circles()
	if len(circles) == 0 { // no site has both: the sites say so
		return m.compare(m.was.View("", m.locale, nil), m.is.View("", m.locale, nil))
	}
	first := circles[0]
	var all [][]Change
	var stats Stats
	for i, c := range circles {
		a, b := m.was.View("", m.locale, nil), m.is.View("", m.locale, nil)
		a.Variable, b.Variable = c.variable(c.was.Values, first.was.Values), c.variable(c.is.Values, first.is.Values)
		changes, s := m.compare(a, b)
		if i == 0 {
			stats = s
		}
		all = append(all, changes)
	}
	if len(circles) == 1 {
		return all[0], stats
	}
	return merge(circles, all), stats
}

// variable returns the values for one side of a circle's comparison.
func (c *circle) variable(own, first source.Map[string]) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if c.changed[name] {
			return own.Get(name)
		}
		if v, ok := first.Get(name); ok {
			return v, true
		}
		return own.Get(name)
	}
}

// circles groups the sites of both versions by what changed in their values.
func (m *match) circles() []*circle {
	used := m.used()
	var out []*circle
	for _, s := range m.is.Sites {
		old, ok := m.was.Sites.Get(s.Key)
		if !ok {
			continue
		}
		c := &circle{sites: []policy.Domain{s.Key}, was: localeValues(old, m.locale), is: localeValues(s.Value, m.locale)}
		c.compare(used)
		if k := slices.IndexFunc(out, func(o *circle) bool { return o.likeness == c.likeness }); k >= 0 {
			out[k].sites = append(out[k].sites, s.Key)
			continue
		}
		out = append(out, c)
	}
	return out
}

// compare finds the variables in use whose values changed.
func (c *circle) compare(used []string) {
	c.changed = map[string]bool{}
	for _, name := range used {
		a, ok1 := c.was.Values.Get(name)
		b, ok2 := c.is.Values.Get(name)
		if ok1 && ok2 && a != b {
			c.changed[name] = true
			c.likeness += name + "\x00" + a + "\x00" + b + "\x00"
		}
	}
}

// used lists the variables that either text uses, in order.
func (m *match) used() []string {
	var out []string
	for _, u := range slices.Concat(unit.Of(m.oldText), unit.Of(m.newText)) {
		out = append(out, u.Variables...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func localeValues(s policy.SiteValues, locale string) policy.LocaleValues {
	if v, ok := s.Locales.Get(locale); ok {
		return v
	}
	if len(s.Locales) > 0 {
		return s.Locales[0].Value
	}
	return policy.LocaleValues{}
}

// merge joins the changes of all circles. What all have alike is one change for
// all; what only some have concerns their sites.
func merge(circles []*circle, all [][]Change) []Change {
	type row struct {
		change Change
		in     []int
	}
	var rows []*row
	at := map[string][]*row{}
	for i, changes := range all {
		for _, c := range changes {
			k := Of([]Change{c}) + c.Section
			r := firstWithout(at[k], func(r *row) bool { return slices.Contains(r.in, i) })
			if r == nil {
				r = &row{change: c}
				rows = append(rows, r)
				at[k] = append(at[k], r)
			}
			r.in = append(r.in, i)
		}
	}
	var out []Change
	for _, r := range rows {
		if c, ok := r.change.within(circles, r.in); ok {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return cmp.Compare(a.place(), b.place()) })
	return out
}

func firstWithout[T any](list []*T, not func(*T) bool) *T {
	for _, x := range list {
		if !not(x) {
			return x
		}
	}
	return nil
}

// within restricts a change to the sites of the circles that have it. It
// reports false where none of them can see it.
func (c Change) within(circles []*circle, in []int) (Change, bool) {
	if len(in) == len(circles) {
		return c, true
	}
	var sites []string
	for _, i := range in {
		for _, s := range circles[i].sites {
			if len(c.Sites) == 0 || slices.Contains(c.Sites, s) {
				sites = append(sites, s)
			}
		}
	}
	c.Sites = sites
	return c, len(sites) > 0
}

// place orders changes by where they stand in the new text, else in the old one.
func (c Change) place() int {
	if strings.HasPrefix(c.Section, "practices/") {
		return 1 << 30
	}
	if c.NewLine > 0 {
		return c.NewLine
	}
	return c.OldLine
}
