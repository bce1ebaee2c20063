// Package database opens SQL databases by URL. It is the only place that knows
// drivers; everything else speaks database/sql and need not know which is there.
//
//	sqlite:path/to/file.db
//	postgres://user:password@host:5432/name?sslmode=verify-full
//	mysql://user:password@host:3306/name?tls=true
//
// A relative path is meant from the folder that the caller names, never from
// wherever the program happens to run. postgresql:// is another spelling, and
// mysql:// is MariaDB as well. Whatever a PostgreSQL URL leaves out is taken
// from where psql takes it: the variables PG…, .pgpass and the service file.
// What stands in a user, password or name and means something in a URL is
// escaped there: %40 for @, %23 for #.
//
// URLs carry passwords. No error of this package repeats one, and whoever shows
// a URL shows what Redact leaves of it.
package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// A Mode says what a database is opened for.
type Mode int

const (
	// ReadWrite opens a database, and creates the file of a sqlite URL where
	// there is none. Commits are on the disk when they return, power loss
	// included, unless the URL or the server says otherwise: synchronous_commit
	// is set for the session, fsync is the server's.
	ReadWrite Mode = iota
	// ReadOnly opens a database that must be there and whose tables are never
	// changed; on PostgreSQL, as long as all goes through Snapshot. What servers
	// let people do beside tables (settings, files) is for their grants: read
	// with a user who may do nothing else.
	ReadOnly
)

// dialTimeout is how long a server may take to answer at all.
const dialTimeout = 10 * time.Second

const forms = "write sqlite:FILE, postgres://USER:PASSWORD@HOST/NAME or mysql://USER:PASSWORD@HOST/NAME"

// Open opens the database with the URL. A relative path in it starts at dir.
// Nothing is read and nobody is called yet: a file that is no database and a
// server that is not there fail at the first query.
func Open(rawURL, dir string, mode Mode) (*sql.DB, error) {
	scheme, rest, ok := strings.Cut(rawURL, ":")
	switch {
	case !ok || rest == "":
		return nil, errors.New("this is not a database URL; " + forms)
	case scheme == "sqlite":
		return openSQLite(path(rest, dir), mode)
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgres(rawURL, mode)
	case scheme == "mysql":
		return openMySQL(rawURL, dir, mode)
	}
	return nil, fmt.Errorf("no driver for %q databases; this program opens sqlite:FILE", scheme)
}

// Known reports whether there is a driver for URLs that begin with scheme.
func Known(scheme string) bool {
	switch scheme {
	case "sqlite", "postgres", "postgresql", "mysql":
		return true
	}
	return false
}

// Snapshot begins a transaction that sees the database as it is at its first
// query, whatever others write meanwhile, and that can write nothing itself.
// It is the first call that goes to a server.
func Snapshot(ctx context.Context, db *sql.DB) (*sql.Tx, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, plain{err}
	}
	return tx, nil
}

// Lost reports whether an error means that the connection to a server broke, or
// that the server ended it: the same may well work another time.
func Lost(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &network) || lostPostgres(err) || lostMySQL(err)
}

// Plain returns an error that is told in one line.
func Plain(err error) error { return plain{err} }

// A plain error is told in one line: a driver that tried a server in two ways
// says twice, on a line each, that nobody is there.
type plain struct{ error }

func (p plain) Error() string {
	var lines []string
	for line := range strings.Lines(p.error.Error()) {
		line = strings.TrimSpace(line)
		if len(lines) == 0 || line != lines[len(lines)-1] {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " ")
}

func (p plain) Unwrap() error { return p.error }
