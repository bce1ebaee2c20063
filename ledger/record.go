package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// open are rows that are still to be told. (For a list, IN would build a table
// in memory for each row.)
const open = "instr('pending deferred ambiguous', state) > 0"

// Claim moves rows to sending that are still to be told.
func (l *SQLite) Claim(ctx context.Context, notice string, most int, claims []Claim) (claimed []Claim, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return nil, err
	}
	err = l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		claimed = nil
		var held bool
		if err := t.read(ctx, []any{&held}, "SELECT EXISTS (SELECT 1 FROM holds)"); err != nil {
			return err
		} else if held {
			return ErrHeld
		}
		for left := claims; len(left) > 0 && len(claimed) < most; {
			n := min(len(left), most-len(claimed), chunk)
			got, err := claimSome(ctx, t, number, left[:n])
			if err != nil {
				return fmt.Errorf("claiming row %s of notice %q: %w", left[0].Holder, notice, err)
			}
			claimed, left = append(claimed, got...), left[n:]
		}
		return nil
	})
	return claimed, err
}

// claimSome claims those rows that can be had.
func claimSome(ctx context.Context, t *tx, notice int64, claims []Claim) (claimed []Claim, err error) {
	if len(claims) > 1 {
		if all, err := claimTogether(ctx, t, notice, claims); all || err != nil {
			return claims, err
		}
	}
	for _, c := range claims {
		n, err := affected(t.exec(ctx, `UPDATE rows SET state = 'sending', letter = nullif(?, 0)
			WHERE notice = ? AND holder = ? AND tries = ? AND `+open, c.Letter, notice, c.Holder[:], c.Tries))
		if err != nil {
			return nil, err
		}
		if n == 1 {
			claimed = append(claimed, c)
		}
	}
	return claimed, nil
}

// Skip excludes rows, all of them or none.
func (l *SQLite) Skip(ctx context.Context, notice string, holders []Hash, reason string) error {
	number, err := l.number(ctx, notice)
	if err != nil {
		return err
	}
	return l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		for _, h := range holders {
			err := one(t.exec(ctx, `UPDATE rows SET state = 'skipped', reason = ?
				WHERE notice = ? AND holder = ? AND `+open, reason, number, h[:]))
			if err != nil {
				return fmt.Errorf("row %s of notice %q cannot be skipped: %w", h, notice, err)
			}
		}
		return nil
	})
}

// one is an error unless one row was changed.
func one(r sql.Result, err error) error {
	if n, err := affected(r, err); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("it is in another state")
}

// Record writes the outcome of claimed rows, of all of them or of none.
func (l *SQLite) Record(ctx context.Context, notice string, attempts ...Attempt) error {
	number, err := l.number(ctx, notice)
	if err != nil {
		return err
	}
	if err := l.introduce(ctx, attempts); err != nil {
		return err
	}
	return l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		for _, a := range attempts {
			if err := l.recordOne(ctx, t, number, a); err != nil {
				return fmt.Errorf("recording row %s of notice %q: %w", a.Holder, notice, err)
			}
		}
		return nil
	})
}

func (l *SQLite) recordOne(ctx context.Context, t *tx, notice int64, a Attempt) error {
	if a.State == Pending {
		return givenBack(ctx, t, notice, a)
	}
	answer, known := l.answers.Load(answerOf(a))
	if a.State != Accepted || !known {
		return l.tried(ctx, t, notice, a)
	}
	taken, err := takenAtOnce(ctx, t, notice, answer.(int64), a)
	if err != nil || taken {
		return err
	}
	return l.tried(ctx, t, notice, a)
}

// takenAtOnce moves the row of a mail that was taken, and notes the attempt in
// the row itself, if it was the first one.
func takenAtOnce(ctx context.Context, t *tx, notice, answer int64, a Attempt) (bool, error) {
	n, err := affected(t.exec(ctx, `UPDATE rows SET state = 'accepted', reason = '', due = 0, tries = 1, at = ?, began = ?, answer = ?, queue_id = ?
		WHERE notice = ? AND holder = ? AND state = 'sending' AND tries = 0`,
		Millis(a.Ended), Millis(a.Started), answer, Clip(a.QueueID), notice, a.Holder[:]))
	return n == 1, err
}

