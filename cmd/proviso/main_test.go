package main

import (
	"bytes"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"proviso/mailbox"
)

func TestMain(m *testing.M) {
	testscript.Main(withProgram{m}, map[string]func(){"proviso-on": onDay, "straitened": straitened})
}

// withProgram runs the tests with the program on the path as users have it,
// built without what the tests are built with: under the race detector each
// start of it takes ten times as long, and stories start it thousands of times.
type withProgram struct{ *testing.M }

func (w withProgram) Run() int {
	bin, err := os.MkdirTemp("", "proviso-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(bin)
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", bin, ".").CombinedOutput(); err != nil {
		log.Printf("building the program: %v\n%s", err, out)
		return 1
	}
	os.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return w.M.Run()
}

// TestScript runs the stories in testdata/script: a few commands, what they
// print, and the files they need.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                commands,
		Condition:           ledgerIs("sqlite"),
	})
}

// commands are what stories have besides programs.
var commands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"mailserver": mailserver,
	"mails":      mails,
	"website":    website,
	"refuser":    refuser,
}

// mailserver starts a mail server and sets PROVISO_SMTP to its address.
func mailserver(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: mailserver")
	}
	server, err := mailbox.Start(mailbox.Options{})
	ts.Check(err)
	ts.Defer(func() { server.Close() })
	ts.Setenv("PROVISO_SMTP", server.URL())
	servers.Store(ts, server)
}

var servers sync.Map // the running *mailbox.Server of each script

// website serves a folder on the loopback address, sets SITE to its URL, and
// puts the URL in the place of SITE in a file.
func website(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: website DIR [FILE]")
	}
	server := httptest.NewServer(http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	ts.Defer(server.Close)
	ts.Setenv("SITE", server.URL)
	if len(args) == 1 {
		return
	}
	file := ts.MkAbs(args[1])
	data, err := os.ReadFile(file)
	ts.Check(err)
	ts.Check(os.WriteFile(file, bytes.ReplaceAll(data, []byte("SITE"), []byte(server.URL)), 0o644))
}

// refuser starts a mail server, as mailserver does, that refuses a recipient for good.
func refuser(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: refuser ADDRESS")
	}
	server, err := mailbox.Start(mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{args[0]: mailbox.Never}}})
	ts.Check(err)
	ts.Defer(func() { server.Close() })
	ts.Setenv("PROVISO_SMTP", server.URL())
	servers.Store(ts, server)
}

// mails writes each mail that was taken to DIR/RECIPIENT.txt and .html, and
// fails if somebody has two.
func mails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: mails DIR")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	server, ok := servers.Load(ts)
	if !ok {
		ts.Fatalf("there is no mailserver")
	}
	for _, m := range server.(*mailbox.Server).Messages() {
		r, err := m.Read()
		ts.Check(err)
		name := filepath.Join(dir, m.To)
		if _, err := os.Stat(name + ".txt"); err == nil {
			ts.Fatalf("%s has two mails", m.To)
		}
		head := "Subject: " + r.Get("Subject") + "\n"
		if signature := r.Get("DKIM-Signature"); signature != "" {
			head += "DKIM-Signature: " + signature + "\n"
		}
		ts.Check(os.WriteFile(name+".txt", []byte(head+"\n"+r.Text), 0o644))
		ts.Check(os.WriteFile(name+".html", []byte(r.HTML), 0o644))
	}
}
