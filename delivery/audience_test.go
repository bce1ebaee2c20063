package delivery_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"proviso/account"
	"proviso/courier"
	"proviso/delivery"
	"proviso/ledger"
	"proviso/mailbox"
	"proviso/policy"
)

// spool is where the addresses of a world lie while they are needed.
func (w *world) spool() string { return filepath.Join(w.dir, "spool") }

func (w *world) spooled() []string {
	files, err := filepath.Glob(filepath.Join(w.spool(), "*"))
	if err != nil {
		w.t.Fatal(err)
	}
	return files
}

// What is sealed is the hash over the sorted hashes of those who are told,
// whatever the order of the source; and when a pass is over, no address is left.
func TestSealDoesNotDependOnTheOrder(t *testing.T) {
	rows := []string{"1,jo@x.example,Jo,active,vault,", "2,an@x.example,An,closed,vault,", "3,cy@x.example,Cy,active,kernelguard,", "4,di@x.example,Di,active,vault,"}
	digests := map[string]bool{}
	w := newWorld(t, mailbox.Options{})
	for range 2 {
		l := w.open()
		s := w.sender(l)
		s.Spool = w.spool()
		p, err := s.Begin(ctx, w.notices, holders(t, rows...), nil)
		if err != nil {
			t.Fatal(err)
		}
		if files := w.spooled(); len(files) != 1 {
			t.Errorf("the addresses lie in %v", files)
		} else if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if files := w.spooled(); len(files) > 0 {
			t.Errorf("%v is left", files)
		}
		waves, err := l.Waves(ctx, "privacy@2026-12-20")
		if err != nil {
			t.Fatal(err)
		}
		digests[waves[len(waves)-1].Digest] = true
		slices.Reverse(rows)
	}
	var hashes []string
	for _, id := range []string{"shop:1", "shop:3", "shop:4"} {
		h := w.key().Holder(id)
		hashes = append(hashes, string(h[:]))
	}
	slices.Sort(hashes)
	sum := sha256.Sum256([]byte(strings.Join(hashes, "")))
	if len(digests) != 1 || !digests["sha256:"+hex.EncodeToString(sum[:])] {
		t.Errorf("digests %v", digests)
	}
}

