package delivery_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"proviso/delivery"
	"proviso/ledger"
	"proviso/mailbox"
	"proviso/notify"
	"proviso/notify/notifytest"
	"proviso/outcome"
	"proviso/relaylog"
)

// A child is what a sender in a process of its own needs to know: this test
// program starts itself again to be killed, or to run out of disk.
type child struct {
	Dir, Server, Ambiguous string
	Holders                int
	FileSize               uint64 // no file may become larger; 0: there is no limit
	Nobody                 bool   // without the rights of root
	Spooled                bool   // addresses lie in the folder of the spool
	StopAt                 int    // of the entries to enrol, to wait there for the kill; 0: none
	Resumes                bool   // goes on with what another one left
}

const childVariable = "PROVISO_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	os.Args = []string{os.Args[0], "-test.run=^TestChildSends$"}
	os.Exit(m.Run())
}

// TestChildSends is one run of a sender in a process of its own.
func TestChildSends(t *testing.T) {
	data := os.Getenv(childVariable)
	if data == "" {
		t.Skip("runs only as a child of other tests")
	}
	var c child
	if err := json.Unmarshal([]byte(data), &c); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, dir: c.Dir, url: c.Server, now: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC), notices: notifytest.Notices(t, notifytest.Subject()),
		config: notify.MailConfig{From: "legal@northgate.example", Ambiguous: c.Ambiguous}}
	h := many(t, c.Holders)
	if c.FileSize > 0 {
		signal.Ignore(syscall.SIGXFSZ)
		limit := syscall.Rlimit{Cur: c.FileSize, Max: c.FileSize}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			t.Fatal(err)
		}
	}
	if c.Nobody && os.Getuid() == 0 {
		if err := syscall.Setuid(65534); err != nil {
			t.Fatal(err)
		}
	}
	l, err := ledger.Open(ctx, "sqlite:ledger.db", w.dir)
	if err != nil {
		t.Fatal(err)
	}
	s := w.sender(l)
	if c.Spooled {
		s.Spool = w.spool()
	}
	if c.StopAt > 0 {
		s.Ledger = slowEnrolment{l, c.StopAt, os.Stdout}
	}
	begin := func() (*delivery.Pass, error) { return s.Begin(ctx, w.notices, h, nil) }
	if c.Resumes {
		begin = func() (*delivery.Pass, error) { return s.Resume(ctx, w.notices) }
	}
	p, err := begin()
	if err != nil || p == nil {
		t.Fatal(p, err)
	}
	if _, err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// begin starts a child and returns what it prints while it runs.
func (c child) begin(t *testing.T) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := c.command(t)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // where the test ended before
	return cmd, out
}

func (c child) command(t *testing.T) *exec.Cmd {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(data))
	return cmd
}

// start starts a child. The test program prints what it was that went wrong.
func (c child) start(t *testing.T) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	cmd := c.command(t)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &out
}

// Senders are killed without warning, at random moments, while the server fails
// in every way it can. Under resend nobody is missed, and only whose mail was in
// flight, or whose answer was cut off, may get it twice, under one Message-ID.
// Under hold nobody gets it twice, and who may have missed it is listed. When
// the relay's log has settled those, nobody is missed and nobody got it twice.
//
// PROVISO_HEAVY=1 makes it 20 kills and 20,000 holders, which takes minutes.
func TestKilledSenders(t *testing.T) {
	n, kills := 800, 5
	if os.Getenv("PROVISO_HEAVY") != "" {
		n, kills = 20_000, 20
	}
	for seed, mode := range []string{"resend", "hold", "reconcile"} {
		t.Run(mode, func(t *testing.T) {
			k := &killer{random: rand.New(rand.NewPCG(uint64(seed), 11)), most: 2 * n / (kills + 2)}
			w := newWorld(t, mailbox.Options{Taken: k.taken, Faults: mailbox.Faults{Seed: uint64(seed), Delay: 20 * time.Millisecond, Odds: map[mailbox.Fault]float64{
				mailbox.CutInside: .01, mailbox.CutTaken: .01, mailbox.CutLost: .01, mailbox.Shut: .01, mailbox.Later: .01, mailbox.LaterAtEnd: .01,
				mailbox.Never: .01, mailbox.Slow: .01}}})
			if w.config.Ambiguous = mode; mode == "reconcile" {
				w.config.Ambiguous = "hold"
			}
			for range kills {
				k.run(t, child{Dir: w.dir, Server: w.box.URL(), Ambiguous: w.config.Ambiguous, Holders: n})
			}
			w.box.Heal()
			if w.sent(many(t, n)); mode == "reconcile" {
				w.reconcile()
				w.sent(many(t, n))
			}
			missed, twice := w.missed(n)
			c := w.status().Counts
			bound := kills*4*16 + w.box.Met(mailbox.CutTaken)
			t.Logf("%d kills of %d: %d missed, %d told more than once (at most %d), %+v", kills, n, missed, twice, bound, c)
			if c.Accepted+c.Ambiguous+c.Rejected != n || c.Rejected > n/20 {
				t.Errorf("%+v", c)
			}
			switch {
			case mode == "resend" && (missed != 0 || c.Ambiguous != 0 || twice > bound):
				t.Errorf("%d missed, %d told twice of at most %d, %+v", missed, twice, bound, c)
			case mode == "hold" && (twice != 0 || missed > c.Ambiguous):
				t.Errorf("%d missed, %d told twice, %+v", missed, twice, c)
			case mode == "reconcile" && (twice != 0 || missed != 0 || c.Ambiguous != 0):
				t.Errorf("%d missed, %d told twice, %+v", missed, twice, c)
			}
		})
	}
}

