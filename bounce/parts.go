package bounce

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
)

// parts gathers what stands in a mail and in the mails inside it.
type parts struct {
	text    strings.Builder // everything, decoded
	fields  []textproto.MIMEHeader
	subject string
	system  bool // a server wrote it, not a person
	date    time.Time
}

// deepest is how far mails inside mails are looked into.
const deepest = 6

// read takes a mail apart. What cannot be taken apart is read as it stands.
func (p *parts) read(data []byte) {
	p.text.Write(data) // addresses and ids may stand anywhere, in broken mails too
	p.text.WriteByte('\n')
	m, err := mail.ReadMessage(bytes.NewReader(bytes.TrimLeft(data, "\r\n")))
	if err != nil {
		return
	}
	p.subject = m.Header.Get("Subject")
	if s, err := new(mime.WordDecoder).DecodeHeader(p.subject); err == nil {
		p.subject = s
	}
	p.date, _ = m.Header.Date() // zero where there is none
	from := strings.ToLower(m.Header.Get("From"))
	p.system = strings.TrimSpace(m.Header.Get("Return-Path")) == "<>" || strings.Contains(from, "mailer-daemon") || strings.Contains(from, "postmaster")
	p.part(textproto.MIMEHeader(m.Header), m.Body, 0)
}

// part reads one part of a mail, and the parts in it.
func (p *parts) part(h textproto.MIMEHeader, body io.Reader, depth int) {
	kind, params, _ := mime.ParseMediaType(h.Get("Content-Type")) // what is misformed is text
	if strings.HasPrefix(kind, "multipart/") && depth < deepest {
		for in := multipart.NewReader(body, params["boundary"]); ; {
			part, err := in.NextRawPart()
			if err != nil {
				return
			}
			p.part(part.Header, part, depth+1)
		}
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	b, _ := io.ReadAll(io.LimitReader(body, largest)) // what there is before a mistake is worth reading
	p.text.Write(b)
	p.text.WriteByte('\n')
	if kind == "message/delivery-status" || kind == "message/global-delivery-status" {
		p.groups(b)
	}
}

// groups reads the fields of a delivery status: those of the mail, and those of
// each recipient, with empty lines between.
func (p *parts) groups(b []byte) {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	for _, group := range bytes.Split(b, []byte("\n\n")) {
		h := textproto.MIMEHeader{}
		last := ""
		for l := range strings.Lines(string(group)) {
			name, value, ok := strings.Cut(l, ":")
			switch {
			case strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t"):
				if v := h[last]; len(v) > 0 {
					v[len(v)-1] += " " + strings.TrimSpace(l)
				}
			case ok:
				last = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
				h[last] = append(h[last], strings.TrimSpace(value))
			}
		}
		p.fields = append(p.fields, h)
	}
}

// field returns a field of the delivery status, without the type in front of it
// and without remarks in parentheses.
func (p *parts) field(name string) string {
	for _, h := range p.fields {
		v := h.Get(name)
		if v == "" {
			continue
		}
		if name == "diagnostic-code" {
			if kind, rest, ok := strings.Cut(v, ";"); ok && !strings.Contains(kind, " ") {
				v = rest
			}
			return strings.TrimSpace(v)
		}
		v, _, _ = strings.Cut(v, "(")
		return strings.TrimSpace(v)
	}
	return ""
}
