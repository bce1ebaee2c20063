package term

import (
	"regexp"
	"strconv"
	"strings"

	"proviso/lint/date"
	"proviso/lint/reading"
	"proviso/text"
)

var (
	numbered   = regexp.MustCompile(`^(?:(?i:section|article|part|chapter|clause)\s+)?(\d{1,2}(?:\.\d{1,2}){0,3})(?:[.):]|\s|$)`)
	lettered   = regexp.MustCompile(`^(?:(?i:section|part)\s+)?([A-Z])(?:[.):])(?:\s|$)`)
	pointer    = regexp.MustCompile(`\b(?i:sections?|paragraphs?)[ \x{a0}](\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z])\b(\(|\.\d)?`)
	namedPlace = regexp.MustCompile(`(?i:\bsections?(?: (?:titled|entitled|called|named|headed|on))?,? )[“"]([^”"\n]{3,60})[”"]|[“"]([^”"\n]{3,60})[”"](?i:,? (?:sub-?)?section\b)`)
	elsewhere  = regexp.MustCompile(`^\)?,? (?:of|in|to|under) (?:the |our |these |that |your |its |their )?(?:[A-Z]|that |those |agreement|law)`)
)

// deadReferences looks for "section 9" where there is none, and for sections
// that are called by a name no heading has.
func deadReferences(r *reading.Text) {
	if r.Lists == nil {
		return
	}
	places := places(r)
	for _, p := range r.Passages {
		if p.Heading() {
			continue
		}
		for _, m := range pointer.FindAllStringSubmatchIndex(p.Words, -1) {
			name := p.Words[m[2]:m[3]]
			letter := name[0] >= 'A' && name[0] <= 'Z'
			if m[4] >= 0 || places[name] || letter && !places["letters"] || ofLaw(r, p, m[0], m[1]) || p.Spans[p.Span(m[0])].Link != "" {
				continue
			}
			r.Warn(p, m[0], "dead-reference", "name the section and link to it: [words](#id)", "the text has no section %s", name)
		}
		for _, m := range namedPlace.FindAllStringSubmatchIndex(p.Words, -1) {
			from, to := m[2], m[3]
			if from < 0 {
				from, to = m[4], m[5]
			}
			name := p.Words[from:to]
			if !hasHeading(r, name) && p.Spans[p.Span(from)].Link == "" && !elsewhere.MatchString(p.Words[m[1]:]) {
				r.Warn(p, from, "dead-reference", "name the section as its heading does, and link to it: [words](#id)", "no section is called %q", name)
			}
		}
	}
}

// places returns the numbers and letters of headings, items and paragraphs.
func places(r *reading.Text) map[string]bool {
	out := map[string]bool{}
	for _, p := range r.Passages {
		words := strings.TrimSpace(p.Words)
		if m := numbered.FindStringSubmatch(words); m != nil && !date.Written(words[:min(len(words), 20)]) {
			name := strings.TrimRight(m[1], ".")
			for out[name] = true; strings.Contains(name, "."); {
				name = name[:strings.LastIndex(name, ".")]
				out[name] = true
			}
		}
		if m := lettered.FindStringSubmatch(words); m != nil && (p.Heading() || len(p.Around) == 0) {
			out[m[1]], out["letters"] = true, true
		}
		if l := p.List(); l != nil && l.Ordered && p.First {
			out[strconv.Itoa(l.Start+p.Number)] = true
		}
	}
	return out
}

// ofLaw reports whether the pointer from start to end leads into a law or a contract.
func ofLaw(r *reading.Text, p *reading.Passage, start, end int) bool {
	sentence, from := p.Sentence(start)
	if elsewhere.MatchString(p.Words[end:]) {
		return true
	}
	near := p.Words[max(from, start-60):min(len(p.Words), end+60, from+len(sentence))]
	return r.Lists.Has("laws", "", near) || strings.Contains(near, "§")
}

// hasHeading reports whether a heading holds the words, or they hold it.
func hasHeading(r *reading.Text, name string) bool {
	key := reading.Letters(name)
	for _, p := range r.Passages {
		own := reading.Letters(p.Words)
		if p.Heading() && own != "" && (strings.Contains(own, key) || strings.Contains(key, own)) {
			return true
		}
		if lead := lead(r, p); lead != "" && strings.Contains(reading.Letters(lead), key) {
			return true
		}
	}
	return false
}

// lead returns the words in bold with which a paragraph begins, like a heading
// inside the line, or "".
func lead(r *reading.Text, p *reading.Passage) string {
	if !p.Prose() {
		return ""
	}
	n := 0
	for n < len(p.Spans) && p.Spans[n].Marks&text.Strong != 0 && p.Spans[n].Link == "" {
		n++
	}
	if n == 0 {
		return ""
	}
	return text.Words(p.Spans[:n])
}
