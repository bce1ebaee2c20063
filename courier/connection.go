package courier

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// A Connection carries mails to a server, one after the other. It is for one
// goroutine.
//
// Where the server offers PIPELINING (RFC 2920), the envelope of the next mail
// goes with the text of the one before, so that a mail costs one round trip
// instead of four. What is sent ahead is an envelope only: until its text has
// gone too, the server has no mail.
type Connection struct {
	client    *smtp.Client
	server    Server
	tls       string
	pipelines bool
	reports   bool // DSN (RFC 3461): the server takes what is asked for reports
	broken    bool
	mails     int
	ahead     *Mail  // whose envelope was sent already
	buffer    []byte // what is written, kept for the next mail
}

// Usable reports whether another mail can go over the connection.
func (c *Connection) Usable() bool { return !c.broken }

// Mails returns how many mails were tried over the connection.
func (c *Connection) Mails() int { return c.mails }

// Pipelines reports whether the server takes envelopes ahead.
func (c *Connection) Pipelines() bool { return c.pipelines }

// Close takes leave of the server where that is safe. After an envelope that
// was sent ahead it is not: the server may be waiting for a text.
func (c *Connection) Close() {
	if !c.broken && c.ahead == nil && c.client.UpdateDeadline(5*time.Second) == nil {
		_ = c.client.Quit() // nothing hangs on the answer
	}
	c.cut()
}

// Deliver tries to hand over one mail. It takes as long as the server does, at
// most Timeouts.Data for each answer. To stop early would leave an ambiguous mail.
//
// If next is not nil, its envelope may be sent ahead; then it must be the next
// mail of this connection, or none.
func (c *Connection) Deliver(m Mail, next *Mail) Outcome {
	c.mails++
	if err := c.patience(); err != nil {
		return c.failed(err, "MAIL")
	}
	if why := c.refuses(m.From); why != "" {
		return c.outcome(Refused, 0, why)
	} else if why := c.refuses(m.To); why != "" {
		return c.outcome(Rejected, 0, why)
	}
	if o, ok := c.open(m); !ok {
		return o
	}
	c.buffer = appendText(c.buffer[:0], m.Bytes)
	end := len(c.buffer)
	if next != nil && c.pipelines && c.refuses(next.From)+c.refuses(next.To) == "" {
		c.buffer, c.ahead = c.envelope(c.buffer, *next), next
	}
	if n, err := c.write(c.buffer); err != nil && n < end {
		c.cut()
		return c.outcome(Deferred, 0, fmt.Sprintf("the connection broke inside the text: %v", err))
	} else if err != nil {
		return c.unanswered(err)
	}
	if err := c.patience(); err != nil {
		return c.unanswered(err)
	}
	_, reply, err := c.client.Text.ReadResponse(250)
	if err != nil {
		return c.unanswered(err)
	}
	o := c.outcome(Accepted, 250, reply)
	o.QueueID = queueID(reply)
	return o
}

// refuses says why an address of an envelope cannot be sent to the server, if it cannot.
func (c *Connection) refuses(address string) string {
	if strings.ContainsAny(address, "\r\n<> ") {
		return "the address cannot be written in a command"
	}
	if wide(address) {
		if ok, _ := c.client.Extension("SMTPUTF8"); !ok {
			return "the server takes no addresses beyond ASCII (SMTPUTF8)"
		}
	}
	return ""
}

// unanswered judges an error after the end of the text was sent.
func (c *Connection) unanswered(err error) Outcome {
	var reply *textproto.Error
	if !errors.As(err, &reply) || reply.Code < 400 || reply.Code > 599 {
		c.cut()
		return c.outcome(Ambiguous, 0, fmt.Sprintf("no answer to the end of the text: %v", err))
	}
	return c.said(reply, "text")
}

// failed judges an error before the end of the text was sent: whatever
// happened, the server has no mail.
func (c *Connection) failed(err error, command string) Outcome {
	var reply *textproto.Error
	if !errors.As(err, &reply) || reply.Code < 400 || reply.Code > 599 {
		c.cut()
		o := c.outcome(Deferred, 0, fmt.Sprintf("the connection broke at %s: %v", command, err))
		o.Whole = true
		return o
	}
	return c.said(reply, command)
}

// said judges a reply of 4xx or 5xx, and makes the connection ready again.
func (c *Connection) said(reply *textproto.Error, command string) Outcome {
	o := c.outcome(Rejected, reply.Code, strings.ReplaceAll(reply.Msg, "\n", " "))
	switch {
	case reply.Code < 500:
		o.Result = Deferred
		o.Whole = command == "MAIL" || wholly(reply)
	case command == "MAIL":
		o.Result = Refused
	}
	if reply.Code == 421 { // the server closes the connection after it
		c.cut()
	} else if command != "text" && c.client.Reset() != nil {
		c.cut()
	}
	return o
}

// wholly reports whether a reply of 4xx is about the server, whatever the mail:
// it shuts down (421), has no room (452) or lets nobody in (454). That one
// mailbox is full (4.2.2) is often said with 452 too, and is about that one.
func wholly(reply *textproto.Error) bool {
	switch reply.Code {
	case 421, 454:
		return true
	case 452:
		return !strings.HasPrefix(reply.Msg, "4.2.")
	}
	return false
}

// cut ends the connection without a word.
func (c *Connection) cut() {
	c.broken = true
	_ = c.client.Close()
}

func (c *Connection) outcome(r Result, code int, text string) Outcome {
	return Outcome{Result: r, Code: code, Text: text, Server: c.server.String(), TLS: c.tls}
}

func (c *Connection) patience() error { return c.client.UpdateDeadline(c.server.Timeouts.Data) }

// wide reports whether an address has characters beyond ASCII.
func wide(address string) bool {
	return strings.ContainsFunc(address, func(r rune) bool { return r > 126 })
}