// missed counts who was not told though no server rejected them, and who was
// told more than once.
func (w *world) missed(n int) (missed, twice int) {
	w.t.Helper()
	told, key, l := w.told(), w.key(), w.open()
	defer l.Close()
	for i := range n {
		switch told[fmt.Sprintf("p%d@x.example", i+1)] {
		case 0:
			row, ok, err := l.Find(ctx, "privacy@2026-12-20", key.Holder(fmt.Sprintf("shop:%d", i+1)), ledger.Hash{})
			if err != nil || !ok {
				w.t.Fatal(ok, err)
			}
			if row.State != ledger.Rejected {
				missed++
			}
		case 1:
		default:
			twice++
		}
	}
	return missed, twice
}

// reconcile gives the ledger the log of a relay that took what the server took.
func (w *world) reconcile() {
	w.t.Helper()
	var log strings.Builder
	stamp := w.now.Format(time.RFC3339) + " relay postfix/"
	fmt.Fprintf(&log, "%ssmtpd[1]: connect from app\n", stamp)
	for i, m := range w.box.Messages() {
		r, err := m.Read()
		if err != nil {
			w.t.Fatal(err)
		}
		fmt.Fprintf(&log, "%scleanup[1]: Q%d: message-id=%s\n%sqmgr[1]: Q%d: from=<x>, size=1, nrcpt=1 (queue active)\n", stamp, i, r.Header.Get("Message-Id"), stamp, i)
	}
	l := w.open()
	defer l.Close()
	d := outcome.Desk{Ledger: l, Keys: ledger.Keys{Dir: w.dir + "/keys"}, Now: func() time.Time { return w.now }}
	read, err := relaylog.Read(strings.NewReader(log.String()), d.ReadLog(nil))
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := d.Reconcile(ctx, read); err != nil {
		w.t.Fatal(err)
	}
}

// A killer kills the running child when the server has taken a random number of
// mails, and some after a random time, which may be before the first one.
type killer struct {
	random *rand.Rand
	most   int
	mu     sync.Mutex
	child  *os.Process
	left   int // mails until it is killed
}

func (k *killer) taken(int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left--; k.child != nil && k.left <= 0 {
		_ = k.child.Signal(syscall.SIGKILL)
		k.child = nil
	}
}

// run starts a sender and returns when it has been killed. One that is done
// before its time comes was not killed, and that is no failure.
func (k *killer) run(t *testing.T, c child) {
	t.Helper()
	k.mu.Lock()
	cmd, out := c.start(t)
	k.child, k.left = cmd.Process, 1+k.random.IntN(k.most)
	if k.random.IntN(4) == 0 {
		timer := time.AfterFunc(time.Duration(k.random.IntN(150))*time.Millisecond, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
		defer timer.Stop()
	}
	k.mu.Unlock()
	err := cmd.Wait()
	k.mu.Lock()
	k.child = nil
	k.mu.Unlock()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != -1) {
		t.Fatalf("the sender was not killed: %v\n%s", err, out.Bytes())
	}
}

// A disk that is full ends a sender with a clear message. When there is room
// again, running it again finishes; only what was in flight may go twice.
func TestSendOnAFullDisk(t *testing.T) {
	const n = 1000
	w := newWorld(t, mailbox.Options{})
	cmd, out := child{Dir: w.dir, Server: w.box.URL(), Ambiguous: "resend", Holders: n, FileSize: 300_000}.start(t)
	if err := cmd.Wait(); err == nil || !strings.Contains(out.String(), "writing to the ledger: ") || !strings.Contains(out.String(), "make room on its disk and run it again") {
		t.Fatalf("%v\n%s", err, out)
	}
	first := len(w.box.Messages())
	if first == 0 || first == n {
		t.Fatalf("%d mails before the disk was full; the test shows nothing", first)
	}
	w.sent(many(t, n))
	if missed, twice := w.missed(n); missed != 0 || twice > 4*16 {
		t.Errorf("%d missed, %d told twice", missed, twice)
	}
	w.counts(ledger.Counts{Accepted: n})
}

// A ledger that cannot be written is said before anything is sent.
func TestSendWithALedgerThatCannotBeWritten(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.sent(many(t, 5))
	before := w.box.Tries()
	if err := errors.Join(os.Chmod(w.dir+"/ledger.db", 0o444), os.Chmod(w.dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	cmd, out := child{Dir: w.dir, Server: w.box.URL(), Holders: 9, Nobody: true}.start(t)
	err := cmd.Wait()
	if err := errors.Join(os.Chmod(w.dir+"/ledger.db", 0o600), os.Chmod(w.dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	if err == nil || !strings.Contains(out.String(), "opening the ledger") || !strings.Contains(out.String(), "permission denied") || w.box.Tries() != before {
		t.Errorf("%v\n%s", err, out)
	}
	w.sent(many(t, 9))
	w.counts(ledger.Counts{Accepted: 9})
}

// A clock that was set back changes nothing about who was told.
func TestSendWithTheClockSetBack(t *testing.T) {
	w := newWorld(t, mailbox.Options{Faults: mailbox.Faults{Always: map[string]mailbox.Fault{"p1@x.example": mailbox.Later, "p2@x.example": mailbox.CutLost}}})
	w.config.Quota = notify.Rate{Mails: 100, Per: 24 * time.Hour}
	w.sent(many(t, 20))
	w.box.Heal()
	w.now = w.now.Add(-48 * time.Hour)
	w.sent(many(t, 30))
	for who, n := range w.told() {
		if n != 1 {
			t.Errorf("%s was told %d times", who, n)
		}
	}
	w.counts(ledger.Counts{Accepted: 30})
	if !w.status().Complete {
		t.Error("not complete")
	}
}
