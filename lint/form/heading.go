package form

import (
	"regexp"
	"strings"
	"unicode"

	"proviso/lint/date"
	"proviso/lint/reading"
	"proviso/source"
	"proviso/text"
)

// headings looks at the form of headings, and whether there are any.
func headings(r *reading.Text) {
	count, words := 0, 0
	for _, p := range r.Passages {
		if !p.Heading() {
			words += reading.WordCount(p.Words)
			continue
		}
		count++
		headingForm(r, p)
	}
	if count == 0 && words > 500 {
		r.WarnText("no-headings", "write headings with ##, so that sections can be linked, compared and announced", "the text has %d words and no heading", words)
	}
}

func headingForm(r *reading.Text, p *reading.Passage) {
	words := strings.TrimSpace(p.Words)
	if reading.Capitals(words) == 1 && len(reading.Letters(words)) > 8 && !r.IsName(strings.TrimRight(words, ":?")) {
		r.Warn(p, 0, "heading-form", "write it as a sentence begins; a theme can show capitals", "the heading is all capitals")
	}
	switch {
	case strings.HasSuffix(words, ":"):
		r.Warn(p, 0, "heading-form", "remove the colon", "the heading ends in a colon")
	case r.Lists != nil && strings.HasSuffix(words, "?") && reading.WordCount(words) > 2 && !asks(r, words):
		r.Warn(p, 0, "heading-form", "remove the question mark, or ask a question", "the heading ends in a question mark and asks nothing")
	}
}

// asks reports whether a heading is a question: it, or a part of it, begins with
// a word that asks.
func asks(r *reading.Text, heading string) bool {
	for _, part := range headingParts.Split(heading, -1) {
		at := r.Lists.First("questions", "", strings.TrimSpace(part))
		if at != nil && at[0] == 0 {
			return true
		}
	}
	return false
}

var headingParts = regexp.MustCompile(`[,:;.–—(]|^\d+[.)]`)

// fakeHeadings looks for paragraphs that are headings for the eye only.
func fakeHeadings(r *reading.Text) {
	for _, p := range r.Passages {
		words := strings.TrimSpace(p.Words)
		switch fake(r, p) {
		case InBold:
			r.Warn(p, 0, "fake-heading", "write it with ##", "a paragraph in bold serves as a heading: %q", words)
		case InCapitals:
			r.Warn(p, 0, "fake-heading", "write it with ##, in small letters", "a paragraph in capitals serves as a heading: %q", words)
		case LikeTitle:
			r.Warn(p, 0, "fake-heading", "write it with ##", "a line written like a title serves as a heading: %q", words)
		}
	}
}

// fake says how a paragraph is made to look like a heading; 0: it is not.
func fake(r *reading.Text, p *reading.Passage) FakeKind {
	if !p.Prose() || len(p.Around) > 0 || p.Next == nil || p.Next.Kind == text.Rule || strings.Contains(p.Words, "\n") {
		return 0
	}
	words := strings.TrimSpace(p.Words)
	if n := reading.WordCount(words); n == 0 || n > 12 || strings.ContainsAny(words, "@{") || date.Written(words) {
		return 0
	}
	if p.First && afterEmptyHeading(r, p) {
		return 0 // the heading without words is reported, and this is it
	}
	switch {
	case allStrong(p.Spans) && headingEnd(words, true):
		return InBold
	case reading.Capitals(words) == 1 && len(reading.Letters(words)) > 5 && headingEnd(words, false):
		return InCapitals
	case titled(r, words) && headingEnd(words, false) && !p.Linked(0, 1):
		return LikeTitle
	}
	return 0
}

func afterEmptyHeading(r *reading.Text, p *reading.Passage) bool {
	return p.Section.Level > 0 && strings.Trim(text.Words(p.Section.Heading), " \u00a0") == ""
}

func allStrong(spans []text.Span) bool {
	words := false
	for _, s := range spans {
		if reading.Letters(s.Text) == "" {
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
		return bold && reading.WordCount(words) <= 4
	}
	return !strings.ContainsRune(";,!", rune(last)) && (bold || last != ':')
}

// titled reports whether English words are written like a title: nearly all of
// them begin with a capital.
func titled(r *reading.Text, s string) bool {
	if r.Lists == nil || reading.WordCount(s) < 3 || !titleWords.MatchString(s) || strings.Contains(s, "://") || strings.ContainsAny(s, "0123456789") {
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

var leadIn = regexp.MustCompile(`^\s*(?:[-*+] +)?(\*\*)[^*]{3,60}?([.:])?\s*(?:\*\*([.:])?|$)`)

// leadIns looks for texts in which the stop behind a bold lead-in is bold here
// and plain there.
func leadIns(r *reading.Text) {
	if r.File == nil {
		return
	}
	var inside, outside []int // offsets
	for i := range r.File.Starts {
		line := r.File.Line(i)
		m := leadIn.FindStringSubmatchIndex(line)
		if m == nil || strings.TrimSpace(line[m[1]:]) == "" && (i+1 == len(r.File.Starts) || strings.TrimSpace(r.File.Line(i+1)) == "") {
			continue // no lead-in, or nothing that it leads in
		}
		at := r.File.Starts[i] + m[2]
		switch {
		case m[6] >= 0:
			outside = append(outside, at)
		case m[4] >= 0 && reading.LegalForm(" "+strings.Trim(line[m[0]:m[1]], "* ")) == "":
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
	r.WarnAt(few, "lead-in", "set it in one way", "elsewhere the stop of a lead-in stands %s", many)
}

// shouting looks for whole sentences in capitals.
func shouting(r *reading.Text) {
	for _, p := range r.Passages {
		if !p.Heading() && reading.WordCount(p.Words) >= 12 && p.Capitals() > 0.7 {
			r.Warn(p, 0, "all-caps", "write it in small letters; to stress it, put it in bold", "a paragraph of %d words is in capitals", reading.WordCount(p.Words))
		}
	}
}

// A FakeHeading is a paragraph that is a heading for the eye only.
type FakeHeading struct {
	Words string
	Kind  FakeKind
	Alone bool // what follows is a list, or a paragraph of twelve words or more
	Pos   source.Position
}

// FakeKind says how a line is made to look like a heading.
type FakeKind uint8

const (
	InBold     FakeKind = iota + 1 // all of it is in bold
	InCapitals                     // all of it is in capitals
	LikeTitle                      // nearly all words begin with a capital
)

// FakeHeadings returns the paragraphs of a text that are headings for the eye
// only, in order.
func FakeHeadings(doc *text.Document, src []byte) (out []FakeHeading) {
	r := reading.Read(doc, reading.Options{Source: src})
	for _, p := range r.Passages {
		if kind := fake(r, p); kind != 0 {
			opens := p.Next.Kind == text.List || p.Next.Kind == text.Paragraph && reading.WordCount(text.Words(p.Next.Spans)) >= 12
			out = append(out, FakeHeading{strings.TrimSpace(p.Words), kind, opens, p.Block.Pos})
		}
	}
	return out
}
