package term

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"proviso/lint/reading"
	"proviso/text"
)

// introduced finds a company that names itself: Example Systems, Inc. (“Example”, “we”).
var introduced = regexp.MustCompile(`([A-Z][\w&-]*(?: [A-Z][\w&-]*){0,3}),? ` + reading.Forms + `\b\.?,? ?\(["“]`)

// A spelling is one way in which the company's name is written.
type spelling struct {
	text  string
	p     *reading.Passage
	at    int
	count int
}

// companyNames looks for the company's name in other spellings than its own.
func companyNames(r *reading.Text) {
	base, own := baseName(r)
	if len(reading.Letters(base)) < 5 {
		return
	}
	formVariants(r, base)
	names, possessives := spellings(r, base)
	if len(own) == 0 && len(names) > 0 {
		own = []string{slices.MaxFunc(names, func(a, b spelling) int { return cmp.Compare(a.count, b.count) }).text}
	}
	for _, s := range names {
		if !slices.Contains(own, s.text) && !(s.text == strings.ToLower(s.text) && s.at > 0) {
			r.Warn(s.p, s.at, "company-name", "write "+strconv.Quote(own[0])+" throughout", "the company is called %q here", s.text)
		}
	}
	if len(possessives) > 1 {
		last := possessives[len(possessives)-1]
		r.Warn(last.p, last.at, "company-name", "choose one", "the genitive is written %q here and %q elsewhere", last.text, possessives[0].text)
	}
	articles(r, base)
	agreement(r, base)
}

// baseName returns the company's name without its legal form, and the
// spellings that are right. A text of its own says by its definitions; which
// spelling is right is then what most of it says.
func baseName(r *reading.Text) (base string, own []string) {
	if r.Options.Legal != "" {
		base = reading.WithoutForm(r.Options.Legal)
		for _, n := range append([]string{base}, r.Options.Names...) {
			if n = reading.WithoutForm(n); !slices.Contains(own, n) {
				own = append(own, n)
			}
		}
		for _, n := range r.Options.Names { // the name in daily use, if it is the same in other letters
			if reading.Letters(n) == reading.Letters(base) {
				base = n
			}
		}
		return base, own
	}
	for _, p := range r.Passages {
		if m := introduced.FindStringSubmatch(p.Words); m != nil {
			return m[1], nil
		}
	}
	return "", nil
}

