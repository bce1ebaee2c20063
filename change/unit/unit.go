// Package unit cuts a document into what is compared: blocks of text, each with
// its words in one run, where its links lead, and what introduces it.
//
// Of lists the units of a document in reading order. OwnName says by which name
// the company calls itself in two documents.
package unit

import (
	"strings"

	"proviso/text"
)

// A Part is what a unit is in its document.
type Part uint8

const (
	Paragraph Part = iota // of running text, and whatever else holds words
	Heading               // of a section
	Item                  // of a list
	Row                   // of a table
	Open                  // a table of practices, which compares as data
)

// A Unit is a block of text as the rules read it: a paragraph, a heading, the
// text of a list item, or a row of a table with its cells joined by bars.
type Unit struct {
	Part      Part
	Text      string
	Lead      string // the words that introduce the list in which an item stands
	Links     []Link
	Variables []string // names of the variables in it

	Section *text.Section
	Block   *text.Block // the paragraph or row; nil for the heading of the Section
}

// A Link is the words of a unit that lead elsewhere.
type Link struct {
	Start, End int // bytes of the unit's text
	Target     string
}

// Of lists the units of a document in reading order.
func Of(doc *text.Document) []*Unit {
	var out []*Unit
	for _, s := range doc.Sections {
		w := walk{section: s}
		if s.Level > 0 {
			w.add(Heading, s.Heading, nil)
		}
		w.blocks(s.Blocks, Paragraph)
		out = append(out, w.units...)
	}
	return out
}

// A walk lists the units of one section.
type walk struct {
	section *text.Section
	lead    string // the last paragraph, which may introduce a list
	units   []*Unit
}

func (w *walk) blocks(list []*text.Block, p Part) {
	for _, b := range list {
		switch b.Kind {
		case text.List:
			lead := w.lead
			for _, i := range b.Children {
				w.lead = lead
				w.blocks(i.Children, Item)
			}
			w.lead = lead
		case text.Table:
			for _, r := range b.Children {
				w.row(r)
			}
		case text.Rule:
		case text.Practices:
			w.add(Open, []text.Span{{Text: "{{practices." + b.Category + "}}"}}, b)
		default:
			if len(b.Children) > 0 {
				w.blocks(b.Children, p)
				continue
			}
			w.add(p, b.Spans, b)
			if p == Paragraph {
				w.lead = text.Words(b.Spans)
			}
		}
	}
}

func (w *walk) row(r *text.Block) {
	u := &Unit{Part: Row, Lead: w.lead, Section: w.section, Block: r}
	for i, c := range r.Children {
		if i > 0 {
			u.Text += " | "
		}
		u.append(c.Spans)
	}
	w.units = append(w.units, u)
}

func (w *walk) add(p Part, spans []text.Span, b *text.Block) {
	u := &Unit{Part: p, Section: w.section, Block: b}
	u.append(spans)
	if p == Item {
		u.Lead = w.lead
	}
	w.units = append(w.units, u)
}

// append adds the words and links of spans to the unit.
func (u *Unit) append(spans []text.Span) {
	for _, s := range spans {
		words := s.Text
		if s.Variable != "" {
			u.Variables = append(u.Variables, s.Variable)
		}
		if words == "" && s.Variable != "" {
			words = "{{" + s.Variable + "}}"
		}
		if n := len(u.Links); s.Link != "" && n > 0 && u.Links[n-1].Target == s.Link && u.Links[n-1].End == len(u.Text) {
			u.Links[n-1].End += len(words)
		} else if s.Link != "" {
			u.Links = append(u.Links, Link{len(u.Text), len(u.Text) + len(words), s.Link})
		}
		u.Text += words
	}
}

// Contents reports whether all words are one link to a place in the same text,
// as in a table of contents.
func (u *Unit) Contents() bool {
	return len(u.Links) == 1 && strings.HasPrefix(u.Links[0].Target, "#") &&
		strings.TrimSpace(u.Text[:u.Links[0].Start]) == "" && strings.TrimSpace(u.Text[u.Links[0].End:]) == ""
}

// LinkAt returns the link whose words the byte lies in, or nil.
func (u *Unit) LinkAt(at int) *Link {
	for i := range u.Links {
		if l := &u.Links[i]; l.Start <= at && at < l.End {
			return l
		}
	}
	return nil
}

// Title returns the heading above the unit.
func (u *Unit) Title() string { return text.Words(u.Section.Heading) }

// Text joins the words of units, a line for each.
func Text(units []*Unit) string {
	parts := make([]string, len(units))
	for i, u := range units {
		parts[i] = u.Text
	}
	return strings.Join(parts, "\n")
}
