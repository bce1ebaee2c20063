package source

import "strings"

// Turned finds the first mark that turns the direction of writing for what
// follows it, so that readers see other words, or the same in another order,
// than programs compare: an embedding or override (U+202A to U+202E), or an
// isolate (U+2066 to U+2068) that its line does not end. It returns where the
// mark stands, or -1. Marks for one place (U+200E, U+200F) and isolates that
// end are part of right-to-left writing.
func Turned(s string) (at int, mark rune) {
	if !turns(s) {
		return -1, 0
	}
	var open []int // isolates that have not ended
	var outer rune
	for i, r := range s {
		switch {
		case r >= 0x202a && r <= 0x202e:
			return i, r
		case r >= 0x2066 && r <= 0x2068:
			if open = append(open, i); len(open) == 1 {
				outer = r
			}
		case r == 0x2069 && len(open) > 0:
			open = open[:len(open)-1]
		case r == '\n' && len(open) > 0:
			return open[0], outer
		}
	}
	if len(open) > 0 {
		return open[0], outer
	}
	return -1, 0
}

// turns reports whether any of these marks stands in s, looking at few of its bytes.
func turns(s string) bool {
	for {
		i := strings.IndexByte(s, 0xe2) // all begin with it
		if i < 0 || i+2 >= len(s) {
			return false
		}
		switch c := s[i+2]; s[i+1] {
		case 0x80:
			if c >= 0xaa && c <= 0xae {
				return true
			}
		case 0x81:
			if c >= 0xa6 && c <= 0xa9 {
				return true
			}
		}
		s = s[i+1:]
	}
}
