package notify_test

import (
	"flag"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"proviso/courier"
	"proviso/mailbox"
	"proviso/notify"
	"proviso/notify/notifytest"
	"proviso/policy"
)

var update = flag.Bool("update", false, "write the golden mails anew")

var writer = notify.Writer{Templates: os.DirFS("../templates"), From: "Northgate Legal <legal@northgate.example>", ReplyTo: "privacy@northgate.example"}

// write composes the mail of the only holder in csv.
func write(t *testing.T, w notify.Writer, s notify.Subject, csv string) (mailbox.Reading, *notify.Composed) {
	t.Helper()
	n := notifytest.Notices(t, s)[0]
	r := notifytest.Audience(t, n, notifytest.Holders(t, csv))
	if len(r) != 1 {
		t.Fatalf("%d recipients", len(r))
	}
	c, err := w.Compose(n, r[0].Variant)
	if err != nil {
		t.Fatal(err)
	}
	bytes := c.Skeleton.For(courier.Recipient{Name: r[0].Holder.Name, Address: r[0].Holder.Email, MessageID: "id@northgate.example",
		Date: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)})
	reading, err := mailbox.Message{Data: bytes}.Read()
	if err != nil {
		t.Fatal(err)
	}
	return reading, c
}

// The mails as they are read: whoever changes a word sees what becomes of it.
func TestMailReadsAsIntended(t *testing.T) {
	durable := notifytest.Subject()
	durable.Regimes = append(durable.Regimes, policy.SealedRegime{ID: "p2b", Durable: true})
	for name, c := range map[string]struct {
		subject notify.Subject
		csv     string
	}{
		"kernelguard-en": {notifytest.Subject(), "id,email,name,products,sites\n1,jo@x.example,Jo Doe,kernelguard,kernelguard.example\n"},
		"vault-de":       {durable, "id,email,name,locale,products\n1,jo@x.example,Jörg <Ö>,de,vault\n"},
	} {
		got, _ := write(t, writer, c.subject, c.csv)
		all := "Subject: " + got.Get("Subject") + "\nFrom: " + got.Get("From") + "\nTo: " + got.Get("To") + "\n\n" + got.Text + "\n----\n" + got.HTML
		for file, text := range got.Attachments {
			all += "----\n" + file + ": " + text
		}
		golden(t, filepath.Join("testdata", name+".golden"), strings.ReplaceAll(all, "\r\n", "\n"))
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: run go test -update and look at the difference; got\n%s", file, got)
	}
}

// Everything a notice must say is in the text and in the HTML, and nothing
// that was decided behind closed doors is in either.
func TestMailSaysWhatItMust(t *testing.T) {
	r, c := write(t, writer, notifytest.Subject(), "id,email,products\n1,jo@x.example,kernelguard\n")
	text := strings.Join(strings.Fields(r.Text), " ")
	for _, must := range []string{"Northgate Systems Inc.", "1 Harbour Road, Wilmington", "20 December 2026", "America/New_York",
		"12 months → 24 months", "Kernel versions are reported too.", "We keep data longer.", "Faults show late.",
		"https://northgate.example/privacy/2026-12-20/changes/", "https://northgate.example/privacy/2026-12-20/", "sha256:5ea1",
		"privacy@northgate.example", "jo@x.example", "no way to unsubscribe"} {
		for part, s := range map[string]string{"text": text, "HTML": strings.ReplaceAll(r.HTML, "&#43;", "+")} {
			if !strings.Contains(s, must) {
				t.Errorf("the %s does not say %q", part, must)
			}
		}
	}
	for _, never := range []string{"SECRET", "material", "WP260", "Backups", "new words", "Footer", "xPROVISO", "<img", "<script"} {
		if strings.Contains(r.Text+r.HTML, never) {
			t.Errorf("the mail says %q", never)
		}
	}
	if !strings.Contains(r.HTML, `<html lang="en">`) {
		t.Error("the HTML names no language")
	}
	if c.From != (mail.Address{Name: "Northgate Legal", Address: "legal@northgate.example"}) || r.Get("Reply-To") != "<privacy@northgate.example>" {
		t.Errorf("from %v, replies to %s", c.From, r.Get("Reply-To"))
	}
	if len(r.Attachments) != 0 {
		t.Errorf("attached without a regime that asks for it: %v", r.Attachments)
	}
}

