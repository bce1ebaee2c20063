package account

import (
	"strings"

	"golang.org/x/net/idna"
)

// lookup brings a domain to the form in which it is looked up (UTS 46): small
// letters, one form of those that may be written in several ways, and ß as the
// letter it is.
var lookup = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.VerifyDNSLength(true))

// toASCII returns a domain in small letters, with its labels beyond ASCII in
// the form of RFC 3492 (xn--…). It reports false where a label or the whole
// comes out too long for a domain, or has nothing in it. A domain that can stand
// in no record of names stays as it is, so that never another domain is mailed
// to than the one that is written.
func toASCII(domain string) (string, bool) {
	if ascii(domain) {
		return strings.ToLower(domain), true
	}
	out, err := lookup.ToASCII(domain)
	if err == nil {
		return out, true
	}
	return strings.ToLower(domain), fits(out)
}

// fits reports whether a domain and its labels have a length that domains may have.
func fits(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if n := len(label); n == 0 || n > 63 {
			return false
		}
	}
	return len(domain) <= 253
}
