package verdict

import "strings"

// Clip shortens s to a line of about a hundred characters, at a word.
func Clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= 100 {
		return s
	}
	s = string(r[:100])
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return s + " …"
}
