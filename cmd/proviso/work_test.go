package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"proviso/database"
	"proviso/database/databasetest"
	"proviso/ledger"
	"proviso/ledger/postgres"
	"proviso/mailbox"
)

// A team is a folder whose notices several machines send. Each machine is a
// process of this program.
type team struct {
	t      *testing.T
	dir    string
	url    string // of the ledger
	box    *mailbox.Server
	ledger *postgres.Ledger
}

const announced = "privacy@2026-06-01"

func newTeam(t *testing.T, o mailbox.Options, holders int, mail string) *team {
	t.Helper()
	url := databasetest.Postgres(t)
	box, err := mailbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	l, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w := &team{t: t, dir: t.TempDir(), url: url, box: box, ledger: l}
	accounts := "id,email\n"
	for i := range holders {
		accounts += fmt.Sprintf("%d,p%d@x.example\n", i+1, i+1)
	}
	for file, text := range map[string]string{
		"content/organisation.yaml":   "name: Acme\ntime_zone: UTC\nlocales: [en]\nsites: {acme.example: {}}\n",
		"content/privacy/policy.yaml": "title: Privacy Policy\n",
		"content/privacy/draft/en.md": "We keep logs for 12 months.\n",
		"proviso.yaml":                fmt.Sprintf("accounts: {name: shop, source: 'csv:accounts.csv'}\nledger: {url: '${LEDGER}'}\nmail: {smtp: '%s', from: legal@acme.example, %s}\n", box.URL(), mail),
		"accounts.csv":                accounts,
	} {
		file = filepath.Join(w.dir, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.run(0, "--as-of", "2026-01-01", "release", "privacy", "--effective", "2026-01-01")
	if err := os.MkdirAll(w.dir+"/content/privacy/draft", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.dir+"/content/privacy/draft/en.md", []byte("We keep logs for 24 months.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.run(0, "--as-of", "2026-02-01", "release", "privacy", "--effective", "2026-06-01")
	return w
}

func (w *team) command(args ...string) (*exec.Cmd, *bytes.Buffer) {
	var out bytes.Buffer
	cmd := exec.Command("proviso", append([]string{"-C", w.dir, "--as-of", "2026-02-01"}, args...)...)
	cmd.Env = append(os.Environ(), "LEDGER="+w.url)
	cmd.Stdout, cmd.Stderr = &out, &out
	return cmd, &out
}

// run runs a command that ends with a status; -1: with any.
func (w *team) run(status int, args ...string) string {
	w.t.Helper()
	cmd, out := w.command(args...)
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	_ = cmd.Wait() // the status says it
	if got := cmd.ProcessState.ExitCode(); got != status && status >= 0 {
		w.t.Fatalf("proviso %s: status %d, want %d\n%s", strings.Join(args, " "), got, status, out)
	}
	return out.String()
}

// A machine is a process that works.
type machine struct {
	cmd *exec.Cmd
	out *bytes.Buffer
}

func (w *team) machine() *machine {
	w.t.Helper()
	cmd, out := w.command("notify", "work", "privacy", "--look", "1s")
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	m := &machine{cmd, out}
	w.t.Cleanup(m.kill)
	return m
}

func (m *machine) kill() {
	_ = m.cmd.Process.Kill()
	_ = m.cmd.Wait()
}

// stop ends a machine as its operator would.
func (w *team) stop(m *machine) {
	w.t.Helper()
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		w.t.Error(err)
	}
	if err := m.cmd.Wait(); err != nil {
		w.t.Errorf("a machine that was told to end: %v\n%s", err, m.out)
	}
}

func (w *team) counts() ledger.Counts {
	w.t.Helper()
	c, err := w.ledger.Counts(w.t.Context(), announced)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// until waits for machines to get so far.
func (w *team) until(what string, done func(c ledger.Counts) bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 90*time.Second)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for !done(w.counts()) {
		select {
		case <-look.C:
		case <-ctx.Done():
			w.t.Fatalf("the machines never got so far: %s; %+v", what, w.counts())
		}
	}
}

// told counts who was not told though no server rejected them, and who more
// than once.
func (w *team) told(holders int) (missed, twice int) {
	w.t.Helper()
	times, ids := map[string]int{}, map[string]string{}
	for _, m := range w.box.Messages() {
		r, err := m.Read()
		if err != nil {
			w.t.Fatal(err)
		}
		id := r.Get("Message-ID")
		if before, ok := ids[m.To]; ok && before != id {
			w.t.Errorf("%s has mails with the ids %s and %s", m.To, before, id)
		}
		ids[m.To] = id
		times[m.To]++
	}
	key, err := ledger.Keys{Dir: filepath.Join(w.dir, ".proviso", "keys")}.Get(announced)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range holders {
		row, ok, err := w.ledger.Find(w.t.Context(), announced, key.Holder(fmt.Sprintf("shop:%d", i+1)), ledger.Hash{})
		if err != nil || !ok {
			w.t.Fatal(ok, err)
		}
		switch n := times[fmt.Sprintf("p%d@x.example", i+1)]; {
		case n == 0 && row.State != ledger.Rejected:
			missed++
		case n > 1:
			twice++
		}
	}
	return missed, twice
}

// Three machines and the one that began send together, and one of the three is
// killed without warning again and again, while the mail server fails in every
// way it can. Under resend nobody is missed, and only whose mail was in flight,
// or whose answer was cut off, may get it twice, under one Message-ID. Under
// hold nobody gets it twice, and who may have missed it is listed. When the
// relay's log has settled those, nobody is missed and nobody got it twice.
func TestMachinesKilled(t *testing.T) {
	const n, kills = 600, 4
	for seed, mode := range []string{"resend", "hold", "reconcile"} {
		t.Run(mode, func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), 7))
			var mu sync.Mutex
			left, now := 1+random.IntN(n/kills), make(chan bool, n)
			taken := func(int) {
				mu.Lock()
				defer mu.Unlock()
				if left--; left == 0 {
					left = 1 + random.IntN(n/kills)
					now <- true
				}
			}
			w := newTeam(t, mailbox.Options{Taken: taken, Faults: mailbox.Faults{Seed: uint64(seed), Delay: 20 * time.Millisecond, Odds: map[mailbox.Fault]float64{
				mailbox.CutInside: .01, mailbox.CutTaken: .01, mailbox.CutLost: .01, mailbox.Shut: .01, mailbox.Later: .01, mailbox.LaterAtEnd: .01,
				mailbox.Never: .01, mailbox.Slow: .3}}}, n, "ambiguous: "+map[string]string{"resend": "resend", "hold": "hold", "reconcile": "hold"}[mode])
			machines := []*machine{w.machine(), w.machine(), w.machine()}
			cmd, out := w.command("notify", "send", "privacy", "--yes")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = cmd.Wait() }()
			for i := range kills {
				select {
				case <-now:
				case <-time.After(time.Minute):
					t.Fatalf("nothing is sent\n%s\n%s", out, machines[0].out)
				}
				machines[i%3].kill()
				machines[i%3] = w.machine()
			}
			w.until("all were tried", func(c ledger.Counts) bool { return c.Pending+c.Sending == 0 })
			for _, m := range machines {
				w.stop(m)
			}
			w.box.Heal()
			if w.run(map[string]int{"resend": 0, "hold": 1, "reconcile": 1}[mode], "notify", "send", "privacy", "--yes"); mode == "reconcile" {
				w.run(0, "notify", "reconcile", w.log())
				w.run(0, "notify", "send", "privacy", "--yes")
			}
			missed, twice := w.told(n)
			c := w.counts()
			bound := kills*4*16 + w.box.Met(mailbox.CutTaken)
			t.Logf("%d kills of %d: %d missed, %d told more than once (at most %d), %+v", kills, n, missed, twice, bound, c)
			if c.Accepted+c.Ambiguous+c.Rejected != n || c.Rejected > n/20 {
				t.Errorf("%+v", c)
			}
			if mode == "resend" && (missed != 0 || c.Ambiguous != 0 || twice > bound) {
				t.Errorf("%d missed, %d told twice of at most %d, %+v", missed, twice, bound, c)
			}
			if mode == "hold" && (twice != 0 || missed > c.Ambiguous) {
				t.Errorf("%d missed, %d told twice, %+v", missed, twice, c)
			}
			if mode == "reconcile" && (twice != 0 || missed != 0 || c.Ambiguous != 0) {
				t.Errorf("%d missed, %d told twice, %+v", missed, twice, c)
			}
		})
	}
}

