package policy

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"proviso/source"
)

var (
	domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)
	colourForm = regexp.MustCompile(`^(#[0-9a-fA-F]{3,8}|[a-zA-Z]+)$`)
	idForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
)

// organisation checks organisation.yaml once it is decoded.
func (l *loader) organisation() {
	o := l.f.Organisation
	l.required(o.Pos, "name", len(o.Name) > 0)
	l.required(o.Pos, "time_zone", o.TimeZone != "")
	l.required(o.Pos, "locales", len(o.Locales) > 0)
	l.required(o.Pos, "sites", len(o.Sites) > 0)
	if _, err := time.LoadLocation(o.TimeZone); err != nil {
		l.ps.Errorf(o.Pos, "time-zone", "use a name such as Europe/Berlin or America/New_York", "unknown time zone %q", o.TimeZone)
	}
	seen := map[string]bool{}
	for _, locale := range o.Locales {
		if !localeForm.MatchString(locale) {
			l.ps.Errorf(o.Pos, "unknown-locale", "write a language such as en, or en-GB", "%q is not a locale", locale)
		}
		if seen[locale] {
			l.ps.Errorf(o.Pos, "duplicate-id", "keep one of them", "locale %q is listed twice", locale)
		}
		seen[locale] = true
	}
	for _, t := range []Localised{o.Name, o.LegalName, o.Address} {
		l.locales(o.Pos, t)
	}
	for _, p := range o.Products {
		if !idForm.MatchString(p.Key) {
			l.ps.Errorf(p.Pos, "id", "use small letters, digits and hyphens", "%q cannot be the id of a product", p.Key)
		}
		l.locales(p.Pos, p.Value.Name)
	}
	for i := range o.Sites {
		o.Sites[i].Value.Domain = o.Sites[i].Key
		l.site(o.Sites[i].Pos, &o.Sites[i].Value)
	}
	l.texts(o.Contacts)
	l.texts(o.Vars)
	l.theme(o.Pos, o.Theme)
}

func (l *loader) site(pos source.Position, s *Site) {
	o := l.f.Organisation
	if !domainForm.MatchString(s.Domain) {
		l.ps.Errorf(pos, "domain", "write it as example.com, in small letters", "%q is not a domain", s.Domain)
	}
	l.known(pos, "product", s.Products, o.Products.Keys())
	l.known(pos, "locale", s.Locales, o.Locales)
	for what, u := range map[string]string{"url": s.URL, "successor.url": s.Successor.URL} {
		if x, err := url.Parse(u); u != "" && (err != nil || x.Scheme != "https" && x.Scheme != "http" || x.Host == "") {
			l.ps.Errorf(pos, "url", "write it as https://example.com/", "%s %q of site %s is not a web address", what, u, s.Domain)
		}
	}
	for _, a := range s.Aliases {
		for _, from := range a.Value {
			if !strings.HasPrefix(from, "/") || strings.Contains(from, "..") || from == "/" {
				l.ps.Errorf(a.Pos, "alias", "write it as /privacy-policy", "alias %q does not begin with / or leads nowhere", from)
			}
		}
	}
	for _, t := range []Localised{s.Name, s.LegalName, s.Postal} {
		l.locales(pos, t)
	}
	l.texts(s.Contacts)
	l.texts(s.Vars)
	l.theme(pos, s.Theme)
}

func (l *loader) theme(pos source.Position, t Theme) {
	if t.Colour != "" && !colourForm.MatchString(t.Colour) {
		l.ps.Errorf(pos, "theme", `write it as "#0a5" or as a name`, "%q is not a colour", t.Colour)
	}
	if strings.Contains(t.Logo, "..") || strings.HasPrefix(t.Logo, "/") {
		l.ps.Errorf(pos, "theme", "put the file beside organisation.yaml", "logo %q lies outside content/", t.Logo)
	}
}

func (l *loader) required(pos source.Position, key string, there bool) {
	if !there {
		l.ps.Errorf(pos, "missing-key", "add "+key+": …", "%q is missing", key)
	}
}

// known complains about ids that are not in the list.
func (l *loader) known(pos source.Position, what string, ids, known []string) {
	for _, id := range ids {
		if !slices.Contains(known, id) {
			l.ps.Errorf(pos, "unknown-"+what, source.Suggest(id, known), "unknown %s %q", what, id)
		}
	}
}

// locales complains about texts in locales that the organisation does not have.
func (l *loader) locales(pos source.Position, t Localised) {
	for locale := range t {
		if locale != "" && localeForm.MatchString(locale) && !slices.Contains(l.f.Organisation.Locales, locale) {
			l.ps.Errorf(pos, "unknown-locale", source.Suggest(locale, l.f.Organisation.Locales), "unknown locale %q", locale)
		}
	}
}

func (l *loader) texts(m source.Map[Localised]) {
	for _, e := range m {
		if !idForm.MatchString(e.Key) {
			l.ps.Errorf(e.Pos, "id", "use small letters, digits, _ and -", "%q cannot be used as a name", e.Key)
		}
		l.locales(e.Pos, e.Value)
	}
}

// policyYAML checks policy.yaml once it and the versions are read.
func (l *loader) policyYAML(p *Policy) {
	o := l.f.Organisation
	if p.Pos.File == "" { // the file is missing or empty
		p.Pos.File = "content/" + p.ID + "/policy.yaml"
	}
	l.required(p.Pos, "title", len(p.Title) > 0)
	l.locales(p.Pos, p.Title)
	l.known(p.Pos, "site", p.Sites, o.Sites.Keys())
	l.known(p.Pos, "locale", p.Require, o.Locales)
	_, notDate := ParseDate(p.Path)
	switch {
	case !pathForm.MatchString(p.Path):
		l.ps.Errorf(p.Pos, "path", "use small letters, digits and hyphens", "path %q cannot be an address", p.Path)
	case slices.Contains(o.Locales, p.Path) || p.Path == "changes" || notDate == nil:
		l.ps.Errorf(p.Pos, "path", "choose another", "path %q is taken: a path cannot be a locale, changes or a date", p.Path)
	}
	if p.RegimesOnly.Pos.File != "" {
		l.required(p.RegimesOnly.Pos, "reason", p.RegimesOnly.Reason != "")
	}
	for _, a := range p.Accept {
		l.required(a.Pos, "rule", a.Rule != "")
		l.required(a.Pos, "reason", a.Reason != "")
		l.required(a.Pos, "by", a.By != "")
	}
}

// across checks what concerns several files.
func (l *loader) across() {
	o := l.f.Organisation
	ids := make([]string, len(l.f.Policies))
	for i, p := range l.f.Policies {
		ids[i] = p.ID
	}
	for _, s := range o.Sites {
		for _, a := range s.Value.Aliases {
			l.known(a.Pos, "policy", []string{a.Key}, ids)
		}
	}
	for i, p := range l.f.Policies {
		for _, q := range l.f.Policies[:i] {
			for _, domain := range o.Sites.Keys() {
				if p.Path == q.Path && p.On(domain) && q.On(domain) {
					l.ps.Errorf(p.Pos, "path", "give one of them another path, or other sites",
						"policies %q and %q have the same path %q on %s", q.ID, p.ID, p.Path, domain)
					break
				}
			}
		}
		if p.Continues == "" {
			continue
		}
		if _, err := l.f.Version(p.Continues); err != nil || !strings.Contains(p.Continues, "@") {
			l.ps.Errorf(p.Pos, "unknown-version", "write it as POLICY@VERSION", "continues: there is no version %q", p.Continues)
		}
	}
}
