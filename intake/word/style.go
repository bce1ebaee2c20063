package word

import (
	"regexp"
	"strconv"
	"strings"
)

// A level is how one level of a numbering counts.
type level struct {
	ordered bool
	start   int
}

// supply reads the parts that the text refers to: styles, numberings, links,
// footnotes.
func (r *reader) supply() error {
	for _, s := range []struct {
		name string
		take func(*element)
	}{
		{"word/styles.xml", r.styles}, {"word/numbering.xml", r.numbering},
		{"word/_rels/document.xml.rels", r.relations}, {"word/footnotes.xml", r.footnotes},
	} {
		root, err := r.part(s.name)
		if err != nil {
			return err
		}
		if root != nil {
			s.take(root)
		}
	}
	return nil
}

var headingName = regexp.MustCompile(`(?i)^(?:heading|überschrift|titre|título|titolo|kop) ?([1-9])$`)

// styles finds which styles are headings, and which have a list.
func (r *reader) styles(root *element) {
	r.headings, r.styleLists = map[string]int{}, map[string]*element{}
	based := map[string]string{}
	for _, s := range root.children {
		if s.name != "style" || s.attr("type") != "paragraph" {
			continue
		}
		id, name := s.attr("styleId"), s.child("name").attr("val")
		based[id] = s.child("basedOn").attr("val")
		if n := s.at("pPr", "numPr"); n != nil {
			r.styleLists[id] = n
		}
		if m := headingName.FindStringSubmatch(name); m != nil {
			r.headings[id], _ = strconv.Atoi(m[1])
		} else if strings.EqualFold(name, "title") {
			r.headings[id] = 1
			r.titled = true
		} else if out := s.at("pPr", "outlineLvl").attr("val"); out != "" {
			if n, err := strconv.Atoi(out); err == nil && n >= 0 && n < 9 {
				r.headings[id] = n + 1
			}
		}
	}
	for id := range based {
		for up, steps := based[id], 0; up != "" && r.headings[id] == 0 && steps < 20; up, steps = based[up], steps+1 {
			r.headings[id] = r.headings[up]
		}
	}
}

// numbering reads how each list counts.
func (r *reader) numbering(root *element) {
	abstract := map[string]map[int]level{}
	for _, a := range root.children {
		if a.name != "abstractNum" {
			continue
		}
		levels := map[int]level{}
		for _, l := range a.children {
			if n, err := strconv.Atoi(l.attr("ilvl")); l.name == "lvl" && err == nil {
				start, err := strconv.Atoi(l.child("start").attr("val"))
				if err != nil {
					start = 1
				}
				form := l.child("numFmt").attr("val")
				levels[n] = level{ordered: form != "bullet" && form != "none" && form != "", start: start}
			}
		}
		abstract[a.attr("abstractNumId")] = levels
	}
	r.lists = map[string]map[int]level{}
	for _, n := range root.children {
		if n.name == "num" {
			r.lists[n.attr("numId")] = abstract[n.child("abstractNumId").attr("val")]
		}
	}
}

// relations reads where links lead.
func (r *reader) relations(root *element) {
	r.targets = map[string]string{}
	for _, x := range root.children {
		if strings.HasSuffix(x.attr("Type"), "/hyperlink") {
			r.targets[x.attr("Id")] = x.attr("Target")
		}
	}
}

func (r *reader) footnotes(root *element) {
	r.notes = map[string]*element{}
	for _, n := range root.children {
		if n.attr("type") == "" {
			r.notes[n.attr("id")] = n
		}
	}
}

// list returns the numbering of a paragraph, its own or its style's, and the level.
func (r *reader) list(props *element) (id string, depth int) {
	n := props.child("numPr")
	style := r.styleLists[props.child("pStyle").attr("val")]
	if n == nil {
		n = style
	}
	id = n.child("numId").attr("val")
	if id == "" {
		id = style.child("numId").attr("val")
	}
	if id == "0" {
		return "", 0 // taken off
	}
	depth, _ = strconv.Atoi(n.child("ilvl").attr("val"))
	return id, min(max(depth, 0), 8)
}

// heading returns the level of a heading, or 0.
func (r *reader) heading(props *element) int {
	level := r.headings[props.child("pStyle").attr("val")]
	if out := props.child("outlineLvl").attr("val"); out != "" {
		if n, err := strconv.Atoi(out); err == nil && n >= 0 && n < 9 {
			level = n + 1
		}
	}
	return min(level, 6)
}
