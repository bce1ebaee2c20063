package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"proviso/policy"
)

// overdue warns of a policy that should have been looked at again.
func overdue(p *policy.Policy, today policy.Date) []finding {
	if p.ReviewBy.IsZero() || !p.ReviewBy.Before(today) {
		return nil
	}
	pos := p.At.Of(p.Pos, "review_by")
	return []finding{warning(pos, "", "overdue-review", "review the policy and move the date",
		fmt.Sprintf("the policy was to be reviewed by %s", p.ReviewBy))}
}

const monthName = `(?:Jan|Feb|Mar|Mär|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)[a-z]*`

// typed finds a date as people write it: day and month in words, or in figures.
var typed = regexp.MustCompile(`(?i)\b(?:(\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?(` + monthName + `)\.?,? (\d{4})|(` + monthName + `)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})|(\d{4})-(\d{2})-(\d{2})|(` + monthName + `) (\d{4}))\b`)

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
	p       *passage
	at      int
	date    policy.Date
	updated bool // the date of an update, not of the effect
}

// dateLines returns the dates that the text gives for itself: those behind
// words such as "effective" or "last updated", in a short line or in a sentence
// about the policy.
func (r *reading) dateLines() (out []dateLine) {
	for _, p := range r.passages {
		for _, m := range typed.FindAllStringSubmatchIndex(p.words, -1) {
			date, ok := readDate(parts(p.words, m))
			if !ok {
				continue
			}
			sentence, start := p.sentence(m[0])
			before := p.words[max(start, m[0]-60):m[0]]
			before = strings.TrimRight(before, " :*(_,\u00a0")
			updated := endsWith(r, "updated", before)
			if !updated && !endsWith(r, "effective", before) {
				continue
			}
			if wordCount(p.words) > 15 && !r.aboutItself(sentence) {
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
func endsWith(r *reading, group, before string) bool {
	for _, phrase := range r.lists.Group("dates", group) {
		for _, at := range phrase.FindAll(before) {
			if at[1] == len(before) {
				return true
			}
		}
	}
	return false
}

// aboutItself reports whether a sentence speaks of the text it stands in.
func (r *reading) aboutItself(sentence string) bool {
	for i := range r.lists["documents"] {
		at := r.lists["documents"][i].Find(sentence)
		if at != nil && itself.MatchString(sentence[max(0, at[0]-30):at[0]]) {
			return true
		}
	}
	return false
}

var itself = regexp.MustCompile(`(?i)\b(this|our|these|the)( \w+){0,3} $`)

// typedDates looks for dates of the text that were typed and do not agree with
// the version's. A draft has no date yet, so any typed one will be wrong.
func typedDates(r *reading) {
	if !r.o.Dated {
		return
	}
	for _, d := range r.dateLines() {
		switch {
		case r.o.Effective.IsZero():
			r.warn(d.p, d.at, "typed-date", "write {{policy.effective}}, or leave it out: pages show the version's date", "a date of the text is typed, and the draft has none yet")
		case d.contradicts(r.o.Effective):
			r.warn(d.p, d.at, "typed-date", "write {{policy.effective}}, or leave it out: pages show the version's date",
				"the text gives its date as %s, and the version takes effect on %s", shorten(d.p.words[d.at:], 20), r.o.Effective)
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
func undated(r *reading) {
	if r.o.Dated || r.lists == nil || wordCount(r.all()) < 100 || len(r.dateLines()) > 0 || r.figures() || r.file != nil && r.file.dated {
		return
	}
	for _, p := range r.passages {
		for _, s := range p.spans {
			if s.Variable == "policy.effective" {
				return
			}
		}
	}
	r.warnText("no-date", "give the version its date; pages show it", "the text does not say from when it holds or when it was last changed")
}

var inFigures = regexp.MustCompile(`\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b`)

// figures reports whether a short line gives a date in figures, or a date alone.
func (r *reading) figures() bool {
	for _, p := range r.passages {
		if wordCount(p.words) > 15 {
			continue
		}
		if inFigures.MatchString(p.words) {
			return true
		}
		if m := typed.FindString(p.words); m != "" && len(p.words) < len(m)+12 {
			return true
		}
	}
	return false
}

func (r *reading) all() string {
	var b strings.Builder
	for _, p := range r.passages {
		b.WriteString(p.words)
		b.WriteByte('\n')
	}
	return b.String()
}
