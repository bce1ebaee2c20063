package site

import (
	"slices"
	"strings"

	"proviso/policy"
)

// versionPage is the text of an edition, at its own address or at the policy's.
func (d *desk) versionPage(c *column, e *edition, at address) *Page {
	p := d.frame(c, e, at)
	home := at == c.homeAddress(c.locale)
	if !e.lasting() {
		p.NoIndex = true
	}
	if !e.lasting() || e == c.home {
		p.Canonical = e.at.URL + string(c.homeAddress(c.locale))
	}
	text := d.show(p, c, e)
	if text.title != "" {
		p.Title = text.title
	}
	p.HeadTitle = p.Title + " · " + p.Site.Name
	if !home { // no two pages have one title
		p.HeadTitle = p.Title + ", " + e.date(p) + " · " + p.Site.Name
	}
	p.Summary, p.Contents, p.Text = text.summary, text.contents, text.html
	p.Description = p.Summary
	if p.Description == "" {
		p.Description = p.say(e.descriptionWord(), "title", p.Title, "name", p.Site.Name, "date", e.v.Effective.Long(c.locale))
	}
	if source := e.textLocale(c.locale); source != c.locale {
		p.Foreign = p.say("untranslated", "language", d.t.languageName(source))
		p.TextLocale, p.TextDir = source, direction(source)
	}
	d.addVersions(p, c, e)
	d.addBanners(p, c, e)
	d.addRelations(p, c, e)
	d.addSaid(p, c, e)
	p.Glance = d.glance(p, c, e)
	p.Data = d.webPage(p, c, e, home)
	d.addLanguages(p, e, func(locale string) address {
		if home {
			return e.home(locale)
		}
		return e.page(locale)
	})
	return p
}

func (e *edition) descriptionWord() string {
	switch e.state {
	case current:
		if e.v.Inferred() {
			return "description-seen"
		}
		return "description"
	case upcoming:
		return "description-upcoming"
	case held:
		return "description-held"
	case drafted:
		return "draft"
	}
	return "description-old"
}

// glance is the box at the top: what one wants to know before reading.
func (d *desk) glance(p *Page, c *column, e *edition) (out []Fact) {
	day := func(word string, date policy.Date, href string) {
		if !date.IsZero() {
			out = append(out, Fact{Label: p.say(word), Day: dayIn(date, p.Locale), Href: href})
		}
	}
	switch e.state {
	case current:
		if e.v.Inferred() {
			day("first-seen", e.v.Effective, "")
		} else {
			day("in-force-since", e.v.Effective, "")
		}
		if last := d.lastChanged(c); last != nil {
			day("last-changed", last.v.Effective, d.changesLink(p, c, last))
		}
		next := d.announced(c)
		if len(next) > 0 && next[0].state == held {
			out = append(out, Fact{Label: p.say("next-change"), Text: p.say("state-held"), Href: p.address.to(next[0].page(next[0].nearest(c.locale)))})
		} else if len(next) > 0 {
			day("next-change", next[0].v.Effective, p.address.to(next[0].page(next[0].nearest(c.locale))))
		} else {
			out = append(out, Fact{Label: p.say("next-change"), Text: p.say("next-change-none")})
		}
		day("next-review", e.v.Policy.ReviewBy, "")
	case upcoming:
		day("takes-effect", e.v.Effective, "")
	case old, ended:
		s := e.v.Effective.Long(p.Locale)
		if !e.until.IsZero() {
			s = p.say("period", "from", s, "to", e.until.Long(p.Locale))
		}
		if e.v.Inferred() {
			s += " (" + p.say("inferred") + ")"
		}
		out = append(out, Fact{Label: p.say("in-force"), Text: s})
	default:
		day("announced-for", e.v.Effective, "")
	}
	if l := contactFor(p, e.v.Policy); l != nil {
		out = append(out, Fact{Label: p.say("contact"), Text: l.Title, Href: l.Href})
	}
	return out
}

