package reading

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// notEnd are words whose full stop does not end a sentence.
var notEnd = regexp.MustCompile(`(?i)(?:^|[\s(“"])(?:e\.g|i\.e|etc|inc|ltd|corp|co|no|nos|vs|art|arts|sec|para|mr|mrs|ms|dr|st|cf|ca|approx|bzw|ggf|z\.b|abs|nr|vgl|u\.s|d\.c|[a-z])\.$`)

// sentences returns where the sentences of words begin and end.
func sentences(words string) [][2]int {
	var out [][2]int
	start := 0
	for i := 0; i < len(words); i++ {
		c := words[i]
		if c == '\n' {
			out, start = append(out, [2]int{start, i + 1}), i+1
			continue
		}
		if c != '.' && c != '?' && c != '!' {
			continue
		}
		end := i + 1
		for end < len(words) && strings.ContainsRune(`)"'`, rune(words[end])) || strings.HasPrefix(words[min(end, len(words)):], "”") || strings.HasPrefix(words[min(end, len(words)):], "’") {
			_, n := utf8.DecodeRuneInString(words[end:])
			end += n
		}
		if end < len(words) && !endsHere(words, i, end) {
			continue
		}
		out, start = append(out, [2]int{start, end}), end
		i = end - 1
	}
	if start < len(words) {
		out = append(out, [2]int{start, len(words)})
	}
	return out
}

// endsHere reports whether the stop at i ends a sentence that ends at end.
func endsHere(words string, i, end int) bool {
	rest := words[end:]
	first, n := utf8.DecodeRuneInString(rest)
	if !unicode.IsSpace(first) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(rest[n:], unicode.IsSpace))
	if unicode.IsLower(next) {
		return false
	}
	return words[i] != '.' || !notEnd.MatchString(words[max(0, i-12):i+1])
}

// WordCount returns the number of words.
func WordCount(s string) int { return len(strings.Fields(s)) }

// Letters returns the letters and digits of s in small letters.
func Letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// Capitals returns the share of capital letters among the letters of s.
func Capitals(s string) float64 {
	upper, all := 0, 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			all++
		}
		if unicode.IsUpper(r) {
			upper++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(upper) / float64(all)
}

// Capitalised reports whether s begins with a capital.
func Capitalised(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}
