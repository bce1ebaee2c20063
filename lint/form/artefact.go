package form

import (
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"

	"proviso/lint/reading"
)

// Protected e-mail links and other traces of a page that was copied from the
// web. Import repairs them; here they are found wherever they come from.

var protection = regexp.MustCompile(`(?:https?://[\w.-]+)?/cdn-cgi/l/email-protection(?:#([0-9a-fA-F]*))?`)

// Unprotect returns the address that Cloudflare's e-mail protection hides in
// the fragment of a link: each byte is combined with the first by exclusive or.
func Unprotect(fragment string) (address string, ok bool) {
	b, err := hex.DecodeString(fragment)
	if err != nil || len(b) < 4 {
		return "", false
	}
	for i := range b[1:] {
		b[i+1] ^= b[0]
	}
	address = string(b[1:])
	address, _, _ = strings.Cut(address, "?")
	return address, utf8.ValidString(address) && strings.Contains(address, "@") && !strings.ContainsAny(address, " \n\t<>")
}

func protectedEmail(r *reading.Text) {
	if r.File == nil {
		return
	}
	for _, m := range protection.FindAllSubmatchIndex(r.File.Prose, -1) {
		address, ok := "", false
		if m[2] >= 0 {
			address, ok = Unprotect(string(r.File.Prose[m[2]:m[3]]))
		}
		clean := strings.TrimRight(address, ".,; ")
		switch {
		case !ok:
			r.WarnAt(m[0], "protected-email", "write the address", "a link of an e-mail protection leads nowhere outside the page it was copied from")
		case clean != address:
			r.WarnAt(m[0], "protected-email", "write ["+clean+"](mailto:"+clean+")", "a link hides the address %q, which ends in a stray %q", address, address[len(clean):])
		default:
			r.WarnAt(m[0], "protected-email", "write ["+clean+"](mailto:"+clean+")", "a link hides the address %q", address)
		}
	}
}

var (
	linkInLink = regexp.MustCompile(`\[\[[^\[\]]*\]\([^()]*\)[^\[\]]*\]\(`)
	emptyMarks = regexp.MustCompile(`\*{4,}|(?:^|\s)\*\* \*\*(?:\s|$)`)
	traces     = []struct {
		re   *regexp.Regexp
		what string
	}{
		{regexp.MustCompile(`https?://web\.archive\.org/web/\d+`), "a link leads to an archived copy"},
		{regexp.MustCompile(`(?i)\[?email(?:\x{a0}| )protected\]?`), `"email protected" stands where an address was`},
		{regexp.MustCompile(`(?i)\]\(javascript:`), "a link runs a script of the page it was copied from"},
		{regexp.MustCompile(`(?i)[?&]utm_[a-z]+=`), "a link is tracked"},
	}
)

// captureArtefacts looks for what is left of a page that was copied from the web.
func captureArtefacts(r *reading.Text) {
	if r.File == nil {
		return
	}
	for _, m := range linkInLink.FindAllIndex(r.File.Prose, -1) {
		r.WarnAt(m[0], "nested-link", "keep the inner link", "a link stands inside the words of another, so readers see brackets")
	}
	last := -1
	for _, m := range emptyMarks.FindAllIndex(r.File.Prose, -1) {
		line := r.File.At(m[0]).Line
		if rule := strings.TrimSpace(r.File.Line(line - 1)); line != last && strings.Trim(rule, "* ") != "" || line != last && !strings.Contains(rule, "***") {
			r.WarnAt(m[0], "capture-artefact", "remove the marks", "marks of bold type enclose nothing")
			last = line
		}
	}
	for _, t := range traces {
		for _, m := range t.re.FindAllIndex(r.File.Prose, -1) {
			r.WarnAt(m[0], "capture-artefact", "write what the page meant", "%s", t.what)
		}
	}
}

// boldBreaks looks for bold type that reaches over a line break: its end is
// then no end, and readers see the asterisks or too much in bold.
func boldBreaks(r *reading.Text) {
	if r.File == nil {
		return
	}
	for i := 0; i+1 < len(r.File.Starts); i++ {
		line, next := r.File.Line(i), r.File.Line(i+1)
		if strings.Count(line, "**")%2 == 0 || !strings.HasPrefix(strings.TrimLeft(next, " \t"), "**") {
			continue
		}
		if !strings.HasSuffix(line, "  ") && !strings.HasSuffix(line, `\`) {
			continue
		}
		at := r.File.Starts[i] + strings.LastIndex(line, "**")
		r.WarnAt(at, "bold-break", "end the bold type on the line on which it begins", "bold type reaches over a line break")
	}
}
