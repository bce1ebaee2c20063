package change

import (
	"strings"

	"proviso/text"
)

// unitsOf lists the units of a document in reading order.
func unitsOf(doc *text.Document) []*unit {
	var out []*unit
	for _, s := range doc.Sections {
		w := walk{section: s}
		if s.Level > 0 {
			w.add(heading, s.Heading)
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
	units   []*unit
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
		case text.Code, text.HTML:
			w.add(code, b.Spans)
		case text.Rule, text.Practices:
		default:
			if len(b.Children) > 0 {
				w.blocks(b.Children, p)
				continue
			}
			w.add(p, b.Spans)
			if p == paragraph {
				w.lead = text.Words(b.Spans)
			}
		}
	}
}

func (w *walk) row(r *text.Block) {
	var cells []string
	for _, c := range r.Children {
		cells = append(cells, strings.Join(strings.Fields(text.Words(c.Spans)), " "))
	}
	w.units = append(w.units, &unit{part: row, text: strings.Join(cells, " | "), lead: w.lead, section: w.section.ID})
}

func (w *walk) add(p part, spans []text.Span) {
	u := &unit{part: p, text: text.Words(spans), section: w.section.ID, linked: linked(spans)}
	if p == item {
		u.lead = w.lead
	}
	w.units = append(w.units, u)
}

// linked reports whether all words are a link to a place in the same text.
func linked(spans []text.Span) bool {
	n := 0
	for _, s := range spans {
		if strings.TrimSpace(s.Text) == "" {
			continue
		}
		if !strings.HasPrefix(s.Link, "#") {
			return false
		}
		n++
	}
	return n > 0
}
