package account

import (
	"strings"
	"testing"
)

func TestNormal(t *testing.T) {
	for in, want := range map[string]string{
		" Jo@Example.com ": "jo@example.com", "jürgen@example.com": "jürgen@example.com", "o'neil+x@example.com": "o'neil+x@example.com",
		"": "", "jo": "", "jo@": "", "@example.com": "", "Jo <jo@example.com>": "", "a@b@c": "", "jo@example.com\r\nBcc: x@y": "",
		"jo@example.com, an@example.com": "", strings.Repeat("x", 65) + "@example.com": "", "jo @example.com": "",
		".jo@example.com": "", "jo.@example.com": "", "j..o@example.com": "", "jo@.example.com": "", "jo@example..com": "", "jo@example.com.": "",
	} {
		if got, ok := Normal(in); got != want || ok != (want != "") {
			t.Errorf("Normal(%q) = %q %v, want %q", in, got, ok, want)
		}
	}
}

// Each line is one mailbox, however it is spelled; no two lines are.
func TestNormalTellsMailboxesApart(t *testing.T) {
	seen := map[string]string{}
	for _, line := range []string{
		"jo@München.example JO@münchen.EXAMPLE jo@mu\u0308nchen.example jo@xn--mnchen-3ya.example jo@XN--MNCHEN-3YA.example",
		"jo@bücher.münchen.example jo@xn--bcher-kva.xn--mnchen-3ya.example",
		"jo@例え.テスト jo@例え。テスト jo@xn--r8jz45g.xn--zckzah",
		"jo@muenchen.example",
		"jo@straße.example jo@xn--strae-oqa.example", // ß is a letter
		"jo@strasse.example",
		"jo@ｗｉｄｅ.example jo@wide.example",
		"jo@İstanbul.example",
		"jo@istanbul.example",
		"jürgen@münchen.example jürgen@xn--mnchen-3ya.example",
		"JÜRGEN@münchen.example", // beyond ASCII no two letters are taken for the same
		"j.o@example.com J.O@example.com",
		"j+o@example.com",
	} {
		first, _ := Normal(strings.Fields(line)[0])
		if other, ok := seen[first]; ok {
			t.Errorf("%s is the same as %s", line, other)
		}
		seen[first] = line
		for _, address := range strings.Fields(line) {
			got, ok := Normal(address)
			again, _ := Normal(got)
			if !ok || got != first || again != got {
				t.Errorf("%s: %q %v, then %q, want %q", address, got, ok, again, first)
			}
		}
	}
	if got, ok := Normal("jo@" + strings.Repeat("ü", 60) + ".example"); ok {
		t.Errorf("a label that no domain can have: %q", got)
	}
}

// Every server takes a domain in ASCII; only some take one in Unicode.
func TestMailable(t *testing.T) {
	for in, want := range map[string]string{
		"Jo@Example.com": "Jo@Example.com", "Jo@München.example": "Jo@xn--mnchen-3ya.example",
		"jürgen@München.example": "jürgen@xn--mnchen-3ya.example", "JÜRGEN@Example.com": "JÜRGEN@Example.com",
		"jo@mu\u0308nchen.example": "jo@xn--mnchen-3ya.example", "nobody": "nobody",
	} {
		if got := Mailable(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// The short way and the parser must agree on what an address is.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{"jo@example.com", "a.b+c_d@e-f.g", ".a@b", "a.@b", "a@b.", "a@@b", "a@b@c", "@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		at := strings.LastIndexByte(address, '@')
		if at > 0 && plain(address, at) && !parses(address) {
			t.Errorf("%q is no address", address)
		}
	})
}
