package notify

import (
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"net/mail"
	"path"
	"slices"
	"strings"
	texttemplate "text/template"
	"unicode/utf8"

	"proviso/change"
	"proviso/courier"
	"proviso/policy"
	"proviso/text"
)

// A composed letter is ready for the recipients of one variant.
type composed struct {
	skeleton *courier.Skeleton
	from     mail.Address
}

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

// compose writes the mail of a variant.
func (s *Sender) compose(n *Notice, v *Variant) (*composed, error) {
	c, err := s.write(n, v)
	if err != nil {
		return nil, fmt.Errorf("composing the mail of %s for %s in %q: %w", n.ID, v.Sites[0], v.Locale, err)
	}
	return c, nil
}

func (s *Sender) write(n *Notice, v *Variant) (*composed, error) {
	l, err := s.letter(n, v)
	if err != nil {
		return nil, err
	}
	out := courier.Letter{}
	if out.From, err = s.from(n, v.Sites[0]); err != nil {
		return nil, err
	}
	if s.Mail.ReplyTo != "" {
		reply, err := mail.ParseAddress(s.Mail.ReplyTo)
		if err != nil {
			return nil, fmt.Errorf("mail.reply_to %q: %w", s.Mail.ReplyTo, err)
		}
		out.ReplyTo = *reply
	}
	if out.Attachments, err = n.fullTexts(v); err != nil {
		return nil, err
	}
	l.FullText = len(out.Attachments) > 0
	if out.Subject, err = s.render("subject", ".txt", l); err != nil {
		return nil, err
	}
	if out.Text, err = s.render("notice", ".txt", l); err != nil {
		return nil, err
	}
	if out.HTML, err = s.render("notice", ".html", l); err != nil {
		return nil, err
	}
	out.Subject = strings.Join(strings.Fields(out.Subject), " ")
	out.Text = wrap(out.Text)
	skeleton, err := courier.Compose(out)
	return &composed{skeleton, out.From}, err
}

// render executes a template: the one of the locale, else of all.
func (s *Sender) render(name, kind string, l letter) (string, error) {
	file := path.Join("mail", name+"."+l.Locale+kind)
	data, err := fs.ReadFile(s.Templates, file)
	if errors.Is(err, fs.ErrNotExist) {
		file = path.Join("mail", name+kind)
		data, err = fs.ReadFile(s.Templates, file)
	}
	if err != nil {
		return "", err
	}
	var t interface{ Execute(io.Writer, any) error }
	if at := path.Join("templates", file); kind == ".html" {
		t, err = htmltemplate.New(at).Parse(string(data))
	} else {
		t, err = texttemplate.New(at).Parse(string(data))
	}
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, l)
	return b.String(), err
}

// from returns who writes: the site's sender, else the one of proviso.yaml.
func (s *Sender) from(n *Notice, site string) (mail.Address, error) {
	from := s.Mail.From
	for _, sub := range n.Subjects {
		if v, ok := sub.Resolution.Sites.Get(site); ok && v.From != "" {
			from = v.From
		}
	}
	if from == "" {
		return mail.Address{}, errors.New("nobody is named as the sender; set mail.from in proviso.yaml")
	}
	a, err := mail.ParseAddress(from)
	if err != nil {
		return mail.Address{}, fmt.Errorf("the sender %q: %w", from, err)
	}
	return *a, nil
}

// fullTexts returns the new texts for regimes that want a durable medium.
func (n *Notice) fullTexts(v *Variant) (out []courier.Attachment, err error) {
	for i, s := range n.Subjects {
		durable := slices.ContainsFunc(s.Regimes, func(r policy.SealedRegime) bool { return r.Durable })
		if !durable || !slices.ContainsFunc(v.Seen, func(x Item) bool { return x.Subject == i }) {
			continue
		}
		site := s.siteFor(v.Sites)
		full, err := s.FullText(site, v.Locale)
		if err != nil {
			return nil, err
		}
		at, _ := s.Resolution.Sites.Get(site)
		out = append(out, courier.Attachment{Name: path.Base(at.Path) + "-" + s.Version.Name + ".txt", Text: full})
	}
	return out, nil
}

