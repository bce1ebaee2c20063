package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"time"

	"proviso/ledger"
)

// gather is how long outcomes are gathered before they are written together.
// What comes in during a commit waits for the next.
const gather = 1 * time.Millisecond

// most is how many go into one transaction.
const most = 1024

// notes writes outcomes, those of many mails at a time.
type notes struct {
	ledger *Ledger
	work   chan note
	quit   chan struct{}
	done   chan struct{}
	once   sync.Once
}

// A note is the outcome of one or several mails of a notice.
type note struct {
	notice   int64
	attempts []ledger.Attempt
	done     chan error
}

func startNotes(l *Ledger) *notes {
	n := &notes{ledger: l, work: make(chan note), quit: make(chan struct{}), done: make(chan struct{})}
	go n.run()
	return n
}

func (n *notes) close() {
	n.once.Do(func() { close(n.quit) })
	<-n.done
}

func (n *notes) run() {
	defer close(n.done)
	for {
		select {
		case first := <-n.work:
			n.commit(n.collect(first))
		case <-n.quit:
			return
		}
	}
}

// collect takes what comes in while the time to gather runs.
func (n *notes) collect(first note) []note {
	all := []note{first}
	timer := time.NewTimer(gather)
	defer timer.Stop()
	for len(all) < most {
		select {
		case o := <-n.work:
			all = append(all, o)
		case <-timer.C:
			return all
		case <-n.quit:
			return all
		}
	}
	return all
}

// commit writes notes, those of each notice in one transaction. Only where
// one of them fails each is written apart from the others.
func (n *notes) commit(all []note) {
	byNotice := map[int64][]note{}
	for _, o := range all {
		byNotice[o.notice] = append(byNotice[o.notice], o)
	}
	ctx := context.Background() // a commit is never given up half way
	for notice, group := range byNotice {
		var attempts []ledger.Attempt
		for _, o := range group {
			attempts = append(attempts, o.attempts...)
		}
		err := n.ledger.record(ctx, notice, attempts)
		for _, o := range group {
			if err != nil && len(group) > 1 {
				o.done <- n.ledger.record(ctx, notice, o.attempts)
			} else {
				o.done <- err
			}
		}
	}
}

// Record writes the outcome of claimed rows, of all of them or of none.
func (l *Ledger) Record(ctx context.Context, notice string, attempts ...ledger.Attempt) error {
	number, err := l.number(ctx, notice)
	if err != nil || len(attempts) == 0 {
		return err
	}
	if err := l.serve(ctx, attempts); err != nil {
		return err
	}
	o := note{number, attempts, make(chan error, 1)}
	select {
	case l.notes.work <- o:
	case <-ctx.Done():
		return ctx.Err()
	case <-l.notes.quit:
		return fmt.Errorf("the ledger is closed")
	}
	if err := <-o.done; err != nil {
		return fmt.Errorf("recording row %s of notice %q: %w", attempts[0].Holder, notice, err)
	}
	return nil
}

// record writes outcomes in one transaction.
func (l *Ledger) record(ctx context.Context, notice int64, attempts []ledger.Attempt) error {
	s := l.owners()
	owner := s.owner(notice)
	var tried, back []ledger.Attempt
	for _, a := range attempts {
		if a.State == ledger.Pending {
			back = append(back, a)
		} else {
			tried = append(tried, a)
		}
	}
	err := l.write(ctx, func(tx *sql.Tx) error {
		n, err := l.tried(ctx, tx, notice, owner, tried)
		if err != nil {
			return err
		}
		m, err := givenBack(ctx, tx, notice, owner, back)
		if err == nil && n+m != len(attempts) {
			err = ledger.ErrLost
		}
		return err
	})
	if err == nil {
		s.count(notice, owner, -len(attempts))
	}
	return err
}

