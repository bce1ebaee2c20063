package site

import (
	"slices"

	"proviso/policy"
	"proviso/source"
	"proviso/text"
)

// A view is the text of an edition with all that depends on where it stands
// filled in. Most texts read the same at all addresses of a column, which
// keeps the last few views: the text in force is compared with all others.
type view struct {
	v                  *policy.Version
	r                  *policy.Resolution
	locale, textLocale string

	doc      *text.Document
	problems source.Problems
	dated    bool     // it shows the date on which it takes effect
	undated  bool     // and was made without it
	links    []linked // to policies
}

// linked is what a link to a policy became.
type linked struct {
	id, fragment string
	to           string
	ok           bool
}

// views is how many a column keeps.
const views = 3

// in returns the text of an edition in a text locale, with the values of a page
// locale and its links as seen from an address; undated, without the date on
// which it takes effect, which is never a change.
func (d *desk) in(c *column, e *edition, locale, textLocale string, from address, undated bool) (*text.Document, source.Problems) {
	link := func(id, fragment string) (string, bool) { return c.plot.link(e, from, locale, id, fragment) }
	i := slices.IndexFunc(c.views, func(v *view) bool {
		return v.v == e.v && v.r == e.r && v.locale == locale && v.textLocale == textLocale && (!v.dated || v.undated == undated) && v.holds(link)
	})
	if i >= 0 {
		v := c.views[i]
		c.views = append(slices.Delete(c.views, i, i+1), v)
		return v.doc, v.problems
	}
	v := d.view(e, locale, textLocale, link, undated)
	if v == nil {
		return nil, nil // it is said already that there is none
	}
	if c.views = append(c.views, v); len(c.views) > views {
		c.views = slices.Delete(c.views, 0, 1)
	}
	return v.doc, v.problems
}

// view fills in the text of an edition; nil if it has none in the locale.
func (d *desk) view(e *edition, locale, textLocale string, link func(id, fragment string) (string, bool), undated bool) *view {
	rd := d.get(e.v)
	doc := rd.Texts[textLocale]
	if doc == nil {
		return nil
	}
	out := &view{v: e.v, r: e.r, locale: locale, textLocale: textLocale, undated: undated}
	as := e.r.View(e.site, locale, rd.Practices)
	as.Policy = func(id, fragment string) (string, bool) {
		to, ok := link(id, fragment)
		out.links = append(out.links, linked{id, fragment, to, ok})
		return to, ok
	}
	variable := as.Variable
	as.Variable = func(name string) (string, bool) {
		if name == "policy.effective" {
			if out.dated = true; undated {
				return "—", true
			}
		}
		return variable(name)
	}
	out.doc, out.problems = doc.For(as)
	return out
}

// holds reports whether all links to policies would be the same.
func (v *view) holds(link func(id, fragment string) (string, bool)) bool {
	return !slices.ContainsFunc(v.links, func(l linked) bool {
		to, ok := link(l.id, l.fragment)
		return to != l.to || ok != l.ok
	})
}
