package text

import (
	"strings"

	"proviso/source"
)

// A View says how one site fills in a text. A function that is nil leaves
// open what it would fill in.
type View struct {
	// Site and Products choose what is shown; Site "" shows everything.
	Site     string
	Products []string
	// Variable returns the value of a variable, or false if there is none.
	Variable func(name string) (string, bool)
	// Policy returns the address of a policy and fragment as seen from the
	// page, or false if the site has no such policy.
	Policy func(id, fragment string) (string, bool)
	// Practices returns the table for a category, or nil if there is none.
	Practices func(category string) *Block
}

// For returns the document as the view shows it: without what is outside its
// scope, and with variables, links to policies and tables of practices filled
// in. Words that come from a variable are plain text, never Markdown, and keep
// its name. A section whose heading is not shown hands what it still holds to
// the section before it. Both documents share the parts that are the same in
// both; neither may be changed.
func (d *Document) For(v View) (*Document, source.Problems) {
	f := &filling{View: v}
	out := &Document{File: d.File, Title: d.Title, Summary: d.Summary, scopes: d.scopes}
	out.Sections = make([]*Section, 0, len(d.Sections))
	for _, s := range d.Sections {
		out.Sections = f.section(out.Sections, s)
	}
	f.problems.Sort()
	return out, f.problems
}

// A filling is the state of making one view.
type filling struct {
	View
	problems source.Problems
}

func (f *filling) shows(s Scope) bool { return f.Site == "" || s.On(f.Site, f.Products) }

// section adds what the view shows of s.
func (f *filling) section(to []*Section, s *Section) []*Section {
	blocks := f.blocks(s.Blocks)
	if !f.shows(s.Scope) {
		if len(blocks) == 0 {
			return to
		}
		if n := len(to); n > 0 {
			last := *to[n-1]
			last.Blocks = append(last.Blocks[:len(last.Blocks):len(last.Blocks)], blocks...)
			to[n-1] = &last
			return to
		}
		return append(to, &Section{ID: "intro", Scope: blocks[0].Scope, Blocks: blocks, Pos: blocks[0].Pos})
	}
	if s.Level == 0 && len(blocks) == 0 {
		return to
	}
	out := *s
	out.Heading, out.Blocks = f.spans(s.Heading), blocks
	return append(to, &out)
}

// blocks returns what the view shows of a list of blocks: the same list where
// nothing differs.
func (f *filling) blocks(list []*Block) []*Block {
	for i, b := range list {
		if got := f.block(b); got != b {
			out := append(make([]*Block, 0, len(list)), list[:i]...)
			return f.rest(out, got, list[i+1:])
		}
	}
	return list
}

func (f *filling) rest(out []*Block, first *Block, list []*Block) []*Block {
	if first != nil {
		out = append(out, first)
	}
	for _, b := range list {
		if got := f.block(b); got != nil {
			out = append(out, got)
		}
	}
	return out
}

// block returns what the view shows of b: b itself where nothing differs, nil
// where nothing is left.
func (f *filling) block(b *Block) *Block {
	switch {
	case !f.shows(b.Scope):
		return nil
	case b.Kind == Practices:
		return f.practices(b)
	case b.Kind == Code || b.Kind == HTML || b.Kind == Rule:
		return b
	case b.Children == nil:
		spans := f.spans(b.Spans)
		if len(spans) == 0 || &spans[0] == &b.Spans[0] {
			return b
		}
		out := *b
		out.Spans = spans
		return &out
	}
	children := f.blocks(b.Children)
	if len(children) == len(b.Children) && (len(children) == 0 || &children[0] == &b.Children[0]) {
		return b
	}
	if len(children) < len(b.Children) && !holds(b.Kind, children) {
		return nil
	}
	out := *b
	out.Children = children
	return &out
}

// holds reports whether a block is still worth showing with the children that
// are left: a table is not with its head alone.
func holds(k Kind, children []*Block) bool {
	if k != Table {
		return len(children) > 0
	}
	for _, row := range children {
		if !row.Header {
			return true
		}
	}
	return false
}

