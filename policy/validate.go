package policy

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"proviso/source"
)

var (
	domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)
	colourForm = regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)
	idForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	pathForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
)

// A spot is a mapping in a file: where it stands, and where its values stand.
type spot struct {
	pos source.Position
	at  source.Places
}

func (s spot) of(names ...string) source.Position { return s.at.Of(s.pos, names...) }

// organisation checks organisation.yaml once it is decoded.
func (l *loader) organisation() {
	o := l.f.Organisation
	s := spot{o.Pos, o.At}
	l.required(s, "name", filled(o.Name))
	l.required(s, "time_zone", o.TimeZone != "")
	l.required(s, "locales", len(o.Locales) > 0)
	l.required(s, "sites", len(o.Sites) > 0)
	if _, err := time.LoadLocation(o.TimeZone); err != nil || o.TimeZone == "Local" {
		l.ps.Errorf(s.of("time_zone"), "time-zone", "use a name such as Europe/Berlin or America/New_York", "unknown time zone %q", o.TimeZone)
	}
	for i, locale := range o.Locales {
		at := s.of(element("locales", i))
		if !localeForm.MatchString(locale) {
			l.ps.Errorf(at, "unknown-locale", "write a language such as en, or en-GB", "%q is not a locale", locale)
		}
		if slices.Contains(o.Locales[:i], locale) {
			l.ps.Errorf(at, "duplicate-id", "keep one of them", "locale %q is listed twice", locale)
		}
	}
	l.locales(s, "name", o.Name)
	l.locales(s, "legal_name", o.LegalName)
	l.locales(s, "address", o.Address)
	for _, p := range o.Products {
		if !idForm.MatchString(p.Key) {
			l.ps.Errorf(p.Pos, "id", "use small letters, digits and hyphens", "%q cannot be the id of a product", p.Key)
		}
		l.locales(spot{p.Value.Pos, p.Value.At}, "name", p.Value.Name)
	}
	for i := range o.Sites {
		o.Sites[i].Value.Domain = o.Sites[i].Key
		l.site(o.Sites[i].Pos, &o.Sites[i].Value)
	}
	l.texts(s, "contacts", o.Contacts)
	l.texts(s, "vars", o.Vars)
	l.theme(o.Theme)
}

func (l *loader) site(pos source.Position, site *Site) {
	o := l.f.Organisation
	s := spot{pos, site.At}
	if !domainForm.MatchString(site.Domain) {
		l.ps.Errorf(pos, "domain", "write it as example.com, in small letters", "%q is not a domain", site.Domain)
	}
	l.known(s, "products", "product", site.Products, o.Products.Keys())
	l.known(s, "locales", "locale", site.Locales, o.Locales)
	l.address(s, "url", site.URL, site.Domain)
	l.address(spot{s.of("successor"), nil}, "successor.url", site.Successor.URL, site.Domain)
	if _, err := mail.ParseAddress(site.From); site.From != "" && err != nil {
		l.ps.Errorf(s.of("from"), "sender", `write it as "Name <name@domain>" or name@domain`, "from of site %s is not an address: %q", site.Domain, site.From)
	}
	for _, a := range site.Aliases {
		for _, from := range a.Value {
			if !strings.HasPrefix(from, "/") || strings.Contains(from, "..") || from == "/" {
				l.ps.Errorf(a.Pos, "alias", "write it as /privacy-policy", "alias %q does not begin with / or leads nowhere", from)
			}
		}
	}
	l.locales(s, "name", site.Name)
	l.locales(s, "legal_name", site.LegalName)
	l.locales(s, "address", site.Postal)
	l.texts(s, "contacts", site.Contacts)
	l.texts(s, "vars", site.Vars)
	l.theme(site.Theme)
}

// address complains about what is not a web address.
func (l *loader) address(s spot, key, value, site string) {
	u, err := url.Parse(value)
	if value != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		l.ps.Errorf(s.of(key), "url", "write it as https://example.com/", "%s %q of site %s is not a web address", key, value, site)
	}
}

func (l *loader) theme(t Theme) {
	s := spot{t.Pos, t.At}
	if t.Colour != "" && !colourForm.MatchString(t.Colour) {
		l.ps.Errorf(s.of("colour"), "theme", `write it as "#0a5" or "#00aa55"`, "%q is not a colour", t.Colour)
	}
	if strings.Contains(t.Logo, "..") || strings.HasPrefix(t.Logo, "/") {
		l.ps.Errorf(s.of("logo"), "theme", "put the file beside organisation.yaml", "logo %q lies outside content/", t.Logo)
	}
}

// required complains about a key that is missing or empty. What is there and
// could not be read has its complaint already.
func (l *loader) required(s spot, key string, filled bool) {
	if filled || s.pos.File == "" {
		return
	}
	at, written := s.at[key]
	complained := func(x source.Problem) bool { return x.File == at.File && x.Line == at.Line }
	switch {
	case !written:
		l.ps.Errorf(s.pos, "missing-key", "add "+key+": …", "%q is missing", key)
	case !slices.ContainsFunc(l.ps, complained):
		l.ps.Errorf(at, "missing-key", "write it", "%q is empty", key)
	}
}

