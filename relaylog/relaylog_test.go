package relaylog

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T, log string) *Log {
	t.Helper()
	l, err := Read(strings.NewReader(log), Options{Wanted: func(s string) bool { return strings.HasPrefix(s, "privacy.") }, Zone: time.FixedZone("", 3600), Now: time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const log = `Dec 31 23:00:00 relay postfix/smtpd[11]: connect from app[192.0.2.7]
Dec 31 23:00:01 relay postfix/smtpd[11]: 4A1: client=app[192.0.2.7]
Dec 31 23:00:01 relay postfix/cleanup[12]: 4A1: message-id=<privacy.a@northgate.example>
Dec 31 23:00:01 relay postfix/qmgr[13]: 4A1: from=<bounce+x@b.example>, size=5700, nrcpt=1 (queue active)
Dec 31 23:00:02 relay postfix/smtp[14]: 4A1: to=<a@x.example>, relay=mx.x.example[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 77)
Dec 31 23:00:02 relay postfix/qmgr[13]: 4A1: removed
Dec 31 23:00:03 relay postfix/cleanup[12]: 4A2: message-id=<privacy.b@northgate.example>
Dec 31 23:00:03 relay postfix/qmgr[13]: 4A2: from=<bounce+x@b.example>, size=5700, nrcpt=1 (queue active)
Dec 31 23:00:04 relay postfix/smtp[14]: 4A2: to=<b@x.example>, relay=mx.x.example[192.0.2.9]:25, delay=1, dsn=4.2.1, status=deferred (host said: 450 4.2.1 busy)
Dec 31 23:00:05 relay postfix/cleanup[12]: 4A3: message-id=<privacy.c@northgate.example>
Dec 31 23:00:05 relay postfix/smtpd[11]: lost connection after DATA (1200 bytes) from app[192.0.2.7]
Dec 31 23:00:06 relay postfix/cleanup[12]: 4A4: message-id=<privacy.d@northgate.example>
Dec 31 23:00:06 relay postfix/qmgr[13]: 4A4: from=<bounce+x@b.example>, size=5700, nrcpt=1 (queue active)
Dec 31 23:00:07 relay postfix/smtp[14]: 4A4: to=<d@x.example>, relay=mx.x.example[192.0.2.9]:25, delay=1, dsn=5.1.1, status=bounced (host said: 550 5.1.1 unknown)
Dec 31 23:00:08 relay postfix/cleanup[12]: 4A5: message-id=<privacy.e@northgate.example>
Dec 31 23:00:08 relay postfix/qmgr[13]: 4A5: from=<bounce+x@b.example>, size=5700, nrcpt=1 (queue active)
Dec 31 23:00:08 relay postfix/smtp[14]: 4A5: to=<e@x.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4A6)
Dec 31 23:00:09 relay postfix/cleanup[12]: 4A1: message-id=<other@northgate.example>
Dec 31 23:00:09 relay postfix/smtp[14]: 4A1: to=<z@x.example>, relay=mx[192.0.2.9]:25, dsn=5.0.0, status=bounced (no)
2027-01-01T00:30:00.123456+01:00 relay postfix/qmgr[13]: 4A2: from=<bounce+x@b.example>, status=expired, returned to sender
2027-01-01T00:31:00+01:00 relay dovecot: imap-login: Login
`

// Each mail of the log met another fate.
func TestReadSaysWhatBecameOfMails(t *testing.T) {
	l := read(t, log)
	for local, want := range map[string]string{
		"privacy.a": "taken 22:00:01 out 22:00:02 2.0.0",
		"privacy.b": "taken 22:00:03 bounced 23:30:00 4.4.7",
		"privacy.c": "not taken", // its headers passed by, its end did not
		"privacy.d": "taken 22:00:06 bounced 22:00:07 5.1.1",
		"privacy.e": "taken 22:00:08 2.0.0", // only handed to a filter
		"privacy.f": "not taken",
		"other":     "not taken",
	} {
		m, ok := l.Mail(local)
		got := "not taken"
		if ok {
			got = "taken " + m.Taken.Format(time.TimeOnly)
			if !m.Out.IsZero() {
				got += " out " + m.Out.Format(time.TimeOnly)
			}
			if !m.Bounced.IsZero() {
				got += " bounced " + m.Bounced.Format(time.TimeOnly)
			}
			got += " " + m.Code
		}
		if got != want {
			t.Errorf("%s: %s, want %s", local, got, want)
		}
	}
	if m, _ := l.Mail("privacy.a"); m.QueueID != "4A1" || m.Text != "250 2.0.0 Ok: queued as 77" || m.Taken.Year() != 2026 {
		t.Errorf("%+v", m)
	}
}

// What is not in a log did not happen only where the log tells of that time.
func TestCovers(t *testing.T) {
	l := read(t, log)
	at := func(s string) time.Time {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"2026-12-31T22:00:00Z", "2026-12-31T23:31:00Z", true},
		{"2026-12-31T21:59:59Z", "2026-12-31T22:10:00Z", false},
		{"2026-12-31T22:10:00Z", "2026-12-31T23:31:01Z", false},
	} {
		if got := l.Covers(at(c.from), at(c.to)); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestReadRefusesWhatIsNoLog(t *testing.T) {
	for _, s := range []string{"", "hello\nthis is a letter of some length\n", "{\"json\": true, \"of\": \"some kind\"}\n"} {
		if _, err := Read(strings.NewReader(s), Options{}); err == nil || !strings.Contains(err.Error(), "must be Postfix's own") {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// A log may hold anything, also halves of lines, and millions of mails that are
// not asked for.
func FuzzRead(f *testing.F) {
	f.Add(log)
	f.Add(fmt.Sprintf("%s%s", log[200:], log))
	f.Fuzz(func(t *testing.T, s string) {
		l, err := Read(strings.NewReader(s), Options{Wanted: func(string) bool { return true }, Now: time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)})
		if err == nil && l.First.After(l.Last) {
			t.Errorf("from %v to %v", l.First, l.Last)
		}
	})
}
