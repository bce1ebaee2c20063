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

// ids are the ids that are taken. The number is the one that the next section
// with the same slug tries first.
type ids map[string]int

func (t ids) take(id string) { t[id] = max(t[id], 2) }

// unique returns id, or id-2, id-3, ... if it is taken, and takes it.
func (t ids) unique(id string) string {
	out := id
	for n := t[id]; t[out] > 0; n++ {
		out = id + "-" + strconv.Itoa(n)
		t[id] = n + 1
	}
	t.take(out)
	return out
}
