package word

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// marks are how words are set off.
type marks struct{ bold, italic bool }

// A runWriter writes the runs of a paragraph.
type runWriter struct {
	r     *reader
	b     *strings.Builder
	now   marks
	field []fieldPart // the fields around the place being written
}

// A fieldPart is a field: its code, and whether its result has begun.
type fieldPart struct {
	code   string
	result bool
	link   bool // an <a> is open for it
}

// runs writes what a paragraph, or a part of it, holds.
func (w *runWriter) runs(e *element) {
	for _, c := range e.children {
		switch c.name {
		case "r":
			w.run(c)
		case "hyperlink":
			w.link(c)
		case "ins", "moveTo":
			w.r.counts["a tracked change taken as accepted"]++
			w.runs(c)
		case "del", "moveFrom":
			w.r.counts["a tracked change taken as accepted"]++
		case "smartTag", "customXml", "dir", "bdo":
			w.runs(c)
		case "fldSimple":
			w.runs(c)
		case "sdt":
			w.runs(c.or("sdtContent"))
		case "commentRangeStart":
			w.r.counts["a comment left out"]++
		}
	}
}

func (w *runWriter) link(e *element) {
	target := w.r.targets[e.attr("id")]
	if a := e.attr("anchor"); a != "" {
		target += "#" + a
	}
	if target == "" {
		w.runs(e)
		return
	}
	w.style(marks{})
	w.b.WriteString(`<a href="` + escape(target) + `">`)
	w.runs(e)
	w.style(marks{})
	w.b.WriteString("</a>")
}

// run writes one run of words with the same properties.
func (w *runWriter) run(e *element) {
	props := e.child("rPr")
	if on(props, "vanish") {
		return
	}
	m := marks{bold: on(props, "b"), italic: on(props, "i")}
	for _, c := range e.children {
		if len(w.field) > 0 && !w.field[len(w.field)-1].result && c.name != "fldChar" && c.name != "instrText" {
			continue // the code of a field is no text
		}
		switch c.name {
		case "t":
			w.style(m)
			w.text(c.text)
		case "tab":
			w.text(" ")
		case "br", "cr":
			if c.attr("type") == "" || c.attr("type") == "textWrapping" {
				w.style(m)
				w.b.WriteString("<br>")
			}
		case "noBreakHyphen":
			w.text("-")
		case "sym":
			w.r.counts["a symbol of a font left out"]++
		case "drawing", "pict", "object":
			w.r.counts["a picture left out"]++
		case "AlternateContent":
			w.r.counts["a drawing left out"]++
		case "footnoteReference":
			w.note(c.attr("id"))
		case "fldChar":
			w.fieldChar(c.attr("fldCharType"))
		case "instrText":
			if n := len(w.field); n > 0 {
				w.field[n-1].code += c.text
			}
		}
	}
}

func (w *runWriter) note(id string) {
	if !slices.Contains(w.r.asked, id) {
		w.r.asked = append(w.r.asked, id)
	}
	w.text("[" + strconv.Itoa(slices.Index(w.r.asked, id)+1) + "]")
}

var fieldLink = regexp.MustCompile(`^\s*HYPERLINK\s+(\\l\s+)?"([^"]*)"`)

func (w *runWriter) fieldChar(kind string) {
	n := len(w.field)
	switch {
	case kind == "begin":
		w.field = append(w.field, fieldPart{})
	case n == 0:
	case kind == "separate":
		f := &w.field[n-1]
		f.result = true
		if m := fieldLink.FindStringSubmatch(f.code); m != nil {
			f.link = true
			target := m[2]
			if m[1] != "" {
				target = "#" + target
			}
			w.style(marks{})
			w.b.WriteString(`<a href="` + escape(target) + `">`)
		}
	case kind == "end":
		if w.field[n-1].link {
			w.style(marks{})
			w.b.WriteString("</a>")
		}
		w.field = w.field[:n-1]
	}
}

// on reports whether a property is set and not switched off.
func on(props *element, name string) bool {
	c := props.child(name)
	if c == nil {
		return false
	}
	switch c.attr("val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

func (w *runWriter) text(s string) { w.b.WriteString(escape(s)) }

// style ends and begins marks so that they hold for what comes next.
func (w *runWriter) style(m marks) {
	if m == w.now {
		return
	}
	if w.now.italic {
		w.b.WriteString("</em>")
	}
	if w.now.bold {
		w.b.WriteString("</strong>")
	}
	if m.bold {
		w.b.WriteString("<strong>")
	}
	if m.italic {
		w.b.WriteString("<em>")
	}
	w.now = m
}
