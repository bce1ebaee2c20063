package database

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenIsDurableAndStrict(t *testing.T) {
	db, err := Open("sqlite:odd ?name#1.db", t.TempDir(), ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %s, want %s (%v)", pragma, got, want, err)
		}
	}
}

// Holders are read from databases that are not ours: nothing is written there.
func TestOpenReadOnly(t *testing.T) {
	dir := t.TempDir()
	db, err := Open("sqlite:shop.db", dir, ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(); err == nil {
		t.Error("a database that is not there was opened")
	}
	db.Close()
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 0 {
		t.Errorf("files appeared: %v", files)
	}
	rw, err := Open("sqlite:shop.db", dir, ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer rw.Close()
	if _, err := rw.Exec("CREATE TABLE holders (id)"); err != nil {
		t.Fatal(err)
	}
	ro, err := Open("sqlite:shop.db", dir, ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	if _, err := ro.Exec("DELETE FROM holders"); err == nil {
		t.Error("a database opened for reading was written to")
	}
}

func TestOpenRefuses(t *testing.T) {
	for url, want := range map[string]string{
		"":                 "not a database URL",
		"ledger.db":        "not a database URL",
		"sqlite:":          "not a database URL",
		"postgres://h/db":  `no driver for "postgres"`,
		"mysql://u:p@h/db": `no driver for "mysql"`,
	} {
		if _, err := Open(url, "", ReadWrite); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "u:p") {
			t.Errorf("%q: %v, want %q", url, err, want)
		}
	}
}

func TestPath(t *testing.T) {
	if got := Path("sqlite:.proviso/l.db", "/srv"); got != filepath.Join("/srv", ".proviso", "l.db") {
		t.Error(got)
	}
	if got := Path("sqlite:/var/l.db", "/srv"); got != filepath.FromSlash("/var/l.db") {
		t.Error(got)
	}
	if got := Path("postgres://h/db", "/srv"); got != "" {
		t.Error(got)
	}
}
