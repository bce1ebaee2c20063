package site

import (
	"slices"

	"proviso/policy"
	"proviso/redline"
)

// A state is what a version is on the day of the build.
type state string

const (
	current     state = "current"     // in force
	upcoming    state = "upcoming"    // released, takes effect later
	held        state = "held"        // its date has come, but it does not go in force; see Options.Held
	old         state = "old"         // was in force
	replaced    state = "replaced"    // a later revision has the same date
	ended       state = "ended"       // the last here; the policy has left this site
	withdrawn   state = "withdrawn"   // announced, never took effect
	rescheduled state = "rescheduled" // announced, takes effect on another date
	drafted     state = "draft"       // not released; in a preview only
)

// ahead reports whether the version is announced and not in force yet.
func (s state) ahead() bool { return s == upcoming || s == held }

// An edition is a version as one site shows it.
type edition struct {
	v      *policy.Version
	r      *policy.Resolution
	site   policy.Domain
	at     policy.SiteValues
	state  state
	until  policy.Date // old: the last day in force
	before *edition    // the one its changes are shown against; nil for a first one
	moved  *edition    // rescheduled: where it stands now
}

// A shelf is a policy on one site.
type shelf struct {
	plot     *plot
	desk     *desk
	policy   *policy.Policy
	editions []*edition // in the order of their dates
	drafts   []*edition // in a preview
	current  *edition   // nil: none is in force here
	home     *edition   // the one that stands at the policy's own address
	columns  []*column
}

// A column is a shelf in one locale. Tasks of one column run one after the other.
type column struct {
	*shelf
	locale  string
	told    map[*edition]news
	latest  *difference // the last one that was looked for
	lexicon redline.Lexicon
	views   []*view // the latest at the end
	about   *string // what the policy is about; nil until somebody asks
	menu    []Link  // of versions, newest first; the links are still to be made
}

// newShelf finds what a site shows of a policy on the day.
func newShelf(d *desk, on *plot, resolve func(*policy.Version) *policy.Resolution) *shelf {
	s := &shelf{plot: on, desk: d, policy: d.policy}
	edition := func(v *policy.Version) *edition {
		if v.Sealed == nil && !d.policy.On(on.domain) {
			return nil
		}
		e := newEdition(v, resolve(v), on.domain)
		if b := d.f.Before(v); e != nil && b != nil {
			e.before = newEdition(b, resolve(b), on.domain)
		}
		return e
	}
	for i, v := range d.policy.Versions {
		if !d.published(v) {
			continue
		}
		if e := edition(v); e != nil {
			e.state, e.until = d.stateOf(v, d.policy.Versions[i+1:])
			s.editions = append(s.editions, e)
		}
	}
	for _, v := range slices.Concat(d.policy.Drafts, d.policy.Versions) {
		if !d.drafts || v.Published(d.o.Today) {
			continue
		}
		if e := edition(v); e != nil {
			e.state = drafted
			s.drafts = append(s.drafts, e)
		}
	}
	s.settle()
	return s
}

// newEdition returns a version on a site, or nil if it is not shown there.
func newEdition(v *policy.Version, r *policy.Resolution, site policy.Domain) *edition {
	at, ok := r.Sites.Get(site)
	if !ok || len(at.Locales) == 0 {
		return nil
	}
	return &edition{v: v, r: r, site: site, at: at}
}

// stateOf says what a version is on the day, and its last day in force if it
// is an old one. later are the versions after it.
func (d *desk) stateOf(v *policy.Version, later []*policy.Version) (state, policy.Date) {
	switch {
	case v.Sealed != nil && v.Sealed.State == policy.Withdrawn:
		return withdrawn, policy.Date{}
	case v.Sealed != nil && v.Sealed.State == policy.Rescheduled:
		return rescheduled, policy.Date{}
	case v == d.inForce:
		return current, policy.Date{}
	}
	i := slices.IndexFunc(later, func(w *policy.Version) bool { return w.Stands() && d.published(w) })
	switch {
	case i >= 0 && later[i].Effective == v.Effective:
		return replaced, policy.Date{}
	case d.holds(v):
		return held, policy.Date{}
	case d.o.Today.Before(v.Effective) || i < 0:
		return upcoming, policy.Date{}
	}
	return old, later[i].Effective.AddDays(-1)
}