// filled reports whether there is a text that readers can see.
func filled(t Localised) bool {
	for _, s := range t {
		if strings.TrimSpace(s) != "" {
			return true
		}
	}
	return false
}

// known complains about ids of a list that are not known.
func (l *loader) known(s spot, key, what string, ids, known []string) {
	for i, id := range ids {
		if !slices.Contains(known, id) {
			l.ps.Errorf(s.of(element(key, i), key), "unknown-"+what, source.Suggest(id, known), "unknown %s %q", what, id)
		}
	}
}

func element(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }

// locales complains about texts in locales that the organisation does not have.
func (l *loader) locales(s spot, key string, t Localised) {
	for locale := range t {
		if locale != "" && localeForm.MatchString(locale) && !slices.Contains(l.f.Organisation.Locales, locale) {
			l.ps.Errorf(s.of(key+"."+locale, key), "unknown-locale", source.Suggest(locale, l.f.Organisation.Locales), "unknown locale %q", locale)
		}
	}
}

// texts checks a mapping of texts, such as vars.
func (l *loader) texts(s spot, key string, m source.Map[Localised]) {
	for _, e := range m {
		if !idForm.MatchString(e.Key) {
			l.ps.Errorf(e.Pos, "id", "use small letters, digits, _ and -", "%q cannot be used as a name", e.Key)
		}
		l.locales(s, key+"."+e.Key, e.Value)
	}
}

// policyYAML checks policy.yaml once it and the versions are read.
func (l *loader) policyYAML(p *Policy) {
	o := l.f.Organisation
	s := spot{p.Pos, p.At}
	l.required(s, "title", filled(p.Title))
	if len(o.Locales) > 0 { // else organisation.yaml is broken, and says so
		l.locales(s, "title", p.Title)
		l.known(s, "sites", "site", p.Sites, o.Sites.Keys())
		l.known(s, "require", "locale", p.Require, o.Locales)
	}
	_, notDate := ParseDate(p.Path)
	switch {
	case !pathForm.MatchString(p.Path):
		l.ps.Errorf(s.of("path"), "path", "use small letters, digits and hyphens", "path %q cannot be an address", p.Path)
	case slices.Contains(o.Locales, p.Path) || p.Path == "changes" || notDate == nil:
		l.ps.Errorf(s.of("path"), "path", "choose another", "path %q is taken: a path cannot be a locale, changes or a date", p.Path)
	}
	l.required(spot{p.RegimesOnly.Pos, nil}, "reason", p.RegimesOnly.Reason != "")
	for _, a := range p.Accept {
		at := spot{a.Pos, nil}
		l.required(at, "rule", a.Rule != "")
		l.required(at, "reason", a.Reason != "")
		l.required(at, "by", a.By != "")
	}
}

// across checks what concerns several files.
func (l *loader) across() {
	o := l.f.Organisation
	ids := l.f.policyIDs()
	for _, s := range o.Sites {
		for _, a := range s.Value.Aliases {
			if !slices.Contains(ids, a.Key) {
				l.ps.Errorf(a.Pos, "unknown-policy", source.Suggest(a.Key, ids), "unknown policy %q", a.Key)
			}
		}
		l.taken(s.Key, s.Value.Aliases)
	}
	for i, p := range l.f.Policies {
		at := spot{p.Pos, p.At}
		for _, q := range l.f.Policies[:i] {
			if domain := o.shared(p, q); p.Path == q.Path && domain != "" {
				l.ps.Errorf(at.of("path"), "path", "give one of them another path, or other sites",
					"policies %q and %q have the same path %q on %s", q.ID, p.ID, p.Path, domain)
			}
		}
		if p.Continues == "" {
			continue
		}
		if _, err := l.f.Version(p.Continues); err != nil || !strings.Contains(p.Continues, "@") {
			l.ps.Errorf(at.of("continues"), "unknown-version", "write it as POLICY@VERSION", "continues: there is no version %q", p.Continues)
		}
	}
}

// taken complains about old addresses of a site that lead to two places.
func (l *loader) taken(domain Domain, aliases source.Map[[]string]) {
	owner := map[string]string{} // by address
	for _, p := range l.f.Policies {
		if p.On(domain) {
			owner[p.Path] = p.ID
		}
	}
	for _, a := range aliases {
		for _, from := range a.Value {
			at := strings.Trim(from, "/")
			if id, ok := owner[at]; ok {
				l.ps.Errorf(a.Pos, "alias", "remove it, or change a path", "alias %q is the address of policy %q on %s already", from, id, domain)
			}
			owner[at] = a.Key
		}
	}
}

// shared returns the first site on which both policies stand, or "".
func (o *Organisation) shared(p, q *Policy) Domain {
	for _, domain := range o.Sites.Keys() {
		if p.On(domain) && q.On(domain) {
			return domain
		}
	}
	return ""
}