// spelled finds a name in capitals and small letters, with blanks and hyphens or without.
func spelled(base string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?i)\b`)
	for i, c := range []rune(reading.Letters(base)) {
		if i > 0 {
			b.WriteString(`[ \x{a0}-]?`)
		}
		b.WriteString(regexp.QuoteMeta(string(c)))
	}
	return regexp.MustCompile(b.String() + `\b`)
}

// spellings returns the ways in which the name is written, and those in which
// its genitive is. Addresses do not count, nor do passages in capitals.
func spellings(r *reading.Text, base string) (names, possessives []spelling) {
	re := spelled(base)
	add := func(list *[]spelling, s spelling) {
		for i := range *list {
			if (*list)[i].text == s.text {
				(*list)[i].count++
				return
			}
		}
		*list = append(*list, s)
	}
	for _, p := range r.Passages {
		if p.Capitals() > 0.6 {
			continue
		}
		for _, m := range re.FindAllStringIndex(p.Words, -1) {
			if inAddress(p.Words, m[0], m[1]) || p.Spans[p.Span(m[0])].Marks&text.CodeSpan != 0 {
				continue
			}
			name := p.Words[m[0]:m[1]]
			add(&names, spelling{name, p, m[0], 1})
			if g := genitive.FindString(p.Words[m[1]:]); g != "" && strings.HasSuffix(strings.ToLower(name), "s") {
				add(&possessives, spelling{strings.ReplaceAll(name+strings.TrimSpace(g), "'", "’"), p, m[0], 1})
			}
		}
	}
	return names, possessives
}

var genitive = regexp.MustCompile(`^['’](?:s\b|[ ])`)

// inAddress reports whether words are part of a domain or an address.
func inAddress(s string, start, end int) bool {
	before, after := s[:start], s[end:]
	return strings.HasSuffix(before, "@") || strings.HasSuffix(before, ".") || strings.HasSuffix(before, "/") ||
		domainTail.MatchString(after)
}

var domainTail = regexp.MustCompile(`^(?:\.[a-z]|/|@)`)

// formVariants looks for the legal form behind the name in other spellings.
func formVariants(r *reading.Text, base string) {
	re := regexp.MustCompile(spelled(base).String() + `,? (` + reading.Forms + `)\b`)
	var seen []spelling
	for _, p := range r.Passages {
		for _, m := range re.FindAllStringSubmatchIndex(p.Words, -1) {
			form := p.Words[m[2]:m[3]]
			if i := slices.IndexFunc(seen, func(x spelling) bool { return x.text == form }); i >= 0 {
				seen[i].count++
				continue
			}
			seen = append(seen, spelling{form, p, m[2], 1})
		}
	}
	if len(seen) == 0 {
		return
	}
	right := slices.MaxFunc(seen, func(a, b spelling) int { return cmp.Compare(a.count, b.count) }).text
	if m := reading.LegalForm(r.Options.Legal); m != "" {
		right = strings.Trim(m, ",. ")
	}
	for _, s := range seen {
		if s.text != right && reading.Letters(s.text) == reading.Letters(right) {
			r.Warn(s.p, s.at, "company-name", "write the legal name in one way, best as {{org.legal_name}}", "the legal form is written %q here; it is %q", s.text, right)
		}
	}
}

// articles looks for "the" before a name that stands alone.
func articles(r *reading.Text, base string) {
	re := regexp.MustCompile(`\b[Tt]he (` + regexp.QuoteMeta(base) + `)(?:['’]s? |[.,;:)]|$)`)
	for _, p := range r.Passages {
		if m := re.FindStringSubmatchIndex(p.Words); m != nil {
			r.Warn(p, m[0], "company-name", "remove the article", "the company's name has an article: %q", strings.TrimSpace(p.Words[m[0]:m[1]]))
		}
	}
}

// agreement looks for a verb of many behind a name that elsewhere has one of one.
func agreement(r *reading.Text, base string) {
	name := `\b` + regexp.QuoteMeta(base)
	one := regexp.MustCompile(name + ` (?:is|has|does|[a-z]+(?:cts|des|ses|res|kes|ins|ers))\b`)
	many := regexp.MustCompile(name + ` (?:are|have|do|undertake|collect|process|store|provide|maintain|retain|take|keep|disclose)\b`)
	if !slices.ContainsFunc(r.Passages, func(p *reading.Passage) bool { return one.MatchString(p.Words) }) {
		return
	}
	for _, p := range r.Passages {
		if m := many.FindStringIndex(p.Words); m != nil && p.StartsSentence(m[0]) {
			r.Warn(p, m[0], "grammar", "put the verb into the singular, as elsewhere", "the sentence does not hold together: %q", p.Words[m[0]:m[1]])
		}
	}
}

var acronym = regexp.MustCompile(`\b[A-Z]{3,8}\b`)

// unknownEntities looks for abbreviations that act or are written to, and are
// explained nowhere: often the company from whose policy the words were taken.
func unknownEntities(r *reading.Text) {
	if r.Lists == nil {
		return
	}
	seen := map[string]bool{}
	for _, p := range r.Passages {
		if p.Heading() || p.Capitals() > 0.4 {
			continue
		}
		for _, m := range acronym.FindAllStringSubmatchIndex(p.Words, -1) {
			name := p.Words[m[0]:m[1]]
			if !seen[name] && acts(r, p, m[0], m[1]) && !explained(r, name) {
				seen[name] = true
				r.Warn(p, m[0], "unknown-entity", "say who that is, or name the company", "%q acts here and is explained nowhere", name)
			}
		}
	}
}

// acts reports whether somebody acts or is written to.
func acts(r *reading.Text, p *reading.Passage, start, end int) bool {
	before, after := p.Before(start), p.Words[end:]
	if strings.HasSuffix(before, "-") || strings.HasPrefix(after, "-") || inAddress(p.Words, start, end) || p.Spans[p.Span(start)].Link != "" {
		return false
	}
	for _, phrase := range r.Lists.Group("agents", "before") {
		if phrase.Find(before) != nil {
			return true
		}
	}
	return r.Lists.Has("agents", "after", after)
}

// explained reports whether an abbreviation is known, is a name, or is
// explained somewhere: in parentheses, before some, or by the initials of words.
func explained(r *reading.Text, name string) bool {
	for i := range r.Lists["acronyms"] {
		if at := r.Lists["acronyms"][i].Find(name); at != nil && at[1]-at[0] == len(name) {
			return true
		}
	}
	for _, n := range append([]string{r.Options.Legal}, r.Options.Names...) {
		if strings.Contains(strings.ToUpper(n), name) {
			return true
		}
	}
	if base, _ := baseName(r); base != "" && strings.Contains(reading.Letters(base), strings.ToLower(name)) {
		return true
	}
	spelledOut := regexp.MustCompile(`[(“"]\s*(?:the )?` + name + `\s*[)”",]|\b` + name + `\b[”"]? \(|` + initials(name))
	for _, p := range r.Passages {
		if spelledOut.MatchString(p.Words) {
			return true
		}
	}
	return false
}

// initials finds words that begin with the letters of an abbreviation.
func initials(name string) string {
	var b strings.Builder
	for i, c := range name {
		if i > 0 {
			b.WriteString(`(?: (?:of|and|for|the|on))* `)
		} else {
			b.WriteString(`\b`)
		}
		b.WriteString(string(c) + `[a-z]+`)
	}
	return b.String()
}
