// Package database opens SQL databases by URL. It is the only place that knows
// drivers; everything else speaks database/sql and need not know which is there.
//
// A URL is "sqlite:path/to/file.db". A relative path is meant from the folder
// that the caller names, never from wherever the program happens to run.
package database

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// A Mode says what a database is opened for.
type Mode int

const (
	// ReadWrite opens a database and creates the file where there is none.
	// Commits are on the disk when they return, power loss included.
	ReadWrite Mode = iota
	// ReadOnly opens a database that must be there and never changes it.
	ReadOnly
)

// Open opens the database with the URL. A relative path in it starts at dir.
// Nothing is read yet: a file that is no database fails at the first query.
func Open(rawURL, dir string, mode Mode) (*sql.DB, error) {
	scheme, rest, ok := strings.Cut(rawURL, ":")
	switch {
	case !ok || rest == "":
		return nil, fmt.Errorf("%q is not a database URL; write sqlite:FILE", rawURL)
	case scheme != "sqlite":
		return nil, fmt.Errorf("no driver for %q databases; this program opens sqlite:FILE", scheme)
	}
	db, err := sql.Open("sqlite", dsn(path(rest, dir), mode))
	if err != nil {
		return nil, fmt.Errorf("opening %q: %w", rawURL, err)
	}
	return db, nil
}

// Path returns the file behind a sqlite URL, or "" for any other database.
func Path(rawURL, dir string) string {
	rest, ok := strings.CutPrefix(rawURL, "sqlite:")
	if !ok {
		return ""
	}
	return path(rest, dir)
}

func path(file, dir string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// dsn writes the driver's own form of the address. The file is escaped, so that
// a name with a question mark in it cannot set options.
func dsn(file string, mode Mode) string {
	options := "_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)"
	if mode == ReadOnly {
		options += "&mode=ro&_pragma=query_only(1)"
	} else {
		options += "&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	}
	escaped := (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath()
	return "file:" + escaped + "?" + options
}
