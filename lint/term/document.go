package term

import (
	"regexp"
	"strconv"
	"strings"

	"proviso/lint/reading"
)

var selfName = regexp.MustCompile(`\b(?i:this|our) ((?i:privacy|cookies?|security|data protection) (?i:policy|notice|statement))\b`)

// documentNames looks for a text that calls itself by two names.
func documentNames(r *reading.Text) {
	if r.Lists == nil {
		return
	}
	count := map[string]int{}
	type use struct {
		name string
		p    *reading.Passage
		at   int
	}
	var uses []use
	for _, p := range r.Passages {
		for _, m := range selfName.FindAllStringSubmatchIndex(p.Words, -1) {
			if p.Spans[p.Span(m[2])].Link != "" {
				continue
			}
			name := strings.ToLower(p.Words[m[2]:m[3]])
			count[name]++
			uses = append(uses, use{name, p, m[2]})
		}
	}
	for _, u := range uses {
		for other := range count {
			kind, noun := cutLast(other)
			if k, n := cutLast(u.name); k == kind && n != noun && count[u.name] == 1 && count[other] >= 3 {
				r.Warn(u.p, u.at, "document-name", "write "+strconv.Quote(other), "the text calls itself %q here and %q elsewhere", u.name, other)
			}
		}
	}
}

func cutLast(s string) (before, last string) {
	i := strings.LastIndex(s, " ")
	return s[:max(i, 0)], s[i+1:]
}
