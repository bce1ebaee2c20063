package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
)

// Keep stores a letter of a notice once, and returns its number.
func (l *SQLite) Keep(ctx context.Context, notice string, body []byte) (letter int, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256(body)
	err = l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		digest := "sha256:" + hex.EncodeToString(sum[:])
		if _, err := t.exec(ctx, "INSERT OR IGNORE INTO letters (notice, digest, body) VALUES (?, ?, ?)", number, digest, body); err != nil {
			return err
		}
		return t.read(ctx, []any{&letter}, "SELECT number FROM letters WHERE notice = ? AND digest = ?", number, digest)
	})
	return letter, err
}

// Letters returns the letters of a notice.
func (l *SQLite) Letters(ctx context.Context, notice string) ([]Letter, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return nil, err
	}
	return query(ctx, l.db, func(rows *sql.Rows) (x Letter, err error) {
		err = rows.Scan(&x.Number, &x.Body)
		return x, err
	}, "SELECT number, body FROM letters WHERE notice = ? ORDER BY number", number)
}

// Hold keeps everyone from sending until Resume.
func (l *SQLite) Hold(ctx context.Context, s Stop) error {
	return l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "INSERT INTO holds (only, at, reason) VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET reason = excluded.reason", Millis(s.At), s.Reason)
		return err
	})
}

// Resume lets senders go on.
func (l *SQLite) Resume(ctx context.Context) error {
	return l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM holds")
		return err
	})
}

// Held says whether nobody may send.
func (l *SQLite) Held(ctx context.Context) (Stop, bool, error) {
	var at int64
	var s Stop
	err := l.db.QueryRowContext(ctx, "SELECT at, reason FROM holds").Scan(&at, &s.Reason)
	if errors.Is(err, sql.ErrNoRows) {
		return Stop{}, false, nil
	}
	s.At = Instant(at)
	return s, err == nil, err
}
