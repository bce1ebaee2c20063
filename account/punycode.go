package account

import (
	"strings"
	"unicode"
)

// toASCII returns a domain in small letters, with its labels beyond ASCII in
// the form of RFC 3492 (xn--…). It reports false where a label or the whole
// comes out too long for a domain.
//
// Letters that may be written in more than one way (u and ◌̈ for ü, wide and
// narrow ones) have to be brought to one form first, and that takes tables that
// are not here. A domain with others than the sure ones stays as it is, so that
// never another domain is mailed to than the one that is written.
func toASCII(domain string) (string, bool) {
	if ascii(domain) {
		return strings.ToLower(domain), true
	}
	domain = strings.Map(small, domain)
	if strings.ContainsFunc(domain, func(r rune) bool { return !unicode.Is(sure, r) }) {
		return domain, true
	}
	labels := strings.Split(domain, ".")
	for i, label := range labels {
		if !ascii(label) {
			labels[i] = "xn--" + punycode(label)
		}
		if n := len(labels[i]); n == 0 || n > 63 {
			return "", false
		}
	}
	domain = strings.Join(labels, ".")
	return domain, len(domain) <= 253
}

// small returns a letter of a domain as a small one, and the dots of other
// scripts as dots.
func small(r rune) rune {
	switch r {
	case '。', '．', '｡':
		return '.'
	case 'İ': // small, it would be an i
		return r
	}
	return unicode.ToLower(r)
}

// sure are the small letters that have one form only, and the signs of ASCII.
var sure = &unicode.RangeTable{
	R16: []unicode.Range16{
		{'-', '.', 1}, {'0', '9', 1}, {'a', 'z', 1},
		{'ß', 'ö', 1}, {'ø', 'į', 1}, {'ı', 'ı', 1}, {'ĵ', 'ľ', 1}, {'ł', 'ň', 1}, {'ŋ', 'ž', 1},
		{'ά', 'ώ', 1}, {'а', 'џ', 1},
		{'ぁ', 'ゖ', 1}, {'ァ', 'ヺ', 1}, {'ー', 'ー', 1}, {'一', 0x9fff, 1}, {'가', '힣', 1},
	},
	LatinOffset: 5,
}

// The numbers of RFC 3492, section 5.
const (
	base, tMin, tMax    = 36, 1, 26
	skew, damp          = 38, 700
	firstBias, firstNew = 72, 0x80
)

// punycode writes one label with the letters of ASCII, as in RFC 3492, section
// 6.3: those that are ASCII first, then where each of the others goes.
func punycode(label string) string {
	var out []byte
	for i := range len(label) {
		if label[i] < firstNew {
			out = append(out, label[i])
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	runes := []rune(label)
	delta, bias, next := 0, firstBias, rune(firstNew)
	for done := basic; done < len(runes); {
		smallest := rune(unicode.MaxRune)
		for _, r := range runes {
			if r >= next {
				smallest = min(smallest, r)
			}
		}
		delta += int(smallest-next) * (done + 1)
		for _, r := range runes {
			if r < smallest {
				delta++
			} else if r == smallest {
				out = number(out, delta, bias)
				bias = adapt(delta, done+1, done == basic)
				delta = 0
				done++
			}
		}
		delta++
		next = smallest + 1
	}
	return string(out)
}

// number writes a number of variable length, the lowest digit first.
func number(out []byte, n, bias int) []byte {
	const digits = "abcdefghijklmnopqrstuvwxyz0123456789"
	for k := base; ; k += base {
		t := min(max(k-bias, tMin), tMax)
		if n < t {
			return append(out, digits[n])
		}
		out = append(out, digits[t+(n-t)%(base-t)])
		n = (n - t) / (base - t)
	}
}

// adapt moves the threshold between digits to where the next number is likely.
func adapt(delta, count int, first bool) int {
	if first {
		delta /= damp
	} else {
		delta /= 2
	}
	delta += delta / count
	k := 0
	for ; delta > (base-tMin)*tMax/2; k += base {
		delta /= base - tMin
	}
	return k + (base-tMin+1)*delta/(delta+skew)
}
