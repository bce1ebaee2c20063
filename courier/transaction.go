package courier

import (
	"bytes"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
)

// steps are the commands of an envelope with the replies they need.
var steps = [...]struct {
	command string
	expect  int // a code, or its first digits
}{{"MAIL", 250}, {"RCPT", 25}, {"DATA", 354}}

// lines returns the commands of an envelope. SMTPUTF8 is asked for only where
// it is needed: else it makes a mail undeliverable at servers further on that do not have it.
func (c *Connection) lines(m Mail) [len(steps)]string {
	options, reports := "", ""
	if wide(m.To) || wide(m.From) {
		options = " BODY=8BITMIME SMTPUTF8"
	}
	if c.reports {
		// A report needs no copy of the text, and names the address that we know.
		options += " RET=HDRS"
		reports = " NOTIFY=FAILURE,DELAY"
		if !wide(m.To) {
			reports += " ORCPT=rfc822;" + xtext(m.To)
		}
	}
	return [...]string{"MAIL FROM:<" + m.From + ">" + options + "\r\n", "RCPT TO:<" + m.To + ">" + reports + "\r\n", "DATA\r\n"}
}

// xtext writes what may stand in a parameter of a command (RFC 3461, section 4).
func xtext(s string) string {
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, "+%02X", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool { return r < '!' || r > '~' || r == '+' || r == '=' }

// envelope appends the envelope of a mail to b.
func (c *Connection) envelope(b []byte, m Mail) []byte {
	for _, line := range c.lines(m) {
		b = append(b, line...)
	}
	return b
}

// open brings the server to the point where it takes the text of m, and reports
// false with the outcome if it does not.
func (c *Connection) open(m Mail) (Outcome, bool) {
	commands := c.lines(m)
	if c.ahead != nil && (c.ahead.From != m.From || c.ahead.To != m.To) {
		return c.failed(errors.New("the envelope of another mail was sent ahead"), "MAIL"), false
	}
	if c.ahead == nil && c.pipelines {
		c.buffer = c.envelope(c.buffer[:0], m)
		if _, err := c.write(c.buffer); err != nil {
			return c.failed(err, "MAIL"), false
		}
	}
	c.ahead = nil
	for i, step := range steps {
		if !c.pipelines {
			if _, err := c.write([]byte(commands[i])); err != nil {
				return c.failed(err, step.command), false
			}
		}
		if _, _, err := c.client.Text.ReadResponse(step.expect); err != nil {
			c.skip(err, i+1)
			return c.failed(err, step.command), false
		}
	}
	return Outcome{}, true
}

// skip reads the replies to the commands that were sent after one that failed.
// A server that asks for the text all the same, which it may where it takes no
// recipient, is given an empty one, as RFC 2920 says; nobody is to have it.
func (c *Connection) skip(failure error, from int) {
	var reply *textproto.Error
	if !c.pipelines || !errors.As(failure, &reply) || reply.Code == 421 {
		return // nothing was sent, or nothing will come
	}
	for i := from; i < len(steps); i++ {
		_, _, err := c.client.Text.ReadResponse(steps[i].expect)
		if err != nil && !errors.As(err, &reply) {
			c.cut()
			return
		}
		if err == nil && steps[i].command == "DATA" {
			if _, err := c.write([]byte(".\r\n")); err != nil {
				c.cut()
			} else if _, _, err := c.client.Text.ReadResponse(0); err != nil {
				c.cut()
			}
		}
	}
}

// write sends b and returns how many of its bytes have gone.
func (c *Connection) write(b []byte) (int, error) {
	w := c.client.Text.W
	n, err := w.Write(b)
	if err == nil {
		err = w.Flush()
	}
	return n - w.Buffered(), err
}

// appendText appends a text to b as it goes over the wire: a dot more before
// each line that begins with one (RFC 5321, 4.5.2), and a dot alone at the end.
func appendText(b, text []byte) []byte {
	if bytes.HasPrefix(text, []byte(".")) {
		b = append(b, '.')
	}
	for {
		i := bytes.Index(text, []byte("\n."))
		if i < 0 {
			break
		}
		b = append(append(b, text[:i+2]...), '.')
		text = text[i+2:]
	}
	b = append(b, text...)
	if !bytes.HasSuffix(b, []byte("\r\n")) {
		b = append(b, "\r\n"...)
	}
	return append(b, ".\r\n"...)
}
