package docx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// An element of XML, as these tests need it.
type element struct {
	name     string // as it is written: "w:p"
	attr     map[string]string
	children []*element
	text     string // of an element without children
}

func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// value returns the w:val of a child.
func (e *element) value(name string) string {
	if c := e.child(name); c != nil {
		return c.attr["w:val"]
	}
	return ""
}

// each calls f for the element and all in it.
func (e *element) each(f func(*element)) {
	f(e)
	for _, c := range e.children {
		c.each(f)
	}
}

// parse reads XML and fails the test if it is not well-formed.
func parse(t testing.TB, name, src string) *element {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(src))
	root := &element{}
	stack := []*element{root}
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%s is not well-formed: %v", name, err)
		}
		top := stack[len(stack)-1]
		switch x := token.(type) {
		case xml.StartElement:
			e := &element{name: qualified(x.Name), attr: map[string]string{}}
			for _, a := range x.Attr {
				e.attr[qualified(a.Name)] = a.Value
			}
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			if top.name != qualified(x.Name) {
				t.Fatalf("%s: %s ends as %s", name, top.name, qualified(x.Name))
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(x)
		}
	}
	if len(stack) != 1 || len(root.children) != 1 {
		t.Fatalf("%s is not one element", name)
	}
	return root.children[0]
}

func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// A word is a document as Word would read it.
type word struct {
	files  map[string]string
	order  []string
	body   *element
	starts map[string]int    // the first number of a list
	names  map[string]string // of styles

	targets map[string]string // of links
}