// practices returns the table for an open block, or nil if the list is empty.
func (f *filling) practices(b *Block) *Block {
	if f.Practices == nil {
		return b
	}
	table := f.Practices(b.Category)
	if table == nil {
		return nil
	}
	out := *table
	out.Category, out.Own, out.Pos = b.Category, b.Own, b.Pos
	out.Scope, _ = b.Scope.Intersect(table.Scope)
	var rows []*Block
	for _, row := range table.Children {
		if f.shows(row.Scope) {
			rows = append(rows, row)
		}
	}
	if out.Children = rows; !holds(out.Kind, rows) {
		return nil
	}
	return &out
}

// spans returns the spans filled in: the same slice where nothing differs.
func (f *filling) spans(list []Span) []Span {
	for i := range list {
		if list[i].fill || list[i].Open() {
			out := append(make([]Span, 0, len(list)), list...)
			for j := i; j < len(out); j++ {
				f.span(&out[j])
			}
			return out
		}
	}
	return list
}

func (f *filling) span(s *Span) {
	if s.Open() && f.Variable != nil {
		s.Text, _ = f.variable(s.Variable, s.Pos)
	}
	if !s.fill {
		return
	}
	s.Link = f.target(s.Link, s.Pos)
	s.Title = f.words(s.Title, s.Pos)
	if s.Image != "" {
		s.Image = f.target(s.Image, s.Pos)
		s.Text = f.words(s.Text, s.Pos)
	}
}

// variable returns the value of a variable, or reports that it has none.
func (f *filling) variable(name string, pos source.Position) (string, bool) {
	value, ok := f.Variable(name)
	if !ok {
		value = ""
	}
	value = strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n"))
	switch {
	case !ok:
		f.problems.Errorf(pos, "unknown-variable", "vars are defined in organisation.yaml; see also org, contacts, site and policy",
			"unknown variable {{%s}}", name)
	case value == "":
		f.problems.Errorf(pos, "empty-variable", "give it a value", "the variable {{%s}} is empty", name)
	}
	return value, value != ""
}

// words fills in the variables of a title or an alternative text.
func (f *filling) words(s string, pos source.Position) string {
	return f.fill(s, pos, func(_, value string) string { return strings.Join(strings.Fields(value), " ") })
}

// target fills in a link's target.
func (f *filling) target(s string, pos source.Position) string {
	if s == "" {
		return s
	}
	filled := f.fill(s, pos, fillTarget)
	if filled != s && strings.Contains(filled, "@") && !strings.ContainsAny(filled, ":/") {
		f.problems.Errorf(pos, "bad-link", "write mailto: before the variable", "the link leads to %q", filled)
	}
	if filled != s && unsafeTarget(filled) {
		f.problems.Errorf(pos, "unsafe-link", "link to a page or an address", "the target %q is not safe", truncate(filled, 40))
	}
	if f.Policy == nil || !hasPrefixFold(filled, policyScheme) {
		return filled
	}
	id, fragment := cutPolicy(filled)
	if id == "" {
		return filled // reported by Parse
	}
	address, ok := f.Policy(id, fragment)
	if !ok {
		f.unknownPolicy(id, pos)
		return filled
	}
	return address
}

func (f *filling) unknownPolicy(id string, pos source.Position) {
	if f.Site == "" {
		f.problems.Errorf(pos, "unknown-policy", "policies are named by their folders in content", "there is no policy %q", id)
		return
	}
	f.problems.Errorf(pos, "unknown-policy", "scope the link with ::: sites=\"…\", or publish the policy there",
		"%s has no policy %q", f.Site, id)
}

// fill replaces the variables in s by what put makes of their values.
func (f *filling) fill(s string, pos source.Position, put func(before, value string) string) string {
	if f.Variable == nil || !strings.Contains(s, "{{") {
		return s
	}
	var b strings.Builder
	for {
		before, name, after, ok := nextVariable(s)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if value, ok := f.variable(name, pos); ok {
			b.WriteString(put(b.String(), value))
		} else {
			b.WriteString("{{" + name + "}}")
		}
		s = after
	}
}
