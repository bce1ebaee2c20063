package main

import (
	"fmt"
	"strings"
	"testing"

	"proviso/mailbox"
)

// TestTakenBackWhileSending withdraws a version, or gives it another date, in
// the middle of its notice: the sender stops before its next mails, says why,
// and what follows reaches the right people.
func TestTakenBackWhileSending(t *testing.T) {
	const holders = 300
	for _, c := range []struct {
		command []string
		says    string
		next    string // the version to tell of now
		news    func(told int) int
	}{
		{[]string{"withdraw", "privacy@2026-04-16"}, "privacy@2026-04-16 was withdrawn meanwhile", "privacy@2026-04-16",
			func(told int) int { return told }},
		{[]string{"reschedule", "privacy@2026-04-16", "2026-05-01"}, "privacy@2026-04-16 was rescheduled meanwhile and is privacy@2026-05-01 now", "privacy@2026-05-01",
			func(int) int { return holders }},
	} {
		t.Run(c.command[0], func(t *testing.T) {
			s := harbour(t, holders)
			server := start(t, s, mailbox.Options{Taken: func(n int) {
				if n == 20 {
					if status, out, errs := s.run(c.command...); status != 0 {
						t.Errorf("status %d\n%s%s", status, out, errs)
					}
				}
			}})
			status, out, errs := s.run("notify", "send", "privacy@2026-04-16", "--yes", "--offline-ok", "a test")
			told := len(server.Messages())
			if status != 1 || told < 20 || told >= holders {
				t.Fatalf("status %d, %d told\n%s%s", status, told, out, errs)
			}
			if !strings.Contains(errs, c.says) || !strings.Contains(errs, fmt.Sprintf("%d holders not told any more", holders-told)) {
				t.Errorf("it says\n%s", errs)
			}
			if status, _, errs := s.run("notify", "send", c.next, "--yes", "--offline-ok", "a test"); status != 0 {
				t.Errorf("what follows: status %d\n%s", status, errs)
			}
			if got := len(server.Messages()) - told; got != c.news(told) {
				t.Errorf("%d were told of what followed, want %d", got, c.news(told))
			}
		})
	}
}

// harbour is a folder with an upcoming version of which nobody was told yet.
func harbour(t *testing.T, holders int) *story {
	t.Helper()
	s := &story{t: t, dir: t.TempDir(), day: "2026-01-10", env: map[string]string{}}
	s.write("content/organisation.yaml", "name: Quay\ntime_zone: UTC\nlocales: [en]\nsites: {quay.example: {}}\nregimes: [contract-30]\n")
	s.write("content/privacy/policy.yaml", "title: Privacy Policy\n")
	s.write("content/privacy/draft/en.md", "## Retention\n\nWe keep logs for 12 months.\n")
	s.write("proviso.yaml", "accounts: {name: shop, source: \"csv:accounts.csv\"}\n"+
		"mail: {smtp: \"${PROVISO_SMTP}\", from: \"Quay <legal@quay.example>\", connections: 2}\n")
	accounts := "id,email\n"
	for i := range holders {
		accounts += fmt.Sprintf("%d,h%d@holders.example\n", i, i)
	}
	s.write("accounts.csv", accounts)
	s.must("release", "privacy", "--effective", "2026-01-15")
	s.day = "2026-03-02"
	s.must("draft", "privacy")
	s.edit("content/privacy/draft/en.md", "12 months", "24 months")
	s.must("release", "privacy", "--effective", "2026-04-16")
	return s
}

// start starts a mail server for a story.
func start(t *testing.T, s *story, o mailbox.Options) *mailbox.Server {
	t.Helper()
	server, err := mailbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	s.env["PROVISO_SMTP"] = server.URL()
	return server
}
