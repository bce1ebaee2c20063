package form

import (
	"regexp"
	"strings"

	"proviso/lint/reading"
	"proviso/text"
)

var (
	ownNumber   = regexp.MustCompile(`^\(?(\d{1,2}|[a-z]|[ivx]{1,4})[.)]`)
	twiceNumber = regexp.MustCompile(`^\(?\d{1,2}[.)]\s*\(?\d{1,2}[.)]\s*\D`)
	enumerator  = regexp.MustCompile(`(?:^|[\s\x{a0}])\(([a-z]|[ivx]{1,4})\)\s`)
)

// lists looks for items and headings that have two numbers.
func lists(r *reading.Text) {
	for _, p := range r.Passages {
		words := strings.TrimSpace(p.Words)
		l := p.List()
		switch {
		case l != nil && l.Ordered && p.First && p.Number == 0 && listInItem(p):
			r.Warn(p, 0, "double-number", "remove one of them", "the item has two numbers, which makes a list inside the list: %q", reading.Shorten(words, 30))
		case l != nil && l.Ordered && p.First && p.Prose() && innermost(p, l):
			if m := ownNumber.FindStringSubmatch(words); m != nil && !strings.HasPrefix(m[1], "i") && !strings.HasPrefix(m[1], "x") {
				r.Warn(p, 0, "double-number", "remove the typed number; the list has its own", "the item has two numbers: %q", reading.Shorten(words, 30))
			}
		case twiceNumber.MatchString(words):
			r.Warn(p, 0, "double-number", "remove one of them", "the line has two numbers: %q", reading.Shorten(words, 30))
		}
	}
}

// innermost reports whether nothing but the item stands between p and its list.
func innermost(p *reading.Passage, l *text.Block) bool {
	return len(p.Around) >= 2 && p.Around[len(p.Around)-2] == l
}

// listInItem reports whether the list around p is all that a numbered item begins with.
func listInItem(p *reading.Passage) bool {
	n := len(p.Around)
	if n < 4 || p.Around[n-3].Kind != text.Item || p.Around[n-4].Kind != text.List || !p.Around[n-4].Ordered {
		return false
	}
	return p.Around[n-3].Children[0] == p.Around[n-2]
}

// enumerators looks for (x) or (c) without the letters before it.
func enumerators(r *reading.Text) {
	seen := map[string]map[string]bool{}
	for _, p := range r.Passages {
		if seen[p.Section.ID] == nil {
			seen[p.Section.ID] = map[string]bool{}
		}
		have := seen[p.Section.ID]
		reported := false
		for _, m := range enumerator.FindAllStringSubmatchIndex(p.Words, -1) {
			mark := p.Words[m[2]:m[3]]
			next := "(" + string(mark[0]+1) + ")"
			gap := strings.Contains(p.Words[m[1]:], next) && len(mark) == 1 && mark != "a" && mark != "i" && !have[string(mark[0]-1)] && !have[roman[mark]]
			if gap && !reported && !inCitation.MatchString(p.Before(m[0]+1)) {
				reported = true
				r.Warn(p, m[2]-1, "enumerator", "begin with (a) or (i), or use a list", "the enumeration has (%s) without the one before it", mark)
			}
			have[mark] = true
		}
	}
}

var (
	roman      = map[string]string{"v": "iv", "x": "ix"}
	inCitation = regexp.MustCompile(`(?i)(subdivisions?|subsections?|items?|articles?|art\.?|sections?|sec\.?|paragraphs?|§|clauses?|points?|letter|\d|\))\s*$`)
)
