package redline

import "strings"

// enumerator returns the length of the number or letter in front of a text,
// with the blank behind it: "4. ", "4.1 ", "(a) ", "iv) ", "Section 4: ". It is
// 0 if there is none. A plain number or a year is part of the text.
func enumerator(s string) int {
	i := 0
	open := strings.HasPrefix(s, "(")
	if open {
		i = 1
	}
	from := i
	for i < len(s) && i < from+12 && (digit(s[i]) || letter(s[i]) || s[i] == '.' && i > from && i+1 < len(s) && s[i+1] != ' ') {
		i++
	}
	name := s[from:i]
	if !ordinal(name) || i >= len(s) {
		return 0
	}
	dotted := strings.IndexByte(name, '.') > 0
	switch {
	case s[i] == ')', s[i] == '.' && !open:
		i++
	case s[i] == ' ' && dotted && !open && i+1 < len(s) && (s[i+1] >= 'A' && s[i+1] <= 'Z' || s[i+1] >= 0x80):
	default:
		return 0
	}
	if i >= len(s) || s[i] != ' ' {
		return 0
	}
	return i + 1
}

// ordinal reports whether name is one to three digits, a letter, a Roman
// number, or several of these with dots between.
func ordinal(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		switch n := len(part); {
		case n == 0 || n > 6:
			return false
		case digit(part[0]):
			if n > 3 || strings.Trim(part, "0123456789") != "" {
				return false
			}
		case n > 1 && strings.Trim(part, "ivxl") != "" && strings.Trim(part, "IVXL") != "":
			return false
		}
	}
	return name != ""
}

func digit(c byte) bool  { return '0' <= c && c <= '9' }
func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