// contactFor chooses whom to write to about a policy: the contact of its name, the one for privacy, the first.
func contactFor(p *Page, pol *policy.Policy) *Link {
	for _, name := range []string{pol.ID, "privacy"} {
		for i := range p.Site.Contacts {
			if p.Site.Contacts[i].Note == name {
				return &p.Site.Contacts[i]
			}
		}
	}
	if len(p.Site.Contacts) > 0 {
		return &p.Site.Contacts[0]
	}
	return nil
}

// lastChanged returns the edition that last changed what is in force here.
func (d *desk) lastChanged(c *column) *edition {
	i := slices.Index(c.editions, c.current)
	for _, e := range slices.Backward(c.editions[:i+1]) {
		if e.v.Stands() && !e.state.ahead() && d.news(c, e).Differs {
			return e
		}
	}
	return nil
}

// announced returns the upcoming editions that change something here.
func (d *desk) announced(c *column) (out []*edition) {
	for _, e := range c.upcoming() {
		if !e.in(c.locale) || d.news(c, e).Differs {
			out = append(out, e)
		}
	}
	return out
}

// changesLink leads to the redline of an edition, or to its text where there is none.
func (d *desk) changesLink(p *Page, c *column, e *edition) string {
	locale := e.nearest(c.locale)
	if e.before == nil || d.o.NoRedlines {
		return p.address.to(e.page(locale))
	}
	return p.address.to(e.changes(locale))
}

// addBanners says what a reader must know before anything else.
func (d *desk) addBanners(p *Page, c *column, e *edition) {
	changes := func(b *Banner) {
		if e.before != nil && !d.o.NoRedlines {
			p.link(b, "see-upcoming-changes", p.address.to(e.changes(c.locale)))
		}
	}
	date := e.v.Effective.Long(p.Locale)
	var b *Banner
	switch e.state {
	case current:
		d.addUpcoming(p, c)
		return
	case upcoming:
		if c.current == nil {
			p.banner("upcoming", "banner-first-page", "date", date)
			return
		}
		b = p.banner("upcoming", "banner-upcoming-page", "date", date)
		changes(b)
	case held:
		b = p.banner("upcoming", "banner-held-page", "date", date)
		changes(b)
	case old:
		word := "banner-old"
		if e.v.Inferred() {
			word = "banner-old-seen"
		}
		b = p.banner("old", word, "from", date, "until", e.until.Long(p.Locale))
		if c.current != nil && !d.o.NoRedlines && c.current.in(c.locale) {
			p.link(b, "compare-with-current", p.address.to(d.compared(c, e)))
		}
	case ended:
		p.banner("old", "banner-ended")
		return
	case drafted:
		b = p.banner("upcoming", "banner-draft")
		if e.before != nil {
			p.link(b, "see-upcoming-changes", p.address.to(e.changes(c.locale)))
		}
	case replaced:
		b = p.banner("old", "banner-replaced")
	case withdrawn:
		b = p.banner("withdrawn", "banner-withdrawn", "date", date)
	case rescheduled:
		b = p.banner("withdrawn", "banner-rescheduled", "date", date)
		if e.moved != nil && e.moved.v.Stands() {
			b.More = p.say("banner-rescheduled-to", "date", e.moved.v.Effective.Long(p.Locale))
			p.link(b, "read-new-date", p.address.to(e.moved.page(e.moved.nearest(c.locale))))
		}
	}
	if e != c.home {
		b.Links = append([]Link{{Title: p.say("read-current"), Href: p.address.to(c.homeAddress(c.locale))}}, b.Links...)
	}
}

// banner adds a banner.
func (p *Page) banner(kind, word string, pairs ...string) *Banner {
	p.Banners = append(p.Banners, Banner{Kind: kind, Label: p.say("announcement"), Text: p.say(word, pairs...)})
	return &p.Banners[len(p.Banners)-1]
}

// link adds a link to a banner, unless it leads to the page itself.
func (p *Page) link(b *Banner, word, href string) {
	if href != p.address.to(p.address) {
		b.Links = append(b.Links, Link{Title: p.say(word), Href: href})
	}
}

