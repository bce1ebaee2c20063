package site

import (
	"html"
	"html/template"
	"slices"
	"strings"

	"proviso/policy"
	"proviso/redline"
	"proviso/text"
)

// A difference is what one edition changed against another, in one locale, as
// the site shows both.
type difference struct {
	to       *edition
	differs  bool
	first    bool // there is nothing before it here
	redline  *redline.Redline
	locale   string          // of the texts that were compared
	practice []Part          // practices that changed
	words    *policy.Changes // for readers, of the newer edition
}

// News is what the list of changes and other pages say of an edition.
type news struct {
	Differs bool // from the version before; first versions do too
	Said    *Said
}

// news finds what an edition changed in a column, once.
func (d *desk) news(c *column, e *edition) news {
	n, ok := c.told[e]
	if !ok {
		diff := d.difference(c, e)
		n = news{diff.differs, d.said(c, e, diff)}
		c.told[e] = n
	}
	return n
}

// difference finds what an edition changed against the one before. A first one
// counts as a change: there was nothing before.
func (d *desk) difference(c *column, e *edition) *difference {
	if c.latest != nil && c.latest.to == e {
		return c.latest
	}
	if e.before == nil {
		c.latest = &difference{to: e, differs: true, first: true, locale: e.textLocale(c.locale)}
	} else {
		c.latest = d.between(c, e.before, e, e.changes(c.locale))
	}
	return c.latest
}

// between compares any two editions. Links are as seen from the address.
func (d *desk) between(c *column, from, to *edition, at address) *difference {
	a, z := d.get(from.v), d.get(to.v)
	diff := &difference{to: to, locale: to.textLocale(c.locale), words: z.Changes}
	near := from.nearest(c.locale)
	if !from.in(c.locale) || from.textLocale(near) != diff.locale { // one of the texts is not translated
		diff.locale = to.r.Locales[0]
	}
	older, ps := d.in(c, from, near, diff.locale, at, d.o.NoRedlines)
	d.complain(ps)
	newer, ps := d.in(c, to, c.locale, diff.locale, at, d.o.NoRedlines)
	d.complain(ps)
	if older == nil || newer == nil {
		return diff
	}
	diff.practice = practiceChanges(c, from, to, a, z)
	linkTables(diff.practice, z.Texts[diff.locale], newer)
	if d.o.NoRedlines && !sameWords(older, newer) { // the words tell already
		diff.differs = true
		return diff
	}
	diff.redline = c.lexicon.Compare(older, newer)
	diff.differs = len(diff.practice) > 0 || slices.ContainsFunc(diff.redline.Sections, visible)
	return diff
}

// sameWords reports whether two texts have the same normal form. Most differ
// somewhere, and then no more than one section is put into that form.
func sameWords(a, b *text.Document) bool {
	if len(a.Sections) != len(b.Sections) {
		return a.Normal() == b.Normal()
	}
	for i := range a.Sections {
		x, y := a.Sections[i], b.Sections[i]
		if x.Level == y.Level && slices.EqualFunc(x.Heading, y.Heading, sameSpan) && slices.EqualFunc(x.Blocks, y.Blocks, sameBlock) {
			continue
		}
		alone := func(s *text.Section) string { return (&text.Document{Sections: []*text.Section{s}}).Normal() }
		if alone(x) != alone(y) {
			return false
		}
	}
	return true
}

// sameBlock reports whether two blocks are written alike.
func sameBlock(a, b *text.Block) bool {
	return a == b || a.Kind == b.Kind && a.Ordered == b.Ordered && a.Start == b.Start && a.Tight == b.Tight && a.Header == b.Header &&
		slices.EqualFunc(a.Spans, b.Spans, sameSpan) && slices.EqualFunc(a.Children, b.Children, sameBlock)
}

func sameSpan(a, b text.Span) bool {
	return a.Text == b.Text && a.Marks == b.Marks && a.Link == b.Link && a.Title == b.Title && a.Image == b.Image && a.Raw == b.Raw
}

