package ledger

import (
	"context"
	"database/sql"
	"time"
)

// A Remark is something that was done about a notice besides mailing it.
type Remark struct {
	At      time.Time
	Kind    RemarkKind
	Holders int    // of Posted: how many are on the list
	Text    string // of Live: the addresses that were asked; of Offline: the reason
}

// A RemarkKind says what was done.
type RemarkKind string

const (
	Live    RemarkKind = "live"    // the announced version was seen on every site that proviso publishes
	Offline RemarkKind = "offline" // sending began though it was not seen there, with a reason
	Posted  RemarkKind = "posted"  // the list for post was written
	AsOf    RemarkKind = "as-of"   // the times are not those of the machine's clock, whose time is the text
)

// Remark adds a remark to a notice.
func (l *SQLite) Remark(ctx context.Context, notice string, r Remark) error {
	number, err := l.number(ctx, notice)
	if err != nil {
		return err
	}
	return l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "INSERT INTO remarks (notice, at, kind, holders, text) VALUES (?, ?, ?, ?, ?)",
			number, Millis(r.At), string(r.Kind), r.Holders, r.Text)
		return err
	})
}

// Remarks returns the remarks of a notice, oldest first.
func (l *SQLite) Remarks(ctx context.Context, notice string) ([]Remark, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return nil, err
	}
	return query(ctx, l.db, func(rows *sql.Rows) (r Remark, err error) {
		var at int64
		err = rows.Scan(&at, &r.Kind, &r.Holders, &r.Text)
		r.At = Instant(at)
		return r, err
	}, "SELECT at, kind, holders, text FROM remarks WHERE notice = ? ORDER BY number", number)
}
