package notify

import (
	"net/mail"
	"slices"
	"strings"

	"proviso/change"
	"proviso/courier"
	"proviso/policy"
	"proviso/text"
)

// A letter is what templates/mail sees.
type letter struct {
	Locale       string
	Name, Email  string // of the recipient
	Organisation string // short name
	LegalName    string
	Address      string
	Contact      string // address to write to
	Effective    string // the date, in words
	Zone         string // time zone in which it begins
	Policies     []told
	FullText     bool // the whole new text is attached

	words words
}

// Say returns words of the locale: {{.Say "why"}}, {{.Say "subject" "date" .Effective}}.
func (l letter) Say(key string, pairs ...string) (string, error) { return l.words.say(key, pairs...) }

// Title returns the title of the policy, or of the policies.
func (l letter) Title() string {
	var titles []string
	for _, p := range l.Policies {
		titles = append(titles, p.Title)
	}
	return strings.Join(titles, ", ")
}

// told is what is told of one policy.
type told struct {
	Title, Version, Seal  string
	Summary, Why, Choices string // the legal team's words; may be empty
	Exception             string // why the notice is short, where it is
	Formerly, Replaces    string // dates, in words, that were announced before; empty: none
	Sections              []toldSection
	Links                 []link
}

// A toldSection is a section with the changes in it that concern the reader.
type toldSection struct {
	Heading string
	Lines   []string
}

// A link leads to the version on one site.
type link struct{ Site, Version, Changes string }

// letter gathers what the templates show.
func (w Writer) letter(n *Notice, v *Variant) (letter, error) {
	says, err := readWords(w.Templates, v.Locale)
	if err != nil {
		return letter{}, err
	}
	first := n.Subjects[v.Seen[0].Subject]
	r, site := first.Resolution, first.siteFor(v.Sites)
	l := letter{
		Locale: v.Locale, Name: courier.MarkName, Email: courier.MarkAddress, words: says,
		Organisation: value(r, site, v.Locale, "site.name"), LegalName: value(r, site, v.Locale, "org.legal_name"),
		Address: value(r, site, v.Locale, "org.address"), Contact: w.contact(r, site, v.Locale),
		Effective: n.Effective().Long(v.Locale), Zone: r.TimeZone,
	}
	for i, sub := range n.Subjects {
		var seen []int
		for _, item := range v.Seen {
			if item.Subject == i {
				seen = append(seen, item.Change)
			}
		}
		if len(seen) > 0 {
			l.Policies = append(l.Policies, sub.told(v, seen, says))
		}
	}
	return l, nil
}

// contact returns the address that readers write to.
func (w Writer) contact(r *policy.Resolution, site, locale string) string {
	if c := value(r, site, locale, "contacts.privacy"); c != "" {
		return c
	}
	if a, err := mail.ParseAddress(w.ReplyTo); err == nil {
		return a.Address
	}
	if a, err := mail.ParseAddress(w.From); err == nil {
		return a.Address
	}
	return ""
}

// siteFor returns the first of the sites that shows the policy.
func (s Subject) siteFor(sites []string) string {
	for _, site := range sites {
		if _, ok := s.Resolution.Sites.Get(site); ok {
			return site
		}
	}
	return s.Resolution.Sites[0].Key
}

// told gathers what is told of one subject.
func (s Subject) told(v *Variant, seen []int, says words) told {
	site, r := s.siteFor(v.Sites), s.Resolution
	at, _ := r.Sites.Get(site)
	values, _ := at.Locales.Get(v.Locale)
	t := told{Title: values.Title, Version: s.Version.Name, Formerly: inWords(s.Formerly, v.Locale), Replaces: inWords(s.Replaces, v.Locale)}
	if s.Version.Sealed != nil {
		t.Seal = s.Version.Sealed.Hash
	}
	if w := s.Words; w != nil {
		in := func(l policy.Localised) string { return strings.TrimSpace(l.In(v.Locale, r.Locales...)) }
		t.Summary, t.Why, t.Choices, t.Exception = in(w.Summary), in(w.Why), in(w.Choices), in(w.Exception.Public)
	}
	t.Sections = s.sections(v.Locale, seen, says)
	for _, site := range s.showing(v.Sites, seen) {
		t.Links = append(t.Links, s.link(site, v.Locale))
	}
	return t
}

func inWords(d policy.Date, locale string) string {
	if d.IsZero() {
		return ""
	}
	return d.Long(locale)
}

// sections lists changes by section: in the legal team's words, else each in a
// plain line.
func (s Subject) sections(locale string, seen []int, says words) []toldSection {
	var out []toldSection
	last := ""
	for _, i := range seen {
		c := s.in(locale, i)
		var said policy.Localised
		if s.Words != nil {
			said, _ = s.Words.Sections.Get(c.Section)
		}
		p := plainly{says, s.Resolution, locale}
		lines := []string{strings.TrimSpace(said.In(locale, s.Resolution.Locales...))}
		if lines[0] == "" {
			lines = p.lines(c)
		}
		if last != c.Section || len(out) == 0 {
			out = append(out, toldSection{Heading: p.heading(c)})
		}
		last = c.Section
		to := &out[len(out)-1]
		for _, line := range lines {
			if !slices.Contains(to.Lines, line) {
				to.Lines = append(to.Lines, line)
			}
		}
	}
	return out
}

// in returns a change as a locale's text has it. Where the translation changed
// in another number of places, only the source can say what is meant.
func (s Subject) in(locale string, i int) change.Change {
	c := s.changes()[i]
	other := s.Comparisons[locale]
	if other == nil {
		return c
	}
	nth, all := 0, 0
	for j, x := range s.changes() {
		if x.Section == c.Section {
			all++
			if j < i {
				nth++
			}
		}
	}
	if same := other.In(c.Section); len(same) == all {
		return same[nth]
	} else if len(same) > 0 {
		c.Heading = same[0].Heading
	}
	return c
}

// showing returns the first site, and further ones as far as they show changes
// that those before them do not.
func (s Subject) showing(sites []string, seen []int) []string {
	var out []string
	open := slices.Clone(seen)
	for _, site := range sites {
		at, ok := s.Resolution.Sites.Get(site)
		if !ok {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(open), func(i int) bool {
			c := s.changes()[i]
			return text.Scope{Products: c.Products, Sites: c.Sites}.On(site, at.Products)
		})
		if len(left) < len(open) {
			out, open = append(out, site), left
		}
	}
	if len(out) == 0 {
		out = []string{s.siteFor(sites)}
	}
	return out
}

// link returns where the version stands on a site, in the locale if it is there.
func (s Subject) link(site, locale string) link {
	at, _ := s.Resolution.Sites.Get(site)
	prefix := ""
	if i := slices.Index(at.Locales.Keys(), locale); i > 0 {
		prefix = locale + "/"
	}
	version := at.URL + prefix + at.Path + "/" + s.Version.Name + "/"
	return link{Site: site, Version: version, Changes: version + "changes/"}
}
