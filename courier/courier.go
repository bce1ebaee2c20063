// Package courier writes a mail and hands it to a server: one mail, one server,
// and two questions to answer: did it fail, and is it worth trying again?
//
// # Writing
//
// A Letter is what many people are told in the same words. Compose has the mail
// library write it once, with marks in the places that differ, and cuts the
// result at the marks into a Skeleton. Skeleton.For fills in one recipient,
// each hole in the encoding of its place: a header, the text, the HTML. A mail
// is whole in memory before the server hears of it; nothing that can go wrong
// in writing can leave half a mail on the wire.
//
// # Handing over
//
// A Server is where mail goes; a Connection to it carries one mail after the
// other. Deliver tries one mail and returns an Outcome, never an error:
//
//   - Accepted: the server said 2xx to the end of the text.
//   - Deferred: the server said 4xx, or the connection broke before the end of
//     the text was sent. The mail was not taken; try again later.
//   - Rejected: the server said 5xx about this recipient or this mail.
//   - Ambiguous: the end of the text was sent and no answer came. Nobody can
//     know whether the server took the mail.
//   - Refused: the server said 5xx before it heard who the recipient is, or
//     takes no sender of this form. It is not about this mail; all others would
//     fail as well.
//
// A server that offers DSN (RFC 3461) is asked for reports of failures and
// delays, with headers only.
//
// When the connection breaks inside the text it is cut, never closed politely:
// a QUIT would end the text first, and the server would take the torso. For the
// same reason the text and its end are written here and not by a library: what
// has gone and what has not is then known to the byte.
//
// # What is left out
//
// There is no retry, no queue and no memory here. Timeouts for the answer to
// the end of a text are long (ten minutes, as RFC 5321 asks), because giving up
// early turns a slow server into an ambiguous mail.
package courier

import (
	"strconv"
	"strings"
	"time"
)

// A Result is what came of one try.
type Result string

const (
	Accepted  Result = "accepted"
	Deferred  Result = "deferred"
	Rejected  Result = "rejected"
	Ambiguous Result = "ambiguous"
	Refused   Result = "refused"
)

// An Outcome is what a server said to a mail.
type Outcome struct {
	Result  Result
	Code    int    // SMTP reply code; 0: the server did not say
	Text    string // of the reply, or what went wrong
	QueueID string // the server's name for the mail, where its reply tells
	Server  string // host:port
	TLS     string // version such as "TLS 1.3"; empty: none
	Whole   bool   // deferred for a reason that is the server's, not the mail's
}

// Said returns code and text as a server says them; without a code the text alone.
func (o Outcome) Said() string {
	if o.Code == 0 {
		return o.Text
	}
	return strconv.Itoa(o.Code) + " " + o.Text
}

// A Mail is ready to go.
type Mail struct {
	From  string // envelope sender: user@domain, empty for none
	To    string // envelope recipient: user@domain
	Bytes []byte // headers and body with CRLF
}

// Timeouts bound how long a server may take.
type Timeouts struct {
	Dial time.Duration // to connect and greet
	Data time.Duration // for any answer, above all the one to the end of a text
}

// Patience are the timeouts for real servers.
var Patience = Timeouts{Dial: 15 * time.Second, Data: 10 * time.Minute}

// queueID finds the server's name for a mail in its reply: Postfix and Exim say
// "queued as X" and "id=X", others just name it.
func queueID(reply string) string {
	words := strings.FieldsFunc(reply, func(r rune) bool { return strings.ContainsRune(" \t\r\n()[]<>,;", r) })
	for i, w := range words {
		if id, ok := strings.CutPrefix(w, "id="); ok {
			return id
		}
		if strings.EqualFold(w, "as") && i > 0 && strings.EqualFold(words[i-1], "queued") && i+1 < len(words) {
			return words[i+1]
		}
	}
	return ""
}
