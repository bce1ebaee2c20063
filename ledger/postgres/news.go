package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"proviso/ledger"
)

// Keep stores a letter of a notice once, and returns its number.
func (l *Ledger) Keep(ctx context.Context, notice string, body []byte) (letter int, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256(body)
	err = l.db.QueryRowContext(ctx, `INSERT INTO proviso.letters (notice, digest, body) VALUES ($1, $2, $3)
		ON CONFLICT (notice, digest) DO UPDATE SET digest = excluded.digest RETURNING number`,
		number, "sha256:"+hex.EncodeToString(sum[:]), body).Scan(&letter)
	return letter, said(err)
}

// Letters returns the letters of a notice.
func (l *Ledger) Letters(ctx context.Context, notice string) ([]ledger.Letter, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return nil, err
	}
	return list(ctx, l.db, func(rows *sql.Rows) (x ledger.Letter, err error) {
		err = rows.Scan(&x.Number, &x.Body)
		return x, err
	}, "SELECT number, body FROM proviso.letters WHERE notice = $1 ORDER BY number", number)
}

// Remark adds a remark to a notice.
func (l *Ledger) Remark(ctx context.Context, notice string, r ledger.Remark) error {
	number, err := l.number(ctx, notice)
	if err != nil {
		return err
	}
	_, err = l.db.ExecContext(ctx, "INSERT INTO proviso.remarks (notice, at, kind, holders, text) VALUES ($1, $2, $3, $4, $5)",
		number, millis(r.At), string(r.Kind), r.Holders, r.Text)
	return said(err)
}

// Remarks returns the remarks of a notice, oldest first.
func (l *Ledger) Remarks(ctx context.Context, notice string) ([]ledger.Remark, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return nil, err
	}
	return list(ctx, l.db, func(rows *sql.Rows) (r ledger.Remark, err error) {
		var at int64
		err = rows.Scan(&at, &r.Kind, &r.Holders, &r.Text)
		r.At = ledger.Instant(at)
		return r, err
	}, "SELECT at, kind, holders, text FROM proviso.remarks WHERE notice = $1 ORDER BY number", number)
}

// Hold keeps everyone from sending until Resume.
func (l *Ledger) Hold(ctx context.Context, s ledger.Stop) error {
	_, err := l.db.ExecContext(ctx, "UPDATE proviso.gate SET held = true, at = CASE WHEN held THEN at ELSE $1 END, reason = $2", millis(s.At), s.Reason)
	return said(err)
}

// Resume lets senders go on.
func (l *Ledger) Resume(ctx context.Context) error {
	_, err := l.db.ExecContext(ctx, "UPDATE proviso.gate SET held = false")
	return said(err)
}

// Held says whether nobody may send; to a sender that was taken for dead it is
// ErrLost.
func (l *Ledger) Held(ctx context.Context) (ledger.Stop, bool, error) {
	l.mu.Lock()
	s := l.session
	l.mu.Unlock()
	if s != nil && s.lost() {
		return ledger.Stop{}, false, ledger.ErrLost
	}
	ctx, cancel := context.WithTimeout(ctx, lease/2) // a server that does not answer must not keep a sender going
	defer cancel()
	var at int64
	var stop ledger.Stop
	var held bool
	if err := l.db.QueryRowContext(ctx, "SELECT held, at, reason FROM proviso.gate").Scan(&held, &at, &stop.Reason); err != nil || !held {
		return ledger.Stop{}, false, said(err)
	}
	stop.At = ledger.Instant(at)
	return stop, true, nil
}

// Skip excludes rows, all of them or none.
func (l *Ledger) Skip(ctx context.Context, notice string, holders []ledger.Hash, reason string) error {
	return l.mark(ctx, notice, holders, "UPDATE proviso.rows SET state = 'skipped', reason = $3 WHERE notice = $1 AND holder = ANY($2::bytea[]) AND state IN ('pending', 'deferred', 'ambiguous')", reason)
}

// Except records that nobody waits for deferred rows any more.
func (l *Ledger) Except(ctx context.Context, notice string, holders []ledger.Hash, reason string) error {
	return l.mark(ctx, notice, holders, "UPDATE proviso.rows SET reason = $3 WHERE notice = $1 AND holder = ANY($2::bytea[]) AND state = 'deferred'", reason)
}

// mark changes rows, all of them or none.
func (l *Ledger) mark(ctx context.Context, notice string, holders []ledger.Hash, update, reason string) error {
	number, err := l.number(ctx, notice)
	if err != nil || len(holders) == 0 {
		return err
	}
	return l.write(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, update, number, bytes(holders), reason))
		if err == nil && n != len(holders) {
			err = fmt.Errorf("%d of %d rows of notice %q are in another state", len(holders)-n, len(holders), notice)
		}
		return err
	})
}

// Learn takes in news of mails that were tried before.
func (l *Ledger) Learn(ctx context.Context, notice string, news ...ledger.Attempt) (changed int, err error) {
	number, err := l.number(ctx, notice)
	if err != nil || len(news) == 0 {
		return 0, err
	}
	if err := l.serve(ctx, news); err != nil {
		return 0, err
	}
	err = l.write(ctx, func(tx *sql.Tx) error {
		changed = 0
		for _, a := range news { // one after the other: two may be of one mail
			var n int
			err := tx.QueryRowContext(ctx, `
				WITH said AS (SELECT * FROM `+unnested+`),
				moved AS (
					UPDATE proviso.rows r SET state = said.state, due = said.due, at = said.ended, tries = tries + 1, owner = NULL FROM said
					WHERE r.notice = $10 AND r.holder = said.holder AND
						(r.state = 'ambiguous' AND said.state IN ('accepted', 'bounced', 'deferred') OR r.state = 'accepted' AND said.state = 'bounced')
					RETURNING r.holder, r.tries),
				noted AS (
					INSERT INTO proviso.attempts (notice, holder, number, state, news, code, text, queue_id, server, started, ended, due)
					SELECT $10, holder, tries, state, true, code, text, queue_id, server, started, ended, due FROM moved JOIN said USING (holder)
					RETURNING 1)
				SELECT count(*) FROM noted`, append(l.columns([]ledger.Attempt{a}), number)...).Scan(&n)
			if err != nil {
				return err
			}
			changed += n
		}
		return nil
	})
	return changed, err
}

// PassedOn records when our own relay passed accepted mails on.
func (l *Ledger) PassedOn(ctx context.Context, notice string, at map[ledger.Hash]time.Time) (changed int, err error) {
	number, err := l.number(ctx, notice)
	if err != nil || len(at) == 0 {
		return 0, err
	}
	var holders [][]byte
	var times []int64
	for h, t := range at {
		holders, times = append(holders, h[:]), append(times, millis(t))
	}
	err = l.write(ctx, func(tx *sql.Tx) error {
		changed, err = affected(tx.ExecContext(ctx, `UPDATE proviso.rows r SET out = t.at FROM unnest($2::bytea[], $3::bigint[]) AS t(holder, at)
			WHERE r.notice = $1 AND r.holder = t.holder AND r.state = 'accepted' AND r.out = 0`, number, holders, times))
		return err
	})
	return changed, err
}
