package lint

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"proviso/text"
)

// isName reports whether words are one of the company's or its products' names.
func (r *reading) isName(s string) bool {
	key := letters(s)
	for _, n := range append([]string{r.o.Legal}, r.o.Names...) {
		if n != "" && (letters(n) == key || letters(withoutForm(n)) == key) {
			return true
		}
	}
	return false
}

// scope returns for whom the passage is.
func (p *passage) scope() text.Scope {
	if p.heading() {
		return p.section.Scope
	}
	return p.block.Scope
}

const forms = `(?:Inc|INC|LLC|Ltd|LTD|Limited|GmbH|Corp|Corporation|PLC|plc|AG|B\.V|S\.A)`

var (
	legalForm = regexp.MustCompile(`,? ` + forms + `\b\.?$`)
	// introduced finds a company that names itself: Example Systems, Inc. (“Example”, “we”).
	introduced = regexp.MustCompile(`([A-Z][\w&-]*(?: [A-Z][\w&-]*){0,3}),? ` + forms + `\b\.?,? ?\(["“]`)
)

// withoutForm returns a company's name without its legal form.
func withoutForm(name string) string { return legalForm.ReplaceAllString(name, "") }

// A spelling is one way in which the company's name is written.
type spelling struct {
	text  string
	p     *passage
	at    int
	count int
}

// companyNames looks for the company's name in other spellings than its own.
func companyNames(r *reading) {
	base, own := r.baseName()
	if len(letters(base)) < 5 {
		return
	}
	r.formVariants(base)
	names, possessives := r.spellings(base)
	if len(own) == 0 && len(names) > 0 {
		own = []string{slices.MaxFunc(names, func(a, b spelling) int { return cmp.Compare(a.count, b.count) }).text}
	}
	for _, s := range names {
		if !slices.Contains(own, s.text) && !(s.text == strings.ToLower(s.text) && s.at > 0) {
			r.warn(s.p, s.at, "company-name", "write "+strconv.Quote(own[0])+" throughout", "the company is called %q here", s.text)
		}
	}
	if len(possessives) > 1 {
		last := possessives[len(possessives)-1]
		r.warn(last.p, last.at, "company-name", "choose one", "the genitive is written %q here and %q elsewhere", last.text, possessives[0].text)
	}
	r.articles(base)
	r.agreement(base)
}

// baseName returns the company's name without its legal form, and the
// spellings that are right. A text of its own says by its definitions; which
// spelling is right is then what most of it says.
func (r *reading) baseName() (base string, own []string) {
	if r.o.Legal != "" {
		base = withoutForm(r.o.Legal)
		for _, n := range append([]string{base}, r.o.Names...) {
			if n = withoutForm(n); !slices.Contains(own, n) {
				own = append(own, n)
			}
		}
		for _, n := range r.o.Names { // the name in daily use, if it is the same in other letters
			if letters(n) == letters(base) {
				base = n
			}
		}
		return base, own
	}
	for _, p := range r.passages {
		if m := introduced.FindStringSubmatch(p.words); m != nil {
			return m[1], nil
		}
	}
	return "", nil
}

