package mailbox

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// A Message is a mail as it arrived.
type Message struct {
	From, To string // of the envelope
	Data     []byte // headers and body with CRLF
	Reports  Reports
}

// Reports are what was asked for reports about a mail (RFC 3461).
type Reports struct {
	Return    string   // of the mail: HDRS or FULL; empty: nothing was said
	Notify    []string // when
	Recipient string   // the address that they are to name
}

// A Reading is a mail as its recipient sees it.
type Reading struct {
	Header      mail.Header // raw; see Get
	Text, HTML  string
	Attachments map[string]string // by file name
}

// Get returns a header with its encoded words decoded.
func (r Reading) Get(header string) string {
	raw := r.Header.Get(header)
	s, err := new(mime.WordDecoder).DecodeHeader(raw)
	if err != nil {
		return raw
	}
	return s
}

// Read takes a mail apart.
func (m Message) Read() (Reading, error) {
	msg, err := mail.ReadMessage(bytes.NewReader(m.Data))
	if err != nil {
		return Reading{}, fmt.Errorf("reading the mail to %s: %w", m.To, err)
	}
	r := Reading{Header: msg.Header, Attachments: map[string]string{}}
	if err := r.part(msg.Header.Get, msg.Body); err != nil {
		return Reading{}, fmt.Errorf("reading the mail to %s: %w", m.To, err)
	}
	return r, nil
}

// part reads one part of a mail, and the parts in it.
func (r *Reading) part(header func(string) string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(cmp.Or(header("Content-Type"), "text/plain")) // RFC 2045, 5.2
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			if err := r.part(p.Header.Get, p); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(header("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	disposition, file, _ := mime.ParseMediaType(header("Content-Disposition"))
	switch {
	case disposition == "attachment":
		r.Attachments[file["filename"]] = string(b)
	case kind == "text/html":
		r.HTML = string(b)
	default:
		r.Text = string(b)
	}
	return nil
}
