package lint

import (
	"regexp"
	"strings"
	"unicode"

	"proviso/text"
)

// headings looks at the form of headings, and whether there are any.
func headings(r *reading) {
	count, words := 0, 0
	for _, p := range r.passages {
		if !p.heading() {
			words += wordCount(p.words)
			continue
		}
		count++
		r.headingForm(p)
	}
	if count == 0 && words > 500 {
		r.warnText("no-headings", "write headings with ##, so that sections can be linked, compared and announced", "the text has %d words and no heading", words)
	}
}

func (r *reading) headingForm(p *passage) {
	words := strings.TrimSpace(p.words)
	if capitals(words) == 1 && len(letters(words)) > 8 && !r.isName(strings.TrimRight(words, ":?")) {
		r.warn(p, 0, "heading-form", "write it as a sentence begins; a theme can show capitals", "the heading is all capitals")
	}
	switch {
	case strings.HasSuffix(words, ":"):
		r.warn(p, 0, "heading-form", "remove the colon", "the heading ends in a colon")
	case r.lists != nil && strings.HasSuffix(words, "?") && wordCount(words) > 2 && !r.asks(words):
		r.warn(p, 0, "heading-form", "remove the question mark, or ask a question", "the heading ends in a question mark and asks nothing")
	}
}

// asks reports whether a heading is a question: it, or a part of it, begins with
// a word that asks.
func (r *reading) asks(heading string) bool {
	for _, part := range headingParts.Split(heading, -1) {
		at := r.lists.First("questions", "", strings.TrimSpace(part))
		if at != nil && at[0] == 0 {
			return true
		}
	}
	return false
}

var headingParts = regexp.MustCompile(`[,:;.–—(]|^\d+[.)]`)

// fakeHeadings looks for paragraphs that are headings for the eye only.
func fakeHeadings(r *reading) {
	for _, p := range r.passages {
		words := strings.TrimSpace(p.words)
		switch r.fake(p) {
		case InBold:
			r.warn(p, 0, "fake-heading", "write it with ##", "a paragraph in bold serves as a heading: %q", words)
		case InCapitals:
			r.warn(p, 0, "fake-heading", "write it with ##, in small letters", "a paragraph in capitals serves as a heading: %q", words)
		case LikeTitle:
			r.warn(p, 0, "fake-heading", "write it with ##", "a line written like a title serves as a heading: %q", words)
		}
	}
}

// fake says how a paragraph is made to look like a heading; 0: it is not.
func (r *reading) fake(p *passage) FakeKind {
	if !p.prose() || len(p.around) > 0 || p.next == nil || p.next.Kind == text.Rule || strings.Contains(p.words, "\n") {
		return 0
	}
	words := strings.TrimSpace(p.words)
	if n := wordCount(words); n == 0 || n > 12 || strings.ContainsAny(words, "@{") || typed.MatchString(words) {
		return 0
	}
	if p.first && r.afterEmptyHeading(p) {
		return 0 // the heading without words is reported, and this is it
	}
	switch {
	case allStrong(p.spans) && headingEnd(words, true):
		return InBold
	case capitals(words) == 1 && len(letters(words)) > 5 && headingEnd(words, false):
		return InCapitals
	case r.titled(words) && headingEnd(words, false) && !linked(p, 0, 1):
		return LikeTitle
	}
	return 0
}

func (r *reading) afterEmptyHeading(p *passage) bool {
	return p.section.Level > 0 && strings.Trim(text.Words(p.section.Heading), " \u00a0") == ""
}

func allStrong(spans []text.Span) bool {
	words := false
	for _, s := range spans {
		if letters(s.Text) == "" {
			continue
		}
		if s.Marks&text.Strong == 0 || s.Link != "" {
			return false
		}
		words = true
	}
	return words
}

// headingEnd reports whether words end as a heading does. Bold words of a few
// may end in a full stop.
func headingEnd(words string, bold bool) bool {
	last := words[len(words)-1]
	if last == '.' {
		return bold && wordCount(words) <= 4
	}
	return !strings.ContainsRune(";,!", rune(last)) && (bold || last != ':')
}

