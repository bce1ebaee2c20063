package term

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"proviso/lint/reading"
	"proviso/lint/words"
	"proviso/text"
)

// A term is a word or phrase that the text gives a meaning.
type term struct {
	name   string
	p      *reading.Passage
	at     int  // where the name stands in the passage
	extend bool // says what else the term includes
	alias  bool // says only by what other name something is known
}

var (
	parenthesis = regexp.MustCompile(`\(([^()]*(?:\([^()]*\)[^()]*)*)\)`)
	quoted      = regexp.MustCompile(`[“"„]([^“”"„\n]{2,60})[”“"]`)
	connective  = regexp.MustCompile(`(?i)^(?:[\s,;:.]|\b(?:collectively|together|hereinafter|hereafter|referred|to|as|the|a|an|each|any|individually|and|or|our|this|in|jointly|also|i\.e|its|affiliates|known|defined|called|these|such|are|is|we|may|refer|it|them)\b|\(\w\)|through)*$`)
	hereinafter = regexp.MustCompile(`(?i)\(\s*(?:hereinafter|hereafter) (?:referred to as |called )?(?:the )?([A-Z][\w ]{2,40})\)`)
	defining    = regexp.MustCompile(`^[”“"]\s+((?:shall |may )?(?:also )?(?:means?|mean|refers?|includes?))\b`)
)

// terms returns what the text defines, in reading order.
func terms(r *reading.Text) (out []term) {
	for _, p := range r.Passages {
		out = append(out, definitions(p)...)
	}
	return out
}

func definitions(p *reading.Passage) (out []term) {
	for _, m := range parenthesis.FindAllStringSubmatchIndex(p.Words, -1) {
		inside := p.Words[m[2]:m[3]]
		if strings.TrimSpace(quoted.ReplaceAllString(inside, "")) == inside || !connective.MatchString(quoted.ReplaceAllString(inside, "")) {
			continue
		}
		for _, q := range quoted.FindAllStringSubmatchIndex(inside, -1) {
			out = append(out, term{name: trimTerm(inside[q[2]:q[3]]), p: p, at: m[2] + q[2], alias: strings.Contains(inside, "known as")})
		}
	}
	for _, m := range hereinafter.FindAllStringSubmatchIndex(p.Words, -1) {
		out = append(out, term{name: trimTerm(p.Words[m[2]:m[3]]), p: p, at: m[2]})
	}
	for _, m := range quoted.FindAllStringSubmatchIndex(p.Words, -1) {
		if d := defining.FindStringSubmatch(p.Words[m[3]:]); d != nil {
			out = append(out, term{name: trimTerm(p.Words[m[2]:m[3]]), p: p, at: m[2], extend: strings.Contains(d[1], "nclude")})
		}
	}
	slices.SortStableFunc(out, func(a, b term) int { return cmp.Compare(a.at, b.at) })
	return out
}

func trimTerm(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.Trim(s, " ,.;\u00a0"), "the "), "(s)")
}

// singular returns the letters of a term without the ending of a plural.
func singular(s string) string {
	s = reading.Letters(s)
	switch {
	case len(s) > 4 && strings.HasSuffix(s, "ies"):
		return s[:len(s)-3] + "y"
	case len(s) > 3 && strings.HasSuffix(s, "s") && !strings.HasSuffix(s, "ss"):
		return s[:len(s)-1]
	}
	return s
}

// pronouns stand for the parties and need no definition of their own.
var pronouns = []string{"we", "us", "our", "ours", "you", "your", "yours", "i", "they", "it"}

// definedTerms looks at what the text defines: once, used, and always spelled alike.
func definedTerms(r *reading.Text) {
	if r.Lists == nil {
		return
	}
	seen := map[string]term{}
	for _, t := range terms(r) {
		key := singular(t.name)
		if slices.Contains(pronouns, strings.ToLower(t.name)) || key == "" || r.IsName(t.name) {
			continue
		}
		first, again := seen[key]
		switch {
		case !again:
			seen[key] = t
			usedTerm(r, t)
		case first.p == t.p && !t.extend, !first.p.Meets(t.p):
		case t.extend:
			r.Warn(t.p, t.at, "term-defined-twice", "say in the definition all that the term means", "%q is defined already, and more is added to it here", t.name)
		default:
			r.Warn(t.p, t.at, "term-defined-twice", "choose another name for one of them", "%q is defined already: %s", t.name, r.Place(first.p, first.at))
		}
	}
}

// usedTerm warns of a term that is never used, or written in another way than
// it was defined.
func usedTerm(r *reading.Text, t term) {
	if !reading.Capitalised(t.name) || t.alias {
		return
	}
	forms := variants(t.name)
	used, number := 0, ""
	for _, p := range r.Passages {
		for _, m := range forms.FindAllStringIndex(p.Words, -1) {
			if p == t.p && m[0] <= t.at && t.at < m[1] {
				continue
			}
			used++
			found := p.Words[m[0]:m[1]]
			if number == "" && !p.Heading() && otherSpelling(r, t.name, found) {
				number = found
				r.Warn(p, m[0], "term-spelled", "write "+strconv.Quote(t.name), "%q is defined as %q", found, t.name)
			}
		}
	}
	if used == 0 {
		r.Warn(t.p, t.at, "term-unused", "remove the definition", "%q is defined and never used", t.name)
	}
}

// otherSpelling reports whether found is the term written with other blanks,
// hyphens or capitals inside, or one of many for a plural that is defined.
func otherSpelling(r *reading.Text, name, found string) bool {
	if !reading.Capitalised(found) || found == strings.ToUpper(found) || reading.Letters(found) == reading.Letters(name) && strings.EqualFold(found, name) {
		return false
	}
	if reading.Letters(name) != reading.Letters(found) { // another number
		return strings.HasSuffix(name, "s") && !strings.HasSuffix(found, "s") && reading.WordCount(name) == 1 && rare(r, found)
	}
	return true
}

