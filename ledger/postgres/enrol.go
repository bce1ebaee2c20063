package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"

	"proviso/ledger"
)

// Open registers a notice, or takes note of its dates if it is known.
func (l *Ledger) Open(ctx context.Context, n ledger.Notice) error {
	return l.write(ctx, func(tx *sql.Tx) error {
		var number int64
		var print string
		err := tx.QueryRowContext(ctx, `
			INSERT INTO proviso.notices (id, controller, effective, deadline, deadline_at, key_print) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE SET effective = excluded.effective, deadline = excluded.deadline, deadline_at = excluded.deadline_at
			RETURNING number, key_print`,
			n.ID, n.Controller, n.Effective, n.Deadline, millis(n.DeadlineAt), n.KeyPrint).Scan(&number, &print)
		if err != nil {
			return err
		}
		if print != n.KeyPrint {
			return fmt.Errorf("notice %q was begun with another key; restore its key from the backup, or copy it from the machine that began the notice", n.ID)
		}
		if err := notPurged(ctx, tx, number, n.ID); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO proviso.notice_policies (notice, policy) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING", number, n.Policies)
		return err
	})
}

// portion is how many entries go to the server at a time.
const portion = 5000

// Enrol adds the entries that are not known yet, all of them or none.
func (l *Ledger) Enrol(ctx context.Context, notice string, w ledger.Wave, entries iter.Seq[ledger.Entry]) (added int, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return 0, err
	}
	err = l.write(ctx, func(tx *sql.Tx) error {
		e := &enrolment{ctx: ctx, tx: tx, number: number, roll: ledger.NewRoll(), digest: ledger.NewRoll()}
		if err := e.begin(notice); err != nil {
			return err
		}
		for entry := range entries {
			if err := e.add(entry); err != nil {
				return err
			}
		}
		if err := e.flush(); err != nil {
			return err
		}
		added = e.added
		w.Added = added
		return e.seal(w)
	})
	return added, err
}

// An enrolment adds entries to one notice.
type enrolment struct {
	ctx     context.Context
	tx      *sql.Tx
	number  int64
	wave    int  // which enrolment of the notice it is, from 1
	first   bool // no rows yet: nobody can be known
	added   int
	roll    ledger.Roll // of those new in this wave
	digest  ledger.Roll // of all who are to be told
	last    ledger.Hash // the entry before
	waiting []ledger.Entry
}

// begin waits for other enrolments of the notice, refuses a purged one and
// finds out what is there already.
func (e *enrolment) begin(notice string) error {
	var n int64
	if err := e.tx.QueryRowContext(e.ctx, "SELECT number FROM proviso.notices WHERE number = $1 FOR NO KEY UPDATE", e.number).Scan(&n); err != nil {
		return err
	}
	if err := notPurged(e.ctx, e.tx, e.number, notice); err != nil {
		return err
	}
	return e.tx.QueryRowContext(e.ctx, `SELECT NOT EXISTS (SELECT 1 FROM proviso.rows WHERE notice = $1),
		1 + (SELECT count(*) FROM proviso.waves WHERE notice = $1)`, e.number).Scan(&e.first, &e.wave)
}

func (e *enrolment) add(entry ledger.Entry) error {
	if slices.Compare(e.last[:], entry.Holder[:]) > 0 {
		return fmt.Errorf("holder %s comes after %s; entries must come by hash", entry.Holder, e.last)
	}
	e.last = entry.Holder
	if entry.Skip == "" {
		e.digest.Add(entry.Holder)
	}
	if e.waiting = append(e.waiting, entry); len(e.waiting) < portion {
		return nil
	}
	return e.flush()
}

// flush sends a portion of entries.
func (e *enrolment) flush() error {
	fresh := e.waiting
	e.waiting = nil
	if len(fresh) == 0 {
		return nil
	}
	if !e.first {
		var err error
		if fresh, err = e.again(fresh); err != nil || len(fresh) == 0 {
			return err
		}
	}
	n := len(fresh)
	holders, addresses, states, reasons := make([][]byte, n), make([][]byte, n), make([]string, n), make([]string, n)
	late, waves := make([]bool, n), make([]int32, n)
	for i := range fresh {
		x := &fresh[i]
		holders[i], addresses[i], states[i], reasons[i], late[i], waves[i] = x.Holder[:], x.Address[:], string(ledger.Pending), x.Skip, x.Late, int32(e.wave)
		if x.Skip != "" {
			states[i], waves[i] = string(ledger.Skipped), 0
			continue
		}
		e.added++
		if e.first {
			e.roll.Add(x.Holder)
		}
	}
	_, err := e.tx.ExecContext(e.ctx, `INSERT INTO proviso.rows (notice, holder, address, state, reason, due, tries, late, at, out, wave)
		SELECT $1, holder, address, state, reason, 0, 0, late, 0, 0, wave
		FROM unnest($2::bytea[], $3::bytea[], $4::text[], $5::text[], $6::bool[], $7::int[]) AS t(holder, address, state, reason, late, wave)`,
		e.number, holders, addresses, states, reasons, late, waves)
	return err
}

