package lint

import (
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"
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

func protectedEmail(r *reading) {
	if r.file == nil {
		return
	}
	for _, m := range protection.FindAllSubmatchIndex(r.file.prose, -1) {
		address, ok := "", false
		if m[2] >= 0 {
			address, ok = Unprotect(string(r.file.prose[m[2]:m[3]]))
		}
		clean := strings.TrimRight(address, ".,; ")
		switch {
		case !ok:
			r.warnAt(m[0], "protected-email", "write the address", "a link of an e-mail protection leads nowhere outside the page it was copied from")
		case clean != address:
			r.warnAt(m[0], "protected-email", "write ["+clean+"](mailto:"+clean+")", "a link hides the address %q, which ends in a stray %q", address, address[len(clean):])
		default:
			r.warnAt(m[0], "protected-email", "write ["+clean+"](mailto:"+clean+")", "a link hides the address %q", address)
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
func captureArtefacts(r *reading) {
	if r.file == nil {
		return
	}
	for _, m := range linkInLink.FindAllIndex(r.file.prose, -1) {
		r.warnAt(m[0], "nested-link", "keep the inner link", "a link stands inside the words of another, so readers see brackets")
	}
	last := -1
	for _, m := range emptyMarks.FindAllIndex(r.file.prose, -1) {
		line := r.file.at(m[0]).Line
		if rule := strings.TrimSpace(r.file.line(line - 1)); line != last && strings.Trim(rule, "* ") != "" || line != last && !strings.Contains(rule, "***") {
			r.warnAt(m[0], "capture-artefact", "remove the marks", "marks of bold type enclose nothing")
			last = line
		}
	}
	for _, t := range traces {
		for _, m := range t.re.FindAllIndex(r.file.prose, -1) {
			r.warnAt(m[0], "capture-artefact", "write what the page meant", "%s", t.what)
		}
	}
}

// boldBreaks looks for bold type that reaches over a line break: its end is
// then no end, and readers see the asterisks or too much in bold.
func boldBreaks(r *reading) {
	if r.file == nil {
		return
	}
	for i := 0; i+1 < len(r.file.starts); i++ {
		line, next := r.file.line(i), r.file.line(i+1)
		if strings.Count(line, "**")%2 == 0 || !strings.HasPrefix(strings.TrimLeft(next, " \t"), "**") {
			continue
		}
		if !strings.HasSuffix(line, "  ") && !strings.HasSuffix(line, `\`) {
			continue
		}
		at := r.file.starts[i] + strings.LastIndex(line, "**")
		r.warnAt(at, "bold-break", "end the bold type on the line on which it begins", "bold type reaches over a line break")
	}
}
