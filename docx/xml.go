package docx

import (
	"bytes"
	"unicode/utf8"
)

// An xml is XML being written. Names are written as they are, values are escaped.
type xml struct{ bytes.Buffer }

const prolog = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// open writes a start tag; attributes are names and values in turn.
func (x *xml) open(name string, attributes ...string) {
	x.tag(name, attributes)
	x.WriteByte('>')
}

func (x *xml) close(name string) {
	x.WriteString("</")
	x.WriteString(name)
	x.WriteByte('>')
}

// empty writes an element without content.
func (x *xml) empty(name string, attributes ...string) {
	x.tag(name, attributes)
	x.WriteString("/>")
}

func (x *xml) tag(name string, attributes []string) {
	x.WriteByte('<')
	x.WriteString(name)
	for i := 0; i+1 < len(attributes); i += 2 {
		x.WriteByte(' ')
		x.WriteString(attributes[i])
		x.WriteString(`="`)
		x.words(attributes[i+1])
		x.WriteByte('"')
	}
}

// words writes text. Characters that XML cannot hold are left out.
func (x *xml) words(s string) {
	for _, r := range s {
		switch {
		case r == '&':
			x.WriteString("&amp;")
		case r == '<':
			x.WriteString("&lt;")
		case r == '>':
			x.WriteString("&gt;")
		case r == '"':
			x.WriteString("&quot;")
		case r == '\t':
			x.WriteString("&#9;") // a plain one is a blank in an attribute
		case r == '\n':
			x.WriteString("&#10;")
		case r < ' ', r == 0xFFFE, r == 0xFFFF, !utf8.ValidRune(r):
		default:
			x.WriteRune(r)
		}
	}
}