// rare reports whether a word stands only once in the text.
func rare(r *reading.Text, word string) bool {
	re := regexp.MustCompile(`\b` + regexp.QuoteMeta(word) + `\b`)
	n := 0
	for _, p := range r.Passages {
		n += len(re.FindAllStringIndex(p.Words, 2))
	}
	return n == 1
}

// variants finds a term in singular and plural, with blanks and hyphens or without.
func variants(name string) *regexp.Regexp {
	fields := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '-' })
	for i := range fields {
		fields[i] = regexp.QuoteMeta(fields[i])
	}
	expr := strings.Join(fields, `[\s\x{a0}-]*`)
	switch {
	case strings.HasSuffix(expr, "ies"):
		expr = strings.TrimSuffix(expr, "ies") + "(?:y|ies)"
	case strings.HasSuffix(expr, "y"):
		expr = strings.TrimSuffix(expr, "y") + "(?:y|ies)"
	default:
		expr = strings.TrimSuffix(expr, "s") + "s?"
	}
	return regexp.MustCompile(`(?i)\b` + expr + `\b`)
}

var capitalRun = regexp.MustCompile(`\bWeb sites?\b|\b(?:(?:For|The|Our|By|In|With|To|This|These|Any|All|If|When|Such|Each|Your|As|Of|On|From) )?([A-Z][a-z]+(?:[- ][A-Z][a-z]+){0,3})\b`)

// undefinedTerms looks for words that are capitalised like a defined term, in
// mid-sentence, and are defined nowhere.
func undefinedTerms(r *reading.Text) {
	if r.Lists == nil {
		return
	}
	defined := map[string]bool{}
	for _, t := range terms(r) {
		defined[singular(t.name)] = true
	}
	for _, p := range r.Passages { // words in quotation marks are said to be words, in whatever way
		for _, m := range quoted.FindAllStringSubmatchIndex(p.Words, -1) {
			defined[singular(trimTerm(p.Words[m[2]:m[3]]))] = true
		}
	}
	seen := map[string]string{}
	for _, p := range r.Passages {
		if !p.Prose() {
			continue
		}
		for _, m := range capitalRun.FindAllStringSubmatchIndex(p.Words, -1) {
			if m[2] > 0 {
				m = m[2:] // without the small word before it
			}
			name := p.Words[m[0]:m[1]]
			key := singular(name)
			first, again := seen[key]
			if defined[key] || !usedAsTerm(r, p, m[0], m[1], again && reading.WordCount(first) != reading.WordCount(name)) {
				continue
			}
			switch {
			case !again:
				seen[key] = name
				r.Warn(p, m[0], "term-undefined", "define it where it is first used, or write it small", "%q is written like a defined term and defined nowhere", name)
			case reading.WordCount(first) != reading.WordCount(name):
				r.Warn(p, m[0], "term-spelled", "write it in one way", "%q is %q elsewhere", name, first)
			}
		}
	}
}

// usedAsTerm reports whether the capitalised words from start to end are used
// as a term is: they are in the list, begin no sentence, and are no name, title
// of a document or words of a link. What is known to be a term needs no word
// before it that shows it.
func usedAsTerm(r *reading.Text, p *reading.Passage, start, end int, known bool) bool {
	name := p.Words[start:end]
	if !termWords(r, name) || p.StartsSentence(start) || r.IsName(name) {
		return false
	}
	if s := p.Spans[p.Span(start)]; s.Link != "" || s.Marks&text.Strong != 0 {
		return false
	}
	before, after := p.Before(start), p.Words[end:]
	if strings.HasSuffix(before, "-") || strings.HasPrefix(after, "-") || inQuotes(before, after) || p.Capitals() > 0.3 {
		return false
	}
	if partOfName.MatchString(after) || ofName.MatchString(before) || behindName.MatchString(before) && !determiner.MatchString(before) || quoteClose.MatchString(after) {
		return false
	}
	return known || determiner.MatchString(before)
}

var (
	partOfName = regexp.MustCompile(`^(?: (?:of|and|&|for) | )[A-Z]`)
	ofName     = regexp.MustCompile(`[A-Z][\w'’.]*,? (?:of|and|&|for) (?:the )?$`)
	behindName = regexp.MustCompile(`[A-Z][\w'’.]*,? $`)
	quoteClose = regexp.MustCompile(`^[”"]`)
	determiner = regexp.MustCompile(`(?i)\b(the|our|this|your|any|such|these|those|each|a|an|of|for|to|by|with|on|in|from|use|visit|and|or|other|all|through|using|that)[ \x{a0}]$`)
)

func inQuotes(before, after string) bool {
	return strings.HasSuffix(before, "“") || strings.HasSuffix(before, `"`) && strings.HasPrefix(after, `"`)
}

// termWords reports whether a run of words ends in a term of the list and has
// only such words before it.
func termWords(r *reading.Text, name string) bool {
	whole := func(list []words.Phrase, s string) bool {
		return slices.ContainsFunc(list, func(p words.Phrase) bool {
			at := p.Find(s)
			return at != nil && at[0] == 0 && at[1] == len(s)
		})
	}
	terms, modifiers := r.Lists.Group("terms", "term"), r.Lists.Group("terms", "modifier")
	for name != "" {
		if whole(terms, name) {
			return true
		}
		first, rest, ok := strings.Cut(name, " ")
		if !ok || !whole(modifiers, first) {
			return false
		}
		name = rest
	}
	return false
}
