package database

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

func openSQLite(file string, mode Mode) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(file, mode))
	if err != nil {
		return nil, fmt.Errorf("opening %q: %w", file, err)
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
		// The log grows to 32 MB before it is moved into the file: to move it after each 4 MB stops who writes for a
		// tenth of the time.
		options += "&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(8000)"
	}
	escaped := (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath()
	return "file:" + escaped + "?" + options
}
