// Package postgres is the ledger of several machines, in the schema proviso of
// a PostgreSQL database.
//
// # Who sends
//
// Many may send at a time. Each is an owner for each notice that it works on,
// and what it has claimed is its own while it lives: while it renews its lease,
// by the clock of the server, and while the session that it keeps open is
// there. A sender that is killed loses its session at once, and others take
// over what it left in the state sending, which is ambiguous. One that is cut
// off from the server is taken for dead when its lease ends. A sender that was
// taken for dead may neither claim anything nor write outcomes over what others
// did meanwhile. When the server itself is started anew, all sessions are gone
// and nobody is dead: then the lease alone counts.
//
// Lock still makes the caller the only one who enrols.
//
// # What is left out
//
// Sessions must be sessions: a pool that hands one of the server's sessions to
// many clients in turn (pgbouncer by transaction) cannot stand in between.
package postgres

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"proviso/database"
	"proviso/ledger"
)

//go:embed schema.sql
var schema string

// version is that of schema.sql.
const version = 1

// locks is the first half of the names of our advisory locks: "prov".
const locks = 1886547830

// Second halves below 1 are not those of owners.
const (
	lockSender = 0
	lockSchema = -1
	lockQuota  = -2
)

// Ledger is a ledger on PostgreSQL.
type Ledger struct {
	db    *sql.DB
	notes *notes

	known   sync.Map // numbers of notices by id; they never change
	servers sync.Map // numbers of servers by serverID; they never change either

	mu      sync.Mutex
	session *session // of the owners; nil: there was nothing to claim yet
}

var _ ledger.Ledger = (*Ledger)(nil)

// Open opens the ledger with the URL, postgres://…, and makes its tables where
// there are none.
func Open(ctx context.Context, url string) (*Ledger, error) {
	db, err := database.Open(url, "", database.ReadWrite)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	db.SetMaxOpenConns(12)
	if err := prepare(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the ledger %s: %w", database.Redact(url), said(err)), db.Close())
	}
	l := &Ledger{db: db}
	l.notes = startNotes(l)
	return l, nil
}

// prepare makes the tables, or checks their form.
func prepare(ctx context.Context, db *sql.DB) error {
	return within(ctx, db, func(tx *sql.Tx) error {
		if err := lock(ctx, tx, lockSchema); err != nil {
			return err
		}
		var there bool
		if err := tx.QueryRowContext(ctx, "SELECT to_regclass('proviso.form') IS NOT NULL").Scan(&there); err != nil {
			return err
		}
		found := version
		if there {
			if err := tx.QueryRowContext(ctx, "SELECT version FROM proviso.form").Scan(&found); err != nil {
				return err
			}
			if found != version {
				return fmt.Errorf("it is from another version of proviso (form %d, this program writes form %d); use that version", found, version)
			}
			return nil
		}
		if _, err := tx.ExecContext(ctx, schema); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO proviso.form VALUES ($1)", version)
		return err
	})
}

// within carries out a transaction.
func within(ctx context.Context, db *sql.DB, do func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing to undo after the commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// write is within, with errors for people.
func (l *Ledger) write(ctx context.Context, do func(tx *sql.Tx) error) error {
	return said(within(ctx, l.db, do))
}

// lock waits for an advisory lock, which is held until the transaction ends.
func lock(ctx context.Context, tx *sql.Tx, name int64) error {
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1, $2)", locks, name)
	return err
}

// said makes an error one for people: what to do when the server is gone.
func said(err error) error {
	if err != nil && database.Lost(err) {
		return fmt.Errorf("the ledger's database cannot be reached: %w; when it is back, run it again: what was written before is safe", database.Plain(err))
	}
	return err
}

// Lock makes the caller the only one who enrols.
func (l *Ledger) Lock() (unlock func() error, err error) {
	ctx := context.Background() // a lock is not waited for
	conn, err := l.db.Conn(ctx)
	if err != nil {
		return nil, said(err)
	}
	var got bool
	err = conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1, $2)", locks, lockSender).Scan(&got)
	if err == nil && !got {
		err = ledger.ErrLocked
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking the ledger: %w", said(err)), conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1, $2)", locks, lockSender)
		if err != nil && database.Lost(err) {
			err = nil // the lock went with the session
		}
		return errors.Join(err, conn.Close())
	}, nil
}

// Close waits for what is being written and closes the ledger.
func (l *Ledger) Close() error {
	l.notes.close()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session != nil {
		l.session.close()
		l.session = nil
	}
	return l.db.Close()
}

// number returns the notice's short name.
func (l *Ledger) number(ctx context.Context, notice string) (int64, error) {
	if n, ok := l.known.Load(notice); ok {
		return n.(int64), nil
	}
	var n int64
	err := l.db.QueryRowContext(ctx, "SELECT number FROM proviso.notices WHERE id = $1", notice).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("notice %q: %w", notice, ledger.ErrUnknown)
	} else if err != nil {
		return 0, said(err)
	}
	l.known.Store(notice, n)
	return n, nil
}

// bytes writes hashes as the database takes them.
func bytes(hashes []ledger.Hash) [][]byte {
	out := make([][]byte, len(hashes))
	for i := range hashes {
		out[i] = hashes[i][:]
	}
	return out
}

func millis(t time.Time) int64 { return ledger.Millis(t) }