// tried notes attempts and moves their rows, if they are still the owner's. A
// row that others took for a dead sender's and nobody claimed since is the
// owner's too: then it was ambiguous, and this is the news of it.
func (l *Ledger) tried(ctx context.Context, tx *sql.Tx, notice, owner int64, attempts []ledger.Attempt) (n int, err error) {
	if len(attempts) == 0 {
		return 0, nil
	}
	c := l.columns(attempts)
	err = tx.QueryRowContext(ctx, `
		WITH said AS MATERIALIZED (SELECT * FROM `+unnested+`),
		mine AS MATERIALIZED (
			SELECT r.holder, r.state = 'ambiguous' AS news, CASE WHEN r.state = 'sending' THEN r.letter END AS letter
			FROM said JOIN proviso.rows r ON r.notice = $10 AND r.holder = said.holder
			WHERE r.owner = $11 AND r.state IN ('sending', 'ambiguous') FOR UPDATE OF r),
		moved AS (
			UPDATE proviso.rows r SET state = said.state, reason = CASE WHEN said.state = 'deferred' THEN r.reason ELSE '' END,
				due = said.due, at = said.ended, tries = tries + 1, owner = NULL
			FROM said JOIN mine USING (holder) WHERE r.notice = $10 AND r.holder = said.holder
			RETURNING r.holder, r.tries, mine.news, mine.letter),
		noted AS (
			INSERT INTO proviso.attempts (notice, holder, number, state, news, code, text, queue_id, server, started, ended, due, letter)
			SELECT $10, holder, tries, said.state, news, code, text, queue_id, server, started, ended, due, letter FROM moved JOIN said USING (holder)
			RETURNING 1)
		SELECT count(*) FROM noted`, append(c, notice, owner)...).Scan(&n)
	return n, err
}

// unnested is the table that columns makes.
const unnested = `unnest($1::bytea[], $2::text[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
	AS t(holder, state, code, text, queue_id, server, started, ended, due)`

// columns returns attempts by column, as parameters 1 to 9.
func (l *Ledger) columns(attempts []ledger.Attempt) []any {
	n := len(attempts)
	holders, states, codes, texts, ids := make([][]byte, n), make([]string, n), make([]int32, n), make([]string, n), make([]string, n)
	servers, started, ended, due := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, a := range attempts {
		holders[i], states[i], codes[i], texts[i], ids[i] = a.Holder[:], string(a.State), int32(a.Code), printable(a.Text), printable(a.QueueID)
		number, _ := l.servers.Load(serverID{a.Server, a.TLS})
		servers[i], _ = number.(int64)
		started[i], ended[i], due[i] = millis(a.Started), millis(a.Ended), millis(a.Due)
	}
	return []any{holders, states, codes, texts, ids, servers, started, ended, due}
}

// printable makes a server's words a text that the database takes.
func printable(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(ledger.Clip(s), "\x00", ""), "\uFFFD")
}

// givenBack returns claimed rows to what they were: their last attempts say.
func givenBack(ctx context.Context, tx *sql.Tx, notice, owner int64, attempts []ledger.Attempt) (int, error) {
	if len(attempts) == 0 {
		return 0, nil
	}
	holders := make([][]byte, len(attempts))
	for i := range attempts {
		holders[i] = attempts[i].Holder[:]
	}
	return affected(tx.ExecContext(ctx, `UPDATE proviso.rows r SET owner = NULL, state = coalesce((SELECT state FROM proviso.attempts a
			WHERE a.notice = r.notice AND a.holder = r.holder ORDER BY number DESC LIMIT 1), 'pending')
		WHERE notice = $1 AND owner = $2 AND state = 'sending' AND holder = ANY($3::bytea[])`, notice, owner, holders))
}

type serverID struct{ server, tls string }

// serve makes sure that the servers of attempts have numbers.
func (l *Ledger) serve(ctx context.Context, attempts []ledger.Attempt) error {
	for _, a := range attempts {
		id := serverID{a.Server, a.TLS}
		if _, ok := l.servers.Load(id); ok {
			continue
		}
		var n int64
		err := l.db.QueryRowContext(ctx, `INSERT INTO proviso.servers (server, tls) VALUES ($1, $2)
			ON CONFLICT (server, tls) DO UPDATE SET server = excluded.server RETURNING number`, a.Server, a.TLS).Scan(&n)
		if err != nil {
			return said(err)
		}
		l.servers.Store(id, n)
	}
	return nil
}

// affected returns how many rows were changed.
func affected(r sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}
