package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"proviso/database"

	"proviso/database/databasetest"
	"proviso/ledger"
	"proviso/ledger/ledgertest"
	"proviso/ledger/postgres"
)

var ctx = context.Background()

func open(t *testing.T, url string) *postgres.Ledger {
	t.Helper()
	l, err := postgres.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // some stories close it themselves
	return l
}

// A server holds the database of a test.
func server(t *testing.T) (url string, db *sql.DB) {
	t.Helper()
	url = databasetest.Postgres(t)
	db, err := database.Open(url, "", database.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return url, db
}

func run(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestPostgres(t *testing.T) {
	url, db := server(t)
	var last *testing.T
	ledgertest.Run(t, func(t *testing.T) ledger.Ledger {
		if last != t {
			last = t
			run(t, db, "DROP SCHEMA IF EXISTS proviso CASCADE")
		}
		return open(t, url)
	})
}

var (
	noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	key  = ledger.Key("0123456789abcdef0123456789abcdef")
	a, b = key.Holder("a"), key.Holder("b")
)

const notice = "privacy@2026-12-20"

// begun is a ledger in which a and b are to be told.
func begun(t *testing.T, url string) *postgres.Ledger {
	t.Helper()
	l := open(t, url)
	entries := []ledger.Entry{{Holder: a, Address: key.Address("a")}, {Holder: b, Address: key.Address("b")}}
	slices.SortFunc(entries, func(x, y ledger.Entry) int { return slices.Compare(x.Holder[:], y.Holder[:]) })
	err := l.Open(ctx, ledger.Notice{ID: notice, Controller: "Northgate", KeyPrint: key.Print()})
	if err == nil {
		_, err = l.Enrol(ctx, notice, ledger.Wave{At: noon, Audience: 2}, slices.Values(entries))
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func claim(t *testing.T, l *postgres.Ledger, h ledger.Hash) {
	t.Helper()
	r, _, err := l.Find(ctx, notice, h, ledger.Hash{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := l.Claim(ctx, notice, 1, []ledger.Claim{{Holder: h, Tries: r.Tries}}); err != nil || len(got) != 1 {
		t.Fatalf("claimed %v, %v", got, err)
	}
}

func takeOver(t *testing.T, l *postgres.Ledger, want int) {
	t.Helper()
	if n, err := l.TakeOver(ctx, notice, noon); err != nil || n != want {
		t.Fatalf("%d taken over, want %d, %v", n, want, err)
	}
}

func record(l *postgres.Ledger, h ledger.Hash, s ledger.State) error {
	return l.Record(ctx, notice, ledger.Attempt{Holder: h, State: s, Ended: noon})
}

func state(t *testing.T, l *postgres.Ledger, h ledger.Hash, want ledger.State) {
	t.Helper()
	r, ok, err := l.Find(ctx, notice, h, ledger.Hash{})
	if err != nil || !ok || r.State != want {
		t.Errorf("state %q, want %q, %v", r.State, want, err)
	}
}

// What a living sender has claimed is its own. When its lease has ended, others
// take it over, and what the first one says then counts only as long as nobody
// has claimed the row again.
func TestLease(t *testing.T) {
	url, db := server(t)
	first := begun(t, url)
	claim(t, first, a)
	claim(t, first, b)
	second := open(t, url)
	takeOver(t, second, 0)
	run(t, db, "UPDATE proviso.owners SET until = now() - interval '1 second'")
	takeOver(t, second, 2)
	takeOver(t, second, 0)
	claim(t, second, a)
	if err := record(first, a, ledger.Rejected); !errors.Is(err, ledger.ErrLost) {
		t.Errorf("an outcome was written over a newer claim: %v", err)
	}
	if err := record(first, a, ledger.Pending); !errors.Is(err, ledger.ErrLost) {
		t.Errorf("a newer claim was given back: %v", err)
	}
	if err := record(first, b, ledger.Accepted); err != nil { // better than not to know
		t.Error(err)
	}
	state(t, second, a, ledger.Sending)
	state(t, second, b, ledger.Accepted)
	tries, err := second.Attempts(ctx, notice, b)
	if err != nil || len(tries) != 2 || tries[0].State != ledger.Ambiguous || !tries[1].News {
		t.Errorf("attempts %+v, %v", tries, err)
	}
	if _, err := first.Claim(ctx, notice, 1, []ledger.Claim{{Holder: b}}); !errors.Is(err, ledger.ErrLost) {
		t.Errorf("who was taken for dead claims: %v", err)
	}
	if err := record(second, a, ledger.Deferred); err != nil {
		t.Error(err)
	}
	claim(t, first, a) // it has begun anew
	if err := record(first, a, ledger.Accepted); err != nil {
		t.Error(err)
	}
}

// A sender whose session is gone is dead at once, not when its lease ends. When
// all sessions are gone because the server was started anew, nobody is.
func TestSession(t *testing.T) {
	url, db := server(t)
	first, second := begun(t, url), open(t, url)
	claim(t, first, a)
	run(t, db, "INSERT INTO proviso.owners SELECT 4711, notice, now() + interval '1 hour', server - interval '1 hour' FROM proviso.owners")
	run(t, db, "UPDATE proviso.rows SET owner = 4711 WHERE state = 'sending'") // nobody has the lock of 4711
	takeOver(t, second, 0)
	run(t, db, "UPDATE proviso.owners SET server = pg_postmaster_start_time()")
	takeOver(t, second, 1)
	state(t, second, a, ledger.Ambiguous)
	claim(t, first, b) // whose session is there is alive
}

// Tables that this program did not make, or made when it was another version,
// are left as they are.
func TestOpenRefusesOtherForms(t *testing.T) {
	url, db := server(t)
	open(t, url).Close()
	open(t, url).Close()
	run(t, db, "UPDATE proviso.form SET version = 99")
	if _, err := postgres.Open(ctx, url); err == nil || !strings.Contains(err.Error(), "another version of proviso (form 99") {
		t.Errorf("got %v", err)
	}
	if _, err := postgres.Open(ctx, "postgres://u:hunter2@127.0.0.1:1/none"); err == nil || !strings.Contains(err.Error(), "cannot be reached") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

// A server's words are no reason to lose an outcome.
func TestRecordTakesAnyWords(t *testing.T) {
	url, _ := server(t)
	l := begun(t, url)
	claim(t, l, a)
	err := l.Record(ctx, notice, ledger.Attempt{Holder: a, State: ledger.Rejected, Code: 550, Text: "no\x00such \xff user", Ended: noon})
	tries, terr := l.Attempts(ctx, notice, a)
	if err := errors.Join(err, terr); err != nil || len(tries) != 1 || tries[0].Text != "nosuch \uFFFD user" {
		t.Errorf("attempts %+v, %v", tries, err)
	}
}

// Places in a lane are handed out once, gap apart, whoever asks.
func TestLanesAreShared(t *testing.T) {
	url, db := server(t)
	first, second := open(t, url), open(t, url)
	const gap = time.Hour // so long that how long the test takes is nothing
	for i, l := range []*postgres.Ledger{first, second, first} {
		wait, err := l.Places(ctx, "gmail.com", 3, gap)
		if want := time.Duration(3*i) * gap; err != nil || wait < want-gap/2 || wait > want {
			t.Errorf("asked the %d. time, the wait is %v, want %v, %v", i+1, wait, want, err)
		}
	}
	if wait, err := first.Places(ctx, "", 1, gap); err != nil || wait != 0 {
		t.Errorf("another lane: %v, %v", wait, err)
	}
	run(t, db, "UPDATE proviso.lanes SET free = now() - interval '1 day'")
	if wait, err := first.Places(ctx, "", 1, gap); err != nil || wait != 0 {
		t.Errorf("after an idle day: %v, %v", wait, err)
	}
	if wait, err := second.Places(ctx, "", 1, gap); err != nil || wait < gap/2 {
		t.Errorf("the day is made up for: %v, %v", wait, err)
	}
}

// All senders together never get more of a quota than there is.
func TestQuotaIsShared(t *testing.T) {
	url, db := server(t)
	senders := []*postgres.Ledger{open(t, url), open(t, url), open(t, url)}
	var total atomic.Int64
	var wg sync.WaitGroup
	for _, l := range senders {
		wg.Go(func() {
			for range 20 {
				n, wait, err := l.Spend(ctx, 7, 100, 24*time.Hour)
				if err != nil || (n == 0) != (wait > 23*time.Hour) {
					t.Errorf("got %d, wait %v, %v", n, wait, err)
				}
				total.Add(int64(n))
			}
		})
	}
	wg.Wait()
	if total.Load() != 100 {
		t.Errorf("%d spent of a quota of 100", total.Load())
	}
	spend := func(want int) {
		t.Helper()
		if n, _, err := senders[0].Spend(ctx, 7, 100, 24*time.Hour); err != nil || n != want {
			t.Errorf("got %d, want %d, %v", n, want, err)
		}
	}
	if err := senders[1].Return(ctx, 3, 24*time.Hour); err != nil {
		t.Error(err)
	}
	spend(3)
	spend(0)
	run(t, db, "UPDATE proviso.spent SET part = part - interval '25 hours'")
	spend(7)
}
