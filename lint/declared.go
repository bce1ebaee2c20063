package lint

import (
	"regexp"
	"slices"
	"strings"

	"proviso/policy"
	"proviso/source"
	"proviso/text"
)

// What import asks of a text, in the words of the rules: which dates it gives
// for itself, and which of its lines are headings for the eye only.

// A DeclaredDate is a date that a text gives for itself.
type DeclaredDate struct {
	Date    policy.Date
	Updated bool   // the date of the last update, not of the effect
	Written string // the date as the text has it
	Alone   bool   // nothing but the date and the words before it stands there
	Pos     source.Position
}

var (
	// inNumbers finds a date in figures whose order is not in doubt: dots mean
	// day, month, year; a year in front means year, month, day.
	inNumbers = regexp.MustCompile(`\b(?:(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})|(\d{4})[./](\d{1,2})[./](\d{1,2})|(\d{1,2})/(\d{1,2})/(\d{4}))\b`)
	german    = regexp.MustCompile(`(?i)(?:(stand|zuletzt (?:aktualisiert|geändert|bearbeitet)|letzte (?:aktualisierung|änderung)|aktualisiert|geändert)|gültig|in kraft(?: getreten)?|wirksam|gilt)(?: (?:vom|am|ab|ab dem|seit|seit dem|zum))?$`)
	aloneForm = regexp.MustCompile(`^[\s\p{P}]*$`)
)

// DeclaredDates returns the dates that a text gives for itself, in order. A
// date without a day, or whose day and month cannot be told apart, is none.
func DeclaredDates(doc *text.Document, src []byte) []DeclaredDate {
	r := read(doc, Options{Source: src})
	var out []DeclaredDate
	for _, d := range r.dateLines() {
		m := typed.FindString(d.p.words[d.at:])
		out = append(out, r.declared(d.p, d.at, m, d.date, d.updated))
	}
	for _, p := range r.passages {
		for _, m := range inNumbers.FindAllStringSubmatchIndex(p.words, -1) {
			if date, ok := readNumbers(parts(p.words, m)); ok {
				out = r.declares(out, p, m[0], m[1], date)
			}
		}
		for _, m := range typed.FindAllStringSubmatchIndex(p.words, -1) {
			if date, ok := readDate(parts(p.words, m)); ok {
				out = r.declares(out, p, m[0], m[1], date)
			}
		}
	}
	return slices.DeleteFunc(out, func(d DeclaredDate) bool {
		_, err := policy.ParseDate(d.Date.String())
		return err != nil // no day, or one that its month does not have
	})
}

// declares adds a date in a short line if the words before it say what it is.
// English words with dates in words are found by dateLines.
func (r *reading) declares(out []DeclaredDate, p *passage, from, to int, date policy.Date) []DeclaredDate {
	if wordCount(p.words) > 15 {
		return out
	}
	before := strings.TrimRight(p.words[max(0, from-60):from], " :*(_,\u00a0")
	written := p.words[from:to]
	if m := german.FindStringSubmatch(before); m != nil {
		return append(out, r.declared(p, from, written, date, m[1] != ""))
	}
	if !inNumbers.MatchString(written) {
		return out
	}
	if updated := endsWith(r, "updated", before); updated || endsWith(r, "effective", before) {
		out = append(out, r.declared(p, from, written, date, updated))
	}
	return out
}

func (r *reading) declared(p *passage, at int, written string, date policy.Date, updated bool) DeclaredDate {
	line := p.words
	if i := strings.LastIndexByte(line[:at], '\n'); i >= 0 {
		line = line[i+1:]
	}
	line, _, _ = strings.Cut(line, "\n")
	_, after, _ := strings.Cut(line, written)
	alone := wordCount(line) <= wordCount(written)+8 && aloneForm.MatchString(after) && (p.block == nil || p.block.Kind == text.Paragraph)
	return DeclaredDate{Date: date, Updated: updated, Written: written, Alone: alone && !aboutText.MatchString(line), Pos: r.place(p, at)}
}

// aboutText finds a sentence with a subject: it stays when its date goes.
var aboutText = regexp.MustCompile(`(?i)\b(this|these|our|diese[rs]?) `)

func readNumbers(m []string) (policy.Date, bool) {
	join := func(y, mo, d string) (policy.Date, bool) {
		pad := func(s string) string { return strings.Repeat("0", 2-len(s)) + s }
		date, err := policy.ParseDate(y + "-" + pad(mo) + "-" + pad(d))
		return date, err == nil
	}
	switch {
	case m[1] != "":
		return join(m[3], m[2], m[1])
	case m[4] != "":
		return join(m[4], m[5], m[6])
	case m[7] == m[8]:
		return join(m[9], m[7], m[8])
	}
	first, firstOK := join(m[9], m[7], m[8])   // month first
	second, secondOK := join(m[9], m[8], m[7]) // day first
	switch {
	case firstOK && !secondOK:
		return first, true
	case secondOK && !firstOK:
		return second, true
	}
	return policy.Date{}, false // nobody can tell
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
	InBold FakeKind = iota + 1
	InCapitals
	LikeTitle
)

// FakeHeadings returns the paragraphs of a text that are headings for the eye
// only, in order.
func FakeHeadings(doc *text.Document, src []byte) (out []FakeHeading) {
	r := read(doc, Options{Source: src})
	for _, p := range r.passages {
		if kind := r.fake(p); kind != 0 {
			opens := p.next.Kind == text.List || p.next.Kind == text.Paragraph && wordCount(text.Words(p.next.Spans)) >= 12
			out = append(out, FakeHeading{strings.TrimSpace(p.words), kind, opens, p.block.Pos})
		}
	}
	return out
}

// JoinBlanks makes no-break spaces that hold nothing together plain blanks,
// and says how many there were.
func JoinBlanks(s string) (string, int) {
	var b strings.Builder
	n := 0
	for line := range strings.Lines(s) {
		last := 0
		for _, m := range noBreak.FindAllStringIndex(line, -1) {
			if noBreakOK.MatchString(line[:m[1]]) || unitAfter.MatchString(line[m[0]:]) || french.MatchString(line[m[0]:]) {
				continue
			}
			b.WriteString(line[last:m[0]] + " ")
			last = m[1]
			n++
		}
		b.WriteString(line[last:])
	}
	return b.String(), n
}
