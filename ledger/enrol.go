package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// Open registers a notice, or takes note of its dates if it is known.
func (l *SQLite) Open(ctx context.Context, n Notice) error {
	return l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		if err := notPurged(ctx, t, n.ID); err != nil {
			return err
		}
		var print string
		err := t.read(ctx, []any{&print}, "SELECT key_print FROM notices WHERE id = ?", n.ID)
		if err == nil && print != n.KeyPrint {
			return fmt.Errorf("notice %q was begun with another key; restore its key from the backup", n.ID)
		} else if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var number int64
		err = t.read(ctx, []any{&number}, `
			INSERT INTO notices (id, controller, effective, deadline, deadline_at, key_print) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET effective = excluded.effective, deadline = excluded.deadline, deadline_at = excluded.deadline_at
			RETURNING number`,
			n.ID, n.Controller, n.Effective, n.Deadline, Millis(n.DeadlineAt), n.KeyPrint)
		if err != nil {
			return err
		}
		for _, p := range n.Policies {
			if _, err := t.exec(ctx, "INSERT OR IGNORE INTO notice_policies (notice, policy) VALUES (?, ?)", number, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// Enrol adds the entries that are not known yet, all of them or none.
func (l *SQLite) Enrol(ctx context.Context, notice string, w Wave, entries iter.Seq[Entry]) (added int, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return 0, err
	}
	err = l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		e := &enrolment{tx: t, number: number, roll: NewRoll(), digest: NewRoll()}
		if err := e.begin(ctx, notice); err != nil {
			return err
		}
		for entry := range entries {
			if err := e.add(ctx, entry); err != nil {
				return err
			}
		}
		if err := e.flush(ctx); err != nil {
			return err
		}
		added = e.added
		w.Added = added
		return e.seal(ctx, w)
	})
	return added, err
}

// seal writes a wave down with a hash that ties it to the wave before.
func (e *enrolment) seal(ctx context.Context, w Wave) error {
	var before string
	if err := e.call(ctx); err != nil {
		return err
	}
	w.Roll, w.Digest = e.roll.String(), e.digest.String()
	err := e.read(ctx, []any{&before}, "SELECT coalesce((SELECT seal FROM waves WHERE notice = ? ORDER BY number DESC LIMIT 1), '')", e.number)
	if err != nil {
		return err
	}
	_, err = e.exec(ctx, "INSERT INTO waves (notice, at, audience, added, query, digest, roll, excluded, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		e.number, Millis(w.At), w.Audience, w.Added, w.Query, w.Digest, w.Roll, w.Excluded(), w.Sealed(before))
	return err
}

// An enrolment adds entries to one notice.
type enrolment struct {
	*tx
	number int64
	wave   int  // which enrolment of the notice it is, from 1
	first  bool // no rows yet: nobody can be known
	added  int
	roll   Roll   // of those new in this wave
	digest Roll   // of all who are to be told
	last   Hash   // the entry before
	batch  []byte // of the first enrolment: entries to be told, entrySize bytes each
}

// Of a batch, an entry takes its two hashes and a byte that says whether it is
// late. A batch is one statement with one value: to hand the values over for
// each row by itself would take longer than to write them.
const (
	entrySize = 2*len(Hash{}) + 1
	batchSize = 1000 * entrySize
)

// begin refuses a purged notice and finds out what is there already.
func (e *enrolment) begin(ctx context.Context, notice string) error {
	if err := notPurged(ctx, e.tx, notice); err != nil {
		return err
	}
	err := e.read(ctx, []any{&e.first, &e.wave}, `SELECT NOT EXISTS (SELECT 1 FROM rows WHERE notice = ?1),
		1 + (SELECT count(*) FROM waves WHERE notice = ?1)`, e.number)
	if err == nil && e.first { // somebody may have asked for an address when there was none
		_, err = e.exec(ctx, "UPDATE notices SET addressed = 0 WHERE number = ?", e.number)
	}
	return err
}

// call writes the roll of a wave that met known rows: only the table has them
// in order.
func (e *enrolment) call(ctx context.Context) error {
	if e.first || e.added == 0 {
		return nil
	}
	rows, err := e.conn.QueryContext(ctx, "SELECT holder FROM rows WHERE notice = ? AND wave = ? ORDER BY holder", e.number, e.wave)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var holder []byte
		if err := rows.Scan(&holder); err != nil {
			return err
		}
		e.roll.Add(Hash(holder))
	}
	return rows.Err()
}

