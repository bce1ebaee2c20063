package text

import (
	"strconv"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
)

// Headings are parsed by goldmark; a headingParser takes the attribute list
// off the end of the line before the words are parsed.
type headingParser struct{ parser.BlockParser }

const attributesKey = "proviso"

func (h headingParser) Close(n ast.Node, r gmtext.Reader, pc parser.Context) {
	h.BlockParser.Close(n, r, pc)
	last := n.Lines().Len() - 1
	if n.Parent() == nil || last < 0 {
		return
	}
	line := n.Lines().At(last)
	line = line.TrimRightSpace(r.Source())
	words := r.Source()[line.Start:line.Stop]
	cut, a := cutAttributes(string(words), line.Start)
	if a == nil || pc.Get(parseKey).(*parse).Plain && len(a.faults) > 0 {
		return // none, or not ours
	}
	n.SetAttributeString(attributesKey, a)
	line.Stop = line.Start + cut
	line = line.TrimRightSpace(r.Source())
	if !line.IsEmpty() || last == 0 {
		n.Lines().Set(last, line)
		return
	}
	n.Lines().SetSliced(0, last) // the list has a line of its own
	line = n.Lines().At(last - 1)
	n.Lines().Set(last-1, line.TrimRightSpace(r.Source()))
}

// cutAttributes returns the attribute list at the end of a heading's line and
// where it begins, or nil. Whatever stands there in braces is taken for a
// list: a scope with a mistake in it must not become words that all can read.
func cutAttributes(line string, at int) (int, *attributes) {
	if line == "" || line[len(line)-1] != '}' {
		return 0, nil
	}
	open := len(line) - 1
	for open >= 0 && line[open] != '{' {
		open--
	}
	if open < 0 || open > 0 && (line[open-1] == '{' || line[open-1] == '\\') {
		return 0, nil
	}
	a := parseAttributes(line[open+1:len(line)-1], at+open+1, true)
	for open > 0 && (line[open-1] == ' ' || line[open-1] == '\t') {
		open--
	}
	if cut := open; cut > 0 && line[cut-1] == '#' { // ## Title ## {#id}
		for cut > 0 && line[cut-1] == '#' {
			cut--
		}
		if cut > 0 && line[cut-1] == ' ' {
			open = cut
		}
	}
	return open, a
}

// A level is a heading around the place being read.
type level struct {
	level int
	scope Scope
}

// scope returns the scope of the headings around the place being read.
func (p *parse) scope() Scope {
	if len(p.outline) == 0 {
		return Scope{}
	}
	return p.outline[len(p.outline)-1].scope
}

// heading opens the section of a heading.
func (p *parse) heading(n *ast.Heading, in place) {
	s := &Section{Level: n.Level, Pos: p.lines.at(n.Pos())}
	at := n.Pos()
	var own Scope
	if v, ok := n.AttributeString(attributesKey); ok {
		a := v.(*attributes)
		p.use(a)
		own, at = a.scope, a.at
		s.ID, s.Explicit, s.Covers = a.id, a.id != "", a.covers
	}
	s.Heading = p.spans(n)
	p.enter(s, own, at, in)
}

// enter makes s the section being read.
func (p *parse) enter(s *Section, own Scope, at int, in place) {
	for len(p.outline) > 0 && p.outline[len(p.outline)-1].level >= s.Level {
		p.outline = p.outline[:len(p.outline)-1]
	}
	s.Scope = p.narrow(p.narrow(p.scope(), in.scope, at), own, at)
	p.outline = append(p.outline, level{s.Level, s.Scope})
	p.sections = append(p.sections, s)
}

// narrow returns the intersection of two scopes, or reports that they exclude
// each other and returns the outer one.
func (p *parse) narrow(outer, inner Scope, at int) Scope {
	both, ok := outer.Intersect(inner)
	if !ok && !p.Plain {
		p.errorf(at, "empty-scope", "widen one of them, or remove the part", "no site could show this: %s lies in %s", inner, outer)
	}
	if !ok {
		return outer
	}
	return both
}

// use reports what is wrong with an attribute list and records its scopes.
func (p *parse) use(a *attributes) {
	for _, f := range a.faults {
		p.errorf(f.at, f.rule, f.hint, "%s", f.message)
	}
	for _, u := range a.uses {
		p.doc.scopes = append(p.doc.scopes, ScopeUse{u.key, u.id, p.lines.at(u.at)})
	}
}

// shift makes 2 the highest level: 1 is the page's title.
func (p *parse) shift() {
	for _, s := range p.sections {
		if s.Level != 1 {
			continue
		}
		if !p.Plain {
			p.problems.Warnf(s.Pos, "heading-level", "begin at ##: the page's title is the policy's", "the headings begin at #")
		}
		for _, s := range p.sections {
			if s.Level > 0 {
				s.Level = min(s.Level+1, 6)
			}
		}
		return
	}
}

// identify gives every section its id. Written ids come first, so that a slug
// cannot take one.
func (p *parse) identify() {
	first := make(map[string]*Section, len(p.sections))
	taken := make(ids, len(p.sections))
	for _, s := range p.sections {
		if !s.Explicit && s.Level > 0 {
			continue
		}
		if other := first[s.ID]; other != nil {
			p.duplicate(s, other)
			continue
		}
		first[s.ID] = s
		taken.take(s.ID)
	}
	number := 0
	for _, s := range p.sections {
		if s.Level == 0 {
			continue
		}
		number++
		if s.Explicit {
			continue
		}
		if s.ID == "" {
			s.ID = p.slug(s, number)
		}
		s.ID = taken.unique(s.ID)
	}
}

// duplicate reports an id written twice; the second section keeps its own id
// with a number.
func (p *parse) duplicate(s, first *Section) {
	s.Explicit = false
	switch {
	case p.Plain:
	case first.Level == 0:
		p.problems.Errorf(s.Pos, "duplicate-id", "choose another", "the id %q is that of the text before the first heading", s.ID)
	default:
		p.problems.Errorf(s.Pos, "duplicate-id", "choose another", "the id %q is taken by the heading at %s", s.ID, first.Pos)
	}
}

// slug returns the id for a heading without one.
func (p *parse) slug(s *Section, number int) string {
	text := make([]Span, 0, len(s.Heading))
	for _, span := range s.Heading {
		if span.Image == "" && !span.Raw {
			text = append(text, span)
		}
	}
	id := slug(Words(text))
	if id == "" {
		id = slug(Words(s.Heading))
	}
	if id != "" {
		return id
	}
	if !p.Plain {
		p.problems.Warnf(s.Pos, "empty-heading", "write its words on the line of the #", "the heading has no words")
	}
	return "section-" + strconv.Itoa(number)
}
