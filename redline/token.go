package redline

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Token is the smallest part of a text that a redline marks: a word, a number
// with its punctuation and unit sign ("1,000", "3.5", "50%", "$20"), a run of
// one mark of punctuation, or one character of a script written without blanks.
// Between tokens there are only blanks.
type Token struct {
	Start, End int    // bytes of the text
	Key        string // what is compared: straight quotes, no soft hyphens or zero-width characters
	Word       bool   // has a letter or a digit; only such tokens are counted as words
}

// Tokens cuts text into its tokens.
func Tokens(s string) []Token {
	out := make([]Token, 0, len(s)/5+1)
	for i := 0; i < len(s); {
		if s[i] == ' ' {
			i++
			continue
		}
		r, w := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			i += w
			continue
		}
		adjacent := len(out) > 0 && out[len(out)-1].End == i
		if r >= utf8.RuneSelf && (invisible(r) || unicode.IsMark(r)) {
			i += w
			switch {
			case adjacent: // belongs to what it follows
				out[len(out)-1].End = i
			case unicode.IsMark(r):
				out = append(out, Token{Start: i - w, End: i})
			}
			continue
		}
		end, word := tokenEnd(s, i)
		out = append(out, Token{Start: i, End: end, Word: word})
		i = end
	}
	for i := range out {
		out[i].Key = key(s[out[i].Start:out[i].End])
	}
	return out
}

// Count returns the number of words in text.
func Count(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] == ' ' {
			i++
			continue
		}
		if r, w := utf8.DecodeRuneInString(s[i:]); unicode.IsSpace(r) || invisible(r) {
			i += w
			continue
		}
		end, word := tokenEnd(s, i)
		if word {
			n++
		}
		i = end
	}
	return n
}

// tokenEnd returns where the token that starts at i ends, and whether it is a word.
func tokenEnd(s string, i int) (end int, word bool) {
	if wordByte[s[i]] {
		return wordEnd(s, i), true
	}
	r, w := utf8.DecodeRuneInString(s[i:])
	next, _ := utf8.DecodeRuneInString(s[i+w:])
	switch {
	case alone(r):
		return i + w, true
	case currency(r) && unicode.IsDigit(next):
		return wordEnd(s, i+w), true
	case wordly(r):
		return wordEnd(s, i), true
	}
	end = i + w
	for end < len(s) { // "...", "--", "___"
		if same, sw := utf8.DecodeRuneInString(s[end:]); same != r || sw != w {
			break
		}
		end += w
	}
	return end, false
}

// wordEnd returns where the word that starts at i ends.
func wordEnd(s string, i int) int {
	start := i
	var last rune
	for i < len(s) {
		if wordByte[s[i]] {
			last = rune(s[i])
			i++
			continue
		}
		r, w := utf8.DecodeRuneInString(s[i:])
		switch {
		case wordly(r):
			last = r
		case r >= utf8.RuneSelf && (invisible(r) || unicode.IsMark(r)):
		case joins(s, start, i, last, r, w):
		default:
			if unicode.IsDigit(last) && (r == '%' || r == '‰' || r == '°' || currency(r)) {
				i += w
			}
			return i
		}
		i += w
	}
	return i
}

// joins reports whether the mark r at i, which follows last in the word that
// begins at start, holds the word together with what comes after it.
func joins(s string, start, i int, last, r rune, w int) bool {
	if i+w == len(s) || s[i+w] == ' ' {
		return false
	}
	next, _ := utf8.DecodeRuneInString(s[i+w:])
	if !wordly(next) {
		return false
	}
	digits := unicode.IsDigit(last) && unicode.IsDigit(next)
	switch r {
	case '-', '\u2010', '\u2011', '@', '&': // third-party, legal@example.com, R&D
		return true
	case '\'', '’', '‘', 'ʼ': // don't
		return unicode.IsLetter(last) && unicode.IsLetter(next)
	case '.': // 3.5, example.com, U.S; not "ended.Next"
		initial := strings.LastIndexByte(s[max(start, i-3):i], '.') >= 0 || i-start <= 2
		return digits || unicode.IsLower(next) || unicode.IsUpper(last) && initial
	case ',', ':', '/', '–': // 1,000 10:30 24/7 5–10
		return digits
	}
	return false
}

// wordly reports whether r is a part of words and not a word alone.
func wordly(r rune) bool {
	if r < utf8.RuneSelf {
		return wordByte[r]
	}
	return (unicode.IsLetter(r) || unicode.IsNumber(r)) && !alone(r)
}

// wordByte tells which bytes are letters, digits or underscores.
var wordByte = func() (is [256]bool) {
	for c := range utf8.RuneSelf {
		is[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
	}
	return is
}()

func currency(r rune) bool { return r == '$' || r >= 0xA2 && unicode.Is(unicode.Sc, r) }

// unspaced are the scripts written without blanks between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// alone reports whether r is a letter of a script written without blanks.
func alone(r rune) bool {
	return r >= 0x0E00 && (unicode.IsLetter(r) || unicode.Is(unicode.Nl, r)) && unicode.In(r, unspaced...)
}

// invisible reports whether r is a soft hyphen or another character without width.
func invisible(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0xAD, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2064,
		r >= 0x2066 && r <= 0x2069, r >= 0xFE00 && r <= 0xFE0F, r == 0xFEFF:
		return true
	}
	return false
}

// key returns the form of a token that is compared.
func key(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return strings.Map(plain, s)
		}
	}
	return s
}

func plain(r rune) rune {
	switch r {
	case '‘', '’', '‚', '‛', 'ʼ':
		return '\''
	case '“', '”', '„', '‟':
		return '"'
	case '\u2010', '\u2011':
		return '-'
	}
	if invisible(r) {
		return -1
	}
	return r
}
