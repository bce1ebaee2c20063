package ledger

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"proviso/database"
)

//go:embed schema.sql
var schema string

// version is that of schema.sql. A ledger is the record of what was done; a
// program that does not know its form must not touch it.
const version = 6

// upgrades turns the form with the key into the next one.
var upgrades = map[int]string{3: `
	CREATE TABLE addresses (notice INTEGER NOT NULL, address BLOB NOT NULL, holder BLOB NOT NULL, PRIMARY KEY (notice, address, holder)) WITHOUT ROWID;
	ALTER TABLE notices ADD COLUMN addressed INTEGER NOT NULL DEFAULT 0;
	DROP INDEX rows_by_address;
	CREATE TRIGGER row_moved AFTER UPDATE OF address ON rows WHEN new.address <> old.address BEGIN
		UPDATE addresses SET address = new.address WHERE notice = old.notice AND address = old.address AND holder = old.holder;
	END;
	CREATE TRIGGER row_gone AFTER DELETE ON rows BEGIN
		DELETE FROM addresses WHERE notice = old.notice AND address = old.address AND holder = old.holder;
	END;
	CREATE TABLE replies (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
	ALTER TABLE attempts ADD COLUMN reply INTEGER REFERENCES replies(number);`,
	4: `
	CREATE TABLE remarks (number INTEGER PRIMARY KEY, notice INTEGER NOT NULL REFERENCES notices(number), at INTEGER NOT NULL,
		kind TEXT NOT NULL, holders INTEGER NOT NULL, text TEXT NOT NULL);
	CREATE INDEX remarks_of ON remarks(notice);`,
	5: `
	ALTER TABLE rows ADD COLUMN answer INTEGER;
	ALTER TABLE rows ADD COLUMN queue_id TEXT;
	ALTER TABLE rows ADD COLUMN began INTEGER;
	CREATE TABLE answers (number INTEGER PRIMARY KEY, server INTEGER NOT NULL REFERENCES servers(number), code INTEGER NOT NULL,
		reply INTEGER NOT NULL REFERENCES replies(number), UNIQUE (server, code, reply));`}

// SQLite is the ledger of one machine: a file.
type SQLite struct {
	db     *sql.DB // for reading
	file   string
	writer *writer
	known  sync.Map // numbers of notices by id; they never change

	servers sync.Map // numbers of servers by serverID; they never change either
	replies replies
	answers sync.Map // numbers of answers by answer
}

var _ Ledger = (*SQLite)(nil)

// Gather is how long claims and outcomes are gathered before they are committed
// together. Committing each at once would be slower, for mails and disk alike.
// What comes in during a commit waits for the next, so that a slow disk gathers
// by itself; on a fast one, a longer time only keeps mails waiting.
const Gather = 1 * time.Millisecond

// Open opens the ledger with the URL, which is sqlite:FILE, and makes it where
// there is none. A relative file name starts at dir.
func Open(ctx context.Context, url, dir string) (*SQLite, error) {
	file := database.Path(url, dir)
	db, err := database.Open(url, dir, database.ReadWrite)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	if file == "" {
		err := fmt.Errorf("opening the ledger %s: a ledger is a file; write ledger: sqlite:.proviso/ledger.db", database.Redact(url))
		return nil, errors.Join(err, db.Close())
	}
	l := &SQLite{db: db, file: file}
	if err := l.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the ledger %s: %w", file, err), db.Close())
	}
	if l.writer, err = startWriter(ctx, db, Gather); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the ledger %s: %w", file, err), db.Close())
	}
	return l, nil
}

// prepare makes the file, for its owner only, and checks its form.
func (l *SQLite) prepare(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(l.file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(l.file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing to undo after the commit
	var found, tables int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&found); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	switch {
	case found == version:
		return nil
	case found == 0 && tables != 0:
		return errors.New("the file holds another program's database; name another file as ledger in proviso.yaml")
	case found == 0:
		_, err = tx.ExecContext(ctx, schema)
	default:
		err = upgrade(ctx, tx, found)
	}
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	return tx.Commit()
}

// upgrade brings a ledger of an earlier form to this one.
func upgrade(ctx context.Context, tx *sql.Tx, found int) error {
	for form := found; form != version; form++ {
		statements, ok := upgrades[form]
		if !ok {
			return fmt.Errorf("it is from another version of proviso (form %d, this program writes form %d); use that version", found, version)
		}
		if _, err := tx.ExecContext(ctx, statements); err != nil {
			return fmt.Errorf("bringing it from form %d to form %d: %w", form, form+1, err)
		}
	}
	return nil
}

// Lock makes the caller the only sender.
func (l *SQLite) Lock() (func() error, error) { return lock(l.file + ".lock") }

// Close waits for what is being written and closes the ledger.
func (l *SQLite) Close() error { return errors.Join(l.writer.close(), l.db.Close()) }

// number returns the notice's short name.
func (l *SQLite) number(ctx context.Context, notice string) (int64, error) {
	if n, ok := l.known.Load(notice); ok {
		return n.(int64), nil
	}
	var n int64
	err := l.db.QueryRowContext(ctx, "SELECT number FROM notices WHERE id = ?", notice).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("notice %q: %w", notice, ErrUnknown)
	} else if err != nil {
		return 0, err
	}
	l.known.Store(notice, n)
	return n, nil
}

// Millis writes an instant for a ledger, as milliseconds since 1970; none is 0.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Instant reads what Millis wrote.
func Instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
