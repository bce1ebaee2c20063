package delivery_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"proviso/ledger"
	"proviso/mailbox"
)

// A slowEnrolment stops for good in the middle of an enrolment, when it has
// said so: somebody is to kill it there.
type slowEnrolment struct {
	ledger.Ledger
	at   int
	said io.Writer
}

const enrolling = "enrolling\n"

func (s slowEnrolment) Enrol(ctx context.Context, notice string, w ledger.Wave, entries iter.Seq[ledger.Entry]) (int, error) {
	return s.Ledger.Enrol(ctx, notice, w, func(yield func(ledger.Entry) bool) {
		n := 0
		for e := range entries {
			if n++; n == s.at {
				fmt.Fprint(s.said, enrolling)
				time.Sleep(time.Hour)
			}
			if !yield(e) {
				return
			}
		}
	})
}

// A sender that is killed while it seals the audience leaves nothing of it. The
// next one seals the same audience, and it is told as if nothing had been.
//
// PROVISO_HEAVY=1 makes it more holders than the ledger keeps in memory of a commit.
func TestKilledWhileSealing(t *testing.T) {
	n := 2_000
	if os.Getenv("PROVISO_HEAVY") != "" {
		n = 60_000
	}
	w := newWorld(t, mailbox.Options{})
	for _, at := range []int{1, n / 2, n} {
		cmd, out := child{Dir: w.dir, Server: w.box.URL(), Holders: n, Spooled: true, StopAt: at}.begin(t)
		said := make([]byte, len(enrolling))
		if _, err := io.ReadFull(out, said); err != nil || string(said) != enrolling {
			t.Fatalf("%q %v", said, err)
		}
		if len(w.spooled()) != 1 {
			t.Errorf("the kill is to come when the audience is on the disk: %v", w.spooled())
		}
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		w.counts(ledger.Counts{})
	}
	l := w.open()
	s := w.sender(l)
	s.Spool = w.spool()
	if p, err := s.Resume(ctx, w.notices); p != nil || err != nil {
		t.Errorf("nothing was sealed, and it is gone on with: %+v %v", p, err)
	}
	p, err := s.Begin(ctx, w.notices, many(t, n), nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Added != n || p.ToTry != n || p.TakenOver != 0 {
		t.Errorf("%+v", p)
	}
	waves, err := l.Waves(ctx, "privacy@2026-12-20")
	if err != nil || len(waves) != 1 || waves[0].Digest != w.digest(n) || ledger.VerifyWaves(waves) != nil {
		t.Errorf("%+v %v, want the digest %s", waves, err, w.digest(n))
	}
	if err := p.Close(); err != nil || len(w.spooled()) != 0 {
		t.Errorf("%v, addresses are left: %v", err, w.spooled())
	}
	w.counts(ledger.Counts{Pending: n})
}

// digest is that of an audience of the first n holders.
func (w *world) digest(n int) string {
	w.t.Helper()
	hasher := w.key().Hasher()
	var hashes []string
	for i := range n {
		h := hasher.Holder(fmt.Sprintf("shop:%d", i+1))
		hashes = append(hashes, string(h[:]))
	}
	slices.Sort(hashes)
	sum := sha256.Sum256([]byte(strings.Join(hashes, "")))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// A sender that is killed while it sends is gone on from with the addresses it
// left, again and again, without the accounts; nobody is missed, and only what
// was claimed may go twice.
func TestResumeAfterKills(t *testing.T) {
	const n = 600
	k := &killer{}
	w := newWorld(t, mailbox.Options{Taken: k.taken})
	for i := range 3 {
		k.mu.Lock()
		cmd, out := child{Dir: w.dir, Server: w.box.URL(), Ambiguous: "resend", Holders: n, Spooled: true, Resumes: i > 0}.begin(t)
		k.child, k.left = cmd.Process, 150
		k.mu.Unlock()
		said, _ := io.ReadAll(out)
		if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("it was not killed: %v\n%s", err, said)
		}
		if files, err := filepath.Glob(filepath.Join(w.spool(), "*.audience")); err != nil || len(files) != 1 {
			t.Fatalf("%v %v", files, err)
		}
	}
	l := w.open()
	s := w.sender(l)
	s.Spool = w.spool()
	p, err := s.Resume(ctx, w.notices)
	if err != nil || p == nil {
		t.Fatal(p, err)
	}
	if _, err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if missed, twice := w.missed(n); missed != 0 || twice > 3*4*16 {
		t.Errorf("%d missed, %d told twice", missed, twice)
	}
	w.counts(ledger.Counts{Accepted: n})
	if left, err := os.ReadDir(w.spool()); err != nil || len(left) != 0 {
		t.Errorf("addresses are left: %v %v", left, err)
	}
}
