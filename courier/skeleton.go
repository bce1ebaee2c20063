package courier

import (
	"bytes"
	"fmt"
	"html"
	"mime/quotedprintable"
	"slices"
	"strings"
	"time"
)

// A Skeleton is a letter, written, with holes for one recipient.
type Skeleton struct {
	pieces [][]byte // one more than holes
	holes  []hole
	size   int
}

// A hole is a place of a skeleton.
type hole int

const (
	toHeader hole = iota
	idHeader
	dateHeader
	nameInText
	addressInText
	nameInHTML
	addressInHTML
)

// needles are the bytes that stand for holes. Text and HTML share theirs: what
// comes after the HTML part's head is HTML.
var needles = []struct {
	bytes      string
	text, html hole
}{
	{"To: <" + markTo + ">\r\n", toHeader, toHeader},
	{"<" + markID + ">", idHeader, idHeader},
	{"Date: " + markDate, dateHeader, dateHeader},
	{"\r\n" + MarkName + "\r\n", nameInText, nameInHTML},
	{"\r\n" + MarkAddress + "\r\n", addressInText, addressInHTML},
}

// cut takes a written letter apart at its marks.
func cut(b []byte) (*Skeleton, error) {
	s := &Skeleton{size: len(b)}
	inHTML := bytes.Index(b, []byte("Content-Type: text/html"))
	for from := 0; ; {
		at, found := len(b), -1
		for i, n := range needles {
			if j := bytes.Index(b[from:], []byte(n.bytes)); j >= 0 && from+j < at {
				at, found = from+j, i
			}
		}
		s.pieces = append(s.pieces, b[from:at])
		if found < 0 {
			break
		}
		n := needles[found]
		if h := n.text; inHTML < 0 || at < inHTML {
			s.holes = append(s.holes, h)
		} else {
			s.holes = append(s.holes, n.html)
		}
		from = at + len(n.bytes)
	}
	for _, p := range s.pieces {
		if i := bytes.Index(p, []byte("xPROVISOx")); i >= 0 {
			return nil, fmt.Errorf("a place for the recipient stands where it cannot be filled in, near %q", p[max(0, i-30):i])
		}
	}
	for _, h := range []hole{toHeader, idHeader, dateHeader} {
		if !slices.Contains(s.holes, h) {
			return nil, fmt.Errorf("the letter was written without the header for hole %d", h)
		}
	}
	return s, nil
}

// For writes the mail of one recipient, headers and body with CRLF.
func (s *Skeleton) For(r Recipient) []byte {
	var b bytes.Buffer
	b.Grow(s.size + 512)
	for i, p := range s.pieces {
		b.Write(p)
		if i < len(s.holes) {
			s.fill(&b, s.holes[i], r)
		}
	}
	return b.Bytes()
}

// fill writes what belongs into a hole, encoded for its place.
func (s *Skeleton) fill(b *bytes.Buffer, h hole, r Recipient) {
	switch h {
	case toHeader:
		to := r.to()
		writeFolded(b, "To: "+to.String())
	case idHeader:
		b.WriteString("<" + r.MessageID + ">")
	case dateHeader:
		b.WriteString("Date: " + r.Date.UTC().Format(time.RFC1123Z)) // one form, so that it can be written again wherever the ledger is read
	case nameInText:
		writeQuoted(b, r.greeting())
	case addressInText:
		writeQuoted(b, r.Address)
	case nameInHTML:
		writeQuoted(b, html.EscapeString(r.greeting()))
	case addressInHTML:
		writeQuoted(b, html.EscapeString(r.Address))
	}
}

// writeQuoted writes s as quoted-printable between two soft line breaks, which
// a reader takes out: the hole may stand anywhere in a line.
func writeQuoted(b *bytes.Buffer, s string) {
	b.WriteString("=\r\n")
	w := quotedprintable.NewWriter(b)
	_, _ = w.Write([]byte(s)) // a Buffer takes everything
	_ = w.Close()
	b.WriteString("=\r\n")
}

// writeFolded writes a header, in lines of at most 76 bytes where its blanks allow.
func writeFolded(b *bytes.Buffer, header string) {
	column := 0
	for i, word := range strings.Split(header, " ") {
		switch {
		case i > 1 && column+1+len(word) > 76: // never right after the header's name
			b.WriteString("\r\n ")
			column = 1
		case i > 0:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteString("\r\n")
}