// spellOut moves the attempt that a row has in itself to the others, before
// there is another one.
func spellOut(ctx context.Context, t *tx, notice int64, h Hash) error {
	n, err := affected(t.exec(ctx, `INSERT INTO attempts (notice, holder, number, letter, state, news, code, reply, text, queue_id, server, started, ended, due)
		SELECT notice, holder, 1, letter, state, 0, a.code, a.reply, '', queue_id, a.server, began, at, 0 FROM rows JOIN answers a ON a.number = answer
		WHERE notice = ? AND holder = ?`, notice, h[:]))
	if err == nil && n == 1 {
		_, err = t.exec(ctx, "UPDATE rows SET answer = NULL, queue_id = NULL, began = NULL WHERE notice = ? AND holder = ?", notice, h[:])
	}
	return err
}

// tried notes an attempt and moves its row.
func (l *SQLite) tried(ctx context.Context, t *tx, notice int64, a Attempt) error {
	err := one(t.exec(ctx, `UPDATE rows SET state = ?1, reason = iif(?1 = 'deferred', reason, ''), due = ?2, at = ?3, tries = tries + 1
		WHERE notice = ?4 AND holder = ?5 AND state = 'sending'`,
		string(a.State), Millis(a.Due), Millis(a.Ended), notice, a.Holder[:]))
	if err != nil {
		return err
	}
	return l.added(ctx, t, notice, a, false)
}

// added adds an attempt to those of its row.
func (l *SQLite) added(ctx context.Context, t *tx, notice int64, a Attempt, news bool) error {
	server, _ := l.servers.Load(serverID{a.Server, a.TLS})
	reply, text, queueID := l.reply(a)
	_, err := t.exec(ctx, `INSERT INTO attempts (notice, holder, number, letter, state, news, code, reply, text, queue_id, server, started, ended, due)
		SELECT notice, holder, tries, iif(?1, NULL, letter), ?2, ?1, ?3, nullif(?4, 0), ?5, ?6, ?7, ?8, ?9, ?10 FROM rows WHERE notice = ?11 AND holder = ?12`,
		news, string(a.State), a.Code, reply, text, queueID, server, Millis(a.Started), Millis(a.Ended), Millis(a.Due), notice, a.Holder[:])
	return err
}

// givenBack returns a claimed row to what it was: its last attempt says.
func givenBack(ctx context.Context, t *tx, notice int64, a Attempt) error {
	return one(t.exec(ctx, `UPDATE rows SET
		state = coalesce((SELECT state FROM attempts a WHERE a.notice = rows.notice AND a.holder = rows.holder ORDER BY number DESC LIMIT 1), 'pending')
		WHERE notice = ? AND holder = ? AND state = 'sending'`, notice, a.Holder[:]))
}

// TakeOver turns what a dead sender left in sending into ambiguous rows.
func (l *SQLite) TakeOver(ctx context.Context, notice string, at time.Time) (n int, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return 0, err
	}
	err = l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO attempts (notice, holder, number, state, news, code, text, queue_id, server, started, ended, due, letter)
			SELECT notice, holder, tries + 1, 'ambiguous', 0, 0, 'the sender ended before it noted an answer', '', NULL, 0, ?, 0, letter
			FROM rows WHERE notice = ? AND state = 'sending'`, Millis(at), number)
		if err != nil {
			return err
		}
		n, err = affected(t.exec(ctx, `UPDATE rows SET state = 'ambiguous', at = ?, tries = tries + 1
			WHERE notice = ? AND state = 'sending'`, Millis(at), number))
		return err
	})
	return n, err
}

// Clip keeps a server's words to a size that a row can bear.
func Clip(s string) string {
	const longest = 500
	if len(s) <= longest {
		return s
	}
	return s[:longest]
}