// A notice tells in this order: who writes, what changes, why, from when, what
// the reader can do, where it stands, that all else stays, whom to ask, and why
// they were written to.
func TestMailTellsInOrder(t *testing.T) {
	r, _ := write(t, writer, notifytest.Subject(), "id,email,products\n1,jo@x.example,kernelguard\n")
	for part, said := range map[string]string{"text": strings.Join(strings.Fields(r.Text), " "), "HTML": strings.Join(strings.Fields(r.HTML), " ")} {
		at := -1
		for _, what := range []string{"Northgate Systems Inc., 1 Harbour Road, Wilmington", "takes effect on 20 December 2026", "What changes", "12 months → 24 months", "Why", "From when",
			"America/New_York", "What you can do", "/privacy/2026-12-20/changes/", "Until then", "Questions?", "You receive this message", "Seal of"} {
			i := strings.Index(said, what)
			if i <= at {
				t.Errorf("the %s says %q at %d, after %d", part, what, i, at)
			}
			at = i
		}
	}
}

// The templates of a team come before the built-in ones, and its languages too.
func TestMailTemplatesCanBeReplaced(t *testing.T) {
	w := writer
	w.Templates = fstest.MapFS{
		"mail/subject.txt":    {Data: []byte("{{.Title}}\n in {{.Locale}}\n")},
		"mail/notice.txt":     {Data: []byte(`{{.Say "greeting" "name" .Name}}`)},
		"mail/notice.html":    {Data: []byte(`<p>{{.Name}}</p>`)},
		"mail/notice.de.html": {Data: []byte(`<p>Hallo {{.Name}}</p>`)},
		"mail/words/en.yaml":  {Data: []byte("greeting: \"Dear {name}\"\n")},
	}
	r, _ := write(t, w, notifytest.Subject(), "id,email,name,products,locale\n1,jo@x.example,Jo & Co,vault,de\n")
	if r.Get("Subject") != "Datenschutzerklärung in de" || strings.TrimSpace(r.Text) != "Dear Jo & Co" || r.HTML != "<p>Hallo Jo &amp; Co</p>" {
		t.Errorf("%q %q %q", r.Get("Subject"), r.Text, r.HTML)
	}
}

func TestComposeSaysWhatIsWrong(t *testing.T) {
	good := fstest.MapFS{
		"mail/subject.txt": {Data: []byte("x")}, "mail/notice.txt": {Data: []byte("x")}, "mail/notice.html": {Data: []byte("x")},
		"mail/words/en.yaml": {Data: []byte("greeting: Hello\n")},
	}
	for want, c := range map[string]struct{ file, data string }{
		"templates/mail/notice.txt:1: unclosed action":               {"mail/notice.txt", "{{.Name"},
		"templates/mail/notice.html:1:":                              {"mail/notice.html", "{{.Nmae}}"},
		`no words called "farewell" in templates/mail/words/en.yaml`: {"mail/notice.txt", `{{.Say "farewell"}}`},
		"templates/mail/words/en.yaml:1":                             {"mail/words/en.yaml", "greeting: [Hello"},
		"mail providers cut it off":                                  {"mail/notice.html", strings.Repeat("x", 100_001)},
	} {
		fs := fstest.MapFS{c.file: {Data: []byte(c.data)}}
		for name, f := range good {
			if fs[name] == nil {
				fs[name] = f
			}
		}
		w := writer
		w.Templates = fs
		n := notifytest.Notices(t, notifytest.Subject())[0]
		_, err := w.Compose(n, notifytest.Audience(t, n, notifytest.Holders(t, "id,email\n1,jo@x.example\n"))[0].Variant)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "composing the mail of privacy@2026-12-20") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	w := writer
	w.From = ""
	n := notifytest.Notices(t, notifytest.Subject())[0]
	_, err := w.Compose(n, notifytest.Audience(t, n, notifytest.Holders(t, "id,email,products\n1,jo@x.example,vault\n"))[0].Variant)
	if err == nil || !strings.Contains(err.Error(), "set mail.from in proviso.yaml") {
		t.Errorf("got %v", err)
	}
}

// Senders with a domain in any script go out as every server takes them.
func TestMailIsFromADomainInASCII(t *testing.T) {
	w := writer
	w.From, w.ReplyTo = "Legal <legal@münchen.example>", "privacy@münchen.example"
	r, c := write(t, w, notifytest.Subject(), "id,email,products\n1,jo@x.example,vault\n")
	if c.From.Address != "legal@xn--mnchen-3ya.example" || r.Get("From") != `"Legal" <legal@xn--mnchen-3ya.example>` || r.Get("Reply-To") != "<privacy@xn--mnchen-3ya.example>" {
		t.Errorf("%v, from %s, replies to %s", c.From, r.Get("From"), r.Get("Reply-To"))
	}
}
