package site

import (
	"slices"
	"sync"

	"proviso/policy"
	"proviso/redline"
	"proviso/text"
)

// A desk is where one policy is worked on, for all its sites.
type desk struct {
	*build
	policy  *policy.Policy
	shelves []*shelf
	inForce *policy.Version
	anchors policy.Anchors

	mu     sync.Mutex
	kept   *policy.Reading   // of the version in force, which most others are compared with
	recent []*policy.Reading // the last two of the others

	paragraphs text.Memory
}

// newDesk finds what each site shows of a policy on the day.
func (b *build) newDesk(p *policy.Policy) *desk {
	d := &desk{build: b, policy: p, anchors: policy.Anchors{}}
	d.inForce = d.chosen()
	known := map[*policy.Version]*policy.Resolution{}
	resolve := func(v *policy.Version) *policy.Resolution {
		if known[v] == nil {
			known[v] = b.f.Resolve(v)
		}
		return known[v]
	}
	for _, plot := range b.plots {
		if s := newShelf(d, plot, resolve); s.home != nil {
			d.shelves = append(d.shelves, s)
		}
	}
	return d
}

// chosen returns the version in force on the day, or nil: the newest whose date
// has come, and that is not held.
func (d *desk) chosen() *policy.Version {
	for _, v := range slices.Backward(d.policy.Versions) {
		if v.Stands() && !d.o.Today.Before(v.Effective) && !d.holds(v) {
			return v
		}
	}
	return nil
}

// holds reports whether a version does not go in force though its date has come.
func (b *build) holds(v *policy.Version) bool {
	return !b.o.Today.Before(v.Effective) && v.Stands() && slices.Contains(b.o.Held, v.ID())
}

// published reports whether a version has pages on the day. One that is held
// for want of a seal was never announced and has none.
func (b *build) published(v *policy.Version) bool {
	return v.Published(b.o.Today) && (v.Sealed != nil || !b.holds(v))
}

// policies works through the policies side by side. How many are open at once
// is bounded, because each holds the texts of up to three versions.
func (b *build) policies() {
	open := make(chan struct{}, b.o.Workers)
	var wg sync.WaitGroup
	for _, d := range b.desks {
		wg.Go(func() {
			open <- struct{}{}
			defer func() { <-open }()
			d.perform()
		})
	}
	wg.Wait()
}

// perform renders and checks what was not remembered.
func (d *desk) perform() {
	for _, v := range d.order() {
		d.check(v)
		d.render(v)
	}
	var columns []*column
	for _, s := range d.shelves {
		if !d.memory.kept(s.plot, s.part()) {
			columns = append(columns, s.columns...)
		}
	}
	d.all(columns, d.overview)
	for _, s := range d.shelves {
		s.forget()
	}
}

// check looks for what is wrong with a version.
func (d *desk) check(v *policy.Version) {
	if d.o.Check == nil {
		return
	}
	found, ok := d.memory.checked(d.build, v)
	if !ok {
		d.work(func() {
			rd := d.get(v)
			found = d.o.Check(rd, d.anchors)
			d.memory.remember(d.build, rd, found)
		})
	}
	d.note(found)
}

// render renders what is missing of a version.
func (d *desk) render(v *policy.Version) {
	var columns []*column
	at, shown := map[*shelf]*edition{}, 0
	for _, s := range d.shelves {
		e := s.of(v)
		if e == nil {
			continue
		}
		shown++
		if at[s] = e; !d.isKept(s, e) {
			columns = append(columns, s.columns...)
		}
	}
	if len(columns) > 0 {
		d.work(func() {
			d.get(v)
			if now := d.inForce; now != nil && d.kept == nil && !d.o.NoRedlines {
				d.keep(now)
			}
		})
	}
	d.all(columns, func(c *column) { d.version(c, at[c.shelf]) })
	for range shown {
		d.step()
	}
}

// isKept reports whether all pages of an edition are as they were.
func (d *desk) isKept(s *shelf, e *edition) bool {
	from, to := s.pair(e)
	return d.memory.kept(s.plot, e.part()) && (from == nil || d.o.NoRedlines || d.memory.kept(s.plot, pairPart(from, to)))
}

// order lists the policy's versions so that a page which tells of another one
// comes after it: what is to come and what never came, the old ones, the one
// in force. Drafts, which have no pages, come last.
func (d *desk) order() []*policy.Version {
	rank := func(v *policy.Version) int {
		switch {
		case v.Draft():
			return 3
		case v == d.inForce:
			return 2
		case !v.Stands() || d.o.Today.Before(v.Effective) || d.holds(v):
			return 0
		}
		return 1
	}
	out := slices.Concat(d.policy.Versions, d.policy.Drafts)
	slices.SortStableFunc(out, func(v, w *policy.Version) int { return rank(v) - rank(w) })
	return out
}

