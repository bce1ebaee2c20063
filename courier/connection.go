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
type Connection struct {
	client *smtp.Client
	server Server
	tls    string
	broken bool
	mails  int
}

// Usable reports whether another mail can go over the connection.
func (c *Connection) Usable() bool { return !c.broken }

// Mails returns how many mails were tried over the connection.
func (c *Connection) Mails() int { return c.mails }

// Close takes leave of the server where that is safe.
func (c *Connection) Close() {
	if !c.broken && c.client.UpdateDeadline(5*time.Second) == nil {
		_ = c.client.Quit() // nothing hangs on the answer
	}
	c.cut()
}

// cut ends the connection without a word.
func (c *Connection) cut() {
	c.broken = true
	_ = c.client.Close()
}

// Deliver tries to hand over one mail. It takes as long as the server does, at
// most Timeouts.Data for each answer. To stop early would leave an ambiguous mail.
func (c *Connection) Deliver(m Mail) Outcome {
	c.mails++
	if err := c.patience(); err != nil {
		return c.failed(err, "MAIL")
	}
	if wide(m.To) || wide(m.From) {
		if ok, _ := c.client.Extension("SMTPUTF8"); !ok {
			return c.outcome(Rejected, 0, "the server takes no addresses beyond ASCII (SMTPUTF8)")
		}
	}
	// Offered and not needed, SMTPUTF8 makes a mail undeliverable at servers
	// further on that do not have it.
	c.client.SkipSMTPUTF8(!wide(m.To) && !wide(m.From))
	if err := c.client.Mail("<" + m.From + ">"); err != nil {
		return c.failed(err, "MAIL")
	}
	if err := c.client.Rcpt("<" + m.To + ">"); err != nil {
		return c.failed(err, "RCPT")
	}
	return c.data(m.Bytes)
}

// data sends the text. Until its end is sent the mail is not the server's;
// after that, only the server knows.
func (c *Connection) data(text []byte) Outcome {
	w, err := c.client.Data()
	if err != nil {
		return c.failed(err, "DATA")
	}
	if _, err := w.Write(text); err != nil {
		c.cut()
		return c.outcome(Deferred, 0, fmt.Sprintf("the connection broke inside the text: %v", err))
	}
	if err := c.patience(); err != nil {
		c.cut()
		return c.outcome(Deferred, 0, fmt.Sprintf("the connection broke inside the text: %v", err))
	}
	if err := w.Close(); err != nil {
		return c.unanswered(err)
	}
	reply := ""
	if d, ok := w.(*smtp.DataCloser); ok {
		reply = d.ServerResponse()
	}
	o := c.outcome(Accepted, 250, reply)
	o.QueueID = queueID(reply)
	return o
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
		o.Whole = command == "MAIL" || reply.Code == 421 || reply.Code == 454
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

func (c *Connection) outcome(r Result, code int, text string) Outcome {
	return Outcome{Result: r, Code: code, Text: text, Server: c.server.String(), TLS: c.tls}
}

func (c *Connection) patience() error { return c.client.UpdateDeadline(c.server.Timeouts.Data) }

// wide reports whether an address has characters beyond ASCII.
func wide(address string) bool {
	return strings.ContainsFunc(address, func(r rune) bool { return r > 126 })
}
