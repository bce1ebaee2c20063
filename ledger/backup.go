package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"proviso/database"
)

// Backup writes a copy of the ledger to a file that is not there yet, readable
// for its owner only. The copy is the ledger as it was at one moment, also while
// a sender writes; it is checked before it gets its name. It can be put in the
// ledger's place as it is. The keys are not in it.
func (l *SQLite) Backup(ctx context.Context, file string) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backing up the ledger: %s is there already; name another file", file)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".ledger-*") // mode 0600
	if err != nil {
		return fmt.Errorf("backing up the ledger: %w", err)
	}
	copied := f.Name()
	defer os.Remove(copied)
	defer f.Close()
	if _, err := l.db.ExecContext(ctx, "VACUUM INTO ?", copied); err != nil {
		return fmt.Errorf("backing up the ledger: %w%s", err, remedy(err))
	}
	if err := sound(ctx, copied); err != nil {
		return fmt.Errorf("backing up the ledger: the copy is not sound: %w; do it again", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("backing up the ledger: %w", err)
	}
	if err := os.Link(copied, file); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("backing up the ledger: %s is there already; name another file", file)
	} else if err != nil {
		err = os.Rename(copied, file) // a file system without links
		if err != nil {
			return fmt.Errorf("backing up the ledger: %w", err)
		}
	}
	return nil
}

// sound reads a whole copy and reports what is wrong with it.
func sound(ctx context.Context, file string) error {
	db, err := database.Open("sqlite:"+file, "", database.ReadOnly)
	if err != nil {
		return err
	}
	defer db.Close()
	said, err := query(ctx, db, func(rows *sql.Rows) (s string, err error) { err = rows.Scan(&s); return s, err }, "PRAGMA integrity_check")
	if err == nil && (len(said) != 1 || said[0] != "ok") {
		err = fmt.Errorf("%q", said)
	}
	return err
}
