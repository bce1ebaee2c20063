package lint

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"proviso/text"
)

// slips looks for slips of the pen that the lists know.
func slips(r *reading) {
	for _, p := range r.passages {
		var told [][]int
		for _, m := range r.lists.All("slips", "", p.words) {
			if p.spans[p.span(m.At[0])].Link != "" || overlaps(told, m.At) {
				continue
			}
			told = append(told, m.At)
			rule := m.Group
			if rule == "pronoun" {
				rule = "grammar"
			}
			r.warn(p, m.At[0], rule, m.Note, "%s: %q", slipMessage[m.Group], shorten(p.words[m.At[0]:m.At[1]], 60))
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

// doubledWords looks for the same word twice in a row.
func doubledWords(r *reading) {
	for _, p := range r.passages {
		fields := wordsIn.FindAllStringIndex(p.words, -1)
		for i := 1; i < len(fields); i++ {
			a, b := p.words[fields[i-1][0]:fields[i-1][1]], p.words[fields[i][0]:fields[i][1]]
			between := p.words[fields[i-1][1]:fields[i][0]]
			if !sameWord(a, b) || strings.Trim(between, " \u00a0") != "" || r.mayRepeat(b) || p.span(fields[i][0]) != p.span(fields[i-1][0]) && p.spans[p.span(fields[i][0])].Variable != "" {
				continue
			}
			if capitalised(b) && r.lists != nil {
				continue // a name
			}
			if p.spans[p.span(fields[i][0])].Marks&text.CodeSpan == 0 {
				r.warn(p, fields[i][0], "doubled-word", "remove one of them", "%q stands twice", b)
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

func (r *reading) mayRepeat(word string) bool {
	if r.lists == nil { // relative pronouns and parts of verbs repeat in other languages
		return utf8.RuneCountInString(word) < 5
	}
	at := r.lists.First("twice", "", word)
	return at != nil
}

// doubledLetters looks for a word whose first letter stands twice, where the
// text has the word without it too.
func doubledLetters(r *reading) {
	have := map[string]int{}
	for _, p := range r.passages {
		for _, w := range wordsIn.FindAllString(p.words, -1) {
			have[strings.ToLower(w)]++
		}
	}
	for _, p := range r.passages {
		for _, m := range wordsIn.FindAllStringIndex(p.words, -1) {
			w := strings.ToLower(p.words[m[0]:m[1]])
			if len(w) > 5 && w[0] == w[1] && have[w[1:]] > 0 && have[w] == 1 && r.lists != nil {
				r.warn(p, m[0], "spelling", "write "+strconv.Quote(p.words[m[0]+1:m[1]]), "a word is misspelt: %q", p.words[m[0]:m[1]])
			}
		}
	}
}

// fullStops looks for paragraphs and items of several sentences of which the
// last one has no end.
func fullStops(r *reading) {
	if r.lists == nil {
		return
	}
	for _, p := range r.passages {
		words := strings.TrimRight(p.words, " \u00a0”\"’')*_]")
		if !p.prose() || words == "" || strings.Contains(words, "\n") || p.next != nil && p.next.Kind != text.Paragraph {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(words)
		ends := p.sentences()
		tail := p.words[ends[len(ends)-1][0]:]
		if !unicode.IsLetter(last) && !unicode.IsNumber(last) || noSentence.MatchString(tail) || endsInLink(p) {
			continue
		}
		if len(ends) >= 2 && wordCount(tail) >= 6 && wordCount(p.words) >= 12 || len(p.around) == 0 && wordCount(tail) >= 25 {
			r.warn(p, len(words)-utf8.RuneLen(last), "full-stop", "end the sentence", "the last sentence has no full stop: %q", "…"+lastWords(words, 4))
		}
	}
}

// noSentence finds addresses, and items that go on.
var noSentence = regexp.MustCompile(`://|\}\}|\b[A-Z]{2} \d{5}|[;,] (?:and|or)\s*$|(?i)p\.?o\.? box`)

// endsInLink reports whether the last words are a link to a page, whose title
// may stand without a full stop.
func endsInLink(p *passage) bool {
	last := p.spans[len(p.spans)-1]
	return last.Link != "" && !strings.Contains(last.Text, "@")
}

func lastWords(s string, n int) string {
	f := strings.Fields(s)
	return strings.Join(f[max(0, len(f)-n):], " ")
}

// quotes looks for quotation marks that do not go together.
func quotes(r *reading) {
	straight, curly := spots{}, spots{}
	for _, p := range r.passages {
		for i, c := range p.words {
			if p.spans[p.span(i)].Marks&text.CodeSpan != 0 {
				continue
			}
			switch {
			case c == '"' && !inches(p.words, i):
				straight.add(p, i)
			case strings.ContainsRune("“”„", c):
				curly.add(p, i)
			}
		}
		r.wrongQuote(p)
	}
	if straight.n == 0 || curly.n == 0 {
		return
	}
	few, how := straight, "straight quotation marks stand here, and curly ones elsewhere"
	if straight.n > curly.n {
		few, how = curly, "curly quotation marks stand here, and straight ones elsewhere"
	}
	r.warn(few.p, few.at, "mixed-quotes", "use one kind", "%s", how)
}

// spots counts places and keeps the first.
type spots struct {
	p     *passage
	at, n int
}

func (s *spots) add(p *passage, at int) {
	if s.n == 0 {
		s.p, s.at = p, at
	}
	s.n++
}

// inches reports whether a straight mark follows a number.
func inches(s string, at int) bool { return at > 0 && s[at-1] >= '0' && s[at-1] <= '9' }

var (
	closesFirst = regexp.MustCompile(`(?:^|[\s(])(”)\w`)
	opensLast   = regexp.MustCompile(`\w[.,]?(“)(?:[\s.,;)]|$)`)
)

// wrongQuote looks for English quotations that open with the closing mark, or
// close with the opening one.
func (r *reading) wrongQuote(p *passage) {
	if r.lists == nil {
		return
	}
	if m := closesFirst.FindStringSubmatchIndex(p.words); m != nil {
		r.warn(p, m[2], "wrong-quote", "write “", "a quotation opens with the closing mark")
	}
	if m := opensLast.FindStringSubmatchIndex(p.words); m != nil && slices.Contains([]string{"", "en"}, strings.SplitN(r.o.Locale, "-", 2)[0]) {
		r.warn(p, m[2], "wrong-quote", "write ”", "a quotation closes with the opening mark")
	}
}
