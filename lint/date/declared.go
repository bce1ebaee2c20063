package date

import (
	"regexp"
	"slices"
	"strings"

	"proviso/lint/reading"
	"proviso/policy"
	"proviso/source"
	"proviso/text"
)

// A Declared is a date that a text gives for itself.
type Declared struct {
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

// In returns the dates that a text gives for itself, in order. A
// date without a day, or whose day and month cannot be told apart, is none.
func In(doc *text.Document, src []byte) []Declared {
	r := reading.Read(doc, reading.Options{Source: src})
	var out []Declared
	for _, d := range dateLines(r) {
		m := typed.FindString(d.p.Words[d.at:])
		out = append(out, declared(r, d.p, d.at, m, d.date, d.updated))
	}
	for _, p := range r.Passages {
		for _, m := range inNumbers.FindAllStringSubmatchIndex(p.Words, -1) {
			if date, ok := readNumbers(parts(p.Words, m)); ok {
				out = declares(r, out, p, m[0], m[1], date)
			}
		}
		for _, m := range typed.FindAllStringSubmatchIndex(p.Words, -1) {
			if date, ok := readDate(parts(p.Words, m)); ok {
				out = declares(r, out, p, m[0], m[1], date)
			}
		}
	}
	return slices.DeleteFunc(out, func(d Declared) bool {
		_, err := policy.ParseDate(d.Date.String())
		return err != nil // no day, or one that its month does not have
	})
}

// declares adds a date in a short line if the words before it say what it is.
// English words with dates in words are found by dateLines.
func declares(r *reading.Text, out []Declared, p *reading.Passage, from, to int, date policy.Date) []Declared {
	if reading.WordCount(p.Words) > 15 {
		return out
	}
	before := strings.TrimRight(p.Words[max(0, from-60):from], " :*(_,\u00a0")
	written := p.Words[from:to]
	if m := german.FindStringSubmatch(before); m != nil {
		return append(out, declared(r, p, from, written, date, m[1] != ""))
	}
	if !inNumbers.MatchString(written) {
		return out
	}
	if updated := endsWith(r, "updated", before); updated || endsWith(r, "effective", before) {
		out = append(out, declared(r, p, from, written, date, updated))
	}
	return out
}

func declared(r *reading.Text, p *reading.Passage, at int, written string, date policy.Date, updated bool) Declared {
	line := p.Words
	if i := strings.LastIndexByte(line[:at], '\n'); i >= 0 {
		line = line[i+1:]
	}
	line, _, _ = strings.Cut(line, "\n")
	_, after, _ := strings.Cut(line, written)
	alone := reading.WordCount(line) <= reading.WordCount(written)+8 && aloneForm.MatchString(after) && (p.Block == nil || p.Block.Kind == text.Paragraph)
	return Declared{Date: date, Updated: updated, Written: written, Alone: alone && !aboutText.MatchString(line), Pos: r.Place(p, at)}
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
