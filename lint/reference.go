package lint

import (
	"regexp"
	"strconv"
	"strings"
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
func deadReferences(r *reading) {
	if r.lists == nil {
		return
	}
	places := r.places()
	for _, p := range r.passages {
		if p.heading() {
			continue
		}
		for _, m := range pointer.FindAllStringSubmatchIndex(p.words, -1) {
			name := p.words[m[2]:m[3]]
			letter := name[0] >= 'A' && name[0] <= 'Z'
			if m[4] >= 0 || places[name] || letter && !places["letters"] || r.ofLaw(p, m[0], m[1]) || p.spans[p.span(m[0])].Link != "" {
				continue
			}
			r.warn(p, m[0], "dead-reference", "name the section and link to it: [words](#id)", "the text has no section %s", name)
		}
		for _, m := range namedPlace.FindAllStringSubmatchIndex(p.words, -1) {
			from, to := m[2], m[3]
			if from < 0 {
				from, to = m[4], m[5]
			}
			name := p.words[from:to]
			if !r.hasHeading(name) && p.spans[p.span(from)].Link == "" && !elsewhere.MatchString(p.words[m[1]:]) {
				r.warn(p, from, "dead-reference", "name the section as its heading does, and link to it: [words](#id)", "no section is called %q", name)
			}
		}
	}
}

// places returns the numbers and letters of headings, items and paragraphs.
func (r *reading) places() map[string]bool {
	out := map[string]bool{}
	for _, p := range r.passages {
		words := strings.TrimSpace(p.words)
		if m := numbered.FindStringSubmatch(words); m != nil && !typed.MatchString(words[:min(len(words), 20)]) {
			name := strings.TrimRight(m[1], ".")
			for out[name] = true; strings.Contains(name, "."); {
				name = name[:strings.LastIndex(name, ".")]
				out[name] = true
			}
		}
		if m := lettered.FindStringSubmatch(words); m != nil && (p.heading() || len(p.around) == 0) {
			out[m[1]], out["letters"] = true, true
		}
		if l := p.list(); l != nil && l.Ordered && p.first {
			out[strconv.Itoa(l.Start+p.number)] = true
		}
	}
	return out
}

// ofLaw reports whether the pointer from start to end leads into a law or a contract.
func (r *reading) ofLaw(p *passage, start, end int) bool {
	sentence, from := p.sentence(start)
	if elsewhere.MatchString(p.words[end:]) {
		return true
	}
	near := p.words[max(from, start-60):min(len(p.words), end+60, from+len(sentence))]
	return r.lists.Has("laws", "", near) || strings.Contains(near, "§")
}

// hasHeading reports whether a heading holds the words, or they hold it.
func (r *reading) hasHeading(name string) bool {
	key := letters(name)
	for _, p := range r.passages {
		own := letters(p.words)
		if p.heading() && own != "" && (strings.Contains(own, key) || strings.Contains(key, own)) {
			return true
		}
		if lead := r.lead(p); lead != "" && strings.Contains(letters(lead), key) {
			return true
		}
	}
	return false
}

// lostLinks looks for words that must have been a link.
func lostLinks(r *reading) {
	if r.lists == nil {
		return
	}
	for _, p := range r.passages {
		if p.heading() {
			continue
		}
		for _, m := range r.lists.All("lost", "", p.words) {
			if !linked(p, m.At[0], m.At[1]) {
				r.warn(p, m.At[0], "lost-link", "link it, or name the page", "%s: %q", m.Note, shorten(p.words[m.At[0]:m.At[1]], 40))
			}
		}
	}
}

// linked reports whether any of the words from start to end are a link, or one
// follows them closely.
func linked(p *passage, start, end int) bool {
	for i := range p.spans {
		stop := len(p.words)
		if i+1 < len(p.starts) {
			stop = p.starts[i+1]
		}
		if p.spans[i].Link != "" && p.starts[i] < end+12 && stop > start {
			return true
		}
	}
	return strings.Contains(p.words[start:min(len(p.words), end+12)], "://")
}

var selfName = regexp.MustCompile(`\b(?i:this|our) ((?i:privacy|cookies?|security|data protection) (?i:policy|notice|statement))\b`)

// documentNames looks for a text that calls itself by two names.
func documentNames(r *reading) {
	if r.lists == nil {
		return
	}
	count := map[string]int{}
	type use struct {
		name string
		p    *passage
		at   int
	}
	var uses []use
	for _, p := range r.passages {
		for _, m := range selfName.FindAllStringSubmatchIndex(p.words, -1) {
			if p.spans[p.span(m[2])].Link != "" {
				continue
			}
			name := strings.ToLower(p.words[m[2]:m[3]])
			count[name]++
			uses = append(uses, use{name, p, m[2]})
		}
	}
	for _, u := range uses {
		for other := range count {
			kind, noun := cutLast(other)
			if k, n := cutLast(u.name); k == kind && n != noun && count[u.name] == 1 && count[other] >= 3 {
				r.warn(u.p, u.at, "document-name", "write "+strconv.Quote(other), "the text calls itself %q here and %q elsewhere", u.name, other)
			}
		}
	}
}

func cutLast(s string) (before, last string) {
	i := strings.LastIndex(s, " ")
	return s[:max(i, 0)], s[i+1:]
}
