package word

import (
	"archive/zip"
	"fmt"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A reader reads one file.
type reader struct {
	parts      map[string]*zip.File
	headings   map[string]int // by style
	titled     bool           // there is a style for the title
	styleLists map[string]*element
	lists      map[string]map[int]level // by numbering and level
	targets    map[string]string        // of links
	notes      map[string]*element

	out    strings.Builder
	open   []string // the tags of the lists around the place being written
	last   map[string]string
	joined []*element // runs of paragraphs whose end was deleted, which belong to the next
	asked  []string   // footnotes in the order in which they are referred to
	counts map[string]int
}

// repairs says what was accepted and left out, a line for each time.
func (r *reader) repairs() (out []string) {
	for _, what := range slices.Sorted(maps.Keys(r.counts)) {
		for range r.counts[what] {
			out = append(out, what)
		}
	}
	return out
}

// blocks writes the paragraphs and tables of a body, a cell or a note.
func (r *reader) blocks(e *element) {
	for _, c := range e.children {
		switch c.name {
		case "p":
			r.paragraph(c)
		case "tbl":
			r.closeLists(0)
			r.table(c)
		case "sdt":
			r.blocks(c.or("sdtContent"))
		case "ins", "moveTo", "customXml", "smartTag":
			r.blocks(c)
		}
	}
}

// or is child for one that should be there.
func (e *element) or(name string) *element {
	if c := e.child(name); c != nil {
		return c
	}
	return &element{}
}

// paragraph writes a paragraph, a heading or an item.
func (r *reader) paragraph(p *element) {
	props := p.child("pPr")
	runs := append(r.joined, p)
	if mark := props.child("rPr"); mark.child("del") != nil || mark.child("moveFrom") != nil {
		r.joined = runs // its end was deleted: what it holds belongs to the next
		return
	}
	r.joined = nil
	var b strings.Builder
	w := &runWriter{r: r, b: &b}
	for _, x := range runs {
		w.runs(x)
	}
	w.style(marks{})
	words := b.String()
	if strings.TrimSpace(words) == "" {
		return
	}
	if n := r.heading(props); n > 0 {
		r.closeLists(0)
		if r.titled && !r.isTitle(props) {
			n = min(n+1, 6)
		}
		fmt.Fprintf(&r.out, "<h%d>%s</h%d>\n", n, words, n)
		return
	}
	if id, depth := r.list(props); id != "" {
		r.item(id, depth, words)
		return
	}
	if len(r.open) > 0 && indented(props) {
		fmt.Fprintf(&r.out, "<p>%s</p>\n", words) // goes on in the item
		return
	}
	r.closeLists(0)
	fmt.Fprintf(&r.out, "<p>%s</p>\n", words)
}

// isTitle reports whether a paragraph has the style of the title: the only one
// of the first level where there is one.
func (r *reader) isTitle(props *element) bool {
	return strings.EqualFold(props.child("pStyle").attr("val"), "title")
}

func indented(props *element) bool {
	in := props.child("ind")
	for _, key := range []string{"left", "start"} {
		if n, err := strconv.Atoi(in.attr(key)); err == nil && n > 0 {
			return true
		}
	}
	return false
}

// item writes an item of a list; the item stays open for what follows in it.
func (r *reader) item(id string, depth int, words string) {
	if r.last == nil {
		r.last = map[string]string{}
	}
	l := r.lists[id][depth]
	tag := "ul"
	if l.ordered {
		tag = "ol"
	}
	r.closeLists(depth + 1)
	if len(r.open) == depth+1 && r.open[depth] != tag {
		r.closeLists(depth)
	}
	if len(r.open) == depth+1 {
		r.out.WriteString("</li>\n")
	}
	for len(r.open) <= depth {
		open := tag
		if len(r.open) < depth { // a level was skipped
			fmt.Fprint(&r.out, "<ul><li>")
			r.open = append(r.open, "ul")
			continue
		}
		start := l.start
		if n, err := strconv.Atoi(r.last[id+"/"+strconv.Itoa(depth)]); err == nil && depth == 0 {
			start = n + 1 // the list goes on behind other text
		}
		if l.ordered && start != 1 {
			open += fmt.Sprintf(` start="%d"`, start)
		}
		if l.ordered {
			r.last[id+"/"+strconv.Itoa(depth)] = strconv.Itoa(start - 1)
		}
		fmt.Fprintf(&r.out, "<%s>", open)
		r.open = append(r.open, tag)
	}
	if l.ordered {
		n, _ := strconv.Atoi(r.last[id+"/"+strconv.Itoa(depth)])
		r.last[id+"/"+strconv.Itoa(depth)] = strconv.Itoa(n + 1)
	}
	fmt.Fprintf(&r.out, "<li><p>%s</p>", words)
}

// closeLists closes lists until so many are open.
func (r *reader) closeLists(depth int) {
	for len(r.open) > depth {
		fmt.Fprintf(&r.out, "</li></%s>\n", r.open[len(r.open)-1])
		r.open = r.open[:len(r.open)-1]
	}
}

// table writes a table; rows that were deleted are not there.
func (r *reader) table(t *element) {
	r.out.WriteString("<table>")
	for _, row := range rows(t) {
		if row.at("trPr", "del") != nil {
			continue
		}
		r.out.WriteString("<tr>")
		for _, cell := range row.children {
			if cell.name == "sdt" {
				cell = cell.at("sdtContent", "tc")
			}
			if cell == nil || cell.name != "tc" {
				continue
			}
			r.out.WriteString("<td>")
			open := r.open
			r.open = nil
			r.blocks(cell)
			r.closeLists(0)
			r.open = open
			r.out.WriteString("</td>")
		}
		r.out.WriteString("</tr>\n")
	}
	r.out.WriteString("</table>\n")
}

func rows(t *element) (out []*element) {
	for _, c := range t.children {
		switch c.name {
		case "tr":
			out = append(out, c)
		case "sdt":
			out = append(out, rows(c.or("sdtContent"))...)
		case "ins", "customXml":
			out = append(out, rows(c)...)
		}
	}
	return out
}

// writeNotes writes the footnotes behind the text.
func (r *reader) writeNotes() {
	for i := 0; i < len(r.asked); i++ {
		note := r.notes[r.asked[i]]
		if note == nil {
			continue
		}
		var b strings.Builder
		w := &runWriter{r: r, b: &b}
		for _, p := range note.children {
			w.runs(p)
			w.text(" ")
		}
		w.style(marks{})
		fmt.Fprintf(&r.out, "<p>[%d] %s</p>\n", i+1, strings.TrimSpace(b.String()))
		r.counts["a footnote stands at the end of the text now"]++
	}
}

func escape(s string) string { return html.EscapeString(s) }
