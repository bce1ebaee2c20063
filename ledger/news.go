package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Learn takes in news of mails that were tried before.
func (l *SQLite) Learn(ctx context.Context, notice string, news ...Attempt) (changed int, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return 0, err
	}
	if err := l.introduce(ctx, news); err != nil {
		return 0, err
	}
	err = l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		changed = 0
		for _, a := range news {
			if a.State == Bounced {
				if err := spellOut(ctx, t, number, a.Holder); err != nil {
					return err
				}
			}
			n, err := affected(t.exec(ctx, `UPDATE rows SET state = ?1, due = ?2, at = ?3, tries = tries + 1
				WHERE notice = ?4 AND holder = ?5 AND (state = 'ambiguous' AND instr('accepted bounced deferred', ?1) > 0 OR state = 'accepted' AND ?1 = 'bounced')`,
				string(a.State), Millis(a.Due), Millis(a.Ended), number, a.Holder[:]))
			if err == nil && n == 1 {
				changed++
				err = l.added(ctx, t, number, a, true)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return changed, err
}

// PassedOn records when our own relay passed accepted mails on.
func (l *SQLite) PassedOn(ctx context.Context, notice string, at map[Hash]time.Time) (changed int, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return 0, err
	}
	err = l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		changed = 0
		for h, when := range at {
			n, err := affected(t.exec(ctx, "UPDATE rows SET out = ? WHERE notice = ? AND holder = ? AND state = 'accepted' AND out = 0", Millis(when), number, h[:]))
			if err != nil {
				return err
			}
			changed += n
		}
		return nil
	})
	return changed, err
}

// Except records that nobody waits for deferred rows any more.
func (l *SQLite) Except(ctx context.Context, notice string, holders []Hash, reason string) error {
	number, err := l.number(ctx, notice)
	if err != nil {
		return err
	}
	return l.writer.write(ctx, func(ctx context.Context, t *tx) error {
		for _, h := range holders {
			if err := one(t.exec(ctx, "UPDATE rows SET reason = ? WHERE notice = ? AND holder = ? AND state = 'deferred'", reason, number, h[:])); err != nil {
				return err
			}
		}
		return nil
	})
}

// Notices returns all notices, oldest first.
func (l *SQLite) Notices(ctx context.Context) ([]Notice, error) {
	out, err := query(ctx, l.db, func(rows *sql.Rows) (n Notice, err error) {
		var at, purged int64
		err = rows.Scan(&n.ID, &n.Controller, &n.Effective, &n.Deadline, &at, &n.KeyPrint, &purged)
		n.DeadlineAt, n.Purged = Instant(at), Instant(purged)
		return n, err
	}, `SELECT id, controller, effective, deadline, deadline_at, key_print, coalesce(p.at, 0)
		FROM notices n LEFT JOIN purges p ON p.notice = n.number ORDER BY n.number`)
	for i := range out {
		of, perr := query(ctx, l.db, func(rows *sql.Rows) (p string, err error) { err = rows.Scan(&p); return p, err },
			"SELECT policy FROM notice_policies JOIN notices n ON n.number = notice WHERE n.id = ? ORDER BY policy", out[i].ID)
		out[i].Policies, err = of, errors.Join(err, perr)
	}
	return out, err
}

// affected returns how many rows were changed.
func affected(r sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}
