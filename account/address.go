package account

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Normal returns the form of an address under which it is known: one address,
// one mail, however it is spelled. It reports false for what is no address.
//
// Two addresses are the same if their domains are, as the Internet compares
// them (upper and lower case, München.example and xn--mnchen-3ya.example), and
// if what stands before the @ differs in the case of ASCII letters at most.
// Beyond ASCII it must be the same byte by byte: to tell one person twice is
// better than to tell one of two nothing. Dots and tags ("jo.ann", "jo+x") make
// another address, because most servers say so.
func Normal(address string) (string, bool) {
	local, domain, ok := split(address)
	if !ok {
		return "", false
	}
	return lower(local) + "@" + domain, true
}

// split takes an address apart. The local part is as it was, the domain in the
// form in which domains are compared and every mail server takes them.
func split(address string) (local, domain string, ok bool) {
	address = strings.TrimSpace(address)
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at > 64 || len(address) > 254 || !plain(address, at) && !parses(address) {
		return "", "", false
	}
	domain, ok = toASCII(address[at+1:])
	return address[:at], domain, ok
}

// plain reports whether an address is letters, digits and a few signs, with
// dots between them: what nearly all addresses are and need no parser for.
func plain(address string, at int) bool {
	dot := true // before this byte, or nothing
	for i := range len(address) {
		c := address[i]
		switch {
		case c == '.' || i == at:
			if dot {
				return false
			}
			dot = true
			continue
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-':
		case i < at && (c == '_' || c == '+'):
		default:
			return false
		}
		dot = false
	}
	return !dot
}

// parses reports whether an address is one in the eyes of RFC 5322, and nothing
// beside it: no name, no comment, no second one.
func parses(address string) bool {
	a, err := mail.ParseAddress(address)
	return err == nil && a.Name == "" && a.Address == address
}

// Mailable returns an address as every server takes it: with its domain in
// ASCII. A local part beyond ASCII stays; only servers with SMTPUTF8 take it.
func Mailable(address string) string {
	local, domain, ok := split(address)
	if !ok || ascii(address[strings.LastIndexByte(address, '@'):]) {
		return address
	}
	return local + "@" + domain
}

// Domain returns the domain of an address in the form in which domains are
// compared; of what is none, what comes after its last @.
func Domain(address string) string {
	domain := address[strings.LastIndexByte(address, '@')+1:]
	if known, ok := toASCII(domain); ok {
		return known
	}
	return domain
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lower makes ASCII letters small and leaves all others as they are.
func lower(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return unicode.ToLower(r)
		}
		return r
	}, s)
}