// titled reports whether English words are written like a title: nearly all of
// them begin with a capital.
func (r *reading) titled(s string) bool {
	if r.lists == nil || wordCount(s) < 3 || !titleWords.MatchString(s) || strings.Contains(s, "://") || hasDigit(s) {
		return false
	}
	big, all := 0, 0
	for _, w := range strings.Fields(s) {
		first := []rune(w)[0]
		if len(w) > 3 && unicode.IsLetter(first) {
			all++
			if unicode.IsUpper(first) {
				big++
			}
		}
	}
	return all >= 3 && float64(big) >= 0.7*float64(all)
}

var titleWords = regexp.MustCompile(`^[A-Z][\w'’,&/ -]*$`)

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// lead returns the words in bold with which a paragraph begins, like a heading
// inside the line, or "".
func (r *reading) lead(p *passage) string {
	if !p.prose() {
		return ""
	}
	n := 0
	for n < len(p.spans) && p.spans[n].Marks&text.Strong != 0 && p.spans[n].Link == "" {
		n++
	}
	if n == 0 {
		return ""
	}
	return text.Words(p.spans[:n])
}

var leadIn = regexp.MustCompile(`^\s*(?:[-*+] +)?(\*\*)[^*]{3,60}?([.:])?\s*(?:\*\*([.:])?|$)`)

// leadIns looks for texts in which the stop behind a bold lead-in is bold here
// and plain there.
func leadIns(r *reading) {
	if r.file == nil {
		return
	}
	var inside, outside []int // offsets
	for i := range r.file.starts {
		line := r.file.line(i)
		m := leadIn.FindStringSubmatchIndex(line)
		if m == nil || strings.TrimSpace(line[m[1]:]) == "" && (i+1 == len(r.file.starts) || strings.TrimSpace(r.file.line(i+1)) == "") {
			continue // no lead-in, or nothing that it leads in
		}
		at := r.file.starts[i] + m[2]
		switch {
		case m[6] >= 0:
			outside = append(outside, at)
		case m[4] >= 0 && !legalForm.MatchString(" "+strings.Trim(line[m[0]:m[1]], "* ")):
			inside = append(inside, at)
		}
	}
	if len(inside) == 0 || len(outside) == 0 {
		return
	}
	few, many := inside[0], "behind the bold type"
	if len(outside) <= len(inside) {
		few, many = outside[0], "in bold type"
	}
	r.warnAt(few, "lead-in", "set it in one way", "elsewhere the stop of a lead-in stands %s", many)
}

// shouting looks for whole sentences in capitals.
func shouting(r *reading) {
	for _, p := range r.passages {
		if !p.heading() && wordCount(p.words) >= 12 && p.capitals() > 0.7 {
			r.warn(p, 0, "all-caps", "write it in small letters; to stress it, put it in bold", "a paragraph of %d words is in capitals", wordCount(p.words))
		}
	}
}

// repeatedText looks for lines and paragraphs that stand twice.
func repeatedText(r *reading) {
	seen := map[string]*passage{}
	var before *passage
	for _, p := range r.passages {
		if p.block != nil && p.block.Kind == text.Cell {
			before = nil
			continue
		}
		key := letters(p.words)
		if len(key) < 8 {
			before = p
			continue
		}
		first, again := seen[key]
		switch {
		case before != nil && letters(before.words) == key && before.heading() == p.heading():
			r.warn(p, 0, "repeated-text", "keep one of them", "the line stands twice in a row: %q", shorten(p.words, 50))
		case again && wordCount(p.words) >= 20 && meet(first, p):
			r.warn(p, 0, "repeated-text", "keep one of them, and link to it", "the paragraph stands already on line %d", r.place(first, 0).Line)
		}
		if !again {
			seen[key] = p
		}
		before = p
	}
}

// meet reports whether one reader can see both passages.
func meet(a, b *passage) bool {
	_, ok := a.scope().Intersect(b.scope())
	return ok
}