// compared is where an old edition is compared with the one in force.
func (d *desk) compared(c *column, e *edition) address {
	if c.current.before == e {
		return c.current.changes(c.locale)
	}
	return c.current.compare(c.locale, e)
}

// addUpcoming announces the versions to come.
func (d *desk) addUpcoming(p *Page, c *column) {
	for _, e := range d.announced(c) {
		locale := e.nearest(c.locale)
		b := Banner{Kind: "upcoming", Label: p.say("announcement"), Text: p.say(e.bannerWord(), "date", e.v.Effective.Long(p.Locale)),
			More:  d.news(c, e).Said.inWords(),
			Links: []Link{{Title: p.say("read-upcoming"), Href: p.address.to(e.page(locale))}}}
		if said := d.news(c, e).Said; said != nil && said.Summary != nil && said.Summary.Foreign {
			b.MoreLocale, b.MoreDir = said.Summary.Locale, said.Summary.Dir
		}
		if e.before != nil && !d.o.NoRedlines {
			b.Links = append(b.Links, Link{Title: p.say("see-upcoming-changes"), Href: p.address.to(e.changes(locale))})
		}
		p.Banners = append(p.Banners, b)
	}
}

// bannerWord announces an edition on other pages.
func (e *edition) bannerWord() string {
	if e.state == held {
		return "banner-held"
	}
	return "banner-upcoming"
}

// soonWord announces an edition on the index of a site.
func (e *edition) soonWord() string {
	if e.state == held {
		return "soon-held"
	}
	return "banner-upcoming"
}

// addRelations adds the neighbours of a version (RFC 5829).
func (d *desk) addRelations(p *Page, c *column, e *edition) {
	if e.before != nil && e.before.in(c.locale) {
		p.Links = append(p.Links, Link{Rel: "predecessor-version", Href: p.address.to(e.before.page(c.locale))})
	}
	if next := c.next(e); next != nil && next.in(c.locale) {
		p.Links = append(p.Links, Link{Rel: "successor-version", Href: p.address.to(next.page(c.locale))})
	}
	if e.state != drafted && e.hasPractices(d.get(e.v)) {
		p.Links = append(p.Links, Link{Rel: "describedby", Type: "application/ld+json", Href: p.address.to(e.page(c.locale)) + "practices.json"})
	}
}

// addSaid puts what changed above the text.
func (d *desk) addSaid(p *Page, c *column, e *edition) {
	said := d.news(c, e).Said
	if said == nil {
		return
	}
	s := *said
	s.Title = p.say("what-changed-in")
	switch {
	case e.state.ahead(), e.state == drafted, e.state == rescheduled:
		s.Title = p.say("what-changes-in")
	case e.state == withdrawn:
		s.Title = p.say("what-would-have-changed")
	}
	if !d.o.NoRedlines && e.before != nil {
		s.Links = []Link{{Title: p.say("see-redline"), Href: p.address.to(e.changes(c.locale))}}
		s.Sections = slices.Clone(s.Sections)
		for i := range s.Sections {
			s.Sections[i].Href = ""
		}
	}
	p.Said = &s
}

// redlinePage is what a version changed against the one before.
func (d *desk) redlinePage(c *column, e *edition) *Page {
	diff := d.difference(c, e)
	p := d.redlineFrame(c, e.before, e, diff, e.changes(c.locale))
	word := "changes-of"
	switch e.state {
	case upcoming, drafted:
		word = "changes-of-upcoming"
	case held:
		word = "changes-of-held"
	case withdrawn, rescheduled:
		word = "changes-of-withdrawn"
	}
	p.Title = p.say(word, "title", p.PolicyTitle, "date", e.date(p))
	p.HeadTitle = p.Title + " · " + p.Site.Name
	p.Description = d.news(c, e).Said.inWords()
	if said := d.news(c, e).Said; said != nil && said.Summary != nil {
		s := *said
		s.Title, s.Sections = p.say("what-changed"), nil
		switch {
		case e.state.ahead(), e.state == drafted, e.state == rescheduled:
			s.Title = p.say("what-changes")
		case e.state == withdrawn:
			s.Title = p.say("what-would-have-changed")
		}
		p.Said = &s
	}
	if e.state != old && e.state != current {
		d.addBanners(p, c, e)
	}
	if p.Text != "" {
		p.Sides = d.beside(p, diff)
	}
	d.addLanguages(p, e, e.changes)
	return p
}

