package database_test

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"
	"time"

	"proviso/database"
	"proviso/database/databasetest"
)

// Every server gives and takes texts as UTF-8 and times in UTC, although the
// servers of the tests are set to another time zone and another alphabet.
func TestServers(t *testing.T) {
	for name, url := range map[string]func(testing.TB) string{"postgres": databasetest.Postgres, "mariadb": databasetest.MariaDB} {
		t.Run(name, func(t *testing.T) {
			at := url(t)
			db := open(t, at)
			t.Run("texts and times", func(t *testing.T) { textsAndTimes(t, db) })
			t.Run("snapshot", func(t *testing.T) { snapshot(t, db, at) })
			t.Run("no password in errors", func(t *testing.T) { noPassword(t, at) })
		})
	}
}

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := database.Open(url, t.TempDir(), database.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func textsAndTimes(t *testing.T, db *sql.DB) {
	const text = "Zoë 😀 Ω"
	var got string
	var at time.Time
	if err := db.QueryRow("SELECT '"+text+"', TIMESTAMP '2026-01-02 03:04:05'").Scan(&got, &at); err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC); got != text || !at.Equal(want) {
		t.Errorf("%q %v", got, at)
	}
}

// What others commit meanwhile is not seen, and nothing can be written.
func snapshot(t *testing.T, db *sql.DB, at string) {
	execute(t, db, "CREATE TABLE holders (id INTEGER)", "INSERT INTO holders VALUES (1)")
	ro, err := database.Open(at, t.TempDir(), database.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	tx, err := database.Snapshot(t.Context(), ro)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	count := func() (n int) {
		if err := tx.QueryRow("SELECT count(*) FROM holders").Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	before := count()
	execute(t, db, "INSERT INTO holders VALUES (2)")
	if after := count(); before != 1 || after != 1 {
		t.Errorf("%d holders, then %d", before, after)
	}
	for _, statement := range []string{"DELETE FROM holders", "DROP TABLE holders", "TRUNCATE TABLE holders"} {
		tx, err := database.Snapshot(t.Context(), ro)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(statement); err == nil || !strings.Contains(strings.ToLower(err.Error()), "read") {
			t.Errorf("%s in a snapshot: %v", statement, err)
		}
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}
}

func noPassword(t *testing.T, at string) {
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	wrong := *u
	wrong.User = url.UserPassword(u.User.Username(), "hunter2")
	nobody := wrong
	nobody.Host = "127.0.0.1:1"
	for _, at := range []string{wrong.String(), nobody.String()} {
		_, err := database.Snapshot(t.Context(), open(t, at))
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := database.Snapshot(ctx, open(t, at)); err == nil {
		t.Error("went on after the end")
	}
}

// Whoever writes waits for the disk, although the server of the tests is set
// not to.
func TestPostgresIsDurable(t *testing.T) {
	url := databasetest.Postgres(t)
	for mode, want := range map[database.Mode]string{database.ReadWrite: "on", database.ReadOnly: "off"} {
		db, err := database.Open(url, "", mode)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var got string
		if err := db.QueryRow("SHOW synchronous_commit").Scan(&got); err != nil || got != want {
			t.Errorf("mode %d: synchronous_commit = %s, want %s, %v", mode, got, want, err)
		}
	}
}