// letter gathers what the templates show.
func (s *Sender) letter(n *Notice, v *Variant) (letter, error) {
	w, err := readWords(s.Templates, v.Locale)
	if err != nil {
		return letter{}, err
	}
	first := n.Subjects[v.Seen[0].Subject]
	r, site := first.Resolution, first.siteFor(v.Sites)
	l := letter{
		Locale: v.Locale, Name: courier.MarkName, Email: courier.MarkAddress, words: w,
		Organisation: value(r, site, v.Locale, "site.name"), LegalName: value(r, site, v.Locale, "org.legal_name"),
		Address: value(r, site, v.Locale, "org.address"), Contact: s.contact(r, site, v.Locale),
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
			l.Policies = append(l.Policies, sub.told(v, seen))
		}
	}
	return l, nil
}

// contact returns the address that readers write to.
func (s *Sender) contact(r *policy.Resolution, site, locale string) string {
	if c := value(r, site, locale, "contacts.privacy"); c != "" {
		return c
	}
	if a, err := mail.ParseAddress(s.Mail.ReplyTo); err == nil {
		return a.Address
	}
	if a, err := mail.ParseAddress(s.Mail.From); err == nil {
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
func (s Subject) told(v *Variant, seen []int) told {
	site, r := s.siteFor(v.Sites), s.Resolution
	at, _ := r.Sites.Get(site)
	values, _ := at.Locales.Get(v.Locale)
	t := told{Title: values.Title, Version: s.Version.Name}
	if s.Version.Sealed != nil {
		t.Seal = s.Version.Sealed.Hash
	}
	if w := s.Words; w != nil {
		in := func(l policy.Localised) string { return strings.TrimSpace(l.In(v.Locale, r.Locales...)) }
		t.Summary, t.Why, t.Choices, t.Exception = in(w.Summary), in(w.Why), in(w.Choices), in(w.Exception.Public)
	}
	t.Sections = s.sections(v.Locale, seen)
	for _, site := range s.showing(v.Sites, seen) {
		t.Links = append(t.Links, s.link(site, v.Locale))
	}
	return t
}

// sections lists changes by section: in the legal team's words, else each in a
// plain line.
func (s Subject) sections(locale string, seen []int) []toldSection {
	var out []toldSection
	last := ""
	for _, i := range seen {
		c := s.in(locale, i)
		said, _ := policy.Localised{}, false
		if s.Words != nil {
			said, _ = s.Words.Sections.Get(c.Section)
		}
		line := strings.TrimSpace(said.In(locale, s.Resolution.Locales...))
		if line == "" {
			line = strings.TrimPrefix(c.Line(), c.Heading+": ")
		}
		if last != c.Section || len(out) == 0 {
			out = append(out, toldSection{Heading: c.Heading})
		}
		last = c.Section
		if to := &out[len(out)-1]; !slices.Contains(to.Lines, line) {
			to.Lines = append(to.Lines, line)
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

// wrap breaks lines of plain text at blanks; what is indented stays indented.
func wrap(s string) string {
	const width = 76
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
		line = strings.TrimRight(line, " \t\r")
		body := strings.TrimLeft(line, " ")
		indent := strings.Repeat(" ", len(line)-len(body))
		column := len(indent)
		b.WriteString(indent)
		if strings.HasPrefix(body, "- ") {
			indent += "  "
		}
		for i, word := range strings.Split(body, " ") {
			n := utf8.RuneCountInString(word)
			if i > 0 && column+1+n > width {
				b.WriteString("\n" + indent)
				column = len(indent)
			} else if i > 0 {
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += n
		}
		b.WriteByte('\n')
	}
	return b.String()
}
