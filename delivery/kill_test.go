package delivery_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"proviso/courier"
	"proviso/delivery"
	"proviso/ledger"
	"proviso/mailbox"
	"proviso/notify"
	"proviso/notify/notifytest"
)

// A child is what a killed sender needs to know: this test program starts
// itself again to be killed.
type child struct {
	Dir, Server, Ambiguous string
	Holders                int
}

const childVariable = "PROVISO_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	os.Args = []string{os.Args[0], "-test.run=^TestChildSends$"}
	os.Exit(m.Run())
}

// TestChildSends is one run of a sender that may be killed at any moment.
func TestChildSends(t *testing.T) {
	data := os.Getenv(childVariable)
	if data == "" {
		t.Skip("runs only as a child of TestKilledSenders")
	}
	var c child
	if err := json.Unmarshal([]byte(data), &c); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, dir: c.Dir, now: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC), notices: notifytest.Notices(t, notifytest.Subject()),
		config: notify.MailConfig{From: "legal@northgate.example", Ambiguous: c.Ambiguous}}
	l := w.open()
	server, err := courier.ParseServer(c.Server)
	if err != nil {
		t.Fatal(err)
	}
	s := &delivery.Sender{Ledger: l, Keys: ledger.Keys{Dir: c.Dir + "/keys"}, Mail: w.config, Server: server, Templates: os.DirFS("../templates"), Now: func() time.Time { return w.now }}
	p, err := s.Begin(ctx, w.notices, many(t, c.Holders), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// Senders are killed without warning while the server fails in every way it
// can. Under resend nobody is missed, and only whose mail was in flight may get
// it twice; under hold nobody gets it twice, and who may have missed it is listed.
func TestKilledSenders(t *testing.T) {
	const n, kills, connections, window = 300, 3, 4, 16
	for _, ambiguous := range []string{"resend", "hold"} {
		t.Run(ambiguous, func(t *testing.T) {
			k := &killer{every: n / (kills + 2)}
			w := newWorld(t, mailbox.Options{Taken: k.taken, Faults: mailbox.Faults{Seed: 7, Odds: map[mailbox.Fault]float64{
				mailbox.CutInside: .01, mailbox.CutTaken: .01, mailbox.CutLost: .01, mailbox.Shut: .01, mailbox.Later: .01, mailbox.LaterAtEnd: .01}}})
			w.config.Ambiguous = ambiguous
			for range kills {
				k.run(t, child{w.dir, w.box.URL(), ambiguous, n})
			}
			k.rest()
			w.box.Heal()
			w.sent(many(t, n))
			missed, twice := 0, 0
			told := w.told()
			for i := range n {
				switch told[fmt.Sprintf("p%d@x.example", i+1)] {
				case 0:
					missed++
				case 1:
				default:
					twice++
				}
			}
			c := w.status().Counts
			t.Logf("%d missed, %d told more than once, %+v", missed, twice, c)
			if c.Accepted+c.Ambiguous != n || c.Sending != 0 {
				t.Errorf("%+v", c)
			}
			switch ambiguous {
			case "resend":
				if missed != 0 || c.Ambiguous != 0 || twice > kills*connections*window+n/20 {
					t.Errorf("%d missed, %d twice, %+v", missed, twice, c)
				}
			case "hold":
				if twice != 0 || missed > c.Ambiguous {
					t.Errorf("%d missed, %d twice, %+v", missed, twice, c)
				}
			}
		})
	}
}

// A killer kills the running child each time the server has taken so many mails.
type killer struct {
	every int
	mu    sync.Mutex
	child *os.Process
	count int
}

func (k *killer) taken(int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.count++; k.child != nil && k.count >= k.every {
		k.count = 0
		_ = k.child.Signal(syscall.SIGKILL)
		k.child = nil
	}
}

func (k *killer) rest() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.child = nil
}

// run starts a sender and returns when it has been killed.
func (k *killer) run(t *testing.T, c child) {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(data))
	cmd.Stdout, cmd.Stderr = &out, &out
	k.mu.Lock()
	k.count = 0
	err = cmd.Start()
	k.child = cmd.Process
	k.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the sender was not killed: %v\n%s", err, out.Bytes())
	}
}
