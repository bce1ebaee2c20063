package ledger_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
