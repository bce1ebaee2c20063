package verdict

import (
	"strings"

	"proviso/text"
)

// Units lists the units of a document in reading order.
func Units(doc *text.Document) []*Unit {
	var out []*Unit
	for _, s := range doc.Sections {
		w := walk{section: s}
		if s.Level > 0 {
			w.add(heading, s.Heading, nil)
		}
		w.blocks(s.Blocks, paragraph)
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

func (w *walk) blocks(list []*text.Block, p part) {
	for _, b := range list {
		switch b.Kind {
		case text.List:
			lead := w.lead
			for _, i := range b.Children {
				w.lead = lead
				w.blocks(i.Children, item)
			}
			w.lead = lead
		case text.Table:
			for _, r := range b.Children {
				w.row(r)
			}
		case text.Rule:
		case text.Practices:
			w.add(open, []text.Span{{Text: "{{practices." + b.Category + "}}"}}, b)
		default:
			if len(b.Children) > 0 {
				w.blocks(b.Children, p)
				continue
			}
			w.add(p, b.Spans, b)
			if p == paragraph {
				w.lead = text.Words(b.Spans)
			}
		}
	}
}

func (w *walk) row(r *text.Block) {
	u := &Unit{part: row, lead: w.lead, section: w.section.ID, Section: w.section, Block: r}
	for i, c := range r.Children {
		if i > 0 {
			u.Text += " | "
		}
		u.append(c.Spans)
	}
	w.units = append(w.units, u)
}

func (w *walk) add(p part, spans []text.Span, b *text.Block) {
	u := &Unit{part: p, section: w.section.ID, Section: w.section, Block: b}
	u.append(spans)
	if p == item {
		u.lead = w.lead
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
		if n := len(u.links); s.Link != "" && n > 0 && u.links[n-1].target == s.Link && u.links[n-1].end == len(u.Text) {
			u.links[n-1].end += len(words)
		} else if s.Link != "" {
			u.links = append(u.links, link{len(u.Text), len(u.Text) + len(words), s.Link})
		}
		u.Text += words
	}
}

// contents reports whether all words are one link to a place in the same text,
// as in a table of contents.
func (u *Unit) contents() bool {
	return len(u.links) == 1 && strings.HasPrefix(u.links[0].target, "#") &&
		strings.TrimSpace(u.Text[:u.links[0].start]) == "" && strings.TrimSpace(u.Text[u.links[0].end:]) == ""
}

// linkAt returns the link whose words the byte lies in, or nil.
func (u *Unit) linkAt(at int) *link {
	for i := range u.links {
		if l := &u.links[i]; l.start <= at && at < l.end {
			return l
		}
	}
	return nil
}