// get returns the files of a version, reading them only if they are not at hand.
func (d *desk) get(v *policy.Version) *policy.Reading {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept != nil && d.kept.Version == v {
		return d.kept
	}
	rd := d.fetch(v)
	if d.recent = append(d.recent, rd); len(d.recent) > 2 {
		d.recent = slices.Delete(d.recent, 0, 1)
	}
	return rd
}

// fetch takes a version out of the recent ones, or reads it.
func (d *desk) fetch(v *policy.Version) *policy.Reading {
	for i, rd := range d.recent {
		if rd.Version == v {
			d.recent = slices.Delete(d.recent, i, i+1)
			return rd
		}
	}
	rd := d.f.Read(v, &d.paragraphs)
	d.complain(rd.Problems)
	return rd
}

// keep has the files of a version at hand from now on.
func (d *desk) keep(v *policy.Version) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept = d.fetch(v)
}

// forget lets go of what was read for a shelf. Other shelves of the policy may
// be at work; they read again what they miss.
func (s *shelf) forget() {
	for _, c := range s.columns {
		c.lexicon, c.views, c.latest, c.menu = redline.Lexicon{}, nil, nil, nil
	}
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	s.desk.kept, s.desk.recent = nil, nil
	s.desk.paragraphs.Forget()
}

// all runs a task for every column, as many at a time as there are workers.
func (d *desk) all(columns []*column, task func(*column)) {
	var wg sync.WaitGroup
	for _, c := range columns {
		wg.Go(func() { d.build.work(func() { task(c) }) })
	}
	wg.Wait()
}

// of returns the edition of a version, or nil.
func (s *shelf) of(v *policy.Version) *edition {
	for _, e := range s.editions {
		if e.v == v {
			return e
		}
	}
	return nil
}

// version renders what is missing of an edition in a column.
func (d *desk) version(c *column, e *edition) {
	if !e.in(c.locale) {
		return
	}
	if part := e.part(); !d.memory.kept(c.plot, part) {
		d.offer(c, part, "policy.html", e.page(c.locale), func(at address) *Page { return d.versionPage(c, e, at) })
		d.practices(c, e)
		if e.before != nil && !d.o.NoRedlines {
			d.changed(c, e)
		}
		if c.plot.wants == nil {
			d.news(c, e) // now that all it takes is at hand
		}
	}
	from, to := c.pair(e)
	if from != nil && !d.o.NoRedlines && c.current.in(c.locale) && !d.memory.kept(c.plot, pairPart(from, to)) {
		d.offer(c, pairPart(from, to), "redline.html", to.compare(c.locale, from), func(at address) *Page { return d.comparePage(c, from, to, at) })
	}
	c.latest = nil
}

// changed renders what an edition changed. Neighbours have one redline for
// that and for their comparison.
func (d *desk) changed(c *column, e *edition) {
	d.offer(c, e.part(), "redline.html", e.changes(c.locale), func(address) *Page { return d.redlinePage(c, e) })
	d.offer(c, e.part(), "redirect.html", e.compare(c.locale, e.before), func(at address) *Page {
		return d.redirect(c, e, at, e.changes(c.locale))
	})
}

// overview renders what tells of all versions: the policy's own address, the
// list of changes and the feeds.
func (d *desk) overview(c *column) {
	s := c.shelf
	if !s.home.in(c.locale) {
		return
	}
	home := s.home.home(c.locale)
	d.offer(c, s.part(), "policy.html", home, func(at address) *Page {
		page := d.versionPage(c, s.home, at)
		about := page.Summary // and not the page with it
		c.about = &about
		return page
	})
	d.offer(c, s.part(), "changes.html", home+"changes/", func(address) *Page { return d.changesPage(c) })
	d.feeds(c)
	c.latest = nil
}

// offer renders a page of a part if it is wanted.
func (d *desk) offer(c *column, part, file string, at address, make func(at address) *Page) {
	if c.plot.wanted(at.file()) {
		d.page(c.plot, part, file, make(at))
	}
}

// redirect leads from an address to another one.
func (b *build) redirect(c *column, e *edition, from, to address) *Page {
	p := b.bare(c.plot, c.locale, from, e.values(c.locale).Title, value(e.values(c.locale), "site.name"))
	p.Up, p.Canonical = from.to(to), e.at.URL+string(to)
	return p
}

// about says what the policy is about, in words that its text begins with.
func (d *desk) about(c *column) string {
	if c.about == nil {
		c.about = new(string)
		if doc := d.get(c.home.v).Texts[c.home.textLocale(c.locale)]; doc != nil {
			*c.about = doc.Summary
		}
	}
	return *c.about
}
