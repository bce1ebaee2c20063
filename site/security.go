package site

import (
	"fmt"
	"slices"
	"strings"

	"proviso/policy"
	"proviso/source"
)

// policyHeaders allow what a page needs, all of it from its own site: the
// stylesheet, the logo and pictures. Nothing on a page runs.
var policyHeaders = []string{
	"Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"Cross-Origin-Opener-Policy: same-origin",
	"Permissions-Policy: camera=(), geolocation=(), microphone=()",
	"Referrer-Policy: strict-origin-when-cross-origin",
	"X-Content-Type-Options: nosniff",
}

// headers returns the file _headers, which Netlify, Cloudflare Pages and
// others read; for other servers it is the list of what to set.
func headers(p *plot) []byte {
	out := p.prefix() + "*\n"
	for _, h := range policyHeaders {
		out += "  " + h + "\n"
	}
	for _, name := range []string{"notice.js", "notice.json", "policies.json"} { // other sites may read these
		out += p.prefix() + name + "\n  Access-Control-Allow-Origin: *\n  Cross-Origin-Resource-Policy: cross-origin\n"
	}
	return []byte(out)
}

// securityContact returns whom to tell of a security problem: a mail or web address.
func (b *build) securityContact(p *plot) string {
	for _, list := range []source.Map[policy.Localised]{p.site.Contacts, b.f.Organisation.Contacts} {
		at, _ := list.Get("security")
		if l := contact("security", at.In(english, b.f.Organisation.Locales...)); strings.HasPrefix(l.Href, "https://") || strings.HasPrefix(l.Href, "mailto:") {
			return l.Href
		}
	}
	return ""
}

// securityText returns security.txt (RFC 9116). The file must say when it
// expires. That date moves on the first of January and of July, to the half
// year after the next, so that it is 6 to 12 months away and the file changes
// twice a year and not every day.
func (b *build) securityText(p *plot, contact string) []byte {
	out := "Contact: " + contact + "\n"
	out += "Expires: " + halfYearAfter(halfYearAfter(b.o.Today)).String() + "T00:00:00Z\n"
	out += "Preferred-Languages: " + strings.Join(b.f.Organisation.LocalesOn(p.site), ", ") + "\n"
	out += "Canonical: " + p.url() + ".well-known/security.txt\n"
	i := slices.IndexFunc(p.shelves, func(s *shelf) bool {
		return s.policy.Type == "Vulnerability Disclosure Policy"
	})
	if i >= 0 {
		out += fmt.Sprintf("Policy: %s%s\n", p.url(), p.shelves[i].homeAddress(english))
	}
	return []byte(out)
}

// halfYearAfter returns the next first of January or of July after a day.
func halfYearAfter(d policy.Date) policy.Date {
	if d.Month < 7 {
		return policy.Date{Year: d.Year, Month: 7, Day: 1}
	}
	return policy.Date{Year: d.Year + 1, Month: 1, Day: 1}
}
