package courier

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"proviso/mailbox"
)

func open(t *testing.T, o mailbox.Options) (*mailbox.Server, Server) {
	t.Helper()
	box, err := mailbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := ParseServer(box.URL())
	if err != nil {
		t.Fatal(err)
	}
	return box, s
}

var big = []byte("Subject: x\r\n\r\n" + strings.Repeat("a line of a mail that is longer than any buffer\r\n", 4000) + ".\r\n..\r\nend\r\n")

// One connection, one fault after the other: each has the outcome that is
// true, and no torso is ever taken.
func TestDeliverTellsTheTruth(t *testing.T) {
	for _, c := range []struct {
		fault mailbox.Fault
		want  []Result // any of them
		taken int
		code  int
		alive bool
		whole bool // it is the server's doing, not the mail's
	}{
		{mailbox.None, []Result{Accepted}, 1, 250, true, false},
		{mailbox.Shut, []Result{Deferred}, 0, 421, false, true},
		{mailbox.Later, []Result{Deferred}, 0, 450, true, false},
		{mailbox.NoRoom, []Result{Deferred}, 0, 452, true, true},
		{mailbox.Full, []Result{Deferred}, 0, 452, true, false},
		{mailbox.Closed, []Result{Deferred}, 0, 454, true, true},
		{mailbox.Never, []Result{Rejected}, 0, 550, true, false},
		{mailbox.LaterAtEnd, []Result{Deferred}, 0, 451, true, false},
		{mailbox.NeverAtEnd, []Result{Rejected}, 0, 554, true, false},
		// Whether the end was sent before the break is noticed depends on how fast both sides are.
		{mailbox.CutInside, []Result{Deferred, Ambiguous}, 0, 0, false, false},
		{mailbox.CutLost, []Result{Ambiguous}, 0, 0, false, false},
		{mailbox.CutTaken, []Result{Ambiguous}, 1, 0, false, false},
	} {
		box, server := open(t, mailbox.Options{Faults: mailbox.Faults{First: []mailbox.Fault{c.fault}}})
		conn, err := server.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		o := conn.Deliver(Mail{"legal@northgate.example", "jo@example.com", big}, nil)
		found := false
		for _, r := range c.want {
			found = found || o.Result == r
		}
		if !found || o.Code != c.code || conn.Usable() != c.alive || o.Whole != c.whole {
			t.Errorf("fault %d: %+v, usable %v", c.fault, o, conn.Usable())
		}
		if conn.Usable() {
			if o := conn.Deliver(Mail{"legal@northgate.example", "an@example.com", big}, nil); o.Result != Accepted {
				t.Errorf("fault %d: the next mail: %+v", c.fault, o)
			}
			c.taken++
		}
		conn.Close()
		messages := box.Messages()
		if len(messages) != c.taken {
			t.Errorf("fault %d: %d mails taken, want %d", c.fault, len(messages), c.taken)
		}
		for _, m := range messages {
			if string(m.Data) != string(big) {
				t.Errorf("fault %d: a torso of %d bytes was taken", c.fault, len(m.Data))
			}
		}
	}
}

func TestDeliverNotesTheQueueID(t *testing.T) {
	_, server := open(t, mailbox.Options{})
	conn, err := server.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	o := conn.Deliver(Mail{"legal@northgate.example", "jo@example.com", []byte("Subject: x\r\n\r\nhi\r\n")}, nil)
	if o.QueueID != "M000001" || o.Server != server.String() {
		t.Errorf("%+v", o)
	}
	for reply, want := range map[string]string{
		"2.0.0 Ok: queued as 4XyZ1a2b3c": "4XyZ1a2b3c",
		"OK id=1tABCd-0001Ab-2C":         "1tABCd-0001Ab-2C",
		"2.0.0 fine":                     "",
	} {
		if got := queueID(reply); got != want {
			t.Errorf("queueID(%q) = %q, want %q", reply, got, want)
		}
	}
}

// script answers each line of a client by the next reply; what follows DATA is
// read up to the end.
func script(t *testing.T, replies ...string) Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in := bufio.NewReader(c)
		for i, r := range replies {
			if i > 0 {
				if _, err := in.ReadString('\n'); err != nil {
					return
				}
			}
			if _, err := c.Write([]byte(r + "\r\n")); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	s, err := ParseServer("smtp://" + l.Addr().String() + "?tls=off")
	if err != nil {
		t.Fatal(err)
	}
	s.Timeouts = Timeouts{Dial: 5 * time.Second, Data: 5 * time.Second}
	return s
}

// A server that refuses us before it knows the recipient says nothing about
// the recipient.
func TestDeliverKnowsWhenItIsNotTheRecipient(t *testing.T) {
	server := script(t, "220 hi", "250 hi", "550 5.7.1 you may not send here", "250 reset")
	conn, err := server.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	o := conn.Deliver(Mail{"a@b.example", "jo@example.com", []byte("x\r\n")}, nil)
	if o.Result != Refused || o.Code != 550 {
		t.Errorf("%+v", o)
	}
	conn.Close()
}

// A sender that cannot be written in a command is no fault of any recipient.
func TestDeliverBlamesNoRecipientForTheSender(t *testing.T) {
	box, server := open(t, mailbox.Options{})
	conn, err := server.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, from := range []string{"Legal <legal@b.example>", "légal@b.example", "legal@münchen.example"} {
		if o := conn.Deliver(Mail{from, "jo@example.com", big}, nil); o.Result != Refused || o.Said() != o.Text {
			t.Errorf("%s: %+v", from, o)
		}
	}
	if box.Tries() != 0 || !conn.Usable() {
		t.Errorf("%d tries", box.Tries())
	}
}

