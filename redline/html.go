package redline

import (
	"bytes"
	"html"
	"strconv"

	"proviso/text"
)

// Options says how a redline is written as HTML.
type Options struct {
	Labels Labels
	// Anchor returns the id of a change, or "" for none; blocks may share one,
	// the first has it. Left out: "c1", "c2" and so on, as Changes lists them.
	Anchor func(*Block) string
}

// WriteHTML writes a redline as one text:
//
//	<article class="redline">
//	  <section id="ID" class="modified"> … </section>
//
// Deleted words are in del, inserted ones in ins, each after hidden words that
// say so (class said). What moved stands at its new place in class moved-here,
// with its edits, and at the place it left in class moved-away. Numbers that
// shifted are in class renumbered. Blocks have their fate as a class, and
// reformatted if only their form changed. The text that is left without .said,
// .moved-away and del is the new one. Nothing has a style of its own.
func (r *Redline) WriteHTML(w *bytes.Buffer, o Options) {
	p := newPage(w, r, o)
	w.WriteString(`<article class="redline">` + "\n")
	for _, s := range r.Sections {
		p.section(s)
	}
	w.WriteString("</article>\n")
}

// page is a redline being written.
type page struct {
	*bytes.Buffer
	Options
	redline *Redline
	side    side
	twin    map[*text.Block]*text.Block // from containers of the old text to those of the new; nil until somebody asks
	place   map[int]*Block              // where moves went
	origin  map[int]*Block              // where they left
	ids     map[string]bool             // written or reserved
	open    []container                 // around the place being written
	room    [2][]text.Span              // of pieces
	shown   []*Block                    // of a side
}

func newPage(w *bytes.Buffer, r *Redline, o Options) *page {
	p := &page{Buffer: w, Options: o, redline: r, place: map[int]*Block{}, origin: map[int]*Block{},
		ids: make(map[string]bool, len(r.New.Sections))}
	for _, s := range r.New.Sections {
		p.ids[s.ID] = true
	}
	for b := range r.each {
		switch b.Fate {
		case MovedFrom:
			p.origin[b.Pair] = b
		case MovedTo:
			p.place[b.Pair] = b
		}
		for _, run := range b.Runs {
			if run.Moved > 0 && run.Op == Inserted {
				p.place[run.Moved] = b
			} else if run.Moved > 0 {
				p.origin[run.Moved] = b
			}
		}
	}
	return p
}

// anchor returns the id of a change, or "".
func (p *page) anchor(b *Block) string {
	switch {
	case b.change == 0:
		return ""
	case p.Anchor != nil:
		return p.Anchor(b)
	}
	return "c" + strconv.Itoa(b.change)
}

func (p *page) section(s *Section) {
	of := s.New
	if s.New == nil {
		of = s.Old
	}
	p.WriteString("<section")
	if s.Fate != MovedFrom && (s.New != nil || !p.ids[of.ID]) {
		p.ids[of.ID] = true
		p.attribute("id", of.ID)
	}
	p.attribute("class", s.Fate.class())
	p.WriteString(">\n")
	if s.Heading != nil {
		p.blocks([]*Block{s.Heading})
	}
	p.blocks(s.Blocks)
	p.WriteString("</section>\n")
}

// class is the class of what became so.
func (f Fate) class() string {
	switch f {
	case MovedFrom:
		return "moved-away"
	case MovedTo:
		return "moved-here"
	}
	return f.String()
}

func (p *page) attribute(name, value string) {
	if value != "" {
		p.WriteByte(' ')
		p.WriteString(name)
		p.WriteString(`="`)
		p.WriteString(html.EscapeString(value))
		p.WriteByte('"')
	}
}

// said writes words that only screen readers get.
func (p *page) said(label string) {
	if label != "" {
		p.WriteString(`<span class="said">`)
		p.WriteString(html.EscapeString(label))
		p.WriteString(" </span>")
	}
}

