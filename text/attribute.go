package text

import (
	"fmt"
	"regexp"
	"strings"
)

// An attribute list stands behind a heading, {#id products="a b"}, or behind
// the colons of a fence, without braces.
type attributes struct {
	id     string
	idAt   int // where the id stands
	scope  Scope
	covers []string
	uses   []use
	faults []fault
	at     int // where the list begins
}

// A use is a product or a site in an attribute list.
type use struct {
	key, id string
	at      int
}

// A fault is a mistake in an attribute list.
type fault struct {
	at            int
	rule          string
	message, hint string
}

var (
	validID   = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
	attribute = regexp.MustCompile(`^([A-Za-z_][\w-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=“”„‘’«»]+))`)
)

const blanks = " \t\n"

// parseAttributes reads a list without its braces that stands at an offset.
func parseAttributes(list string, at int, heading bool) *attributes {
	a := &attributes{at: at}
	if strings.Trim(list, blanks) == "" {
		a.fault(at, "bad-attribute", knownAttributes(heading), "the braces hold nothing")
	}
	for pos := 0; ; {
		pos += len(list[pos:]) - len(strings.TrimLeft(list[pos:], blanks))
		if pos == len(list) {
			return a
		}
		rest := list[pos:]
		word := rest
		if i := strings.IndexAny(rest, blanks); i >= 0 {
			word = rest[:i]
		}
		m := attribute.FindStringSubmatchIndex(rest)
		switch {
		case rest[0] == '#' && heading:
			a.setID(word[1:], at+pos)
			pos += len(word)
		case m != nil:
			a.set(rest, m, at+pos, heading)
			pos += m[1]
		default:
			a.fault(at+pos, "bad-attribute", knownAttributes(heading), "%q is not an attribute", word)
			pos += len(word)
		}
	}
}

func knownAttributes(heading bool) string {
	if heading {
		return `write {#id products="a b" sites="x y"}, or \{ if braces are meant`
	}
	return `write ::: products="a b" sites="x y"`
}

func (a *attributes) setID(id string, at int) {
	switch {
	case a.id != "":
		a.fault(at, "bad-id", "keep one", "the heading has two ids, %q and %q", a.id, id)
	case !validID.MatchString(id):
		a.fault(at, "bad-id", "use small letters, digits, - . and _, beginning with a letter or digit", "%q is not an id", id)
	default:
		a.id, a.idAt = id, at
	}
}

// set takes the attribute that m found in rest.
func (a *attributes) set(rest string, m []int, at int, heading bool) {
	key := rest[m[2]:m[3]]
	var into *[]string
	switch {
	case key == "products":
		into = &a.scope.Products
	case key == "sites":
		into = &a.scope.Sites
	case key == "covers" && heading:
		into = &a.covers
	default:
		a.fault(at, "unknown-attribute", knownAttributes(heading), "unknown attribute %q", key)
		return
	}
	if *into != nil {
		a.fault(at, "bad-attribute", "write one list", "the attribute %q stands here twice", key)
		return
	}
	from, to := m[4], m[5]
	for i := 6; from < 0; i += 2 {
		from, to = m[i], m[i+1]
	}
	for _, w := range words(rest[from:to]) {
		id := rest[from+w[0] : from+w[1]]
		*into = append(*into, id)
		if key != "covers" {
			a.uses = append(a.uses, use{key, id, at + from + w[0]})
		}
	}
	if *into == nil {
		a.fault(at, "bad-attribute", "name at least one, or remove it", "the attribute %q names nothing", key)
	}
}

func (a *attributes) fault(at int, rule, hint, format string, args ...any) {
	a.faults = append(a.faults, fault{at, rule, fmt.Sprintf(format, args...), hint})
}

// words returns where the words of a list separated by blanks or commas are.
func words(s string) [][2]int {
	var out [][2]int
	start := -1
	for i := range len(s) + 1 {
		if i == len(s) || strings.IndexByte(", \t\n", s[i]) >= 0 {
			if start >= 0 {
				out = append(out, [2]int{start, i})
			}
			start = -1
		} else if start < 0 {
			start = i
		}
	}
	return out
}
