package notify

import (
	"strings"
	"testing"

	"proviso/source"
)

// A return path is a bare address whose mailbox leaves room for the token.
// What the mail server would refuse for each mail is refused before the first.
func TestReturnPath(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"bounce@bounce.acme.example": "bounce@bounce.acme.example",
		"Acme bounces <bounce@bounce.acme.example>": "bounce@bounce.acme.example",
		"bounce@münchen.example":                    "bounce@xn--mnchen-3ya.example",
		strings.Repeat("b", 24) + "@acme.example":   strings.Repeat("b", 24) + "@acme.example",
	} {
		if got, err := ReturnPath(in); got != want || err != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{
		"acme.example": "is not an address",
		strings.Repeat("b", 25) + "@acme.example": "has 25 letters before the @; +TOKEN is added to them, so 24 are the most",
		"rückläufer@acme.example":                 "its letters must be plain",
		`"b b"@acme.example`:                      "its letters must be plain",
		"bounce+acme@acme.example":                "its letters must be plain",
	} {
		if _, err := ReturnPath(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
		var ps source.Problems
		MailConfig{ReturnPath: in}.Check(&ps)
		if len(ps.Errors()) != 1 {
			t.Errorf("%q: Check says %v", in, ps)
		}
	}
	var ps source.Problems
	if (MailConfig{ReturnPath: "${BOUNCES}@" + strings.Repeat("b", 70)}).Check(&ps); len(ps) != 0 {
		t.Errorf("what is filled in later is checked then: %v", ps)
	}
}
