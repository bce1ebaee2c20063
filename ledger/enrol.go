package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
)

// Open registers a notice, or takes note of its dates if it is known.
func (l *SQLite) Open(ctx context.Context, n Notice) error {
	return l.writer.write(ctx, func(ctx context.Context, t *tx) error {
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
			n.ID, n.Controller, n.Effective, n.Deadline, millis(n.DeadlineAt), n.KeyPrint)
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
		e := &enrolment{tx: t, number: number}
		if err := t.read(ctx, []any{&e.first}, "SELECT NOT EXISTS (SELECT 1 FROM rows WHERE notice = ?)", number); err != nil {
			return err
		}
		for entry := range entries {
			if err := e.add(ctx, entry); err != nil {
				return err
			}
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
	err := e.read(ctx, []any{&before}, "SELECT coalesce((SELECT seal FROM waves WHERE notice = ? ORDER BY number DESC LIMIT 1), '')", e.number)
	if err != nil {
		return err
	}
	_, err = e.exec(ctx, "INSERT INTO waves (notice, at, audience, added, query, digest, excluded, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		e.number, millis(w.At), w.Audience, w.Added, w.Query, w.Digest, w.excluded(), w.Sealed(before))
	return err
}

// An enrolment adds entries to one notice.
type enrolment struct {
	*tx
	number int64
	first  bool // no rows yet: nobody can be known
	added  int
}

func (e *enrolment) add(ctx context.Context, entry Entry) error {
	if !e.first {
		var holder, address []byte
		var state State
		// The holder counts before the address, so that a known holder with another holder's address stays one row.
		err := e.read(ctx, []any{&holder, &address, &state}, `
			SELECT holder, address, state FROM rows WHERE notice = ?1 AND holder = ?2
			UNION ALL SELECT holder, address, state FROM rows WHERE notice = ?1 AND address = ?3 AND holder <> ?2 LIMIT 1`,
			e.number, entry.Holder[:], entry.Address[:])
		if err == nil {
			return e.again(ctx, entry, Hash(holder), Hash(address), state)
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	state := Pending
	if entry.Skip != "" {
		state = Skipped
	} else {
		e.added++
	}
	_, err := e.exec(ctx, "INSERT INTO rows (notice, holder, address, state, reason, due, tries, late, at, out) VALUES (?, ?, ?, ?, ?, 0, 0, ?, 0, 0)",
		e.number, entry.Holder[:], entry.Address[:], string(state), entry.Skip, entry.Late)
	return err
}

// again looks at an entry whose row is known.
func (e *enrolment) again(ctx context.Context, entry Entry, holder, address Hash, state State) error {
	next := state
	switch {
	case entry.Skip != "" && (state == Pending || state == Deferred):
		next = Skipped
	case entry.Skip == "" && state == Skipped:
		next = Pending
	case entry.Skip == "" && (state == Rejected || state == Bounced) && address != entry.Address:
		next = Pending
	}
	// A row not told yet goes where the holder is now.
	moved := address != entry.Address && (next == Pending || next == Deferred)
	if next == state && !moved {
		return nil
	}
	if next == Pending && state != Pending {
		e.added++
	}
	to := address
	if moved {
		to = entry.Address
	}
	_, err := e.exec(ctx, "UPDATE rows SET state = ?, reason = ?, address = ? WHERE notice = ? AND holder = ?",
		string(next), entry.Skip, to[:], e.number, holder[:])
	return err
}
