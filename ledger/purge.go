package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// notPurged refuses a notice that was purged.
func notPurged(ctx context.Context, t *tx, notice string) error {
	var purged bool
	err := t.read(ctx, []any{&purged}, "SELECT EXISTS (SELECT 1 FROM purges p JOIN notices n ON n.number = p.notice WHERE n.id = ?)", notice)
	if err == nil && purged {
		return fmt.Errorf("notice %q: %w", notice, ErrPurged)
	}
	return err
}

// purgedCounts returns what the rows of a notice added up to, if they are gone.
func (l *SQLite) purgedCounts(ctx context.Context, number int64) (c Counts, purged bool, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT pending, sending, accepted, deferred, ambiguous, rejected, bounced, skipped, late, waiting, out
		FROM purges WHERE notice = ?`, number).Scan(&c.Pending, &c.Sending, &c.Accepted, &c.Deferred, &c.Ambiguous, &c.Rejected,
		&c.Bounced, &c.Skipped, &c.Late, &c.Waiting, &c.Out)
	if errors.Is(err, sql.ErrNoRows) {
		return Counts{}, false, nil
	}
	return c, err == nil, err
}

// Purge forgets who the notices told.
func (l *SQLite) Purge(ctx context.Context, at time.Time, notices ...string) error {
	for _, notice := range notices {
		if err := l.purge(ctx, at, notice); err != nil {
			return fmt.Errorf("purging notice %q: %w", notice, err)
		}
	}
	return l.compact(ctx)
}

// purge deletes the rows of one notice in one transaction, so that a notice is
// forgotten as a whole or not at all.
func (l *SQLite) purge(ctx context.Context, at time.Time, notice string) error {
	number, err := l.number(ctx, notice)
	if err != nil {
		return err
	}
	if _, purged, err := l.purgedCounts(ctx, number); err != nil || purged {
		return err
	}
	c, err := l.Counts(ctx, notice)
	if err != nil {
		return err
	}
	return l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO purges (notice, at, pending, sending, accepted, deferred, ambiguous, rejected, bounced, skipped, late, waiting, out)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, number, Millis(at), c.Pending, c.Sending, c.Accepted, c.Deferred, c.Ambiguous,
			c.Rejected, c.Bounced, c.Skipped, c.Late, c.Waiting, c.Out)
		for _, table := range []string{"attempts", "rows", "letters"} {
			if err == nil {
				_, err = t.exec(ctx, "DELETE FROM "+table+" WHERE notice = ?", number)
			}
		}
		if err != nil {
			return err
		}
		return l.forget(ctx, t)
	})
}

// compact writes the file anew without the room that deleted rows took, and
// empties the log, so that their bytes are in neither.
func (l *SQLite) compact(ctx context.Context) error {
	var free int
	if err := l.db.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&free); err != nil || free == 0 {
		return err
	}
	if _, err := l.db.ExecContext(ctx, "VACUUM"); err != nil {
		return fmt.Errorf("giving back the room of what was purged: %w%s", err, remedy(err))
	}
	var busy, logged, moved int
	err := l.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &logged, &moved)
	if err == nil && busy != 0 {
		err = errors.New("somebody else reads the ledger, so that its log still holds what was purged; run the purge again when they are done")
	}
	return err
}
