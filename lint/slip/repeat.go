package slip

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"proviso/lint/reading"
	"proviso/text"
)

// repeatedText looks for lines and paragraphs that stand twice.
func repeatedText(r *reading.Text) {
	seen := map[string]*reading.Passage{}
	var before *reading.Passage
	for _, p := range r.Passages {
		if p.Block != nil && p.Block.Kind == text.Cell {
			before = nil
			continue
		}
		key := reading.Letters(p.Words)
		if len(key) < 8 {
			before = p
			continue
		}
		first, again := seen[key]
		switch {
		case before != nil && reading.Letters(before.Words) == key && before.Heading() == p.Heading():
			r.Warn(p, 0, "repeated-text", "keep one of them", "the line stands twice in a row: %q", reading.Shorten(p.Words, 50))
		case again && reading.WordCount(p.Words) >= 20 && first.Meets(p):
			r.Warn(p, 0, "repeated-text", "keep one of them, and link to it", "the paragraph stands already on line %d", r.Place(first, 0).Line)
		}
		if !again {
			seen[key] = p
		}
		before = p
	}
}

// enumerations finds where one item of an enumeration ends and the next begins.
var enumerations = regexp.MustCompile(`[,;]\s+(?:and |or )?`)

// repeatedItems looks for enumerations that name the same thing twice.
func repeatedItems(r *reading.Text) {
	if r.Lists == nil {
		return
	}
	for _, p := range r.Passages {
		if p.Heading() {
			continue
		}
		for _, s := range p.Sentences() {
			repeatedItem(r, p, s[0], p.Words[s[0]:s[1]])
		}
	}
}

func repeatedItem(r *reading.Text, p *reading.Passage, from int, sentence string) {
	bounds := enumerations.FindAllStringIndex(sentence, -1)
	if len(bounds) < 4 {
		return
	}
	var items []string
	start := 0
	for _, b := range append(bounds, []int{len(sentence), len(sentence)}) {
		item := strings.ToLower(strings.Join(strings.Fields(sentence[start:b[0]]), " "))
		n := reading.WordCount(item)
		if n > 10 || strings.Contains(item, ":") {
			items = nil // a clause: another enumeration begins
		}
		if start > 0 && n >= 1 && n <= 4 && len(item) > 5 && !fillers.MatchString(item) {
			if slices.Contains(items, item) {
				r.Warn(p, from+start, "repeated-item", "name it once", "the enumeration names %q twice", item)
				return
			}
			items = append(items, item)
		}
		start = b[1]
	}
}

var fillers = regexp.MustCompile(`^(for example|including|such as|if applicable|however|where applicable|e\.g\.?|i\.e\.?|as applicable|without limitation|in each case|among other.*|respectively|therefore|in addition|at least|(if|where|as) .*)$`)

// doubledWords looks for the same word twice in a row.
func doubledWords(r *reading.Text) {
	for _, p := range r.Passages {
		fields := wordsIn.FindAllStringIndex(p.Words, -1)
		for i := 1; i < len(fields); i++ {
			a, b := p.Words[fields[i-1][0]:fields[i-1][1]], p.Words[fields[i][0]:fields[i][1]]
			between := p.Words[fields[i-1][1]:fields[i][0]]
			if !sameWord(a, b) || strings.Trim(between, " \u00a0") != "" || mayRepeat(r, b) || p.Span(fields[i][0]) != p.Span(fields[i-1][0]) && p.Spans[p.Span(fields[i][0])].Variable != "" {
				continue
			}
			if reading.Capitalised(b) && r.Lists != nil {
				continue // a name
			}
			if p.Spans[p.Span(fields[i][0])].Marks&text.CodeSpan == 0 {
				r.Warn(p, fields[i][0], "doubled-word", "remove one of them", "%q stands twice", b)
			}
		}
	}
}

var wordsIn = regexp.MustCompile(`[\p{L}][\p{L}\p{M}'’-]*`)

// sameWord reports whether b repeats a: in the same letters, or in small ones
// behind the capital of a sentence.
func sameWord(a, b string) bool {
	if utf8.RuneCountInString(b) < 2 || a == strings.ToUpper(a) && utf8.RuneCountInString(a) < 3 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(b)
	return a == b || unicode.IsLower(first) && strings.EqualFold(a, b)
}

func mayRepeat(r *reading.Text, word string) bool {
	if r.Lists == nil { // relative pronouns and parts of verbs repeat in other languages
		return utf8.RuneCountInString(word) < 5
	}
	at := r.Lists.First("twice", "", word)
	return at != nil
}

// doubledLetters looks for a word whose first letter stands twice, where the
// text has the word without it too.
func doubledLetters(r *reading.Text) {
	have := map[string]int{}
	for _, p := range r.Passages {
		for _, w := range wordsIn.FindAllString(p.Words, -1) {
			have[strings.ToLower(w)]++
		}
	}
	for _, p := range r.Passages {
		for _, m := range wordsIn.FindAllStringIndex(p.Words, -1) {
			w := strings.ToLower(p.Words[m[0]:m[1]])
			if len(w) > 5 && w[0] == w[1] && have[w[1:]] > 0 && have[w] == 1 && r.Lists != nil {
				r.Warn(p, m[0], "spelling", "write "+strconv.Quote(p.Words[m[0]+1:m[1]]), "a word is misspelt: %q", p.Words[m[0]:m[1]])
			}
		}
	}
}
