package text

import "strings"

// checkTarget notes links to policies, which For fills in, and reports targets that would run a program or show what no policy
// holds, and links to a policy without its name.
func (p *parse) checkTarget(s *Span, target string, at int) {
	switch {
	case unsafeTarget(target):
		p.errorf(at, "unsafe-link", "link to a page or an address", "the target %q is not safe", truncate(target, 40))
	case hasPrefixFold(target, policyScheme):
		s.fill = true
		if id, _ := cutPolicy(target); id == "" {
			p.errorf(at, "policy-link", "write policy:ID or policy:ID#section", "the link names no policy")
		}
	}
}

const policyScheme = "policy:"

// cutPolicy returns the policy and the fragment of a policy: link.
func cutPolicy(target string) (id, fragment string) {
	id, fragment, _ = strings.Cut(target[len(policyScheme):], "#")
	return strings.TrimSpace(id), fragment
}

// unsafeTarget reports whether a browser would take the target for a program
// or for a document of its own. Browsers pass over blanks and control
// characters before and inside the scheme.
func unsafeTarget(target string) bool {
	colon := strings.IndexByte(target, ':')
	if colon < 0 {
		return false
	}
	scheme := strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, target[:colon])
	switch strings.ToLower(scheme) {
	case "javascript", "data", "vbscript":
		return true
	}
	return false
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// fillTarget fills a variable's value in behind what stands before it in a
// target. At the beginning it may be a whole address; behind a ? or # all that
// means something there is escaped.
func fillTarget(before, value string) string {
	switch {
	case before == "":
		return value
	case strings.ContainsAny(before, "?#"):
		return escapeBytes(value, "-._~")
	case hasPrefixFold(before, "mailto:"):
		return escapeBytes(value, "-._~!$'*+@,")
	}
	return escapeBytes(value, "-._~!$&'()*+,;=:@/")
}

// escapeBytes writes all bytes but letters, digits and the kept ones as %XX.
func escapeBytes(s, kept string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; alphanumeric(c) || strings.IndexByte(kept, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// href returns a target as it is written into a page: what an address cannot
// hold is escaped, what is escaped already stays. It is "" for a target that
// must not be followed or is still open.
func href(target string) string {
	if unsafeTarget(target) || hasPrefixFold(target, policyScheme) || strings.Contains(target, "{{") {
		return ""
	}
	return escapeBytes(strings.TrimSpace(target), "-._~!$&'()*+,;=:@/?#%")
}