// visible reports whether a reader of the site can see what changed in a
// section. A new scope is not to be seen where both versions show the section.
func visible(s *redline.Section) bool {
	if s.Renamed || s.Fate != redline.Kept && s.Fate != redline.Modified {
		return true
	}
	if s.Heading != nil && stirred(s.Heading) {
		return true
	}
	return slices.ContainsFunc(s.Blocks, stirred)
}

func stirred(b *redline.Block) bool { return b.Fate != redline.Kept || len(b.Format) > 0 }

// reworded reports whether anything but the form changed.
func reworded(s *redline.Section) bool {
	words := func(b *redline.Block) bool { return b.Fate != redline.Kept }
	return s.Renamed || s.Fate != redline.Modified || slices.ContainsFunc(s.Blocks, words)
}

// parts lists the sections that changed, with the words written for them.
func (d *difference) parts(p *Page, e *edition, changes *policy.Changes) (out []Part) {
	for _, s := range d.redline.Sections {
		if !visible(s) || s.Fate == redline.MovedFrom {
			continue
		}
		part := Part{Note: p.say("kind-" + kindOf(s))}
		of := s.New
		if of == nil {
			of = s.Old
		}
		part.Title = strings.Join(strings.Fields(text.Words(of.Heading)), " ")
		if part.Title == "" {
			part.Title = p.say("intro")
		}
		part.Href = "#" + of.ID
		if changes != nil {
			words, _ := changes.Sections.Get(of.ID)
			part.Words = proseIn(words, p.Locale, e.r.Locales)
		}
		out = append(out, part)
	}
	for _, part := range d.practice {
		part.Note = p.say("kind-" + part.Note)
		if changes != nil {
			words, _ := changes.Sections.Get(part.key)
			part.Words = proseIn(words, p.Locale, e.r.Locales)
		}
		out = append(out, part)
	}
	return out
}

// kindOf says what became of a section, in the words of diff.
func kindOf(s *redline.Section) string {
	switch {
	case s.Fate == redline.Added:
		return "added"
	case s.Fate == redline.Removed:
		return "removed"
	case s.Fate == redline.MovedTo:
		return "moved"
	case s.Renamed && !slices.ContainsFunc(s.Blocks, stirred):
		return "renamed"
	case !reworded(s):
		return "format"
	}
	return "modified"
}

// practiceChanges lists the practices that differ and that the site may show.
func practiceChanges(c *column, from, to *edition, a, z *policy.Reading) (out []Part) {
	find := func(list policy.PracticeList, p *policy.Practice) *policy.Practice {
		for i := range list {
			if list[i].Category == p.Category && list[i].ID == p.ID {
				return &list[i]
			}
		}
		return nil
	}
	add := func(p *policy.Practice, kind string) {
		name := p.Name.In(c.locale, to.r.Locales...)
		if name == "" {
			name = p.ID
		}
		out = append(out, Part{Title: name, Note: kind, key: "practices/" + p.Category + "/" + p.ID})
	}
	for i := range z.Practices {
		p := &z.Practices[i]
		switch was := find(a.Practices, p); {
		case !to.shows(p):
		case was == nil || !from.shows(was):
			add(p, "added")
		case !slices.Equal(row(was, c.locale, from.r.Locales), row(p, c.locale, to.r.Locales)):
			add(p, "modified")
		}
	}
	for i := range a.Practices {
		p := &a.Practices[i]
		is := find(z.Practices, p)
		if from.shows(p) && (is == nil || !to.shows(is)) {
			add(p, "removed")
		}
	}
	return out
}

// linkTables leads from a practice to the section whose table lists it. The
// text as written knows which table is whose, the text as shown which sections are left.
func linkTables(parts []Part, written, shown *text.Document) {
	for i := range parts {
		category, _, _ := strings.Cut(strings.TrimPrefix(parts[i].key, "practices/"), "/")
		for _, s := range written.Sections {
			if shown.Section(s.ID) != nil && hasTable(s.Blocks, category) {
				parts[i].Href = "#" + s.ID
			}
		}
	}
}

