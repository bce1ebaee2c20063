package ledger

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strconv"
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
		stream(ctx, l.db, scanRow, yield, query+" ORDER BY holder", args...)
	}
}

// stream yields what scan makes of each row, until it fails.
func stream[T any](ctx context.Context, db *sql.DB, scan func(*sql.Rows) (T, error), yield func(T, error) bool, query string, args ...any) {
	var none T
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		yield(none, err)
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
		yield(none, err)
	}
}

// selectRows reads rows in few columns, because each of them takes its time, and
// there may be millions: most have nothing beside their hashes and their state.
const selectRows = `SELECT holder || address, state, iif(tries + due + at + out + late = 0 AND reason = '' AND wave = 1, NULL,
	due || ' ' || tries || ' ' || late || ' ' || at || ' ' || out || ' ' || wave || ' ' || reason)
	FROM rows WHERE notice = ?`

func scanRow(rows *sql.Rows) (Row, error) {
	var hashes, state, rest sql.RawBytes
	if err := rows.Scan(&hashes, &state, &rest); err != nil {
		return Row{}, err
	}
	r := Row{State: known(state), Wave: 1}
	if n := copy(r.Holder[:], hashes); n+copy(r.Address[:], hashes[n:]) != len(r.Holder)+len(r.Address) {
		return Row{}, errors.New("a row of the ledger has no hashes; restore the ledger from its backup")
	}
	if rest == nil {
		return r, nil
	}
	var numbers [6]int64
	fields := strings.SplitN(string(rest), " ", len(numbers)+1)
	for i := range numbers {
		var err error
		if numbers[i], err = strconv.ParseInt(fields[i], 10, 64); err != nil {
			return Row{}, err
		}
	}
	r.Due, r.Tries, r.Late = Instant(numbers[0]), int(numbers[1]), numbers[2] != 0
	r.At, r.Out, r.Wave, r.Reason = Instant(numbers[3]), Instant(numbers[4]), int(numbers[5]), fields[len(numbers)]
	return r, nil
}

// known returns a state without a copy of its word.
func known(word []byte) State {
	for _, s := range States {
		if string(s) == string(word) {
			return s
		}
	}
	return State(word)
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
		err = rows.Scan(&at, &w.Audience, &w.Added, &w.Query, &w.Digest, &w.Roll, &excluded, &w.Seal)
		w.At, w.Exclusions = Instant(at), ParseExclusions(excluded)
		return w, err
	}, "SELECT at, audience, added, query, digest, roll, excluded, seal FROM waves WHERE notice = ? ORDER BY number", number)
}

// Attempts returns what was tried for one holder, oldest first.
func (l *SQLite) Attempts(ctx context.Context, notice string, holder Hash) ([]Attempt, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return nil, err
	}
	return query(ctx, l.db, scanAttempt, attempts("notice = ?1 AND holder = ?2")+" ORDER BY number", number, holder[:])
}

// attempts is a query for all attempts, wherever they stand, that meet a condition.
// (CROSS, so that rows are read in their own order.)
func attempts(condition string) string {
	return `SELECT holder, 1 AS number, state, a.code, p.text, '', queue_id, s.server, s.tls, began, at AS ended, 0, 0 AS news, coalesce(letter, 0)
		FROM rows CROSS JOIN answers a ON a.number = answer CROSS JOIN replies p ON p.number = a.reply CROSS JOIN servers s ON s.number = a.server WHERE ` + condition + `
	UNION ALL
	SELECT holder, a.number, state, code, coalesce(p.text, ''), a.text, queue_id, coalesce(s.server, ''), coalesce(s.tls, ''), started, ended, due, news, coalesce(letter, 0)
		FROM attempts a LEFT JOIN replies p ON p.number = reply LEFT JOIN servers s ON s.number = a.server WHERE ` + condition
}

func scanAttempt(rows *sql.Rows) (a Attempt, err error) {
	var holder []byte
	var started, ended, due int64
	var form string
	err = rows.Scan(&holder, &a.Number, &a.State, &a.Code, &form, &a.Text, &a.QueueID, &a.Server, &a.TLS, &started, &ended, &due, &a.News, &a.Letter)
	copy(a.Holder[:], holder)
	a.Started, a.Ended, a.Due = Instant(started), Instant(ended), Instant(due)
	if form != "" {
		a.Text = filled(form, a.QueueID)
	}
	return a, err
}

// History returns the attempts of all holders of a notice.
func (l *SQLite) History(ctx context.Context, notice string) iter.Seq2[Attempt, error] {
	return func(yield func(Attempt, error) bool) {
		number, err := l.number(ctx, notice)
		if err != nil {
			yield(Attempt{}, err)
			return
		}
		stream(ctx, l.db, scanAttempt, yield, attempts("notice = ?1")+" ORDER BY holder, number", number)
	}
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
	err = l.db.QueryRowContext(ctx, `SELECT count(*), coalesce(min(ended), 0) FROM (
		SELECT at AS ended FROM rows WHERE at > ?1 AND answer NOT NULL UNION ALL SELECT ended FROM attempts WHERE ended > ?1 AND NOT news)`, Millis(t)).Scan(&n, &ended)
	return n, Instant(ended), err
}

// Counts counts the rows of a notice.
func (l *SQLite) Counts(ctx context.Context, notice string) (Counts, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return Counts{}, err
	}
	if c, purged, err := l.purgedCounts(ctx, number); err != nil || purged {
		return c, err
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
		c.Add(state, n)
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

// Add counts n rows in a state.
func (c *Counts) Add(state State, n int) {
	*map[State]*int{Pending: &c.Pending, Sending: &c.Sending, Accepted: &c.Accepted, Deferred: &c.Deferred,
		Ambiguous: &c.Ambiguous, Rejected: &c.Rejected, Bounced: &c.Bounced, Skipped: &c.Skipped}[state] += n
}
