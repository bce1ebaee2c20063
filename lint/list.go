package lint

import (
	"regexp"
	"slices"
	"strings"

	"proviso/text"
)

var (
	ownNumber    = regexp.MustCompile(`^\(?(\d{1,2}|[a-z]|[ivx]{1,4})[.)]`)
	twiceNumber  = regexp.MustCompile(`^\(?\d{1,2}[.)]\s*\(?\d{1,2}[.)]\s*\D`)
	enumerator   = regexp.MustCompile(`(?:^|[\s\x{a0}])\(([a-z]|[ivx]{1,4})\)\s`)
	enumerations = regexp.MustCompile(`[,;]\s+(?:and |or )?`)
)

// lists looks for items and headings that have two numbers.
func lists(r *reading) {
	for _, p := range r.passages {
		words := strings.TrimSpace(p.words)
		l := p.list()
		switch {
		case l != nil && l.Ordered && p.first && p.number == 0 && listInItem(p):
			r.warn(p, 0, "double-number", "remove one of them", "the item has two numbers, which makes a list inside the list: %q", shorten(words, 30))
		case l != nil && l.Ordered && p.first && p.prose() && innermost(p, l):
			if m := ownNumber.FindStringSubmatch(words); m != nil && !strings.HasPrefix(m[1], "i") && !strings.HasPrefix(m[1], "x") {
				r.warn(p, 0, "double-number", "remove the typed number; the list has its own", "the item has two numbers: %q", shorten(words, 30))
			}
		case twiceNumber.MatchString(words):
			r.warn(p, 0, "double-number", "remove one of them", "the line has two numbers: %q", shorten(words, 30))
		}
	}
}

// innermost reports whether nothing but the item stands between p and its list.
func innermost(p *passage, l *text.Block) bool {
	return len(p.around) >= 2 && p.around[len(p.around)-2] == l
}

// listInItem reports whether the list around p is all that a numbered item begins with.
func listInItem(p *passage) bool {
	n := len(p.around)
	if n < 4 || p.around[n-3].Kind != text.Item || p.around[n-4].Kind != text.List || !p.around[n-4].Ordered {
		return false
	}
	return p.around[n-3].Children[0] == p.around[n-2]
}

// enumerators looks for (x) or (c) without the letters before it.
func enumerators(r *reading) {
	seen := map[string]map[string]bool{}
	for _, p := range r.passages {
		if seen[p.section.ID] == nil {
			seen[p.section.ID] = map[string]bool{}
		}
		have := seen[p.section.ID]
		reported := false
		for _, m := range enumerator.FindAllStringSubmatchIndex(p.words, -1) {
			mark := p.words[m[2]:m[3]]
			next := "(" + string(mark[0]+1) + ")"
			gap := strings.Contains(p.words[m[1]:], next) && len(mark) == 1 && mark != "a" && mark != "i" && !have[string(mark[0]-1)] && !have[roman[mark]]
			if gap && !reported && !inCitation.MatchString(p.before(m[0]+1)) {
				reported = true
				r.warn(p, m[2]-1, "enumerator", "begin with (a) or (i), or use a list", "the enumeration has (%s) without the one before it", mark)
			}
			have[mark] = true
		}
	}
}

var (
	roman      = map[string]string{"v": "iv", "x": "ix"}
	inCitation = regexp.MustCompile(`(?i)(subdivisions?|subsections?|items?|articles?|art\.?|sections?|sec\.?|paragraphs?|§|clauses?|points?|letter|\d|\))\s*$`)
)

// repeatedItems looks for enumerations that name the same thing twice.
func repeatedItems(r *reading) {
	if r.lists == nil {
		return
	}
	for _, p := range r.passages {
		if p.heading() {
			continue
		}
		for _, s := range p.sentences() {
			r.repeatedItem(p, s[0], p.words[s[0]:s[1]])
		}
	}
}

func (r *reading) repeatedItem(p *passage, from int, sentence string) {
	bounds := enumerations.FindAllStringIndex(sentence, -1)
	if len(bounds) < 4 {
		return
	}
	var items []string
	start := 0
	for _, b := range append(bounds, []int{len(sentence), len(sentence)}) {
		item := strings.ToLower(strings.Join(strings.Fields(sentence[start:b[0]]), " "))
		n := wordCount(item)
		if n > 10 || strings.Contains(item, ":") {
			items = nil // a clause: another enumeration begins
		}
		if start > 0 && n >= 1 && n <= 4 && len(item) > 5 && !fillers.MatchString(item) {
			if slices.Contains(items, item) {
				r.warn(p, from+start, "repeated-item", "name it once", "the enumeration names %q twice", item)
				return
			}
			items = append(items, item)
		}
		start = b[1]
	}
}

var fillers = regexp.MustCompile(`^(for example|including|such as|if applicable|however|where applicable|e\.g\.?|i\.e\.?|as applicable|without limitation|in each case|among other.*|respectively|therefore|in addition|at least|(if|where|as) .*)$`)
