package site

import (
	"path"
	"slices"
	"strings"

	"proviso/policy"
)

// An address is a place on a site below its URL: "" for the index, else a
// folder that ends in "/", or a file. It never begins with "/".
type address string

// to returns the link from a page to another place of the same site. It is
// relative, so that a tree works below any URL and from a disk.
func (a address) to(b address) string {
	common := 0 // the part up to and with the last "/" that both share
	for i := 0; i < min(len(a), len(b)) && a[i] == b[i]; i++ {
		if a[i] == '/' {
			common = i + 1
		}
	}
	s := a[common:].root() + string(b[common:])
	if s == "" {
		return "./"
	}
	return s
}

// root returns the link from a page to the top of its site.
func (a address) root() string { return strings.Repeat("../", strings.Count(string(a), "/")) }

// file returns the file that holds the page.
func (a address) file() string {
	if a == "" || strings.HasSuffix(string(a), "/") {
		return string(a) + "index.html"
	}
	return string(a)
}

// home is where the policy stands as this version knows it: "privacy/", "de/privacy/".
func (e *edition) home(locale string) address {
	return address(e.at.Prefix(locale) + e.at.Path + "/")
}

// page is where the version stands for ever: "privacy/2026-01-15/".
func (e *edition) page(locale string) address { return e.home(locale) + address(e.v.Name+"/") }

// changes is where the version's redline against the one before stands.
func (e *edition) changes(locale string) address { return e.page(locale) + "changes/" }

// compare is where the redline of any other pair stands.
func (e *edition) compare(locale string, old *edition) address {
	return e.home(locale) + address("compare/"+old.v.Name+"..."+e.v.Name+"/")
}

// index returns where a site's policies are listed in a locale.
func (e *edition) index(locale string) address { return address(e.at.Prefix(locale)) }

// aliasOf returns where an old address of a policy stands in the tree, or
// false for one that no tree can hold.
func aliasOf(s string) (address, bool) {
	clean := strings.TrimPrefix(path.Clean("/"+s), "/")
	if clean == "" || strings.ContainsAny(s, "?#\\\x00") || strings.HasPrefix(clean, ".") {
		return "", false
	}
	if strings.HasSuffix(clean, ".html") || strings.HasSuffix(clean, ".htm") {
		return address(clean), true
	}
	return address(clean + "/"), true
}

// link returns the address of a policy and fragment as seen from a page. What
// a version says of other policies stays as it was when it was released. A
// policy of the site without a published version is found on the index.
func (p *plot) link(e *edition, from address, locale, id, fragment string) (string, bool) {
	if _, ok := e.values(locale).Policies.Get(id); !ok {
		return "", false
	}
	i := slices.IndexFunc(p.shelves, func(s *shelf) bool { return s.policy.ID == id })
	if i < 0 {
		return from.to(e.index(locale)), true
	}
	to := from.to(p.shelves[i].homeAddress(locale))
	if fragment != "" {
		to += "#" + fragment
	}
	return to, true
}

// relation is the link relation of a policy's type (RFC 6903), or "".
func relation(p *policy.Policy) string {
	switch p.Type {
	case "Privacy Policy", "Business Privacy Policy", "Consumer Health Data Privacy Policy":
		return "privacy-policy"
	case "Terms of Service", "Commercial Terms", "Developer Terms":
		return "terms-of-service"
	}
	return ""
}