// comparePage compares two editions that are not neighbours.
func (d *desk) comparePage(c *column, from, to *edition, at address) *Page {
	p := d.redlineFrame(c, from, to, d.between(c, from, to, at), at)
	p.NoIndex = true
	p.Title = p.say("comparison-of", "title", p.PolicyTitle, "from", from.date(p), "to", to.date(p))
	p.HeadTitle = p.Title + " · " + p.Site.Name
	return p
}

// redlineFrame is what redlines of neighbours and of others have in common.
func (d *desk) redlineFrame(c *column, from, to *edition, diff *difference, at address) *Page {
	p := d.frame(c, to, at)
	p.NoIndex = !to.lasting() && to.state != old
	if diff.locale != c.locale {
		p.Foreign = p.say("redline-untranslated", "language", d.t.languageName(diff.locale))
		p.TextLocale, p.TextDir = diff.locale, direction(diff.locale)
	}
	p.Glance = []Fact{
		{Label: p.say("from-version"), Text: from.date(p), Href: p.address.to(from.page(from.nearest(c.locale)))},
		{Label: p.say("to-version"), Text: to.date(p), Href: p.address.to(to.page(to.nearest(c.locale)))},
	}
	p.Beside = []Link{{Title: p.say("all-changes"), Href: p.address.to(c.homeAddress(c.locale) + "changes/")}}
	if diff.redline != nil && diff.differs {
		var words *policy.Changes
		if to.before == from {
			words = diff.words
		}
		p.Changed = diff.parts(p, to, words)
		for _, part := range p.Changed {
			if id, ok := strings.CutPrefix(part.Href, "#"); ok && part.key == "" {
				p.Contents = append(p.Contents, Entry{ID: id, Title: part.Title, Level: 2})
			}
		}
		p.Text = d.mark(p, diff)
	}
	return p
}

// changesPage lists what changed in a policy, newest first. A version that
// changes nothing here is not in it.
func (d *desk) changesPage(c *column) *Page {
	p := d.frame(c, c.home, c.home.home(c.locale)+"changes/")
	p.Title = p.say("changes-in", "title", p.PolicyTitle)
	p.HeadTitle = p.Title + " · " + p.Site.Name
	p.Seal, p.Permanent = "", nil // it is about no single version
	for _, e := range d.events(c) {
		p.History = append(p.History, d.event(p, c, e))
	}
	if c.home.state == current {
		d.addUpcoming(p, c)
	}
	d.addLanguages(p, c.home, func(locale string) address { return c.home.home(locale) + "changes/" })
	return p
}

// events returns the editions that a list of changes names, newest first.
func (d *desk) events(c *column) (out []*edition) {
	for _, e := range slices.Backward(c.editions) {
		if e.in(c.locale) && d.news(c, e).Differs {
			out = append(out, e)
		}
	}
	return out
}

func (d *desk) event(p *Page, c *column, e *edition) Event {
	out := Event{Href: p.address.to(e.page(c.locale)), Day: dayIn(e.v.Effective, p.Locale), Revision: e.revision(p),
		State: string(e.state), Note: e.note(p)}
	if e.before == nil {
		out.Note = strings.Join([]string{p.say("first-version"), out.Note}, " · ")
	} else if !d.o.NoRedlines {
		out.Links = append(out.Links, Link{Title: p.say("see-redline"), Href: p.address.to(e.changes(c.locale))})
	}
	out.Links = append(out.Links, Link{Title: p.say("read-version"), Href: out.Href})
	if s := d.news(c, e).Said; s != nil {
		out.Summary = s.Summary
		if out.Summary == nil && len(s.Sections) > 0 {
			out.Summary = &Prose{Paragraphs: []string{p.say("changed-sections") + ": " + s.inWords()}}
		}
	}
	return out
}
