// Package slip finds slips of the pen: words that are misspelt or stand twice,
// sentences that do not hold together or end, capitals that strayed.
package slip

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"proviso/lint/reading"
	"proviso/text"
)

// Check looks for slips of the pen.
func Check(r *reading.Text) {
	slips(r)
	fullStops(r)
	strayCapitals(r)
	doubledWords(r)
	doubledLetters(r)
	repeatedText(r)
	repeatedItems(r)
}

// slips looks for slips of the pen that the lists know.
func slips(r *reading.Text) {
	for _, p := range r.Passages {
		var told [][]int
		for _, m := range r.Lists.All("slips", "", p.Words) {
			if p.Spans[p.Span(m.At[0])].Link != "" || overlaps(told, m.At) {
				continue
			}
			told = append(told, m.At)
			rule := m.Group
			if rule == "pronoun" {
				rule = "grammar"
			}
			r.Warn(p, m.At[0], rule, m.Note, "%s: %q", slipMessage[m.Group], reading.Shorten(p.Words[m.At[0]:m.At[1]], 60))
		}
	}
}

// overlaps reports whether a place has to do with one of the others.
func overlaps(told [][]int, m []int) bool {
	return slices.ContainsFunc(told, func(x []int) bool { return m[0] < x[1] && x[0] < m[1] })
}

var slipMessage = map[string]string{
	"grammar":    "the sentence does not hold together",
	"pronoun":    "two pronouns stand for one person",
	"spelling":   "a word is misspelt",
	"apostrophe": "a genitive has no apostrophe",
}

// fullStops looks for paragraphs and items of several sentences of which the
// last one has no end.
func fullStops(r *reading.Text) {
	if r.Lists == nil {
		return
	}
	for _, p := range r.Passages {
		words := strings.TrimRight(p.Words, " \u00a0”\"’')*_]")
		if !p.Prose() || words == "" || strings.Contains(words, "\n") || p.Next != nil && p.Next.Kind != text.Paragraph {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(words)
		ends := p.Sentences()
		tail := p.Words[ends[len(ends)-1][0]:]
		if !unicode.IsLetter(last) && !unicode.IsNumber(last) || noSentence.MatchString(tail) || endsInLink(p) {
			continue
		}
		if len(ends) >= 2 && reading.WordCount(tail) >= 6 && reading.WordCount(p.Words) >= 12 || len(p.Around) == 0 && reading.WordCount(tail) >= 25 {
			r.Warn(p, len(words)-utf8.RuneLen(last), "full-stop", "end the sentence", "the last sentence has no full stop: %q", "…"+lastWords(words, 4))
		}
	}
}

// noSentence finds addresses, and items that go on.
var noSentence = regexp.MustCompile(`://|\}\}|\b[A-Z]{2} \d{5}|[;,] (?:and|or)\s*$|(?i)p\.?o\.? box`)

// endsInLink reports whether the last words are a link to a page, whose title
// may stand without a full stop.
func endsInLink(p *reading.Passage) bool {
	last := p.Spans[len(p.Spans)-1]
	return last.Link != "" && !strings.Contains(last.Text, "@")
}

func lastWords(s string, n int) string {
	f := strings.Fields(s)
	return strings.Join(f[max(0, len(f)-n):], " ")
}

// strayCapitals looks for a participle that is capitalised in mid-sentence.
func strayCapitals(r *reading.Text) {
	if r.Lists == nil {
		return
	}
	for _, p := range r.Passages {
		if !p.Prose() || p.Capitals() > 0.3 {
			continue
		}
		for _, m := range participle.FindAllStringSubmatchIndex(p.Words, -1) {
			at := m[2]
			if !p.StartsSentence(at) && p.Spans[p.Span(at)].Link == "" && smallBefore(p.Before(at)) {
				r.Warn(p, at, "stray-capital", "write it small", "%q is capitalised in mid-sentence", p.Words[m[2]:m[3]])
			}
		}
	}
}

var participle = regexp.MustCompile(`[a-z] ([A-Z][a-z]+ed) (?:by|to|with|from|on|through)\b`)

func smallBefore(s string) bool {
	fields := strings.Fields(s)
	return len(fields) > 0 && unicode.IsLower([]rune(fields[len(fields)-1])[0])
}
