// Package bounce reads what comes back when a mail could not be delivered:
// reports as RFC 3464 wants them, reports as servers really write them, a whole
// mailbox of either, and the CSV files in which mail providers list bounces.
//
// A Report names the mail in up to three ways: by the token in its return path,
// by its Message-ID, and by the address. Which of them can be trusted, and whose
// mail it was, is not known here. A server that only gives warning that a mail
// is late, and a person's reply that they are on holiday, are no failures.
package bounce

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Report is what one mail, or one line of a provider's file, says.
type Report struct {
	Failed     bool      // the mail will not be delivered; else it is only late, or nothing can be made of it
	Tokens     []string  // what stood in return paths after the plus sign: LOCAL+TOKEN@DOMAIN
	MessageIDs []string  // without angle brackets
	Address    string    // of the recipient; from a provider's file only
	Status     string    // enhanced status code such as 5.1.1; empty: none was found
	Code       int       // SMTP reply code; 0: none was found
	Text       string    // why, in one line
	At         time.Time // zero: not known
}

// largest is the size in bytes beyond which a report is cut off.
const largest = 4 << 20

// Read reads one report, a mailbox in the form mbox, or a provider's CSV file.
func Read(r io.Reader) ([]Report, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	start, err := in.Peek(4096)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return nil, fmt.Errorf("reading reports: %w", err)
	}
	start = bytes.TrimPrefix(start, []byte("\ufeff"))
	first, _, _ := bytes.Cut(start, []byte("\n"))
	switch {
	case len(bytes.TrimSpace(start)) == 0:
		return nil, nil
	case bytes.HasPrefix(first, []byte("From ")):
		return readMailbox(in)
	case !header.Match(first):
		return readCSV(in)
	}
	data, err := io.ReadAll(io.LimitReader(in, largest))
	if err != nil {
		return nil, fmt.Errorf("reading a report: %w", err)
	}
	return []Report{readReport(data)}, nil
}

// header is how the first line of a mail looks.
var header = regexp.MustCompile(`^[!-9;-~]+:( |\t|\r?$)`)

// readMailbox reads the mails of an mbox file, one after the other.
func readMailbox(in *bufio.Reader) ([]Report, error) {
	var out []Report
	var mail bytes.Buffer
	flush := func() {
		if len(bytes.TrimSpace(mail.Bytes())) > 0 {
			out = append(out, readReport(mail.Bytes()))
		}
		mail.Reset()
	}
	for blank := true; ; {
		line, err := in.ReadBytes('\n')
		switch {
		case blank && bytes.HasPrefix(line, []byte("From ")):
			flush()
		case mail.Len()+len(line) <= largest:
			mail.Write(bytes.TrimPrefix(line, []byte(">"))) // ">From " is how a line of text is told from a mail's first
		}
		blank = len(bytes.TrimSpace(line)) == 0
		if err == io.EOF {
			flush()
			return out, nil
		} else if err != nil {
			return out, fmt.Errorf("reading a mailbox: %w", err)
		}
	}
}

var (
	token     = regexp.MustCompile(`(?i)\+([a-z2-7]{39})(?:@|=40)`)
	messageID = regexp.MustCompile(`(?i)<?([a-z0-9][a-z0-9._~-]*\.[0-9a-f]{32}@[a-z0-9.-]+)>?`)
	status    = regexp.MustCompile(`(?:^|[\s#(;:])([245]\.\d{1,3}\.\d{1,3})\b`)
	code      = regexp.MustCompile(`(?:^|[\s;:"])([45]\d\d)[ -]`)
	failed    = regexp.MustCompile(`(?i)undeliver|not deliver|n.t be delivered|delivery (has )?fail|failure|permanent|returned (mail|to sender)|giving up|gave up|expired|no such user|user unknown|unknown user|does not exist|mailbox (is )?(full|unavailable)|unzustellbar|nicht zugestellt|non remis`)
	delayed   = regexp.MustCompile(`(?i)\b(delay(ed)?|warning|will (keep|continue|retry)|still being|verz.gert)\b`)
)

// readReport makes what it can of a mail.
func readReport(data []byte) Report {
	p := &parts{}
	p.read(data)
	text := p.text.String()
	r := Report{Status: p.field("status"), Text: line(p.field("diagnostic-code")), At: p.date}
	for _, m := range token.FindAllStringSubmatch(text, -1) {
		r.Tokens = add(r.Tokens, strings.ToLower(m[1]))
	}
	for _, m := range messageID.FindAllStringSubmatch(text, -1) {
		r.MessageIDs = add(r.MessageIDs, m[1])
	}
	if m := status.FindStringSubmatch(text); r.Status == "" && m != nil {
		r.Status = m[1]
	}
	if m := status.FindStringSubmatch(" " + r.Status); m == nil {
		r.Status = ""
	} else {
		r.Status = m[1]
	}
	if r.Text == "" {
		r.Text = reason(text)
	}
	if m := code.FindStringSubmatch(r.Text + " "); m != nil {
		_, _ = fmt.Sscan(m[1], &r.Code) // three digits
	}
	r.Failed = p.failed(r, text)
	return r
}

// failed reports whether a mail says that another one will not be delivered. A
// report says so in its field Action; of others the words decide.
func (p *parts) failed(r Report, text string) bool {
	switch action := p.field("action"); {
	case action != "":
		return strings.EqualFold(action, "failed")
	case strings.HasPrefix(r.Status, "2") || delayed.MatchString(p.subject):
		return false
	case !p.system: // a person's reply may hold anything; their mail system's subject tells
		return failed.MatchString(p.subject)
	}
	return strings.HasPrefix(r.Status, "5") || r.Code >= 500 || failed.MatchString(text) && !delayed.MatchString(text)
}

// reason returns the line of a text that says why.
func reason(text string) string {
	for l := range strings.Lines(text) {
		if code.MatchString(l) || status.MatchString(l) || failed.MatchString(l) && !strings.Contains(l, ": ") {
			return line(l)
		}
	}
	return ""
}

// line makes one line of s, of a length that a ledger can bear.
func line(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300])
	}
	return s
}

func add(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