// open reads a document and holds it to the rules that every document must keep.
func open(t testing.TB, docx []byte) *word {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	w := &word{files: map[string]string{}, starts: map[string]int{}, names: map[string]string{}, targets: map[string]string{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		w.files[f.Name] = string(content)
		w.order = append(w.order, f.Name)
		parse(t, f.Name, string(content))
	}
	w.body = parse(t, "document.xml", w.files["word/document.xml"]).child("w:body")
	for _, a := range parse(t, "numbering.xml", w.files["word/numbering.xml"]).children {
		if l := a.child("w:lvl"); l != nil && l.value("w:numFmt") == "decimal" {
			n := 0
			fmt.Sscan(l.value("w:start"), &n)
			w.starts[a.attr["w:abstractNumId"]] = n
		}
	}
	for _, s := range parse(t, "styles.xml", w.files["word/styles.xml"]).children {
		w.names[s.attr["w:styleId"]] = s.value("w:name")
	}
	for _, r := range parse(t, "document.xml.rels", w.files["word/_rels/document.xml.rels"]).children {
		w.targets[r.attr["Id"]] = r.attr["Target"]
	}
	w.check(t)
	return w
}

// Which elements may stand in which, in which order.
var order = map[string][]string{
	"w:pPr":  {"w:pStyle", "w:numPr", "w:ind", "w:jc", "w:rPr", "w:pPrChange"},
	"w:rPr":  {"w:ins", "w:del", "w:moveFrom", "w:moveTo", "w:rStyle", "w:rFonts", "w:b", "w:i", "w:rPrChange"},
	"w:trPr": {"w:tblHeader", "w:ins", "w:del"},
	"w:tcPr": {"w:tcW", "w:cellIns", "w:cellDel"},
	"w:tc":   {"w:tcPr", "w:p"},
	"w:tr":   {"w:trPr", "w:tc"},
	"w:tbl":  {"w:tblPr", "w:tblGrid", "w:tr"},
}

// Elements that track words, and what may not be inside them.
var tracking = []string{"w:ins", "w:del", "w:moveFrom", "w:moveTo"}

// check holds a document to what every document must keep.
func (w *word) check(t testing.TB) {
	t.Helper()
	ids := map[string]bool{}
	w.body.each(func(e *element) {
		if id := e.attr["w:id"]; id != "" && !strings.HasSuffix(e.name, "RangeEnd") {
			if ids[id] {
				t.Errorf("the id %s is used twice", id)
			}
			ids[id] = true
		}
		if id := e.attr["r:id"]; id != "" && w.targets[id] == "" {
			t.Errorf("the relation %s is missing", id)
		}
		if style := e.value("w:pStyle"); style != "" && w.names[style] == "" {
			t.Errorf("the style %s is missing", style)
		}
		last := -1
		for _, c := range e.children {
			if allowed := order[e.name]; allowed != nil {
				i := slices.Index(allowed, c.name)
				if i < last {
					t.Errorf("%s stands in %s at a wrong place", c.name, e.name)
				}
				last = i
			}
			if slices.Contains(tracking, e.name) && c.name != "w:r" {
				t.Errorf("%s stands in %s", c.name, e.name)
			}
			if e.name == "w:tc" && c.name == "w:tbl" || e.name == "w:p" && c.name == "w:pPr" && e.children[0] != c {
				t.Errorf("%s stands in %s at a wrong place", c.name, e.name)
			}
		}
	})
	w.checkRanges(t)
}

// checkRanges holds every move to two ranges of one name.
func (w *word) checkRanges(t testing.TB) {
	t.Helper()
	open, names := map[string]string{}, map[string][]string{}
	w.body.each(func(e *element) {
		switch kind, end := strings.CutSuffix(e.name, "RangeEnd"); {
		case end && open[e.attr["w:id"]] == kind:
			delete(open, e.attr["w:id"])
		case end:
			t.Errorf("a range ends that has not begun: %v", e.attr)
		case strings.HasSuffix(e.name, "RangeStart"):
			kind := strings.TrimSuffix(e.name, "RangeStart")
			open[e.attr["w:id"]] = kind
			names[e.attr["w:name"]] = append(names[e.attr["w:name"]], kind)
		}
	})
	for id := range open {
		t.Errorf("the range %s does not end", id)
	}
	for name, kinds := range names {
		slices.Sort(kinds)
		if !slices.Equal(kinds, []string{"w:moveFrom", "w:moveTo"}) {
			t.Errorf("the move %s has the ranges %q", name, kinds)
		}
	}
}

// settle accepts or rejects every change, as the standard has it: whatever is
// tracked as gone is dropped, and where the mark of a paragraph goes, its words
// go into the next paragraph, which keeps its own form.
func (w *word) settle(accept bool) []shown {
	s := &settling{word: w, accept: accept, counts: map[string]int{}}
	return s.blocks(w.body)
}

type settling struct {
	*word
	accept bool
	counts map[string]int // how far each list has been counted
	carry  string         // words of paragraphs whose mark is gone
}

// gone reports whether an element is tracked in a way that drops it now.
func (s *settling) gone(e *element) bool {
	if e == nil {
		return false
	}
	come := e.child("w:ins") != nil || e.child("w:moveTo") != nil || e.child("w:cellIns") != nil
	left := e.child("w:del") != nil || e.child("w:moveFrom") != nil || e.child("w:cellDel") != nil
	return s.accept && left || !s.accept && come
}

func (s *settling) blocks(container *element) []shown {
	var out []shown
	for _, e := range container.children {
		switch e.name {
		case "w:p":
			s.carry += s.words(e)
			if s.gone(e.child("w:pPr").child("w:rPr")) {
				continue
			}
			p := s.paragraph(e.child("w:pPr"), s.carry)
			p.Looks = merged(s.looks(e, ""))
			out = append(out, p)
			s.carry = ""
		case "w:tbl":
			if rows := s.rows(e); len(rows) > 0 {
				out = append(out, shown{Rows: rows})
			}
		}
	}
	if s.carry != "" {
		out = append(out, shown{Style: "LOST", Text: s.carry})
	}
	return out
}

func (s *settling) paragraph(form *element, words string) shown {
	if was := form.child("w:pPrChange"); was != nil && !s.accept {
		form = was.child("w:pPr")
	}
	p := shown{Style: s.names[form.value("w:pStyle")], Text: words}
	if p.Style == "" {
		p.Style = "Standard"
	}
	p.Style = strings.Replace(p.Style, "heading", "Heading", 1)
	if list := form.child("w:numPr").value("w:numId"); list != "" {
		if start, ok := s.starts[list]; ok {
			p.Label = fmt.Sprintf("%d.", start+s.counts[list])
			s.counts[list]++
		} else {
			p.Label = "•"
		}
	}
	return p
}

func (s *settling) words(e *element) string {
	var b strings.Builder
	for _, c := range e.children {
		switch c.name {
		case "w:ins", "w:moveTo":
			if s.accept {
				b.WriteString(s.words(c))
			}
		case "w:del", "w:moveFrom":
			if !s.accept {
				b.WriteString(s.words(c))
			}
		case "w:r", "w:hyperlink":
			b.WriteString(s.words(c))
		case "w:t", "w:delText":
			b.WriteString(c.text)
		case "w:br":
			b.WriteByte('\n')
		case "w:tab":
			b.WriteByte('\t')
		}
	}
	return b.String()
}

// merged joins stretches that are set off alike.
func merged(list []string) []string {
	var out []string
	for _, look := range list {
		cut := strings.LastIndex(look, "|") + 1
		if n := len(out); n > 0 && strings.HasPrefix(out[n-1], look[:cut]) {
			out[n-1] += look[cut:]
		} else {
			out = append(out, look)
		}
	}
	return out
}

// looks returns how words are set off: those of runs and of what is around them.
func (s *settling) looks(e *element, target string) []string {
	var out []string
	for _, c := range e.children {
		switch c.name {
		case "w:hyperlink":
			out = append(out, s.looks(c, s.targets[c.attr["r:id"]])...)
		case "w:ins", "w:moveTo", "w:del", "w:moveFrom":
			if came := c.name == "w:ins" || c.name == "w:moveTo"; came == s.accept {
				out = append(out, s.looks(c, target)...)
			}
		case "w:r":
			form := c.child("w:rPr")
			if was := form.child("w:rPrChange"); was != nil && !s.accept {
				form = was.child("w:rPr")
			}
			out = append(out, appendLook(nil, form.child("w:b") != nil, form.child("w:i") != nil, form.child("w:rFonts") != nil, target, s.words(c))...)
		}
	}
	return out
}

func (s *settling) rows(table *element) [][]string {
	var out [][]string
	for _, r := range table.children {
		if r.name != "w:tr" || s.gone(r.child("w:trPr")) {
			continue
		}
		var cells []string
		for _, c := range r.children {
			if c.name == "w:tc" && !s.gone(c.child("w:tcPr")) {
				cells = append(cells, s.words(c.child("w:p")))
			}
		}
		out = append(out, cells)
	}
	return out
}