// blocks writes blocks one after the other, with the lists, quotes and tables around them.
func (p *page) blocks(list []*Block) {
	for i := 0; i < len(list); {
		end := i + 1
		for end < len(list) && p.leaf(list[end]) == p.leaf(list[i]) && list[end].Fate != MovedFrom {
			end++
		}
		p.within(p.path(list[i]))
		p.element(list[i:end])
		i = end
	}
	p.within(nil)
}

// leaf returns the leaf that a block is shown as.
func (p *page) leaf(b *Block) *Leaf {
	if b.New == nil || b.Fate == MovedFrom || p.side == oldSide && b.Old != nil {
		return b.Old
	}
	return b.New
}

// element writes a leaf: one block, or several that were joined.
func (p *page) element(blocks []*Block) {
	b := blocks[0]
	leaf := p.leaf(b)
	name := p.name(leaf)
	if name == "" {
		return
	}
	if name == "td" || name == "th" {
		p.pad(leaf, b.Column, name)
	}
	if name == "hr" {
		p.rule(b)
		return
	}
	id, class := p.claim(blocks), classes(b, leaf)
	if name == "span" && id == "" && class == "" {
		p.words(blocks)
		p.WriteByte('\n')
		return
	}
	p.WriteByte('<')
	p.WriteString(name)
	p.attribute("id", id)
	p.attribute("class", class)
	if name == "th" {
		p.attribute("scope", "col")
	}
	p.WriteString(">")
	if name == "pre" {
		p.WriteString("<code>")
	}
	p.words(blocks)
	if name == "pre" {
		p.WriteString("</code>")
	}
	p.WriteString("</")
	p.WriteString(name)
	p.WriteString(">\n")
}

// claim returns the id of the first change among blocks, once.
func (p *page) claim(blocks []*Block) string {
	for _, b := range blocks {
		if id := p.anchor(b); id != "" && !p.ids[id] {
			p.ids[id] = true
			return id
		}
	}
	return ""
}

// name returns the element of a leaf.
func (p *page) name(l *Leaf) string {
	if l.Heading() {
		return "h" + strconv.Itoa(l.Level)
	}
	switch l.Block.Kind {
	case text.Code:
		return "pre"
	case text.HTML:
		return "div"
	case text.Rule:
		return "hr"
	case text.Item, text.Quote: // with nothing in it
		return "span"
	case text.List, text.Table, text.Row:
		return ""
	case text.Cell:
		if n := len(l.Path); n > 0 && l.Path[n-1].Block.Header {
			return "th"
		}
		return "td"
	}
	if n := len(p.open); n >= 2 && p.open[n-1].Kind == text.Item && p.open[n-2].Tight && p.open[n-1].state == 0 {
		p.open[n-1].state++
		return "span"
	}
	return "p"
}

// pad writes empty cells for columns that this row never had.
func (p *page) pad(l *Leaf, column int, name string) {
	if len(p.open) == 0 {
		return
	}
	row := &p.open[len(p.open)-1]
	for ; row.state < column; row.state++ {
		p.WriteString("<td></td>\n")
	}
	row.state++
}

func classes(b *Block, l *Leaf) string {
	class := b.Fate.class()
	switch {
	case b.Fate == Kept && len(b.Format) > 0:
		class = "reformatted"
	case b.Fate == Kept:
		class = ""
	}
	if l.Block != nil && l.Block.Align != text.AlignNone {
		if class != "" {
			class += " "
		}
		class += "align-" + alignments[l.Block.Align]
	}
	return class
}

// rule writes a thematic break.
func (p *page) rule(b *Block) {
	element := map[Fate]string{Removed: "del", Added: "ins", MovedFrom: "span"}[b.Fate]
	if element == "" {
		p.WriteString("<hr")
		p.attribute("id", p.claim([]*Block{b}))
		p.WriteString(">\n")
		return
	}
	p.WriteString("<" + element)
	p.attribute("id", p.claim([]*Block{b}))
	p.attribute("class", b.Fate.class())
	p.WriteString("><hr></" + element + ">\n")
}