// log writes the log of a relay that took what the server took, and returns its
// name. It tells of the day before until the day after.
func (w *team) log() string {
	w.t.Helper()
	var log strings.Builder
	fmt.Fprintln(&log, "2026-01-31T00:00:00Z relay postfix/smtpd[1]: connect from app")
	for i, m := range w.box.Messages() {
		r, err := m.Read()
		if err != nil {
			w.t.Fatal(err)
		}
		const at = "2026-02-01T12:00:00Z relay postfix/"
		fmt.Fprintf(&log, "%scleanup[1]: Q%d: message-id=%s\n%sqmgr[1]: Q%d: from=<x>, size=1, nrcpt=1 (queue active)\n", at, i, r.Get("Message-ID"), at, i)
	}
	fmt.Fprintln(&log, "2026-02-03T00:00:00Z relay postfix/smtpd[1]: disconnect from app")
	file := filepath.Join(w.dir, "mail.log")
	if err := os.WriteFile(file, []byte(log.String()), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return file
}

// The rate holds for all machines together, and so does the quota: the mail
// server never sees more, and no faster.
func TestMachinesKeepRateAndQuota(t *testing.T) {
	const n, quota, gap = 200, 120, 20 * time.Millisecond
	var mu sync.Mutex
	var first, last time.Time
	w := newTeam(t, mailbox.Options{Taken: func(int) {
		mu.Lock()
		defer mu.Unlock()
		if last = time.Now(); first.IsZero() {
			first = last
		}
	}}, n, "rate: 50/s, quota: 120/day, connections: 2")
	machines := []*machine{w.machine(), w.machine(), w.machine()}
	if out := w.run(1, "notify", "send", "privacy", "--yes"); !strings.Contains(out, "the quota") {
		t.Errorf("said %s", out)
	}
	w.until("the quota is used up", func(c ledger.Counts) bool { return c.Accepted == quota && c.Sending == 0 })
	for _, m := range machines {
		w.stop(m)
	}
	if got := len(w.box.Messages()); got != quota {
		t.Errorf("%d mails of a quota of %d", got, quota)
	}
	if took, least := last.Sub(first), (quota-5)*gap; took < least {
		t.Errorf("%d mails within %v; at 50/s they take %v", quota, took, least)
	}
}

// While one sends, another one that enrols is refused, and says why.
func TestTwoSendAtOnce(t *testing.T) {
	begun, on := make(chan bool), make(chan bool)
	var once sync.Once
	w := newTeam(t, mailbox.Options{Taken: func(int) { once.Do(func() { begun <- true; <-on }) }}, 5, "ambiguous: resend")
	cmd, out := w.command("notify", "send", "privacy", "--yes")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-begun
	if said := w.run(1, "notify", "send", "privacy", "--yes"); !strings.Contains(said, "another proviso is sending") {
		t.Errorf("said %s", said)
	}
	close(on)
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), "5 accepted") {
		t.Errorf("%v\n%s", err, out)
	}
}

