package notify

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"proviso/change"
	"proviso/change/verdict"
	"proviso/policy"
)

// plainly says changes in plain lines, where the legal team wrote no words of
// its own. What is done with data is compared as data, under English names of
// fields and categories; a reader gets the words that the tables on the pages
// have, else those of the mail's language.
type plainly struct {
	says   words
	r      *policy.Resolution
	locale string
}

// practice returns the category of a change in practices.yaml.
func practice(c change.Change) (category string, ok bool) {
	rest, ok := strings.CutPrefix(c.Section, "practices/")
	category, _, _ = strings.Cut(rest, "/")
	return category, ok
}

// heading names what changed. A practice is named with what it is, such as
// "Acme Mail Ltd. (recipient)".
func (p plainly) heading(c change.Change) string {
	name := cmp.Or(c.Heading, p.word("section-"+c.Section), c.Section)
	if category, ok := practice(c); ok {
		if label := cmp.Or(p.label("name."+category), p.word("category-"+category)); label != "" && !strings.EqualFold(label, name) {
			return name + " (" + label + ")"
		}
	}
	return name
}

// lines returns a change as lines below its heading.
func (p plainly) lines(c change.Change) []string {
	if _, ok := practice(c); !ok {
		return p.texts(c)
	}
	switch c.Kind {
	case change.Added:
		return []string{p.said("added", p.described(c.New))}
	case change.Removed:
		return []string{p.said("removed", p.described(c.Old))}
	}
	var out []string
	for _, r := range c.Reasons {
		out = append(out, p.field(r.Text))
	}
	return out
}

// mostLines bounds how much of one change a mail says; the pages have it all.
const mostLines = 12

// texts returns a change of a text as lines: everything that weighs, so that
// nobody reads of what is gone and not of what came in its place.
func (p plainly) texts(c change.Change) []string {
	if c.Kind == change.Scope {
		return []string{p.field("scope: " + c.Old + " → " + c.New)}
	}
	if len(c.Reasons) > 0 && c.Reasons[0].Rule == "length" { // its evidence is about the rules, not about the text
		return []string{cmp.Or(p.word("rewritten"), c.Line())}
	}
	var out []string
	for _, r := range c.Reasons {
		if line := p.evidence(c, r.Text); line != "" && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		out = []string{p.evidence(c, strings.TrimPrefix(c.Line(), cmp.Or(c.Heading, c.Section)+": "))}
	}
	if more := len(out) - mostLines; more > 0 {
		if words, err := p.says.say("more", "count", strconv.Itoa(more)); err == nil {
			out = append(out[:mostLines], words)
		}
	}
	return out
}

// evidence puts what made a rule fire into a reader's words. Bare numbers say
// little; then it is the sentence before and after, where that is short.
func (p plainly) evidence(c change.Change, evidence string) string {
	for _, how := range []string{"added", "removed"} {
		if rest, ok := strings.CutPrefix(evidence, how+": "); ok {
			return p.said(how, rest)
		}
	}
	if was, is := verdict.Clip(c.Old), verdict.Clip(c.New); c.Kind == change.Modified && !strings.ContainsFunc(evidence, unicode.IsLetter) &&
		was != "" && is != "" && !strings.HasSuffix(was, "…") && !strings.HasSuffix(is, "…") {
		return was + " → " + is
	}
	return evidence
}

// described joins the fields of a practice, one to a line, into one line. The
// name is in the heading already.
func (p plainly) described(fields string) string {
	var out []string
	name := ""
	for line := range strings.Lines(fields) {
		line = strings.TrimSuffix(line, "\n")
		if n, ok := strings.CutPrefix(line, "name: "); ok && name == "" {
			name = n
			continue
		}
		out = append(out, p.field(line))
	}
	return cmp.Or(strings.Join(out, "; "), name)
}

// field puts the reader's word for a field in front of its evidence:
// "retention: 12 months → 24 months", "country added: Ireland".
func (p plainly) field(evidence string) string {
	name, rest, ok := strings.Cut(evidence, ": ")
	if !ok {
		return evidence
	}
	name, how, _ := strings.Cut(name, " ")
	if name == "scope" {
		rest = p.whom(rest)
	}
	label := cmp.Or(p.label(columns[name]), p.label(name), p.word("field-"+name))
	if label == "" {
		return evidence
	}
	if how == "added" || how == "removed" {
		return p.said(how, label+": "+rest)
	}
	return label + ": " + rest
}

// columns are the fields of a practice whose column has another name.
var columns = map[string]string{"retention": "period"}

// whom puts names in the place of ids in a scope, or in two of them with an
// arrow between: "products beacon; sites acme.example → everyone".
func (p plainly) whom(scopes string) string {
	var sides []string
	for scope := range strings.SplitSeq(scopes, " → ") {
		var parts []string
		for part := range strings.SplitSeq(scope, "; ") {
			if ids, ok := strings.CutPrefix(part, "products "); ok {
				part = p.products(ids)
			} else if part == "everyone" {
				part = cmp.Or(p.word("everyone"), part)
			}
			parts = append(parts, strings.TrimPrefix(part, "sites "))
		}
		sides = append(sides, strings.Join(parts, "; "))
	}
	return strings.Join(sides, " → ")
}

// products names products by their ids.
func (p plainly) products(ids string) string {
	var names []string
	for id := range strings.SplitSeq(ids, ", ") {
		name, _ := p.r.Products.Get(id)
		names = append(names, cmp.Or(name.In(p.locale, p.r.Locales...), id))
	}
	return strings.Join(names, ", ")
}

// label returns how the version heads a column of its tables; it may be empty.
func (p plainly) label(column string) string {
	labels, _ := p.r.Labels.Get(p.locale)
	label, _ := labels.Get(column)
	return label
}

// word returns words of the mail's language; empty: it has none.
func (p plainly) word(key string) string {
	s, err := p.says.say(key)
	if err != nil {
		return ""
	}
	return s
}

// said puts words like "New: {text}" around a text.
func (p plainly) said(key, text string) string {
	s, err := p.says.say(key, "text", text)
	if err != nil {
		return text
	}
	return s
}
