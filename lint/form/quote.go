package form

import (
	"regexp"
	"slices"
	"strings"

	"proviso/lint/reading"
	"proviso/text"
)

// quotes looks for quotation marks that do not go together.
func quotes(r *reading.Text) {
	straight, curly := spots{}, spots{}
	for _, p := range r.Passages {
		for i, c := range p.Words {
			if p.Spans[p.Span(i)].Marks&text.CodeSpan != 0 {
				continue
			}
			switch {
			case c == '"' && !inches(p.Words, i):
				straight.add(p, i)
			case strings.ContainsRune("“”„", c):
				curly.add(p, i)
			}
		}
		wrongQuote(r, p)
	}
	if straight.n == 0 || curly.n == 0 {
		return
	}
	few, how := straight, "straight quotation marks stand here, and curly ones elsewhere"
	if straight.n > curly.n {
		few, how = curly, "curly quotation marks stand here, and straight ones elsewhere"
	}
	r.Warn(few.p, few.at, "mixed-quotes", "use one kind", "%s", how)
}

// spots counts places and keeps the first.
type spots struct {
	p     *reading.Passage
	at, n int
}

func (s *spots) add(p *reading.Passage, at int) {
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
func wrongQuote(r *reading.Text, p *reading.Passage) {
	if r.Lists == nil {
		return
	}
	if m := closesFirst.FindStringSubmatchIndex(p.Words); m != nil {
		r.Warn(p, m[2], "wrong-quote", "write “", "a quotation opens with the closing mark")
	}
	if m := opensLast.FindStringSubmatchIndex(p.Words); m != nil && slices.Contains([]string{"", "en"}, strings.SplitN(r.Options.Locale, "-", 2)[0]) {
		r.Warn(p, m[2], "wrong-quote", "write ”", "a quotation closes with the opening mark")
	}
}
