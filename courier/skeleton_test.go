package courier

import (
	"bytes"
	"html"
	"net/mail"
	"strings"
	"testing"
	"time"

	"proviso/mailbox"
)

var letter = Letter{
	From:    mail.Address{Name: "Northgate Légal", Address: "legal@northgate.example"},
	ReplyTo: mail.Address{Address: "privacy@northgate.example"},
	Subject: "Änderungen der Datenschutzerklärung von Northgate zum 20. Dezember 2026, und noch ein paar Wörter mehr",
	Text: "Hello " + MarkName + ",\n\n.a line that begins with a dot\n" + MarkAddress + " = you; " +
		strings.Repeat("ein langer Satz mit Ümläuten ", 20) + "\n" + MarkName,
	HTML: "<p lang=\"en\">Hello <b>" + MarkName + "</b>,</p><p>" + MarkAddress + "</p>" + strings.Repeat("<i>x = y</i> ", 50),
}

var hostile = []string{
	"", "Jo", "Ümit Çelik", "名前 太郎", `"; DROP TABLE holders; --`, "<script>alert(1)</script>", "a & b",
	"Eve\r\nBcc: all@example.com", "tab\there", strings.Repeat("x", 300), strings.Repeat("ж ", 60), "trailing space ",
	"=?utf-8?q?trick?=", ".", "=", "= =\t=", "\xff\xfe broken", "\u202e reversed", "O'Neil, \"Jo\" <jo@evil.example>",
	"Win http://evil.example", "WWW.evil.example", MarkName, "To: <x>", "\U0001F600",
}

// What a recipient reads in a filled-in skeleton is what they would read in a
// mail that the library wrote for them alone.
func TestSkeletonReadsLikeALetterOfOnesOwn(t *testing.T) {
	date := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	for _, attachments := range [][]Attachment{nil, {{"privacy-2026-12-20.txt", "Der ganze neue Text\n"}}} {
		l := letter
		l.Attachments = attachments
		s, err := Compose(l)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range hostile {
			r := Recipient{name, "jo+x@example.com", "privacy-2026-12-20.00ff@northgate.example", date}
			got, want := s.For(r), own(t, l, r)
			compare(t, name, read(t, got), read(t, want))
			for _, line := range strings.Split(strings.TrimSuffix(string(got), "\r\n"), "\r\n") {
				if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
					t.Errorf("%q: a line no server takes: %q", name, line)
				}
			}
		}
	}
}

// own writes the mail with the library alone.
func own(t *testing.T, l Letter, r Recipient) []byte {
	t.Helper()
	l.Text = strings.NewReplacer(MarkName, r.greeting(), MarkAddress, r.Address).Replace(l.Text)
	l.HTML = strings.NewReplacer(MarkName, html.EscapeString(r.greeting()), MarkAddress, html.EscapeString(r.Address)).Replace(l.HTML)
	m, err := message(l, r.Date.Format(time.RFC1123Z))
	if err != nil {
		t.Fatal(err)
	}
	m.SetMessageIDWithValue(r.MessageID)
	to := r.to()
	m.ToMailAddress(&to)
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, b []byte) mailbox.Reading {
	t.Helper()
	r, err := mailbox.Message{Data: b}.Read()
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	return r
}

func compare(t *testing.T, name string, got, want mailbox.Reading) {
	t.Helper()
	if got.Text != want.Text {
		t.Errorf("%q: text\n%q, want\n%q", name, got.Text, want.Text)
	}
	if got.HTML != want.HTML {
		t.Errorf("%q: HTML\n%q, want\n%q", name, got.HTML, want.HTML)
	}
	if len(got.Header) != len(want.Header) {
		t.Errorf("%q: headers %v, want %v", name, got.Header, want.Header)
	}
	for h := range want.Header {
		if h != "Content-Type" && got.Get(h) != want.Get(h) {
			t.Errorf("%q: %s: %q, want %q", name, h, got.Get(h), want.Get(h))
		}
	}
	to, err := got.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "jo+x@example.com" || to[0].Name != clean(name) {
		t.Errorf("%q: To: %v %v", name, to, err)
	}
	for file, text := range want.Attachments {
		if got.Attachments[file] != text {
			t.Errorf("%q: %s holds %q, want %q", name, file, got.Attachments[file], text)
		}
	}
}

// The same letter is the same bytes, however often it is written: what was
// sent can be shown again.
func TestSkeletonIsSteady(t *testing.T) {
	l := letter
	l.Attachments = []Attachment{{"full.txt", "all of it"}}
	a, err := Compose(l)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Compose(l)
	if err != nil {
		t.Fatal(err)
	}
	r := Recipient{Name: "Jo", Address: "jo@example.com", MessageID: "x@y"}
	if !bytes.Equal(a.For(r), b.For(r)) {
		t.Error("two writings of one letter differ")
	}
	l.Text += "!"
	c, err := Compose(l)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(a.For(r), c.For(r)) {
		t.Error("two letters are the same bytes")
	}
}

// No header makes the mail look like a list or a subscription, and a name that
// carries a message of its own is not repeated in the text.
func TestSkeletonKeepsOutOfTheWay(t *testing.T) {
	s, err := Compose(letter)
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, s.For(Recipient{Name: "Win at http://evil.example", Address: "jo@example.com", MessageID: "x@y"}))
	for _, h := range []string{"List-Unsubscribe", "List-Id", "Precedence", "Bcc", "User-Agent", "X-Mailer"} {
		if v := r.Header.Get(h); v != "" {
			t.Errorf("%s: %s", h, v)
		}
	}
	if got := r.Header.Get("Auto-Submitted"); got != "auto-generated" {
		t.Errorf("Auto-Submitted: %q", got)
	}
	if strings.Contains(r.Text+r.HTML, "evil") || !strings.HasPrefix(r.Text, "Hello jo@example.com,") {
		t.Errorf("the text greets %q", r.Text[:40])
	}
}

// A letter whose HTML would be cut off by mail providers is refused.
func TestComposeRefusesWhatWouldBeCutOff(t *testing.T) {
	l := letter
	l.HTML = strings.Repeat("x", MaxHTML+1)
	if _, err := Compose(l); err == nil || !strings.Contains(err.Error(), "cut it off") {
		t.Errorf("got %v", err)
	}
}
