// Package relaylog reads the log of a Postfix relay and says what became of
// mails in it: whether the relay took a mail, and whether it passed it on.
//
// A mail is known by the local part of its Message-ID, which is in the log
// because Postfix notes it for each queue id. The relay took a mail when its
// queue manager says so; that the headers passed by is not enough, because they
// do so too when the connection breaks inside the text. A mail is out when some
// server or mailbox elsewhere took it: to be handed to a filter on the relay
// itself does not count.
package relaylog

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// A Log is what one log says of the mails that were asked for.
type Log struct {
	First, Last time.Time // of all its lines
	mails       map[string]*Mail
}

// A Mail is what became of one mail, however often the relay was given it.
type Mail struct {
	QueueID string    // the last one
	Taken   time.Time // when the relay took it; zero: it did not
	Out     time.Time // when it was passed on; zero: it was not
	Bounced time.Time // when the relay gave it up; zero: it did not
	Code    string    // enhanced status code of the last try to pass it on, such as 5.1.1
	Text    string    // what was said to that
}

// Options say how a log is to be read.
type Options struct {
	Wanted func(local string) bool // whether a mail with this local part of the Message-ID is asked for
	Zone   *time.Location          // of lines that name none
	Now    time.Time               // no line is later; says the year of lines that name none
}

// Mail returns what became of the mail with a local part of a Message-ID.
func (l *Log) Mail(local string) (Mail, bool) {
	m, ok := l.mails[local]
	if !ok || m.Taken.IsZero() {
		return Mail{}, false
	}
	return *m, true
}

// Covers reports whether the log tells of all the time between two instants, so
// that what is not in it did not happen.
func (l *Log) Covers(from, to time.Time) bool {
	return !l.First.IsZero() && !l.First.After(from) && !l.Last.Before(to)
}

// Read reads a log. Lines of other programs count only for its time.
func Read(r io.Reader, o Options) (*Log, error) {
	d := &reader{Options: o, log: &Log{mails: map[string]*Mail{}}, queue: map[string]*Mail{}}
	in := bufio.NewReaderSize(r, 256<<10)
	for {
		line, err := in.ReadString('\n')
		d.line(strings.TrimRight(line, "\r\n"))
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading the log of the relay: %w", err)
		}
	}
	if d.log.First.IsZero() {
		return nil, fmt.Errorf("reading the log of the relay: there is no line with a time in it; it must be Postfix's own, such as /var/log/mail.log")
	}
	return d.log, nil
}

type reader struct {
	Options
	log   *Log
	queue map[string]*Mail // by queue id, for mails that are asked for
}

// line reads one line: TIME HOST postfix/PROGRAM[PID]: QUEUEID: TEXT.
func (d *reader) line(s string) {
	at, rest, ok := d.time(s)
	if !ok {
		return
	}
	if d.log.First.IsZero() || at.Before(d.log.First) {
		d.log.First = at
	}
	if at.After(d.log.Last) {
		d.log.Last = at
	}
	_, rest, _ = strings.Cut(rest, " ") // the host
	program, rest, _ := strings.Cut(rest, ": ")
	id, text, ok := strings.Cut(rest, ": ")
	program, _, _ = strings.Cut(program, "[")
	if !ok || !strings.HasPrefix(program, "postfix") {
		return
	}
	program = program[strings.LastIndexByte(program, '/')+1:]
	switch {
	case program == "cleanup" && strings.HasPrefix(text, "message-id=<"):
		d.named(id, text[len("message-id=<"):])
	case d.queue[id] == nil:
	case program == "qmgr" && strings.HasPrefix(text, "from=<"):
		d.queued(d.queue[id], at, text)
	case program == "qmgr" && text == "removed":
		delete(d.queue, id) // the id may be used again
	case strings.HasPrefix(text, "to=<"):
		d.tried(d.queue[id], at, text)
	}
}

// named takes note that a queue id stands for a mail.
func (d *reader) named(id, messageID string) {
	local, _, ok := strings.Cut(messageID, "@")
	delete(d.queue, id)
	if !ok || !d.Wanted(local) {
		return
	}
	m := d.log.mails[local]
	if m == nil {
		m = &Mail{}
		d.log.mails[local] = m
	}
	m.QueueID = id
	d.queue[id] = m
}

// queued reads what the queue manager says of a whole mail.
func (d *reader) queued(m *Mail, at time.Time, text string) {
	switch {
	case strings.Contains(text, "queue active") && m.Taken.IsZero():
		m.Taken = at
	case strings.Contains(text, "status=expired"):
		m.Bounced, m.Code, m.Text = at, "4.4.7", "the relay gave up: status=expired"
	}
}

// tried reads what came of one try to pass a mail on.
func (d *reader) tried(m *Mail, at time.Time, text string) {
	if m.Taken.IsZero() {
		m.Taken = at
	}
	relay, status := field(text, "relay="), field(text, "status=")
	m.Code = field(text, "dsn=")
	if i := strings.Index(text, " ("); i >= 0 {
		m.Text = strings.TrimSuffix(text[i+2:], ")")
	}
	switch {
	case status == "sent" && !strings.Contains(relay, "[127.0.0.1]") && !strings.Contains(relay, "[::1]"):
		m.Out, m.Bounced = at, time.Time{}
	case status == "bounced" && m.Out.IsZero():
		m.Bounced = at
	}
}

// field returns the value of one of the fields of a line.
func field(text, name string) string {
	i := strings.Index(text, ", "+name)
	if i < 0 {
		return ""
	}
	v := text[i+2+len(name):]
	if end := strings.IndexAny(v, ", "); end >= 0 {
		v = v[:end]
	}
	return v
}

// time reads the time at the beginning of a line, in either of the forms that
// syslog has: 2026-11-03T10:00:00.123+01:00 or Nov  3 10:00:00.
func (d *reader) time(s string) (at time.Time, rest string, ok bool) {
	if len(s) < 16 {
		return time.Time{}, "", false
	}
	if s[0] >= '0' && s[0] <= '9' {
		stamp, rest, _ := strings.Cut(s, " ")
		at, err := time.Parse(time.RFC3339Nano, stamp)
		return at.UTC(), rest, err == nil
	}
	at, err := time.ParseInLocation(time.Stamp, s[:15], d.zone())
	if err != nil || s[15] != ' ' {
		return time.Time{}, "", false
	}
	at = time.Date(d.Now.In(d.zone()).Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, d.zone())
	if at.After(d.Now.Add(24 * time.Hour)) { // a line of last December, read in January
		at = at.AddDate(-1, 0, 0)
	}
	return at.UTC(), s[16:], true
}

func (d *reader) zone() *time.Location {
	if d.Zone == nil {
		return time.UTC
	}
	return d.Zone
}