// A change is what becomes of a known row.
type change struct {
	holder, address ledger.Hash
	from, to        ledger.State
	reason          string
}

// again changes the rows of entries that are known, and returns the others.
// The holder counts before the address, so that a known holder with another
// holder's address stays one row.
func (e *enrolment) again(entries []ledger.Entry) (fresh []ledger.Entry, err error) {
	holders, addresses := make([][]byte, len(entries)), make([][]byte, len(entries))
	for i := range entries {
		holders[i], addresses[i] = entries[i].Holder[:], entries[i].Address[:]
	}
	rows, err := e.tx.QueryContext(e.ctx, `SELECT t.place, r.holder, r.address, r.state
		FROM unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY AS t(holder, address, place)
		JOIN LATERAL (
			SELECT holder, address, state FROM proviso.rows WHERE notice = $1 AND holder = t.holder
			UNION ALL SELECT holder, address, state FROM proviso.rows WHERE notice = $1 AND address = t.address AND holder <> t.holder
			LIMIT 1) r ON true
		ORDER BY t.place`, e.number, holders, addresses)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var changes []change
	passed := 0
	for rows.Next() {
		var place int
		var holder, address []byte
		var state ledger.State
		if err := rows.Scan(&place, &holder, &address, &state); err != nil {
			return nil, err
		}
		fresh = append(fresh, entries[passed:place-1]...)
		passed = place
		x := entries[place-1]
		if to, at := x.Again(state, ledger.Hash(address)); to != state || at != ledger.Hash(address) {
			changes = append(changes, change{ledger.Hash(holder), at, state, to, x.Skip})
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return append(fresh, entries[passed:]...), e.change(changes)
}

// change writes changes of rows that are as they were found: a row that was
// claimed meanwhile is its sender's.
func (e *enrolment) change(changes []change) error {
	if len(changes) == 0 {
		return nil
	}
	n := len(changes)
	holders, addresses, from, to, reasons := make([][]byte, n), make([][]byte, n), make([]string, n), make([]string, n), make([]string, n)
	for i := range changes {
		x := &changes[i]
		holders[i], addresses[i], from[i], to[i], reasons[i] = x.holder[:], x.address[:], string(x.from), string(x.to), x.reason
	}
	var added int
	err := e.tx.QueryRowContext(e.ctx, `
		WITH changed AS (
			UPDATE proviso.rows r SET state = t.after, reason = t.reason, address = t.address,
				wave = CASE WHEN r.wave = 0 AND t.after = 'pending' THEN $7 ELSE r.wave END
			FROM unnest($2::bytea[], $3::bytea[], $4::text[], $5::text[], $6::text[]) AS t(holder, address, before, after, reason)
			WHERE r.notice = $1 AND r.holder = t.holder AND r.state = t.before
			RETURNING t.before <> 'pending' AND t.after = 'pending' AS added)
		SELECT count(*) FILTER (WHERE added) FROM changed`, e.number, holders, addresses, from, to, reasons, e.wave).Scan(&added)
	e.added += added
	return err
}

// seal writes a wave down with a hash that ties it to the wave before.
func (e *enrolment) seal(w ledger.Wave) error {
	if err := e.call(); err != nil {
		return err
	}
	w.Roll, w.Digest = e.roll.String(), e.digest.String()
	var before string
	err := e.tx.QueryRowContext(e.ctx, "SELECT seal FROM proviso.waves WHERE notice = $1 ORDER BY number DESC LIMIT 1", e.number).Scan(&before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = e.tx.ExecContext(e.ctx, `INSERT INTO proviso.waves (notice, at, audience, added, query, digest, roll, excluded, seal)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.number, millis(w.At), w.Audience, w.Added, w.Query, w.Digest, w.Roll, w.Excluded(), w.Sealed(before))
	return err
}

// call writes the roll of a wave that met known rows: only the table has them
// in order.
func (e *enrolment) call() error {
	if e.first || e.added == 0 {
		return nil
	}
	rows, err := e.tx.QueryContext(e.ctx, "SELECT holder FROM proviso.rows WHERE notice = $1 AND wave = $2 ORDER BY holder", e.number, e.wave)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var holder []byte
		if err := rows.Scan(&holder); err != nil {
			return err
		}
		e.roll.Add(ledger.Hash(holder))
	}
	return rows.Err()
}