// words writes the words of a leaf.
func (p *page) words(blocks []*Block) {
	b := blocks[0]
	switch {
	case b.Fate == MovedFrom:
		p.left(b)
		return
	case b.Fate == MovedTo && p.origin[b.Pair] != nil:
		p.said(fill(p.Labels.MovedFrom, "section", p.Labels.title(p.origin[b.Pair].Old)))
	case b.Split:
		p.said(p.Labels.Split)
	}
	for i, b := range blocks {
		if i > 0 && b.Merged {
			p.said(p.Labels.Joined)
		}
		p.runs(b)
		p.formats(b)
	}
}

// left writes what moved away, and where to.
func (p *page) left(b *Block) {
	p.spans(b.Old, b.Old.Spans)
	to := p.place[b.Pair]
	if to == nil {
		return
	}
	label := html.EscapeString(fill(p.Labels.MovedTo, "section", p.Labels.title(to.New)))
	if id := p.anchor(to); id != "" {
		label = `<a href="#` + html.EscapeString(id) + `">` + label + "</a>"
	}
	p.WriteString(` <span class="to">` + label + "</span>")
}

// piece writes a run with its mark.
func (p *page) piece(b *Block, piece Piece) {
	switch {
	case p.side == oldSide && piece.Op == Inserted || p.side == newSide && piece.Op == Deleted:
		return
	case p.side == oldSide && piece.Op == Same:
		p.spans(b.Old, piece.OldSpans)
		return
	case p.side == oldSide && piece.Op == Renumbered:
		piece.NewSpans = piece.OldSpans
	}
	wrap := func(element, class, label string, leaf *Leaf, spans []text.Span) {
		p.WriteByte('<')
		p.WriteString(element)
		p.attribute("class", class)
		p.WriteByte('>')
		if shows(piece.Old) || shows(piece.New) {
			p.said(label)
		}
		p.spans(leaf, spans)
		p.WriteString("</")
		p.WriteString(element)
		p.WriteByte('>')
	}
	switch {
	case piece.Op == Deleted && piece.Moved > 0:
		label := ""
		if to := p.place[piece.Moved]; to != nil {
			label = fill(p.Labels.MovedTo, "section", p.Labels.title(to.New))
		}
		wrap("span", "moved-away", label, b.Old, piece.OldSpans)
	case piece.Op == Inserted && piece.Moved > 0:
		label := ""
		if from := p.origin[piece.Moved]; from != nil {
			label = fill(p.Labels.MovedFrom, "section", p.Labels.title(from.Old))
		}
		wrap("span", "moved-here", label, b.New, piece.NewSpans)
	case piece.Op == Deleted:
		wrap("del", "", p.Labels.Deleted, b.Old, piece.OldSpans)
	case piece.Op == Inserted:
		wrap("ins", "", p.Labels.Inserted, b.New, piece.NewSpans)
	case piece.Op == Renumbered:
		wrap("span", "renumbered", fill(p.Labels.Renumbered, "from", piece.Old), b.New, piece.NewSpans)
	default:
		p.spans(b.New, piece.NewSpans)
	}
}

// spans writes words with their marks; code as it stands.
func (p *page) spans(l *Leaf, spans []text.Span) {
	switch {
	case l.verbatim():
		p.WriteString(html.EscapeString(text.Words(spans)))
	case len(spans) > 0 && len(spans) == len(l.Spans) && &spans[0] == &l.Spans[0]:
		p.whole(l)
	default:
		text.WriteSpans(p.Buffer, spans)
	}
}

// formats says what changed in form.
func (p *page) formats(b *Block) {
	for _, f := range b.Format {
		if f.Kind == Break {
			continue // said where it is
		}
		p.WriteString(`<span class="said"> ` + html.EscapeString(p.Labels.format(f)) + "</span>")
	}
}

func (o *Labels) format(f Format) string {
	or := func(s string) string {
		if s == "" {
			return o.None
		}
		return s
	}
	s := fill(o.Format, "from", or(f.From), "to", or(f.To))
	if f.Text != "" {
		return f.Text + ": " + s
	}
	return s
}
