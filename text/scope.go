package text

import (
	"slices"
	"strings"

	"proviso/source"
)

// A Scope names the products and the sites for which a part of a text is
// meant. An empty list means: all of them.
type Scope struct {
	Products []string
	Sites    []string
}

// IsZero reports whether the scope excludes nothing.
func (s Scope) IsZero() bool { return len(s.Products) == 0 && len(s.Sites) == 0 }

// Equal reports whether the scopes name the same products and sites, in any order.
func (s Scope) Equal(t Scope) bool {
	return sameSet(s.Products, t.Products) && sameSet(s.Sites, t.Sites)
}

// Intersect returns what lies in both scopes. It reports false if they name
// products or sites but share none: a part that nobody could ever see.
func (s Scope) Intersect(t Scope) (Scope, bool) {
	products, ok1 := intersect(s.Products, t.Products)
	sites, ok2 := intersect(s.Sites, t.Sites)
	return Scope{products, sites}, ok1 && ok2
}

// inside reports whether whoever sees s sees all of what has the scope t.
func (s Scope) inside(t Scope) bool {
	return within(s.Products, t.Products) && within(s.Sites, t.Sites)
}

func within(a, b []string) bool {
	if len(b) == 0 || len(a) == 0 {
		return len(b) == 0
	}
	return !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) })
}

// On reports whether a site with these products shows what has this scope.
func (s Scope) On(site string, products []string) bool {
	return (len(s.Sites) == 0 || slices.Contains(s.Sites, site)) && (len(s.Products) == 0 || Meet(s.Products, products))
}

// Meet reports whether the lists have an element in common.
func Meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

func intersect(a, b []string) ([]string, bool) {
	if len(a) == 0 {
		return b, true
	}
	if len(b) == 0 {
		return a, true
	}
	var out []string
	for _, x := range a {
		if slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out, len(out) > 0
}

func sameSet(a, b []string) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			return false
		}
	}
	return true
}

// A ScopeUse is a product or a site written in a scope.
type ScopeUse struct {
	Key string // "products" or "sites"
	ID  string
	Pos source.Position
}

// Scopes returns every product and site written in the document's scopes, in
// order, so that unknown ones can be reported where they stand.
func (d *Document) Scopes() []ScopeUse { return d.scopes }

// String names what is in the scope as it is written in a text.
func (s Scope) String() string {
	var parts []string
	if len(s.Products) > 0 {
		parts = append(parts, `products="`+strings.Join(s.Products, " ")+`"`)
	}
	if len(s.Sites) > 0 {
		parts = append(parts, `sites="`+strings.Join(s.Sites, " ")+`"`)
	}
	return strings.Join(parts, " ")
}
