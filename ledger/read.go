package ledger

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strings"
	"time"
)

// Rows returns the rows in the given states by holder hash, or all rows.
func (l *SQLite) Rows(ctx context.Context, notice string, states ...State) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		number, err := l.number(ctx, notice)
		if err != nil {
			yield(Row{}, err)
			return
		}
		query, args := selectRows, []any{number}
		if len(states) > 0 {
			query += " AND state IN (?" + strings.Repeat(", ?", len(states)-1) + ")"
		}
		for _, s := range states {
			args = append(args, string(s))
		}
		rows, err := l.db.QueryContext(ctx, query+" ORDER BY holder", args...)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanRow(rows)
			if !yield(r, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Row{}, err)
		}
	}
}

const selectRows = "SELECT holder, address, state, reason, due, tries, late, at, out FROM rows WHERE notice = ?"

func scanRow(rows *sql.Rows) (Row, error) {
	var r Row
	var holder, address []byte
	var due, at, out int64
	if err := rows.Scan(&holder, &address, &r.State, &r.Reason, &due, &r.Tries, &r.Late, &at, &out); err != nil {
		return Row{}, err
	}
	r.Due, r.At, r.Out = instant(due), instant(at), instant(out)
	copy(r.Holder[:], holder)
	copy(r.Address[:], address)
	return r, nil
}

// Waves returns the enrolments of a notice, oldest first.
func (l *SQLite) Waves(ctx context.Context, notice string) ([]Wave, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return nil, err
	}
	return query(ctx, l.db, func(rows *sql.Rows) (w Wave, err error) {
		var at int64
		var excluded string
		err = rows.Scan(&at, &w.Audience, &w.Added, &w.Query, &w.Digest, &excluded, &w.Seal)
		w.At, w.Exclusions = instant(at), exclusions(excluded)
		return w, err
	}, "SELECT at, audience, added, query, digest, excluded, seal FROM waves WHERE notice = ? ORDER BY number", number)
}

// Attempts returns what was tried for one holder, oldest first.
func (l *SQLite) Attempts(ctx context.Context, notice string, holder Hash) ([]Attempt, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return nil, err
	}
	return query(ctx, l.db, func(rows *sql.Rows) (a Attempt, err error) {
		var started, ended, due int64
		err = rows.Scan(&a.Number, &a.State, &a.Code, &a.Text, &a.QueueID, &a.Server, &a.TLS, &started, &ended, &due, &a.News, &a.Letter)
		a.Holder, a.Started, a.Ended, a.Due = holder, instant(started), instant(ended), instant(due)
		return a, err
	}, `SELECT a.number, state, code, text, queue_id, coalesce(s.server, ''), coalesce(s.tls, ''), started, ended, due, news, coalesce(letter, 0)
		FROM attempts a LEFT JOIN servers s ON s.number = a.server WHERE notice = ? AND holder = ? ORDER BY a.number`, number, holder[:])
}

// query returns what scan makes of each row.
func query[T any](ctx context.Context, db *sql.DB, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// LastAudience returns the size of the audience to compare the next one with.
func (l *SQLite) LastAudience(ctx context.Context, notice string) (n int, ok bool, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return 0, false, err
	}
	err = l.db.QueryRowContext(ctx, `
		SELECT audience FROM waves w JOIN notices n ON n.number = w.notice
		WHERE n.controller = (SELECT controller FROM notices WHERE number = ?1)
		  AND EXISTS (SELECT 1 FROM notice_policies a JOIN notice_policies b USING (policy) WHERE a.notice = w.notice AND b.notice = ?1)
		ORDER BY w.notice = ?1 DESC, w.number DESC LIMIT 1`, number).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return n, err == nil, err
}

// TriedSince counts the tries of all notices that ended after t.
func (l *SQLite) TriedSince(ctx context.Context, t time.Time) (n int, first time.Time, err error) {
	var ended int64
	err = l.db.QueryRowContext(ctx, "SELECT count(*), coalesce(min(ended), 0) FROM attempts WHERE ended > ? AND NOT news", millis(t)).Scan(&n, &ended)
	return n, instant(ended), err
}

// Counts counts the rows of a notice.
func (l *SQLite) Counts(ctx context.Context, notice string) (Counts, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return Counts{}, err
	}
	var c Counts
	rows, err := l.db.QueryContext(ctx, `
		SELECT state, rows.late, count(*), sum(n.deadline_at > 0 AND rows.at >= n.deadline_at), sum(reason <> ''), sum(out > 0)
		FROM rows JOIN notices n ON n.number = rows.notice WHERE rows.notice = ? GROUP BY 1, 2`, number)
	if err != nil {
		return Counts{}, err
	}
	defer rows.Close()
	for rows.Next() {
		var state State
		var joined bool
		var n, after, excepted, out int
		if err := rows.Scan(&state, &joined, &n, &after, &excepted, &out); err != nil {
			return Counts{}, err
		}
		c.add(state, n)
		if state == Accepted {
			c.Out += out
		}
		switch {
		case joined:
		case state == Accepted:
			c.Late += after
		case state == Deferred:
			c.Waiting += n - excepted
		case state == Pending || state == Sending || state == Ambiguous:
			c.Waiting += n
		}
	}
	return c, rows.Err()
}

// add counts n rows in a state.
func (c *Counts) add(state State, n int) {
	*map[State]*int{Pending: &c.Pending, Sending: &c.Sending, Accepted: &c.Accepted, Deferred: &c.Deferred,
		Ambiguous: &c.Ambiguous, Rejected: &c.Rejected, Bounced: &c.Bounced, Skipped: &c.Skipped}[state] += n
}
