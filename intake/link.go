package intake

import (
	"net/url"
	"regexp"
	"strings"

	"proviso/lint/form"
)

const (
	protectedURL = `[^()\s]*/cdn-cgi/l/email-protection(?:#([0-9a-fA-F]+))?`
	target       = `(?:[^()\s]|\([^()\s]*\))*(?:\s+"[^"\n]*")?`
)

var (
	nested     = regexp.MustCompile(`\[(\[[^\[\]\n]*\]\(` + target + `\))([^\[\]\n]{0,40})\]\((` + target + `)\)`)
	wordless   = regexp.MustCompile(`(^|[^!\\])\[([\s\x{a0}.,;:]*)\]\((` + target + `)\)`)
	protected  = regexp.MustCompile(`\[((?:[^\[\]\n]|\\?\[[^\[\]\n]*\\?\])*)\]\(` + protectedURL + `\)`)
	protectURL = regexp.MustCompile(`^` + protectedURL)
	archived   = regexp.MustCompile(`https?://web\.archive\.org/web/\d+[a-z_]*/(https?(?::|%3A)/{1,2}[^\s()<>\]]+)`)
	script     = regexp.MustCompile(`(?i)(^|[^!])\[([^\[\]\n]*)\]\(javascript:[^)\n]*\)`)
	tracked    = regexp.MustCompile(`([?&])(?:utm_[a-z]+|fbclid|gclid)=[^&#\s)>"]*(&?)`)
)

// links repairs links as capturing tools write them.
func (t *Text) links(s string) string {
	for range 4 { // links inside links inside links
		n := 0
		s = nested.ReplaceAllStringFunc(s, func(m string) string {
			n++
			x := nested.FindStringSubmatch(m)
			t.decoded(x[3])
			return x[1] + x[2]
		})
		t.repaired(n, "a link inside the words of another is one link")
		if n == 0 {
			break
		}
	}
	s = t.wordless(s)
	s = protected.ReplaceAllStringFunc(s, func(m string) string {
		x := protected.FindStringSubmatch(m)
		address, ok := t.decoded(m[strings.LastIndex(m, "](")+2 : len(m)-1])
		if !ok {
			return m
		}
		if words := strings.TrimSpace(x[1]); words != "" && !strings.Contains(words, "protected") {
			return "[" + words + "](mailto:" + address + ")"
		}
		return "[" + address + "](mailto:" + address + ")"
	})
	s = archived.ReplaceAllStringFunc(s, func(m string) string {
		old, err := url.PathUnescape(archived.FindStringSubmatch(m)[1])
		if err != nil || strings.ContainsAny(old, " ()<>") {
			return m
		}
		t.repaired(1, "a link to an archived copy leads to the page itself")
		return old
	})
	s = t.replace(s, script, "$1$2", "a link that led nowhere is words now")
	return tracked.ReplaceAllStringFunc(s, func(m string) string {
		t.repaired(1, "tracking taken off a link")
		x := tracked.FindStringSubmatch(m)
		if x[2] == "" {
			return ""
		}
		return x[1]
	})
}

// decoded returns the address that a link's target hides, without the stop
// that came to stand inside it, and counts it.
func (t *Text) decoded(target string) (string, bool) {
	m := protectURL.FindStringSubmatch(target)
	if m == nil || m[1] == "" {
		return "", false
	}
	address, ok := form.Unprotect(m[1])
	if !ok {
		return "", false
	}
	address = strings.TrimRight(address, ".,; ")
	t.repaired(1, "protected e-mail address decoded: %s", address)
	return address, true
}

// wordless takes out links without words. One that hides an address which
// stands nowhere near it is written out.
func (t *Text) wordless(s string) string {
	var b strings.Builder
	last := 0
	for _, m := range wordless.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[last:m[3]])
		last = m[1]
		before := s[max(0, m[0]-300):m[0]]
		if address, ok := t.decoded(s[m[6]:m[7]]); ok && !strings.Contains(before, address) {
			b.WriteString("[" + address + "](mailto:" + address + ")")
		} else if !ok {
			t.repaired(1, "a link without words taken out")
		}
		b.WriteString(strings.TrimSpace(s[m[4]:m[5]]))
	}
	return b.String() + s[last:]
}
