package postgres

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"time"

	"proviso/ledger"
)

// stream hands over what scan makes of each row.
func stream[T any](ctx context.Context, db *sql.DB, scan func(*sql.Rows) (T, error), yield func(T, error) bool, query string, args ...any) {
	var none T
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		yield(none, said(err))
		return
	}
	defer rows.Close()
	for rows.Next() {
		t, err := scan(rows)
		if !yield(t, err) || err != nil {
			return
		}
	}
	if err := rows.Err(); err != nil {
		yield(none, said(err))
	}
}

// list returns what scan makes of each row.
func list[T any](ctx context.Context, db *sql.DB, scan func(*sql.Rows) (T, error), query string, args ...any) (out []T, err error) {
	stream(ctx, db, scan, func(t T, e error) bool {
		if err = e; e == nil {
			out = append(out, t)
		}
		return e == nil
	}, query, args...)
	return out, err
}

const selectRows = "SELECT holder, address, state, reason, due, tries, late, at, out, wave FROM proviso.rows WHERE notice = $1"

func scanRow(rows *sql.Rows) (ledger.Row, error) {
	var r ledger.Row
	var holder, address []byte
	var due, at, out int64
	err := rows.Scan(&holder, &address, &r.State, &r.Reason, &due, &r.Tries, &r.Late, &at, &out, &r.Wave)
	copy(r.Holder[:], holder)
	copy(r.Address[:], address)
	r.Due, r.At, r.Out = ledger.Instant(due), ledger.Instant(at), ledger.Instant(out)
	return r, err
}

// Rows returns the rows in the given states by holder hash, or all rows.
func (l *Ledger) Rows(ctx context.Context, notice string, states ...ledger.State) iter.Seq2[ledger.Row, error] {
	return func(yield func(ledger.Row, error) bool) {
		number, err := l.number(ctx, notice)
		if err != nil {
			yield(ledger.Row{}, err)
			return
		}
		query, args := selectRows, []any{number}
		if len(states) > 0 {
			names := make([]string, len(states))
			for i, s := range states {
				names[i] = string(s)
			}
			query, args = query+" AND state = ANY($2::text[])", append(args, names)
		}
		stream(ctx, l.db, scanRow, yield, query+" ORDER BY holder", args...)
	}
}

// Find returns the row of a holder or, where there is none, of an address.
func (l *Ledger) Find(ctx context.Context, notice string, holder, address ledger.Hash) (ledger.Row, bool, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return ledger.Row{}, false, err
	}
	for _, by := range []struct {
		column string
		hash   ledger.Hash
	}{{"holder", holder}, {"address", address}} {
		found, err := list(ctx, l.db, scanRow, selectRows+" AND "+by.column+" = $2 LIMIT 1", number, by.hash[:])
		if err != nil || len(found) > 0 {
			return append(found, ledger.Row{})[0], len(found) > 0, err
		}
	}
	return ledger.Row{}, false, nil
}

// Notices returns all notices, oldest first.
func (l *Ledger) Notices(ctx context.Context) ([]ledger.Notice, error) {
	out, err := list(ctx, l.db, func(rows *sql.Rows) (n ledger.Notice, err error) {
		var at, purged int64
		err = rows.Scan(&n.ID, &n.Controller, &n.Effective, &n.Deadline, &at, &n.KeyPrint, &purged)
		n.DeadlineAt, n.Purged = ledger.Instant(at), ledger.Instant(purged)
		return n, err
	}, `SELECT id, controller, effective, deadline, deadline_at, key_print, coalesce(p.at, 0)
		FROM proviso.notices n LEFT JOIN proviso.purges p ON p.notice = n.number ORDER BY n.number`)
	for i := range out {
		of, perr := list(ctx, l.db, func(rows *sql.Rows) (p string, err error) { err = rows.Scan(&p); return p, err },
			"SELECT policy FROM proviso.notice_policies JOIN proviso.notices n ON n.number = notice WHERE n.id = $1 ORDER BY policy", out[i].ID)
		out[i].Policies, err = of, errors.Join(err, perr)
	}
	return out, err
}

// Waves returns the enrolments of a notice, oldest first.
func (l *Ledger) Waves(ctx context.Context, notice string) ([]ledger.Wave, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return nil, err
	}
	return list(ctx, l.db, func(rows *sql.Rows) (w ledger.Wave, err error) {
		var at int64
		var excluded string
		err = rows.Scan(&at, &w.Audience, &w.Added, &w.Query, &w.Digest, &w.Roll, &excluded, &w.Seal)
		w.At, w.Exclusions = ledger.Instant(at), ledger.ParseExclusions(excluded)
		return w, err
	}, "SELECT at, audience, added, query, digest, roll, excluded, seal FROM proviso.waves WHERE notice = $1 ORDER BY number", number)
}

