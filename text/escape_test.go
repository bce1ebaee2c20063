package text_test

import (
	"bytes"
	"strings"
	"testing"

	"proviso/text"
)

// Every byte is escaped wherever it stands and whatever stands around it.
func TestEscape(t *testing.T) {
	entities := map[byte]string{'<': "&lt;", '>': "&gt;", '&': "&amp;", '"': "&#34;", '\t': "\t", '\n': "<br>\n"}
	alone := func(c byte) string {
		if s, ok := entities[c]; ok || c < ' ' || c == 0x7f {
			return s
		}
		return string([]byte{c})
	}
	for _, around := range []string{"plain words, é and 私たち", "a\x80\xff<b!;=?%", "tab\tand <&>\x00\x1f\x7f~"} {
		for at := range len(around) + 1 {
			for c := range 256 {
				s := around[:at] + string([]byte{byte(c)}) + around[at:]
				var got bytes.Buffer
				var want strings.Builder
				text.WriteSpans(&got, []text.Span{{Text: s}})
				for i := range len(s) {
					want.WriteString(alone(s[i]))
				}
				if got.String() != want.String() {
					t.Fatalf("%q: got %q, want %q", s, got.String(), want.String())
				}
			}
		}
	}
}
