package site

import (
	"slices"
	"sync"

	"proviso/policy"
)

// policies works through the policies side by side. How many are open at once
// is bounded, because each holds the texts of up to three versions.
func (b *build) policies() {
	open := make(chan struct{}, b.o.Workers)
	var wg sync.WaitGroup
	for _, p := range b.f.Policies {
		var shelves []*shelf
		for _, plot := range b.plots {
			for _, s := range plot.shelves {
				if s.policy == p {
					shelves = append(shelves, s)
				}
			}
		}
		if len(shelves) == 0 {
			continue
		}
		wg.Go(func() {
			open <- struct{}{}
			defer func() { <-open }()
			(&desk{build: b, policy: p, shelves: shelves}).work()
		})
	}
	wg.Wait()
}

// A desk is where one policy is worked on, for all its sites.
type desk struct {
	*build
	policy  *policy.Policy
	shelves []*shelf
	kept    *reading   // of the version in force, which most others are compared with
	recent  []*reading // the last two
}

// work renders every version, then what tells of all of them.
func (d *desk) work() {
	inForce := d.policy.InForce(d.o.Today)
	for _, v := range d.order(inForce) {
		own := d.get(v)
		var before, now *reading
		if b := d.f.Before(v); b != nil {
			before = d.get(b)
		}
		if inForce != nil && !d.o.NoRedlines {
			if d.kept == nil {
				d.kept = d.get(inForce)
			}
			now = d.kept
		}
		d.all(func(s *shelf) {
			if e := s.of(v); e != nil {
				d.version(s, e, own, before, now)
				d.step()
			}
		})
	}
	homes := map[*policy.Version]*reading{}
	for _, s := range d.shelves {
		if homes[s.home.v] == nil {
			homes[s.home.v] = d.get(s.home.v)
		}
	}
	d.all(func(s *shelf) { d.overview(s, homes[s.home.v]) })
}

// order lists the policy's versions so that a page which tells of another one
// comes after it: what is to come and what never came, the old ones, the one in force.
func (d *desk) order(inForce *policy.Version) []*policy.Version {
	rank := func(v *policy.Version) int {
		switch {
		case v == inForce:
			return 2
		case !v.Stands() || d.o.Today.Before(v.Effective):
			return 0
		}
		return 1
	}
	out := slices.DeleteFunc(slices.Clone(d.policy.Versions), func(v *policy.Version) bool {
		return !slices.ContainsFunc(d.shelves, func(s *shelf) bool { return s.of(v) != nil })
	})
	slices.SortStableFunc(out, func(v, w *policy.Version) int { return rank(v) - rank(w) })
	return out
}

// get returns the files of a version, reading them only if they were not at hand just now.
func (d *desk) get(v *policy.Version) *reading {
	for _, rd := range slices.Concat(d.recent, []*reading{d.kept}) {
		if rd != nil && rd.v == v {
			return rd
		}
	}
	rd := d.read(v)
	d.recent = append(d.recent, rd)
	if len(d.recent) > 2 {
		d.recent = slices.Clone(d.recent[1:])
	}
	return rd
}

// all runs a task for every shelf, as many at a time as there are workers.
func (d *desk) all(task func(*shelf)) {
	var wg sync.WaitGroup
	for _, s := range d.shelves {
		wg.Go(func() { d.build.work(func() { task(s) }) })
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

// version renders an edition in every locale.
func (d *desk) version(s *shelf, e *edition, own, before, now *reading) {
	for _, c := range s.columns {
		if !e.in(c.locale) {
			continue
		}
		diff := d.compare(c, e, own, before)
		c.differs[e] = diff.differs
		c.said[e] = d.said(c, e, own, diff)
		d.write(c, "policy.html", d.versionPage(c, e, own, e.page(c.locale)))
		if d.o.NoRedlines {
			continue
		}
		if e.before != nil {
			d.write(c, "redline.html", d.redlinePage(c, e, diff))
			d.redirect(c, e, e.compare(c.locale, e.before), e.changes(c.locale))
		}
		d.comparisons(c, e, own, now)
	}
}

// comparisons renders an edition against the one in force, unless they are
// neighbours: those have a redline already.
func (d *desk) comparisons(c *column, e *edition, own, now *reading) {
	cur := c.current
	switch {
	case cur == nil || now == nil || !cur.in(c.locale) || !e.v.Stands():
	case e.state == old && cur.before != e:
		d.write(c, "redline.html", d.comparePage(c, e, cur, own, now))
	case e.state == upcoming && e.before != cur:
		d.write(c, "redline.html", d.comparePage(c, cur, e, now, own))
	}
}

// overview renders what tells of all versions: the policy's own address, the
// list of changes and the feeds.
func (d *desk) overview(s *shelf, home *reading) {
	for _, c := range s.columns {
		if s.home.in(c.locale) {
			page := d.versionPage(c, s.home, home, s.home.home(c.locale))
			c.summary = page.Summary
			d.write(c, "policy.html", page)
			d.write(c, "changes.html", d.changesPage(c))
			d.feeds(c)
		}
	}
}

// write renders a page and adds it to its tree.
func (b *build) write(c *column, file string, p *Page) {
	b.page(c.plot, file, p)
}

// redirect leads from an address to another one.
func (b *build) redirect(c *column, e *edition, from, to address) {
	p := b.bare(c.plot, c.locale, from, e.values(c.locale).Title, value(e.values(c.locale), "site.name"))
	p.Up, p.Canonical = from.to(to), e.at.URL+string(to)
	b.write(c, "redirect.html", p)
}