func (e *enrolment) add(ctx context.Context, entry Entry) error {
	if slices.Compare(e.last[:], entry.Holder[:]) > 0 {
		return fmt.Errorf("holder %s comes after %s; entries must come by hash", entry.Holder, e.last)
	}
	e.last = entry.Holder
	if entry.Skip == "" {
		e.digest.Add(entry.Holder)
	}
	if e.first && entry.Skip == "" {
		return e.gather(ctx, entry)
	} else if e.first {
		return e.insert(ctx, entry)
	}
	// The holder counts before the address, so that a known holder with another holder's address stays one row.
	known, err := e.known(ctx, entry, "SELECT holder, address, state FROM rows WHERE notice = ? AND holder = ?", entry.Holder)
	if known || err != nil {
		return err
	}
	if err := e.address(ctx, e.number); err != nil {
		return err
	}
	known, err = e.known(ctx, entry, `
		SELECT r.holder, r.address, r.state FROM addresses a JOIN rows r ON r.notice = a.notice AND r.holder = a.holder
		WHERE a.notice = ? AND a.address = ? LIMIT 1`, entry.Address)
	if known || err != nil {
		return err
	}
	return e.insert(ctx, entry)
}

// known looks at an entry if a query finds its row by a hash.
func (e *enrolment) known(ctx context.Context, entry Entry, query string, by Hash) (bool, error) {
	var holder, address []byte
	var state State
	err := e.read(ctx, []any{&holder, &address, &state}, query, e.number, by[:])
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return true, e.again(ctx, entry, Hash(holder), Hash(address), state)
}

// insert adds one entry.
func (e *enrolment) insert(ctx context.Context, entry Entry) error {
	state, wave := Pending, e.wave
	if entry.Skip != "" {
		state, wave = Skipped, 0
	} else {
		e.added++
	}
	_, err := e.exec(ctx, "INSERT INTO rows (notice, holder, address, state, reason, due, tries, late, at, out, wave) VALUES (?, ?, ?, ?, ?, 0, 0, ?, 0, 0, ?)",
		e.number, entry.Holder[:], entry.Address[:], string(state), entry.Skip, entry.Late, wave)
	if err == nil && !e.first { // then somebody asked for an address
		_, err = e.exec(ctx, "INSERT INTO addresses (notice, address, holder) VALUES (?, ?, ?)", e.number, entry.Address[:], entry.Holder[:])
	}
	return err
}

// gather adds an entry of the first enrolment to the batch.
func (e *enrolment) gather(ctx context.Context, entry Entry) error {
	e.added++
	e.roll.Add(entry.Holder)
	late := byte(0)
	if entry.Late {
		late = 1
	}
	e.batch = append(append(append(e.batch, entry.Holder[:]...), entry.Address[:]...), late)
	if len(e.batch) < batchSize {
		return nil
	}
	return e.flush(ctx)
}

// flush adds the entries of the batch.
func (e *enrolment) flush(ctx context.Context) error {
	n := len(e.batch) / entrySize
	if n == 0 {
		return nil
	}
	_, err := e.exec(ctx, `
		INSERT INTO rows (notice, holder, address, state, reason, due, tries, late, at, out, wave)
		WITH RECURSIVE entries(place) AS (SELECT 1 UNION ALL SELECT place + 33 FROM entries LIMIT ?3)
		SELECT ?1, substr(?2, place, 16), substr(?2, place + 16, 16), 'pending', '', 0, 0, substr(?2, place + 32, 1) = x'01', 0, 0, ?4 FROM entries`,
		e.number, e.batch, n, e.wave)
	e.batch = e.batch[:0]
	return err
}

// again looks at an entry whose row is known.
func (e *enrolment) again(ctx context.Context, entry Entry, holder, address Hash, state State) error {
	next, to := entry.Again(state, address)
	if next == state && to == address {
		return nil
	}
	if next == Pending && state != Pending {
		e.added++
	}
	_, err := e.exec(ctx, "UPDATE rows SET state = ?1, reason = ?2, address = ?3, wave = iif(wave = 0 AND ?1 = 'pending', ?4, wave) WHERE notice = ?5 AND holder = ?6",
		string(next), entry.Skip, to[:], e.wave, e.number, holder[:])
	return err
}

// Again returns the state and the address that a row has when its entry comes
// again.
func (e Entry) Again(state State, address Hash) (State, Hash) {
	next := state
	switch {
	case e.Skip != "" && (state == Pending || state == Deferred):
		next = Skipped
	case e.Skip == "" && state == Skipped:
		next = Pending
	case e.Skip == "" && (state == Rejected || state == Bounced) && address != e.Address:
		next = Pending
	}
	if next == Pending || next == Deferred { // a row not told yet goes where the holder is now
		address = e.Address
	}
	return next, address
}
