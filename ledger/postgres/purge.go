package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"proviso/ledger"
)

// notPurged refuses a notice that was purged.
func notPurged(ctx context.Context, tx *sql.Tx, number int64, notice string) error {
	var purged bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM proviso.purges WHERE notice = $1)", number).Scan(&purged)
	if err == nil && purged {
		return fmt.Errorf("notice %q: %w", notice, ledger.ErrPurged)
	}
	return err
}

// purgedCounts returns what the rows of a notice added up to, if they are gone.
func (l *Ledger) purgedCounts(ctx context.Context, number int64) (c ledger.Counts, purged bool, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT pending, sending, accepted, deferred, ambiguous, rejected, bounced, skipped, late, waiting, out
		FROM proviso.purges WHERE notice = $1`, number).Scan(&c.Pending, &c.Sending, &c.Accepted, &c.Deferred, &c.Ambiguous, &c.Rejected,
		&c.Bounced, &c.Skipped, &c.Late, &c.Waiting, &c.Out)
	if errors.Is(err, sql.ErrNoRows) {
		return ledger.Counts{}, false, nil
	}
	return c, err == nil, said(err)
}

// Purge forgets who the notices told. The tables are written anew without the
// room that deleted rows took; the server's own logs and backups are for
// whoever looks after it.
func (l *Ledger) Purge(ctx context.Context, at time.Time, notices ...string) error {
	for _, notice := range notices {
		if err := l.purge(ctx, at, notice); err != nil {
			return fmt.Errorf("purging notice %q: %w", notice, err)
		}
	}
	for _, table := range []string{"attempts", "rows", "letters"} {
		if _, err := l.db.ExecContext(ctx, "VACUUM FULL proviso."+table); err != nil {
			return fmt.Errorf("giving back the room of what was purged: %w", said(err))
		}
	}
	return nil
}

// purge deletes the rows of one notice in one transaction, so that a notice is
// forgotten as a whole or not at all.
func (l *Ledger) purge(ctx context.Context, at time.Time, notice string) error {
	number, err := l.number(ctx, notice)
	if err != nil {
		return err
	}
	return l.write(ctx, func(tx *sql.Tx) error {
		if err := notPurged(ctx, tx, number, notice); errors.Is(err, ledger.ErrPurged) {
			return nil
		} else if err != nil {
			return err
		}
		c, err := l.counts(ctx, tx, number)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO proviso.purges (notice, at, pending, sending, accepted, deferred, ambiguous, rejected, bounced, skipped, late, waiting, out)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, number, millis(at), c.Pending, c.Sending, c.Accepted, c.Deferred,
			c.Ambiguous, c.Rejected, c.Bounced, c.Skipped, c.Late, c.Waiting, c.Out)
		for _, table := range []string{"attempts", "rows", "letters", "owners"} {
			if err == nil {
				_, err = tx.ExecContext(ctx, "DELETE FROM proviso."+table+" WHERE notice = $1", number)
			}
		}
		return err
	})
}