// killed makes a pass that ends as a kill would end it after some mails: rows
// are sealed and claimed, mails have gone, and the addresses lie on the disk.
func (w *world) killed(h *account.Holders, claimed int) {
	w.t.Helper()
	l := w.open()
	s := w.sender(l)
	s.Spool = w.spool()
	p, err := s.Begin(ctx, w.notices, h, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	file := w.spooled()[0]
	addresses, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	var claims []ledger.Claim
	for row, err := range l.Rows(ctx, "privacy@2026-12-20", ledger.Pending) {
		if err != nil {
			w.t.Fatal(err)
		}
		claims = append(claims, ledger.Claim{Holder: row.Holder, Letter: 1})
	}
	if _, err := l.Claim(ctx, "privacy@2026-12-20", 10*claimed, claims[:10*claimed]); err != nil {
		w.t.Fatal(err)
	}
	for _, c := range claims[:9*claimed] {
		if err := l.Record(ctx, "privacy@2026-12-20", ledger.Attempt{Holder: c.Holder, State: ledger.Accepted, Ended: w.now}); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := errors.Join(p.Close(), l.Close(), os.WriteFile(file, addresses, 0o600)); err != nil {
		w.t.Fatal(err)
	}
}

// Where a sender was killed the next one goes on at once, without the accounts:
// with those who were not told, and with those of whom nobody knows, unless
// these are to be held. Nobody else gets a mail.
func TestResume(t *testing.T) {
	for ambiguous, want := range map[string]int{"resend": 31, "hold": 28} {
		w := newWorld(t, mailbox.Options{})
		w.config.Ambiguous = ambiguous
		w.killed(many(t, 58), 3) // 27 accepted, 3 claimed
		l := w.open()
		s := w.sender(l)
		s.Spool = w.spool()
		p, err := s.Resume(ctx, w.notices)
		if err != nil || p == nil {
			t.Fatal(p, err)
		}
		done, err := p.Run(ctx)
		if err != nil || done.Accepted != want || p.TakenOver != 3 || p.Held != 31-want || len(w.told()) != want {
			t.Errorf("%s: %+v %+v %v", ambiguous, p, done, err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if p, err := s.Resume(ctx, w.notices); p != nil || err != nil || len(w.spooled()) > 0 {
			t.Errorf("once more: %+v %v %v", p, err, w.spooled())
		}
		w.counts(ledger.Counts{Accepted: 27 + want, Ambiguous: 31 - want})
	}
}

// An audience that is not the sealed one, or is an hour old, or cut off, is not
// gone on with, and is removed.
func TestResumeWantsTheSealedAudience(t *testing.T) {
	for name, spoil := range map[string]func(w *world){
		"old":   func(w *world) { w.now = w.now.Add(2 * time.Hour) },
		"other": func(w *world) { w.sent(many(t, 12)) },
		"none":  func(w *world) { os.Remove(w.spooled()[0]) },
		"cut off": func(w *world) {
			if err := os.Truncate(w.spooled()[0], 20); err != nil {
				t.Error(err)
			}
		},
	} {
		w := newWorld(t, mailbox.Options{})
		w.killed(many(t, 11), 1)
		spoil(w)
		s := w.sender(w.open())
		s.Spool = w.spool()
		if p, err := s.Resume(ctx, w.notices); p != nil || err != nil {
			t.Errorf("%s: %+v %v", name, p, err)
		}
		if len(w.spooled()) > 0 {
			t.Errorf("%s: %v is left", name, w.spooled())
		}
	}
}

// After the audience that was left, those are told who joined since.
func TestSettleResumes(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.killed(many(t, 20), 1)
	l := w.open()
	s := w.sender(l)
	s.Spool = w.spool()
	read := 0
	var sizes []int
	err := s.Settle(ctx, delivery.Campaign{Notices: w.notices,
		Holders: func(context.Context) (*account.Holders, error) { read++; return many(t, 22), nil },
		Before:  func(p *delivery.Pass) (bool, error) { sizes = append(sizes, p.ToTry); return true, nil }})
	if err != nil || read != 1 || fmt.Sprint(sizes) != "[11 2]" {
		t.Errorf("%v, accounts read %d times, passes %v", err, read, sizes)
	}
	w.counts(ledger.Counts{Accepted: 22})
}

// A row whose holder is another one now, with the same address, is still theirs;
// one whose address nobody has any more is skipped.
func TestFindByAddress(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	l := w.open()
	s := w.sender(l)
	p, err := s.Begin(ctx, w.notices, holders(t, "1,jo@x.example,Jo,active,vault,", "2,an@x.example,An,active,vault,", "3,cy@x.example,Cy,active,vault,"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	three := 3
	p, err = s.Begin(ctx, w.notices, holders(t, "7,jo@x.example,Jo,active,vault,", "2,an@x.example,An,active,vault,", "4,di@x.example,Di,active,vault,"), &three)
	if err != nil || p.ToTry != 3 {
		t.Fatalf("%+v %v", p, err)
	}
	if done, err := p.Run(ctx); err != nil || done.Accepted != 3 {
		t.Errorf("%+v %v", done, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if told := w.told(); len(told) != 3 || told["jo@x.example"] != 1 || told["cy@x.example"] != 0 {
		t.Errorf("%v", told)
	}
	w.counts(ledger.Counts{Accepted: 3, Skipped: 1})
}

// A mail that is nearly as long as what providers cut off is remarked on; one
// that is longer is not begun.
func TestBeginRemarksOnLongMails(t *testing.T) {
	for words, want := range map[int]string{10: "short", 930: "long", 1200: "mail providers cut it off at 100000"} {
		w := newWorld(t, mailbox.Options{})
		w.notices[0].Subjects[0].Words.Summary = policy.Localised{"en": strings.Repeat("We keep the data that servers send us for longer than before, and say why, at some length. ", words)}
		p, err := w.sender(w.open()).Begin(ctx, w.notices, many(t, 1), nil)
		got := "short"
		if err != nil {
			got = err.Error()
		} else if p.Long >= courier.LongHTML && p.Long <= courier.MaxHTML {
			got = "long"
		}
		if !strings.Contains(got, want) {
			t.Errorf("%d times the words: %s, want %s", words, got, want)
		}
		if err == nil {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
