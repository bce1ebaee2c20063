package ledger_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"proviso/database"
	"proviso/ledger"
	"proviso/ledger/ledgertest"
)

func TestSQLite(t *testing.T) {
	dirs := map[*testing.T]string{}
	ledgertest.Run(t, func(t *testing.T) ledger.Ledger {
		if dirs[t] == "" {
			dirs[t] = t.TempDir()
		}
		l, err := ledger.Open(context.Background(), "sqlite:.proviso/ledger.db", dirs[t])
		if err != nil {
			t.Fatal(err)
		}
		return l
	})
}

// A file that this program did not write, or wrote when it was another
// version, is left as it is.
func TestOpenRefusesOtherForms(t *testing.T) {
	for content, want := range map[string]string{
		"PRAGMA user_version = 99":   "from another version of proviso (form 99",
		"CREATE TABLE guests (name)": "another program's database",
		"":                           "",
	} {
		dir := t.TempDir()
		db, err := database.Open("sqlite:l.db", dir, database.ReadWrite)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(content); err != nil {
			t.Fatal(err)
		}
		db.Close()
		l, err := ledger.Open(context.Background(), "sqlite:l.db", dir)
		if want == "" && err == nil {
			l.Close()
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "l.db") {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "l.db"), []byte(strings.Repeat("no database", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(context.Background(), "sqlite:l.db", dir); err == nil || !strings.Contains(err.Error(), "not a database") {
		t.Errorf("got %v", err)
	}
	if _, err := ledger.Open(context.Background(), "oracle:x", dir); err == nil || !strings.Contains(err.Error(), `no driver for "oracle"`) {
		t.Errorf("got %v", err)
	}
}

// A ledger of an earlier form is brought to this one when it is opened, and
// says what it said before.
func TestOpenUpgrades(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	form3, err := os.ReadFile("testdata/form3.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := database.Open("sqlite:l.db", dir, database.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(form3)); err != nil {
		t.Fatal(err)
	}
	db.Close()
	told, late := ledger.Hash{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, ledger.Hash{}
	for i := range late {
		late[i] = byte(0x30 + i)
	}
	for range 2 { // the second time it has the new form
		l, err := ledger.Open(ctx, "sqlite:l.db", dir)
		if err != nil {
			t.Fatal(err)
		}
		tries, err := l.Attempts(ctx, "privacy@2026-12-20", told)
		if err != nil || len(tries) != 1 || tries[0].Text != "2.0.0 Ok: queued as 4XyZ" || tries[0].Server != "mx.example:25" {
			t.Errorf("%+v %v", tries, err)
		}
		r, ok, err := l.Find(ctx, "privacy@2026-12-20", ledger.Hash{}, late)
		if err != nil || !ok || r.State != ledger.Pending || !r.Late || r.Address != late {
			t.Errorf("%+v %v %v", r, ok, err)
		}
		c, err := l.Counts(ctx, "privacy@2026-12-20")
		if err != nil || c.Accepted != 1 || c.Pending != 1 {
			t.Errorf("%+v %v", c, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// The forms of replies are kept once, but not those of a server that never says
// the same twice; what it said is remembered all the same.
func TestRepliesAreRemembered(t *testing.T) {
	const n = 300
	ctx, dir := context.Background(), t.TempDir()
	l, err := ledger.Open(ctx, "sqlite:l.db", dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Open(ctx, ledger.Notice{ID: "n"}); err != nil {
		t.Fatal(err)
	}
	hash := func(i int) ledger.Hash { return ledger.Hash{byte(i >> 8), byte(i)} }
	text := func(i int) string {
		if i%2 == 0 {
			return fmt.Sprintf("2.0.0 Ok: queued as Q%d", i)
		}
		return fmt.Sprintf("4.2.0 try again in %d seconds", i)
	}
	_, err = l.Enrol(ctx, "n", ledger.Wave{}, func(yield func(ledger.Entry) bool) {
		for i := 0; i < n && yield(ledger.Entry{Holder: hash(i), Address: hash(i)}); i++ {
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		a := ledger.Attempt{Holder: hash(i), State: ledger.Deferred, Text: text(i)}
		if i%2 == 0 {
			a.State, a.QueueID = ledger.Accepted, fmt.Sprintf("Q%d", i)
		}
		if _, err := l.Claim(ctx, "n", 1, []ledger.Claim{{Holder: hash(i)}}); err != nil {
			t.Fatal(err)
		}
		if err := l.Record(ctx, "n", a); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		for i := range n {
			if tries, err := l.Attempts(ctx, "n", hash(i)); err != nil || len(tries) != 1 || tries[0].Text != text(i) {
				t.Fatalf("%d: %+v %v", i, tries, err)
			}
		}
		l.Close()
		if l, err = ledger.Open(ctx, "sqlite:l.db", dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// Only the owner can read the ledger and its keys.
func TestFilesAreTheOwners(t *testing.T) {
	dir := t.TempDir()
	l, err := ledger.Open(context.Background(), "sqlite:.proviso/ledger.db", dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	keys := ledger.Keys{Dir: filepath.Join(dir, ".proviso", "keys")}
	if _, err := keys.Make("privacy@2026-12-20#2"); err != nil {
		t.Fatal(err)
	}
	n := 0
	err = filepath.WalkDir(filepath.Join(dir, ".proviso"), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", path, info.Mode())
		}
		n++
		return err
	})
	if err != nil || n < 5 {
		t.Errorf("%d files, %v", n, err)
	}
}

func TestKeys(t *testing.T) {
	keys := ledger.Keys{Dir: filepath.Join(t.TempDir(), "keys")}
	if _, err := keys.Get("privacy@2026-12-20"); err == nil || !strings.Contains(err.Error(), "restore") {
		t.Errorf("a key that is gone: %v", err)
	}
	a, err := keys.Make("privacy@2026-12-20")
	if err != nil {
		t.Fatal(err)
	}
	again, err := keys.Make("privacy@2026-12-20")
	if err != nil || string(a) != string(again) {
		t.Errorf("a key was replaced: %v", err)
	}
	b, err := keys.Make("privacy@2027-02-01")
	if err != nil {
		t.Fatal(err)
	}
	if a.Holder("shop:1") == b.Holder("shop:1") {
		t.Error("two notices know a holder by the same hash")
	}
	if a.Holder("x") == a.Address("x") || a.Holder("x") != again.Holder("x") || a.Print() == b.Print() {
		t.Error("hashes of holders and addresses can be taken for each other")
	}
	hash := a.Hasher()
	for _, s := range []string{"shop:1", "", "jo@x.example"} {
		if hash.Holder(s) != a.Holder(s) || hash.Address(s) != a.Address(s) {
			t.Errorf("a hasher has other hashes of %q", s)
		}
	}
}

// A return path says whose mail came back, and only who has the key can make one.
func TestTokens(t *testing.T) {
	keys := ledger.Keys{Dir: t.TempDir()}
	mine, err := keys.Make("privacy@2026-12-20")
	if err != nil {
		t.Fatal(err)
	}
	other, err := keys.Make("privacy@2027-02-01")
	if err != nil {
		t.Fatal(err)
	}
	h := mine.Holder("shop:1")
	token := mine.Token(h)
	if len(token) != 39 || strings.Trim(token, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		t.Errorf("token %q", token)
	}
	for _, s := range []string{token, strings.ToUpper(token)} { // servers change the case
		if got, ok := mine.Owns(s); !ok || got != h {
			t.Errorf("%q is not known again", s)
		}
	}
	flipped := "a" + token[1:]
	if token[0] == 'a' {
		flipped = "b" + token[1:]
	}
	for _, s := range []string{other.Token(h), flipped, token[:38], token + "a", "", strings.Repeat("a", 39), "bounce"} {
		if _, ok := mine.Owns(s); ok {
			t.Errorf("%q passes for a token", s)
		}
	}
}

// BenchmarkBatch claims rows and records their outcomes, 256 at a time.
func BenchmarkBatch(b *testing.B) {
	ctx, key := context.Background(), ledger.Key("0123456789abcdef0123456789abcdef")
	l, err := ledger.Open(ctx, "sqlite:l.db", b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	const size = 256
	var entries []ledger.Entry
	for i := range b.N * size {
		entries = append(entries, ledger.Entry{Holder: key.Holder(fmt.Sprint(i)), Address: key.Address(fmt.Sprint(i))})
	}
	slices.SortFunc(entries, func(a, b ledger.Entry) int { return slices.Compare(a.Holder[:], b.Holder[:]) })
	if err := l.Open(ctx, ledger.Notice{ID: "n", Controller: "Northgate", KeyPrint: key.Print()}); err != nil {
		b.Fatal(err)
	}
	if _, err := l.Enrol(ctx, "n", ledger.Wave{At: time.UnixMilli(1)}, slices.Values(entries)); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for batch := range slices.Chunk(entries, size) {
		claims, attempts := make([]ledger.Claim, size), make([]ledger.Attempt, size)
		for i, e := range batch {
			at, name := time.UnixMilli(int64(i)), fmt.Sprintf("4XyZ%06d", i)
			claims[i] = ledger.Claim{Holder: e.Holder, Letter: 1}
			attempts[i] = ledger.Attempt{Holder: e.Holder, State: ledger.Accepted, Code: 250, Text: "2.0.0 Ok: queued as " + name, QueueID: name,
				Server: "mx.example:25", TLS: "TLS 1.3", Started: at, Ended: at}
		}
		if got, err := l.Claim(ctx, "n", size, claims); err != nil || len(got) != size {
			b.Fatal(len(got), err)
		}
		if err := l.Record(ctx, "n", attempts...); err != nil {
			b.Fatal(err)
		}
	}
}