// When the database goes away in the middle, the sender stops with a clear
// message. Running it again, when the database is back, finishes.
func TestTheDatabaseGoes(t *testing.T) {
	const n = 200
	gone := make(chan bool)
	taken := 0
	var mu sync.Mutex
	w := newTeam(t, mailbox.Options{Taken: func(int) {
		mu.Lock()
		defer mu.Unlock()
		if taken++; taken == 30 {
			gone <- true
			<-gone
		}
	}}, n, "ambiguous: resend")
	name := w.url[strings.LastIndexByte(w.url, '/')+1:]
	db, err := database.Open(strings.TrimSuffix(w.url, name)+"postgres", "", database.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	cmd, out := w.command("notify", "send", "privacy", "--yes")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-gone
	for _, s := range []string{"ALTER DATABASE " + name + " ALLOW_CONNECTIONS false", "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '" + name + "'"} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	close(gone)
	if err := cmd.Wait(); err == nil || !strings.Contains(out.String(), "the ledger's database cannot be reached") || !strings.Contains(out.String(), "run it again") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := db.Exec("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true"); err != nil {
		t.Fatal(err)
	}
	w.run(0, "notify", "send", "privacy", "--yes")
	if missed, twice := w.told(n); missed != 0 || twice > 4*16 {
		t.Errorf("%d missed, %d told twice", missed, twice)
	}
}