// An address beyond ASCII goes only to a server that takes such addresses, and
// all others go without asking for it.
func TestDeliverAsksForUTF8OnlyWhereNeeded(t *testing.T) {
	for _, utf8 := range []bool{false, true} {
		box, server := open(t, mailbox.Options{UTF8: utf8})
		conn, err := server.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		o := conn.Deliver(Mail{"legal@northgate.example", "jürgen@example.com", []byte("Subject: x\r\n\r\nhi\r\n")}, nil)
		if want := map[bool]Result{false: Rejected, true: Accepted}[utf8]; o.Result != want {
			t.Errorf("UTF8 %v: %+v", utf8, o)
		}
		if o := conn.Deliver(Mail{"legal@northgate.example", "jo@example.com", big}, nil); o.Result != Accepted {
			t.Errorf("UTF8 %v: the next: %+v", utf8, o)
		}
		conn.Close()
		if n := len(box.Messages()); utf8 && n != 2 || !utf8 && n != 1 {
			t.Errorf("UTF8 %v: %d mails taken", utf8, n)
		}
	}
}

// The certificate of the server must be one that is trusted; then the outcome
// notes how the connection was encrypted.
func TestDeliverEncrypts(t *testing.T) {
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	_, server := open(t, mailbox.Options{TLS: &tls.Config{Certificates: web.TLS.Certificates}})
	encrypts(t, server, web.Certificate())
}

// encrypts hands a mail to a server, which is refused until its certificate is trusted.
func encrypts(t *testing.T, server Server, certificate *x509.Certificate) {
	t.Helper()
	if _, err := server.Dial(context.Background()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a stranger's certificate: %v", err)
	}
	server.Roots = x509.NewCertPool()
	server.Roots.AddCert(certificate)
	conn, err := server.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if o := conn.Deliver(Mail{"a@b.example", "jo@example.com", big}, nil); o.Result != Accepted || o.TLS != "TLS 1.3" {
		t.Errorf("%+v", o)
	}
}

// The name and the password of the URL are used, with STARTTLS and, on the own
// machine, without; a wrong one is said without showing it.
func TestDialLogsIn(t *testing.T) {
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	for _, config := range []*tls.Config{nil, {Certificates: web.TLS.Certificates}} {
		_, server := open(t, mailbox.Options{TLS: config, User: "northgate", Password: "p@ss"})
		server.Roots = roots
		conn, err := server.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if o := conn.Deliver(Mail{"a@b.example", "jo@example.com", big}, nil); o.Result != Refused || o.Code != 530 {
			t.Errorf("without logging in: %+v", o)
		}
		conn.Close()
		server.User, server.Password = "northgate", "p@ss"
		if conn, err = server.Dial(context.Background()); err != nil {
			t.Fatal(err)
		}
		if o := conn.Deliver(Mail{"a@b.example", "jo@example.com", big}, nil); o.Result != Accepted {
			t.Errorf("logged in: %+v", o)
		}
		conn.Close()
		server.Password = "wrong"
		if _, err := server.Dial(context.Background()); err == nil || !strings.Contains(err.Error(), "535") || strings.Contains(err.Error(), "wrong") {
			t.Errorf("a wrong password: %v", err)
		}
	}
}

func TestDialSaysWhatIsWrong(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	box, _ := open(t, mailbox.Options{})
	for url, want := range map[string]string{
		"smtp://" + closed + "?tls=off": "is it running",
		"smtp://" + box.Addr():          "offers no STARTTLS",
	} {
		s, err := ParseServer(url)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Dial(context.Background())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), s.String()) {
			t.Errorf("%s: %v, want it to say %q", url, err, want)
		}
	}
}

func TestParseServer(t *testing.T) {
	good := map[string]Server{
		"smtp://u:p%40ss@mail.example:2587": {Host: "mail.example", Port: 2587, User: "u", Password: "p@ss"},
		"smtp://mail.example":               {Host: "mail.example", Port: 587},
		"smtps://u:p@mail.example":          {Host: "mail.example", Port: 465, User: "u", Password: "p", Security: TLS},
		"smtp://127.0.0.1:2525?tls=off":     {Host: "127.0.0.1", Port: 2525, Security: Clear},
		"smtp://[::1]:2525?tls=off":         {Host: "::1", Port: 2525, Security: Clear},
	}
	for url, want := range good {
		if got, err := ParseServer(url); err != nil || got != want {
			t.Errorf("%s: %+v %v", url, got, err)
		}
	}
	bad := map[string]string{
		"":                                     "no mail server is named",
		"mail.example:25":                      "cannot be read",
		"http://mail.example":                  "cannot be read",
		"smtp://u:secret%zz@mail.example":      "cannot be read",
		"smtp://mail.example:99999":            `"99999" is not a port`,
		"smtp://mail.example?tls=of":           "option tls=of is unknown",
		"smtps://mail.example?tls=off":         "option tls=off is unknown",
		"smtp://u:secret@mail.example?tls=off": "would send the password in clear",
	}
	for url, want := range bad {
		_, err := ParseServer(url)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
	}
}
