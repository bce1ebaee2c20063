package text

import (
	"strconv"
	"strings"
	"unicode"
)

// slug makes an id of a heading's words as GitHub does: small letters, digits
// and marks of any script stay, as do _ and -; blanks become -; all else goes.
func slug(words string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(words) {
		switch {
		case r == ' ' || r == '\n':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || unicode.Is(unicode.Pc, r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// unique returns id, or id-2, id-3, ... if it is taken, and takes it.
func unique(id string, taken map[string]bool) string {
	out := id
	for n := 2; taken[out]; n++ {
		out = id + "-" + strconv.Itoa(n)
	}
	taken[out] = true
	return out
}
