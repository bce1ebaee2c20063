package bounce

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	tokenA = "abcdefghijklmnopqrstuvwxyz234567abcdefg"
	idA    = "privacy-2026-12-20.00112233445566778899aabbccddeeff@northgate.example"
)

// Each file is one report as some server writes it; its name begins with what
// must be made of it, and its place says by what the mail must be known again.
func TestReadReports(t *testing.T) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(strings.NewReader(string(data)))
		if err != nil || len(got) != 1 {
			t.Fatalf("%s: %d reports, %v", file, len(got), err)
		}
		r, want := got[0], strings.Split(strings.TrimSuffix(filepath.Base(file), ".eml"), "-")
		if r.Failed != (want[0] == "failed") {
			t.Errorf("%s: failed %v: %+v", file, r.Failed, r)
		}
		if len(r.Tokens)+len(r.MessageIDs) == 0 && want[0] == "failed" {
			t.Errorf("%s: nobody can tell whose mail it was: %+v", file, r)
		}
		for _, token := range r.Tokens {
			if token != tokenA {
				t.Errorf("%s: token %q", file, token)
			}
		}
		for _, id := range r.MessageIDs {
			if id != idA {
				t.Errorf("%s: Message-ID %q", file, id)
			}
		}
		if want[0] == "failed" && (r.Status == "" || r.Text == "") {
			t.Errorf("%s: no reason in %+v", file, r)
		}
	}
}

// A mailbox holds reports and other mail, and lines that look like a mail's first.
func TestReadMailbox(t *testing.T) {
	var box strings.Builder
	for _, name := range []string{"failed-postfix", "late-postfix", "failed-exim"} {
		data, err := os.ReadFile("testdata/" + name + ".eml")
		if err != nil {
			t.Fatal(err)
		}
		box.WriteString("From MAILER-DAEMON Tue Nov  3 09:00:00 2026\n" + string(data) + "\n>From here on it is text\nFrom the middle of a text, too\n\n")
	}
	got, err := Read(strings.NewReader(box.String()))
	if err != nil || len(got) != 3 || !got[0].Failed || got[1].Failed || !got[2].Failed {
		t.Errorf("%+v %v", got, err)
	}
}

func TestReadLists(t *testing.T) {
	for csv, want := range map[string]string{
		"email,event,reason,timestamp\njo@x.example,bounce,550 5.1.1 no such user,1793696400\nan@x.example,deferred,later,1793696400\n": "jo@x.example:failed:5.1.1:550 an@x.example::", // one provider
		"Recipient;Bounce Type;SMTP Code;Details\njo@x.example;Permanent;550;gone\nan@x.example;Transient;450;full\n":                   "jo@x.example:failed::550 an@x.example:::450",  // another
		"\"created_at\",\"Message-ID\",\"email\",\"status\"\n2026-11-03T09:00:00Z,<" + idA + ">,jo@x.example,5.1.1\n":                   "jo@x.example:failed:5.1.1",
	} {
		got, err := Read(strings.NewReader(csv))
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, r := range got {
			l := r.Address + ":"
			if r.Failed {
				l += "failed"
			}
			l += ":" + r.Status
			if r.Code > 0 {
				l += ":" + string(rune('0'+r.Code/100)) + string(rune('0'+r.Code/10%10)) + string(rune('0'+r.Code%10))
			}
			lines = append(lines, l)
		}
		if s := strings.Join(lines, " "); s != want {
			t.Errorf("%q:\n got %s\nwant %s", csv, s, want)
		}
	}
	if got, err := Read(strings.NewReader("created_at,email,Message-ID,event\n2026-11-03T09:00:00Z,jo@x.example," + idA + ",hard_bounce\n")); err != nil || got[0].MessageIDs[0] != idA || got[0].At.Hour() != 9 {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := Read(strings.NewReader("a,b\n1,2\n")); err == nil || !strings.Contains(err.Error(), "neither a report") {
		t.Errorf("got %v", err)
	}
	if got, err := Read(strings.NewReader(" \n")); err != nil || len(got) != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

// Whatever comes in, reading it ends and makes up nothing.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
		f.Add("From x\n" + string(data))
	}
	f.Add("email,event\njo@x.example,bounce\n")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Read(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, r := range got {
			for _, token := range r.Tokens {
				if len(token) != 39 {
					t.Errorf("token %q", token)
				}
			}
			if strings.ContainsAny(r.Text, "\r\n") || len(r.Text) > 1500 {
				t.Errorf("text %q", r.Text)
			}
		}
	})
}
