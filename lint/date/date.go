// Package date finds the dates that a text gives for itself: "Effective: 2 May
// 2026", "last updated on", "Stand: 05/2026". In returns them, for whoever takes
// a text over; Check warns of those that contradict the version's date, which
// pages show, and of a text that has none.
package date

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"proviso/lint/reading"
	"proviso/policy"
)

const monthName = `(?:Jan|Feb|Mar|Mär|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)[a-z]*`

// typed finds a date as people write it: day and month in words, or in figures.
var typed = regexp.MustCompile(`(?i)\b(?:(\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?(` + monthName + `)\.?,? (\d{4})|(` + monthName + `)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})|(\d{4})-(\d{2})-(\d{2})|(` + monthName + `) (\d{4}))\b`)

// Written reports whether a date is written in s.
func Written(s string) bool { return typed.MatchString(s) }

// readDate reads what typed found. A date without a day has the day 0.
func readDate(m []string) (policy.Date, bool) {
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			return 0
		}
		return n
	}
	var d policy.Date
	switch {
	case m[1] != "":
		d = policy.Date{Year: number(m[3]), Month: month(m[2]), Day: number(m[1])}
	case m[4] != "":
		d = policy.Date{Year: number(m[6]), Month: month(m[4]), Day: number(m[5])}
	case m[7] != "":
		d = policy.Date{Year: number(m[7]), Month: time.Month(number(m[8])), Day: number(m[9])}
	default:
		d = policy.Date{Year: number(m[11]), Month: month(m[10])}
	}
	return d, d.Month >= 1 && d.Month <= 12 && d.Year > 1980 && d.Year < 2200
}

var monthKeys = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

func month(name string) time.Month {
	key := strings.NewReplacer("mär", "mar", "mai", "may", "okt", "oct", "dez", "dec").Replace(strings.ToLower(name))
	if len(key) < 3 {
		return 0
	}
	return time.Month(slices.Index(monthKeys, key[:3]) + 1)
}

// A dateLine is a date that the text gives for itself.
type dateLine struct {
	p       *reading.Passage
	at      int
	date    policy.Date
	updated bool // the date of an update, not of the effect
}

// dateLines returns the dates that the text gives for itself: those behind
// words such as "effective" or "last updated", in a short line or in a sentence
// about the policy.
func dateLines(r *reading.Text) (out []dateLine) {
	for _, p := range r.Passages {
		for _, m := range typed.FindAllStringSubmatchIndex(p.Words, -1) {
			date, ok := readDate(parts(p.Words, m))
			if !ok {
				continue
			}
			sentence, start := p.Sentence(m[0])
			before := p.Words[max(start, m[0]-60):m[0]]
			before = strings.TrimRight(before, " :*(_,\u00a0")
			updated := endsWith(r, "updated", before)
			if !updated && !endsWith(r, "effective", before) {
				continue
			}
			if reading.WordCount(p.Words) > 15 && !aboutItself(r, sentence) {
				continue
			}
			out = append(out, dateLine{p, m[0], date, updated})
		}
	}
	return out
}

func parts(s string, m []int) []string {
	out := make([]string, len(m)/2)
	for i := range out {
		if m[2*i] >= 0 {
			out[i] = s[m[2*i]:m[2*i+1]]
		}
	}
	return out
}

// endsWith reports whether words end with a phrase of the list of date lines.
func endsWith(r *reading.Text, group, before string) bool {
	for _, phrase := range r.Lists.Group("dates", group) {
		for _, at := range phrase.FindAll(before) {
			if at[1] == len(before) {
				return true
			}
		}
	}
	return false
}

// aboutItself reports whether a sentence speaks of the text it stands in.
func aboutItself(r *reading.Text, sentence string) bool {
	for i := range r.Lists["documents"] {
		at := r.Lists["documents"][i].Find(sentence)
		if at != nil && itself.MatchString(sentence[max(0, at[0]-30):at[0]]) {
			return true
		}
	}
	return false
}

var itself = regexp.MustCompile(`(?i)\b(this|our|these|the)( \w+){0,3} $`)

// Check looks for dates that pages show already, and for a text without any.
func Check(r *reading.Text) {
	typedDates(r)
	undated(r)
}

// typedDates looks for dates of the text that were typed and do not agree with
// the version's. A draft has no date yet, so any typed one will be wrong.
func typedDates(r *reading.Text) {
	if !r.Options.Dated {
		return
	}
	for _, d := range dateLines(r) {
		switch {
		case r.Options.Effective.IsZero():
			r.Warn(d.p, d.at, "typed-date", "write {{policy.effective}}, or leave it out: pages show the version's date", "a date of the text is typed, and the draft has none yet")
		case d.contradicts(r.Options.Effective):
			r.Warn(d.p, d.at, "typed-date", "write {{policy.effective}}, or leave it out: pages show the version's date",
				"the text gives its date as %s, and the version takes effect on %s", reading.Shorten(d.p.Words[d.at:], 20), r.Options.Effective)
		}
	}
}

// contradicts reports whether a typed date cannot be that of a version. The
// last update may come shortly before the effect.
func (d dateLine) contradicts(effective policy.Date) bool {
	if d.date.Day == 0 {
		return !d.updated && (d.date.Year != effective.Year || d.date.Month != effective.Month)
	}
	if d.updated {
		return effective.Before(d.date) || d.date.AddMonths(6).Before(effective)
	}
	return d.date != effective
}

// undated warns of a text of its own that says nowhere from when it holds.
func undated(r *reading.Text) {
	if r.Options.Dated || r.Lists == nil || reading.WordCount(r.Wording()) < 100 || len(dateLines(r)) > 0 || inFiguresOnly(r) || r.File != nil && r.File.Dated {
		return
	}
	for _, p := range r.Passages {
		for _, s := range p.Spans {
			if s.Variable == "policy.effective" {
				return
			}
		}
	}
	r.WarnText("no-date", "give the version its date; pages show it", "the text does not say from when it holds or when it was last changed")
}

var inFigures = regexp.MustCompile(`\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b`)

// inFiguresOnly reports whether a short line gives a date in figures, or a date alone.
func inFiguresOnly(r *reading.Text) bool {
	for _, p := range r.Passages {
		if reading.WordCount(p.Words) > 15 {
			continue
		}
		if inFigures.MatchString(p.Words) {
			return true
		}
		if m := typed.FindString(p.Words); m != "" && len(p.Words) < len(m)+12 {
			return true
		}
	}
	return false
}
