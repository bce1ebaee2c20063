package delivery_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"proviso/delivery"
	"proviso/ledger"
	"proviso/mailbox"
)

// Postfix's own sink is a server that nobody here has written. Whatever it does
// to the mails of a pass, the ledger has what it said.
func TestSendToPostfix(t *testing.T) {
	if _, err := exec.LookPath("smtp-sink"); err != nil && os.Getenv("PROVISO_SMTP_SINK") == "" {
		if os.Getenv("PROVISO_REQUIRE_ALL") == "1" {
			t.Fatal("smtp-sink is not installed; install postfix")
		}
		t.Skip("smtp-sink is not installed; install postfix")
	}
	const n = 20
	for options, want := range map[string]ledger.Counts{
		"":         {Accepted: n},
		"-p":       {Accepted: n},  // no PIPELINING
		"-q .":     {Ambiguous: n}, // cut after the end of the text
		"-p -q .":  {Ambiguous: n},
		"-r RCPT":  {Deferred: n},
		"-r .":     {Deferred: n},
		"-f RCPT":  {Rejected: n},
		"-f .":     {Rejected: n},
		"-Q MAIL":  {Deferred: n}, // 421
		"-q DATA":  {Deferred: n},
		"-W .:1:5": {Accepted: n}, // now and then an answer that takes a second
	} {
		t.Run(options, func(t *testing.T) {
			w := newWorld(t, mailbox.Options{})
			w.url, w.config.Ambiguous = "smtp://"+sink(t, strings.Fields(options)...)+"?tls=off", "hold"
			_, err := w.send(many(t, n))
			var trouble *delivery.Trouble
			if errors.As(err, &trouble) { // the server as a whole takes nothing: some are not even tried
				if c := w.status().Counts; want.Deferred != n || c.Deferred+c.Pending != n || c.Deferred == 0 {
					t.Errorf("%v, %+v", err, c)
				}
				return
			} else if err != nil {
				t.Fatal(err)
			}
			w.counts(want)
		})
	}
}