// settle chooses the edition at the policy's own address and joins editions that belong together.
func (s *shelf) settle() {
	for _, e := range s.editions {
		if e.state == current {
			s.current = e
		}
		for _, x := range s.editions { // one edition for one version
			if e.before != nil && e.before.v == x.v {
				e.before = x
			}
			if e.state == rescheduled && x.v == s.desk.f.Latest(e.v) {
				e.moved = x
			}
		}
	}
	s.home = s.current
	if s.home == nil {
		s.home = s.last(old)
		if s.home != nil {
			s.home.state = ended
		}
	}
	if s.home == nil && len(s.upcoming()) > 0 {
		s.home = s.upcoming()[0]
	}
	if s.home == nil && len(s.editions) > 0 {
		s.home = s.editions[len(s.editions)-1]
	}
	if s.home == nil && len(s.drafts) > 0 {
		s.home = s.drafts[0]
	}
	s.addColumns()
}

func (s *shelf) last(st state) *edition {
	for _, e := range slices.Backward(s.editions) {
		if e.state == st {
			return e
		}
	}
	return nil
}

func (s *shelf) addColumns() {
	seen := map[string]bool{}
	for _, e := range slices.Backward(slices.Concat(s.drafts, s.editions)) {
		for _, l := range e.at.Locales.Keys() {
			if !seen[l] {
				seen[l] = true
				s.columns = append(s.columns, &column{shelf: s, locale: l, told: map[*edition]news{}})
			}
		}
	}
}

// upcoming returns the editions that are announced and not in force yet, in order.
func (s *shelf) upcoming() (out []*edition) {
	for _, e := range s.editions {
		if e.state.ahead() {
			out = append(out, e)
		}
	}
	return out
}

// pair returns the two editions that are compared though they are no
// neighbours, because one of them is e and the other one is in force; or nil.
func (s *shelf) pair(e *edition) (from, to *edition) {
	cur := s.current
	switch {
	case cur == nil || !e.v.Stands() || e.state == drafted:
	case e.state == old && cur.before != e:
		return e, cur
	case e.state.ahead() && e.before != cur:
		return cur, e
	}
	return nil, nil
}

// part is the part of the site that tells of all versions of the policy.
func (s *shelf) part() string { return s.policy.ID }

// part is the part of the site with the edition's pages and what it changed.
func (e *edition) part() string { return e.v.ID() }

// pairPart is the part of the site in which a pair is compared.
func pairPart(from, to *edition) string { return from.part() + "..." + to.v.Name }

// in reports whether the edition has pages in a locale.
func (e *edition) in(locale string) bool {
	_, ok := e.at.Locales.Get(locale)
	return ok
}

// values returns what the edition takes from its site in a locale.
func (e *edition) values(locale string) policy.LocaleValues {
	l, _ := e.at.Locales.Get(locale)
	return l
}

// textLocale returns the locale of the text that the edition shows in a locale.
func (e *edition) textLocale(locale string) string {
	if e.values(locale).Source && len(e.r.Locales) > 0 {
		return e.r.Locales[0]
	}
	return locale
}

// nearest returns a locale in which the edition has pages: the given one, else its site's first.
func (e *edition) nearest(locale string) string {
	if e.in(locale) {
		return locale
	}
	return e.at.Locales[0].Key
}

// homeAddress returns where the policy stands for readers of a locale.
func (s *shelf) homeAddress(locale string) address { return s.home.home(s.home.nearest(locale)) }

// next returns the standing edition that follows e, or nil.
func (s *shelf) next(e *edition) *edition {
	i := slices.Index(s.editions, e)
	for _, x := range s.editions[i+1:] {
		if x.v.Stands() {
			return x
		}
	}
	return nil
}
