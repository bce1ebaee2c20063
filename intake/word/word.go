// Package word reads Word files (.docx) into HTML.
//
// It reads what a policy is made of: headings by their style, paragraphs, bold
// and italic, lists by their numbering, tables, links, line breaks and
// footnotes. Tracked changes are read as if all were accepted, comments and
// pictures are left out; both are said in the list of repairs. Layout is not
// looked at.
//
// A file is bounded: what it unpacks to is read up to MaxPart for each part, so
// that an archive made to burst takes no memory, and nesting is bounded too.
package word

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxPart is the number of bytes that a part of a file may unpack to.
const MaxPart = 24 << 20

// maxDepth is how deeply elements may be nested.
const maxDepth = 400

// ole begins files of old Office programs, and new ones behind a password.
var ole = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}

// Old reports whether data is an old Word file, or one behind a password.
func Old(data []byte) bool { return bytes.HasPrefix(data, ole) }

// Refuse says why a file for which Old is true cannot be read.
func Refuse(data []byte) error {
	if wide := "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e"; bytes.Contains(data, []byte(wide)) {
		return errors.New("the file is behind a password; open it in Word and save it without one")
	}
	return errors.New("the file is of an old kind (.doc); open it in Word and save it as .docx")
}

// HTML reads a Word file and lists what it left out or accepted.
func HTML(data []byte) (html string, repairs []string, err error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", nil, fmt.Errorf("the file is broken (%w); open it in Word and save it again", err)
	}
	r := &reader{parts: map[string]*zip.File{}, counts: map[string]int{}}
	for _, f := range archive.File {
		r.parts[strings.TrimPrefix(f.Name, "/")] = f
	}
	root, err := r.part("word/document.xml")
	if err != nil {
		return "", nil, err
	}
	if root == nil || root.child("body") == nil {
		return "", nil, errors.New("the file is no Word document: it has no word/document.xml with a body")
	}
	if err := r.supply(); err != nil {
		return "", nil, err
	}
	r.blocks(root.child("body"))
	r.closeLists(0)
	r.writeNotes()
	return "<html><body>" + r.out.String() + "</body></html>", r.repairs(), nil
}

// An element is a node of a part: names without their namespace.
type element struct {
	name     string
	attrs    []xml.Attr
	children []*element
	text     string // of w:t and the like
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

// at returns the element down a path of names, or nil.
func (e *element) at(names ...string) *element {
	for _, name := range names {
		e = e.child(name)
	}
	return e
}

func (e *element) attr(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// part reads a part of the file; nil if there is none.
func (r *reader) part(name string) (*element, error) {
	f := r.parts[name]
	if f == nil {
		return nil, nil
	}
	in, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: the file is broken (%w); open it in Word and save it again", name, err)
	}
	defer in.Close()
	limited := &io.LimitedReader{R: in, N: MaxPart + 1}
	root, err := parse(limited)
	if limited.N <= 0 {
		return nil, fmt.Errorf("%s: it unpacks to more than %d MB; save the text alone", name, MaxPart>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the file is broken (%w); open it in Word and save it again", name, err)
	}
	return root, nil
}

// parse reads elements, and text where a run of words has it.
func parse(in io.Reader) (*element, error) {
	dec := xml.NewDecoder(in)
	top := &element{}
	stack := []*element{top}
	elements := 0
	for {
		token, err := dec.Token()
		if err == io.EOF && len(stack) == 1 && len(top.children) > 0 {
			return top.children[0], nil
		} else if err == io.EOF {
			return nil, io.ErrUnexpectedEOF
		} else if err != nil {
			return nil, err
		}
		here := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if elements++; elements > maxElements {
				return nil, errors.New("it has too many elements")
			}
			e := &element{name: t.Name.Local}
			if len(t.Attr) > 0 {
				e.attrs = append(e.attrs, t.Attr...)
			}
			here.children = append(here.children, e)
			if stack = append(stack, e); len(stack) > maxDepth {
				return nil, errors.New("its elements are nested too deeply")
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if here.name == "t" || here.name == "instrText" {
				here.text += string(t)
			}
		}
	}
}

// maxElements bounds the memory that a part takes.
const maxElements = 1 << 20
