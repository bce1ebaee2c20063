package courier

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"proviso/mailbox"
)

// Mails go one after the other, each with the envelope of the next one ahead.
// Whatever the server does to one of them, the outcome of each is true, and
// nobody gets a torso or somebody else's text.
func TestDeliverWithTheNextEnvelopeAhead(t *testing.T) {
	faults := []mailbox.Fault{mailbox.None, mailbox.Later, mailbox.None, mailbox.Never, mailbox.LaterAtEnd, mailbox.None, mailbox.NeverAtEnd,
		mailbox.CutTaken, mailbox.None, mailbox.CutInside, mailbox.Shut, mailbox.CutLost, mailbox.None, mailbox.None}
	always := map[string]mailbox.Fault{}
	var mails []Mail
	for i, f := range faults {
		to := fmt.Sprintf("p%d@example.com", i)
		always[to] = f
		mails = append(mails, Mail{"legal@northgate.example", to, fmt.Appendf(nil, "Subject: for %s\r\n\r\n.a dot\r\n..\r\n.\r\n%s", to, big)})
	}
	box, server := open(t, mailbox.Options{Faults: mailbox.Faults{Always: always}})
	var conn *Connection
	got := make([]Outcome, len(mails))
	for i := range mails {
		var next *Mail
		if i+1 < len(mails) {
			next = &mails[i+1]
		}
		for range 2 {
			if conn == nil || !conn.Usable() {
				var err error
				if conn, err = server.Dial(context.Background()); err != nil {
					t.Fatal(err)
				}
				if !conn.Pipelines() {
					t.Fatal("the mailbox offers no PIPELINING; the test shows nothing")
				}
			}
			if got[i] = conn.Deliver(mails[i], next); conn.Usable() || !got[i].Whole {
				break
			}
		}
	}
	conn.Close()
	taken := map[string][]byte{}
	for _, m := range box.Messages() {
		taken[m.To] = m.Data
	}
	for i, m := range mails {
		want := map[mailbox.Fault]Result{mailbox.None: Accepted, mailbox.Later: Deferred, mailbox.Never: Rejected, mailbox.LaterAtEnd: Deferred,
			mailbox.NeverAtEnd: Rejected, mailbox.CutTaken: Ambiguous, mailbox.CutLost: Ambiguous, mailbox.Shut: Deferred}[faults[i]]
		if got[i].Result != want && faults[i] != mailbox.CutInside {
			t.Errorf("mail %d, fault %d: %+v, want %s", i, faults[i], got[i], want)
		}
		if got[i].Result == Accepted && got[i].QueueID == "" {
			t.Errorf("mail %d: no queue id in %+v", i, got[i])
		}
		data, ok := taken[m.To]
		if ok != (faults[i] == mailbox.None || faults[i] == mailbox.CutTaken) {
			t.Errorf("mail %d, fault %d: taken %v", i, faults[i], ok)
		}
		if ok && !bytes.Equal(data, m.Bytes) {
			t.Errorf("mail %d arrived with %d bytes of %d", i, len(data), len(m.Bytes))
		}
	}
}

// An envelope that was sent ahead and has no mail after it is left without a
// text: taking leave politely would make one of it.
func TestCloseAfterAnEnvelopeAhead(t *testing.T) {
	box, server := open(t, mailbox.Options{})
	conn, err := server.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := Mail{"a@b.example", "jo@example.com", big}, Mail{"a@b.example", "an@example.com", big}, Mail{"a@b.example", "cy@example.com", big}
	if o := conn.Deliver(a, &b); o.Result != Accepted {
		t.Fatalf("%+v", o)
	}
	if o := conn.Deliver(c, nil); o.Result != Deferred || !o.Whole || conn.Usable() {
		t.Errorf("another mail after the envelope of the next: %+v", o)
	}
	if conn, err = server.Dial(context.Background()); err != nil {
		t.Fatal(err)
	}
	if o := conn.Deliver(a, &b); o.Result != Accepted {
		t.Fatalf("%+v", o)
	}
	conn.Close()
	if n := len(box.Messages()); n != 2 {
		t.Errorf("%d mails taken, want 2", n)
	}
}

// Without PIPELINING, each command waits for the reply to the one before; an
// address that cannot be written in a command is not sent at all.
func TestDeliverStepByStep(t *testing.T) {
	server := script(t, "220 hi", "250 hi", "250 sender", "250 recipient", "354 go on")
	conn, err := server.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if conn.Pipelines() {
		t.Error("the server offers nothing")
	}
	if o := conn.Deliver(Mail{"a@b.example", "jo@example.com>\r\nRCPT TO:<all@example.com", big}, nil); o.Result != Rejected {
		t.Errorf("%+v", o)
	}
	if o := conn.Deliver(Mail{"a@b.example", "jo@example.com", []byte("x")}, &Mail{"a@b.example", "an@example.com", big}); o.Result != Ambiguous {
		t.Errorf("cut after the text: %+v", o)
	}
}

// A text goes over the wire so that it arrives as it is, whatever its lines
// begin with, and is always ended.
func TestAppendText(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "\r\n.\r\n",
		".":                          "..\r\n.\r\n",
		"a\r\n":                      "a\r\n.\r\n",
		"a\r\n.\r\nb\r\n":            "a\r\n..\r\nb\r\n.\r\n",
		".a\r\n..\r\nb.\r\n":         "..a\r\n...\r\nb.\r\n.\r\n",
		"a\n.\nMAIL FROM:<x@y>\r\n":  "a\n..\nMAIL FROM:<x@y>\r\n.\r\n",
		"ends with a dot.\r\n.\r\n.": "ends with a dot.\r\n..\r\n..\r\n.\r\n",
	} {
		if got := string(appendText(nil, []byte(text))); got != want {
			t.Errorf("%q goes as %q, want %q", text, got, want)
		}
	}
}