func hasTable(blocks []*text.Block, category string) bool {
	return slices.ContainsFunc(blocks, func(b *text.Block) bool {
		return b.Kind == text.Practices && b.Category == category || hasTable(b.Children, category)
	})
}

// shows reports whether a practice is within what the site shows.
func (e *edition) shows(p *policy.Practice) bool {
	return text.Scope{Products: p.Products, Sites: p.Sites}.On(e.site, e.at.Products)
}

// row is what readers of a locale learn of a practice, wherever it is written and for whomever.
func row(p *policy.Practice, locale string, fallbacks []string) []string {
	in := func(l policy.Localised) string { return l.In(locale, fallbacks...) }
	out := []string{in(p.Name), in(p.Text), in(p.Source), in(p.Basis), in(p.Role), in(p.Country),
		in(p.Safeguard), in(p.Period), in(p.From), in(p.Contact), p.URL, "items"}
	for _, l := range p.Items {
		out = append(out, in(l))
	}
	out = append(out, "purposes")
	for _, l := range p.Purposes {
		out = append(out, in(l))
	}
	return out
}

// said puts together the words for readers of what a version changed: those
// that were written for it and, without a summary, the list of sections.
func (d *desk) said(c *column, e *edition, diff *difference) *Said {
	if !diff.differs || diff.first {
		return nil
	}
	in := func(l policy.Localised) *Prose { return proseIn(l, c.locale, e.r.Locales) }
	out := &Said{Summary: in(diff.words.Summary), Why: in(diff.words.Why), Choices: in(diff.words.Choices),
		Exception: in(diff.words.Exception.Public)}
	if out.Summary == nil && diff.redline != nil {
		p := &Page{Locale: c.locale, words: d.t.wordsIn(c.locale)}
		for _, part := range diff.parts(p, e, nil) {
			out.Sections = append(out.Sections, Link{Title: part.Title, Note: part.Note})
		}
	}
	if out.Summary == nil && out.Why == nil && out.Choices == nil && out.Exception == nil && len(out.Sections) == 0 {
		return nil
	}
	return out
}

// inWords is the whole of what was said, for places without room for more.
func (s *Said) inWords() string {
	if s == nil {
		return ""
	}
	if s.Summary != nil {
		return s.Summary.String()
	}
	var names []string
	for _, l := range s.Sections {
		names = append(names, l.Title)
	}
	return strings.Join(names, ", ")
}

// mark writes the redline as one text.
func (b *build) mark(p *Page, d *difference) template.HTML {
	out := p.buffer(b)
	d.redline.WriteHTML(out, redline.Options{Labels: b.labelsOf(d)})
	b.wrapTables(out, 0, p, p.PolicyTitle)
	return markup(out)
}

// beside writes the redline as a table in a box that scrolls by itself. The ids
// are those of the one text.
func (b *build) beside(p *Page, d *difference) template.HTML {
	out := p.buffer(b)
	out.WriteString(`<div class="scroll" role="region" tabindex="0" aria-label="` + html.EscapeString(p.say("way-two")) + "\">\n")
	d.redline.WriteSides(out, redline.Options{Labels: b.labelsOf(d), Anchor: func(*redline.Block) string { return "" }})
	out.WriteString("</div>\n")
	return markup(out)
}

// labelsOf returns the hidden words of a redline, in its own language.
func (b *build) labelsOf(d *difference) redline.Labels {
	in := &Page{words: b.t.wordsIn(d.locale)}
	return redline.Labels{
		Deleted:    in.say("said-deleted"),
		Inserted:   in.say("said-inserted"),
		MovedFrom:  in.say("said-moved-from"),
		MovedTo:    in.say("moved-to"),
		Renumbered: in.say("said-renumbered"),
		Split:      in.say("said-split"),
		Joined:     in.say("said-joined"),
		Format:     in.say("said-format"),
		None:       in.say("said-none"),
		Intro:      in.say("intro"),
		Old:        in.say("from-version"),
		New:        in.say("to-version"),
	}
}