const selectAttempts = `SELECT holder, a.number, state, code, text, queue_id, coalesce(s.server, ''), coalesce(s.tls, ''), started, ended, due, news, coalesce(letter, 0)
	FROM proviso.attempts a LEFT JOIN proviso.servers s ON s.number = a.server WHERE notice = $1`

func scanAttempt(rows *sql.Rows) (a ledger.Attempt, err error) {
	var holder []byte
	var started, ended, due int64
	err = rows.Scan(&holder, &a.Number, &a.State, &a.Code, &a.Text, &a.QueueID, &a.Server, &a.TLS, &started, &ended, &due, &a.News, &a.Letter)
	copy(a.Holder[:], holder)
	a.Started, a.Ended, a.Due = ledger.Instant(started), ledger.Instant(ended), ledger.Instant(due)
	return a, err
}

// Attempts returns what was tried for one holder, oldest first.
func (l *Ledger) Attempts(ctx context.Context, notice string, holder ledger.Hash) ([]ledger.Attempt, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return nil, err
	}
	return list(ctx, l.db, scanAttempt, selectAttempts+" AND holder = $2 ORDER BY a.number", number, holder[:])
}

// History returns the attempts of all holders of a notice.
func (l *Ledger) History(ctx context.Context, notice string) iter.Seq2[ledger.Attempt, error] {
	return func(yield func(ledger.Attempt, error) bool) {
		number, err := l.number(ctx, notice)
		if err != nil {
			yield(ledger.Attempt{}, err)
			return
		}
		stream(ctx, l.db, scanAttempt, yield, selectAttempts+" ORDER BY holder, a.number", number)
	}
}

// LastAudience returns the size of the audience to compare the next one with.
func (l *Ledger) LastAudience(ctx context.Context, notice string) (n int, ok bool, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return 0, false, err
	}
	err = l.db.QueryRowContext(ctx, `
		SELECT audience FROM proviso.waves w JOIN proviso.notices n ON n.number = w.notice
		WHERE n.controller = (SELECT controller FROM proviso.notices WHERE number = $1)
		  AND EXISTS (SELECT 1 FROM proviso.notice_policies a JOIN proviso.notice_policies b USING (policy) WHERE a.notice = w.notice AND b.notice = $1)
		ORDER BY w.notice = $1 DESC, w.number DESC LIMIT 1`, number).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return n, err == nil, said(err)
}

// TriedSince counts the tries of all notices that ended after t.
func (l *Ledger) TriedSince(ctx context.Context, t time.Time) (n int, first time.Time, err error) {
	var ended int64
	err = l.db.QueryRowContext(ctx, "SELECT count(*), coalesce(min(ended), 0) FROM proviso.attempts WHERE ended > $1 AND NOT news", millis(t)).Scan(&n, &ended)
	return n, ledger.Instant(ended), said(err)
}

// Counts counts the rows of a notice.
func (l *Ledger) Counts(ctx context.Context, notice string) (ledger.Counts, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return ledger.Counts{}, err
	}
	if c, purged, err := l.purgedCounts(ctx, number); err != nil || purged {
		return c, err
	}
	return l.counts(ctx, l.db, number)
}

// A querier is a database, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (l *Ledger) counts(ctx context.Context, from querier, number int64) (c ledger.Counts, err error) {
	rows, err := from.QueryContext(ctx, `
		SELECT state, r.late, count(*), count(*) FILTER (WHERE n.deadline_at > 0 AND r.at >= n.deadline_at),
			count(*) FILTER (WHERE reason <> ''), count(*) FILTER (WHERE out > 0)
		FROM proviso.rows r JOIN proviso.notices n ON n.number = r.notice WHERE r.notice = $1 GROUP BY 1, 2`, number)
	if err != nil {
		return c, said(err)
	}
	defer rows.Close()
	for rows.Next() {
		var state ledger.State
		var joined bool
		var n, after, excepted, out int
		if err := rows.Scan(&state, &joined, &n, &after, &excepted, &out); err != nil {
			return c, err
		}
		c.Add(state, n)
		if state == ledger.Accepted {
			c.Out += out
		}
		switch {
		case joined:
		case state == ledger.Accepted:
			c.Late += after
		case state == ledger.Deferred:
			c.Waiting += n - excepted
		case state == ledger.Pending || state == ledger.Sending || state == ledger.Ambiguous:
			c.Waiting += n
		}
	}
	return c, said(rows.Err())
}