// spelled finds a name in capitals and small letters, with blanks and hyphens or without.
func spelled(base string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?i)\b`)
	for i, c := range []rune(letters(base)) {
		if i > 0 {
			b.WriteString(`[ \x{a0}-]?`)
		}
		b.WriteString(regexp.QuoteMeta(string(c)))
	}
	return regexp.MustCompile(b.String() + `\b`)
}

// spellings returns the ways in which the name is written, and those in which
// its genitive is. Addresses do not count, nor do passages in capitals.
func (r *reading) spellings(base string) (names, possessives []spelling) {
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
	for _, p := range r.passages {
		if p.capitals() > 0.6 {
			continue
		}
		for _, m := range re.FindAllStringIndex(p.words, -1) {
			if inAddress(p.words, m[0], m[1]) || p.spans[p.span(m[0])].Marks&text.CodeSpan != 0 {
				continue
			}
			name := p.words[m[0]:m[1]]
			add(&names, spelling{name, p, m[0], 1})
			if g := genitive.FindString(p.words[m[1]:]); g != "" && strings.HasSuffix(strings.ToLower(name), "s") {
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
func (r *reading) formVariants(base string) {
	re := regexp.MustCompile(spelled(base).String() + `,? (` + forms + `)\b`)
	var seen []spelling
	for _, p := range r.passages {
		for _, m := range re.FindAllStringSubmatchIndex(p.words, -1) {
			form := p.words[m[2]:m[3]]
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
	if m := legalForm.FindString(r.o.Legal); m != "" {
		right = strings.Trim(m, ",. ")
	}
	for _, s := range seen {
		if s.text != right && letters(s.text) == letters(right) {
			r.warn(s.p, s.at, "company-name", "write the legal name in one way, best as {{org.legal_name}}", "the legal form is written %q here; it is %q", s.text, right)
		}
	}
}

// articles looks for "the" before a name that stands alone.
func (r *reading) articles(base string) {
	re := regexp.MustCompile(`\b[Tt]he (` + regexp.QuoteMeta(base) + `)(?:['’]s? |[.,;:)]|$)`)
	for _, p := range r.passages {
		if m := re.FindStringSubmatchIndex(p.words); m != nil {
			r.warn(p, m[0], "company-name", "remove the article", "the company's name has an article: %q", strings.TrimSpace(p.words[m[0]:m[1]]))
		}
	}
}

// agreement looks for a verb of many behind a name that elsewhere has one of one.
func (r *reading) agreement(base string) {
	name := `\b` + regexp.QuoteMeta(base)
	one := regexp.MustCompile(name + ` (?:is|has|does|[a-z]+(?:cts|des|ses|res|kes|ins|ers))\b`)
	many := regexp.MustCompile(name + ` (?:are|have|do|undertake|collect|process|store|provide|maintain|retain|take|keep|disclose)\b`)
	if !slices.ContainsFunc(r.passages, func(p *passage) bool { return one.MatchString(p.words) }) {
		return
	}
	for _, p := range r.passages {
		if m := many.FindStringIndex(p.words); m != nil && p.startsSentence(m[0]) {
			r.warn(p, m[0], "grammar", "put the verb into the singular, as elsewhere", "the sentence does not hold together: %q", p.words[m[0]:m[1]])
		}
	}
}

var acronym = regexp.MustCompile(`\b[A-Z]{3,8}\b`)

// unknownEntities looks for abbreviations that act or are written to, and are
// explained nowhere: often the company from whose policy the words were taken.
func unknownEntities(r *reading) {
	if r.lists == nil {
		return
	}
	seen := map[string]bool{}
	for _, p := range r.passages {
		if p.heading() || p.capitals() > 0.4 {
			continue
		}
		for _, m := range acronym.FindAllStringSubmatchIndex(p.words, -1) {
			name := p.words[m[0]:m[1]]
			if !seen[name] && r.acts(p, m[0], m[1]) && !r.explained(name) {
				seen[name] = true
				r.warn(p, m[0], "unknown-entity", "say who that is, or name the company", "%q acts here and is explained nowhere", name)
			}
		}
	}
}

// acts reports whether somebody acts or is written to.
func (r *reading) acts(p *passage, start, end int) bool {
	before, after := p.before(start), p.words[end:]
	if strings.HasSuffix(before, "-") || strings.HasPrefix(after, "-") || inAddress(p.words, start, end) || p.spans[p.span(start)].Link != "" {
		return false
	}
	for _, phrase := range r.lists.Group("agents", "before") {
		if phrase.Find(before) != nil {
			return true
		}
	}
	return r.lists.Has("agents", "after", after)
}

// explained reports whether an abbreviation is known, is a name, or is
// explained somewhere: in parentheses, before some, or by the initials of words.
func (r *reading) explained(name string) bool {
	for i := range r.lists["acronyms"] {
		if at := r.lists["acronyms"][i].Find(name); at != nil && at[1]-at[0] == len(name) {
			return true
		}
	}
	for _, n := range append([]string{r.o.Legal}, r.o.Names...) {
		if strings.Contains(strings.ToUpper(n), name) {
			return true
		}
	}
	if base, _ := r.baseName(); base != "" && strings.Contains(letters(base), strings.ToLower(name)) {
		return true
	}
	spelledOut := regexp.MustCompile(`[(“"]\s*(?:the )?` + name + `\s*[)”",]|\b` + name + `\b[”"]? \(|` + initials(name))
	for _, p := range r.passages {
		if spelledOut.MatchString(p.words) {
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

// strayCapitals looks for a participle that is capitalised in mid-sentence.
func strayCapitals(r *reading) {
	if r.lists == nil {
		return
	}
	for _, p := range r.passages {
		if !p.prose() || p.capitals() > 0.3 {
			continue
		}
		for _, m := range participle.FindAllStringSubmatchIndex(p.words, -1) {
			at := m[2]
			if !p.startsSentence(at) && p.spans[p.span(at)].Link == "" && smallBefore(p.before(at)) {
				r.warn(p, at, "stray-capital", "write it small", "%q is capitalised in mid-sentence", p.words[m[2]:m[3]])
			}
		}
	}
}

var participle = regexp.MustCompile(`[a-z] ([A-Z][a-z]+ed) (?:by|to|with|from|on|through)\b`)

func smallBefore(s string) bool {
	fields := strings.Fields(s)
	return len(fields) > 0 && unicode.IsLower([]rune(fields[len(fields)-1])[0])
}
