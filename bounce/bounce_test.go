package bounce

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"proviso/delivery"
	"proviso/ledger"
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

// The columns and the words of several providers' lists. What only says that a
// mail is on its way, came in, or annoyed somebody is no failure.
func TestReadListsOfProviders(t *testing.T) {
	for csv, want := range map[string]string{
		"status,reason,email,created\n5.1.1,550 5.1.1 unknown,a@x.example,1793696400\n":                                      "failed 2026-11-03 09:00",
		"address,code,error,created_at\na@x.example,550,No such mailbox,\"Tue, 03 Nov 2026 09:00:00 UTC\"\n":                 "failed 2026-11-03 09:00",
		"ID,Type,MessageID,Description,Email,From,BouncedAt\n1,HardBounce,0a1b,gone,a@x.example,l@y.example,2026-11-03\n":    "failed 2026-11-03 00:00",
		"ID,Type,MessageID,Description,Email,From,BouncedAt\n1,AutoResponder,0a1b,away,a@x.example,l@y.example,2026-11-03\n": "passing 2026-11-03 00:00",
		"Date,Email Address,Sender,Subject,Status,Bounce Detail\n2026-11-03 09:00:00,a@x.example,l,s,bounced,gone\n":         "failed 2026-11-03 09:00",
		"Date,Email Address,Sender,Subject,Status,Bounce Detail\n2026-11-03 09:00:00,a@x.example,l,s,soft-bounced,full\n":    "passing 2026-11-03 09:00",
		"Date,Email Address,Sender,Subject,Status,Bounce Detail\n2026-11-03 09:00:00,a@x.example,l,s,sent,\n":                "passing 2026-11-03 09:00",
		"EmailAddress,Reason,LastUpdateTime\na@x.example,BOUNCE,2026-11-03T09:00:00Z\n":                                      "failed 2026-11-03 09:00",
		"EmailAddress,Reason,LastUpdateTime\na@x.example,COMPLAINT,2026-11-03T09:00:00Z\n":                                   "passing 2026-11-03 09:00",
		"st_text,ts,sub,frm,email,tag,mid,link\nHard bounce,03-11-2026 09:00:00,s,f,a@x.example,t,m,l\n":                     "failed 2026-11-03 09:00",
		"timestamp,type,bounce_class,rcpt_to,raw_reason\n2026-11-03T09:00:00Z,bounce,10,a@x.example,550 5.1.1 gone\n":        "failed 2026-11-03 09:00",
		"timestamp,type,rcpt_to\n2026-11-03T09:00:00Z,delivery,a@x.example\n":                                                "passing 2026-11-03 09:00",
		"email,event,type,timestamp\na@x.example,bounce,soft,1793696400\n":                                                   "passing 2026-11-03 09:00",
		"email,event,timestamp\na@x.example,undelivered,1793696400\n":                                                        "failed 2026-11-03 09:00",
		"email,event,timestamp\na@x.example,delivery_failed,1793696400\n":                                                    "failed 2026-11-03 09:00",
		"email,event,timestamp\na@x.example,email.delivered,1793696400\n":                                                    "passing 2026-11-03 09:00",
		"email,reason,timestamp\na@x.example,the message was sent to a mailbox that does not exist,1793696400\n":             "failed 2026-11-03 09:00",
		"email\na@x.example\n": "failed 0001-01-01 00:00", // a list of bounces and nothing else
	} {
		got, err := Read(strings.NewReader(csv))
		if err != nil || len(got) != 1 || got[0].Address != "a@x.example" {
			t.Errorf("%q: %+v %v", csv, got, err)
			continue
		}
		s := map[bool]string{true: "failed ", false: "passing "}[got[0].Failed] + got[0].At.Format("2006-01-02 15:04")
		if s != want {
			t.Errorf("%q: %s, want %s", csv, s, want)
		}
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

// The ids of all kinds of notices are known again: of several policies, of a
// second controller, and of a withdrawal.
func TestReadKnowsTheIDsOfNotices(t *testing.T) {
	var h ledger.Hash
	for _, notice := range []string{"privacy@2026-12-20", "privacy@2026-12-20+terms_of_use@2026-12-20.2", "privacy@2026-12-20#2", "privacy@2026-12-20~withdrawn"} {
		id := delivery.MessageID(notice, h, "northgate.example")
		got, err := Read(strings.NewReader("From: MAILER-DAEMON@x.example\nSubject: failure\n\n550 5.1.1 gone\nMessage-ID: <" + id + ">\n"))
		if err != nil || len(got) != 1 || !slices.Equal(got[0].MessageIDs, []string{id}) {
			t.Errorf("%s: %+v, want %s; %v", notice, got, id, err)
		}
	}
}
