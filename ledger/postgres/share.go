package postgres

import (
	"context"
	"database/sql"
	"time"
)

// Places reserves n places in a lane that all senders of the ledger share, gap
// apart, and returns how long it is until the first of them. Time that nobody
// used is not made up for.
func (l *Ledger) Places(ctx context.Context, lane string, n int, gap time.Duration) (time.Duration, error) {
	var wait float64
	err := l.db.QueryRowContext(ctx, `
		INSERT INTO proviso.lanes AS l (name, free) VALUES ($1, clock_timestamp() + make_interval(secs => $2))
		ON CONFLICT (name) DO UPDATE SET free = greatest(l.free, clock_timestamp()) + make_interval(secs => $2)
		RETURNING greatest(0, extract(epoch FROM l.free - clock_timestamp()) - $2)`,
		lane, (time.Duration(n) * gap).Seconds()).Scan(&wait)
	return time.Duration(wait * float64(time.Second)), said(err)
}

// slots is into how many parts a quota's time is divided; what was taken is
// remembered for each, and forgotten one part late.
const slots = 1440

// slot returns the length of the parts of a quota's time.
func slot(per time.Duration) float64 { return max(per.Seconds()/slots, 1) }

// Spend takes up to n mails of a quota of so many in any time of the length
// per, by the server's clock, and returns how many it got. Where that is none,
// it also returns how long it is until there are some again.
func (l *Ledger) Spend(ctx context.Context, n, quota int, per time.Duration) (got int, wait time.Duration, err error) {
	err = l.write(ctx, func(tx *sql.Tx) error {
		if err := lock(ctx, tx, lockQuota); err != nil {
			return err
		}
		var spent int
		var left float64
		err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(mails), 0), coalesce(extract(epoch FROM min(part) - clock_timestamp()) + $1 + $2, 0)
			FROM proviso.spent WHERE part > clock_timestamp() - make_interval(secs => $1 + $2)`, per.Seconds(), slot(per)).Scan(&spent, &left)
		if err != nil {
			return err
		}
		if got = min(n, quota-spent); got <= 0 {
			got, wait = 0, max(time.Duration(left*float64(time.Second)), time.Second)
			return nil
		}
		return spend(ctx, tx, got, per)
	})
	return got, wait, err
}

// Return gives back mails that were not sent after all.
func (l *Ledger) Return(ctx context.Context, n int, per time.Duration) error {
	return l.write(ctx, func(tx *sql.Tx) error {
		if err := lock(ctx, tx, lockQuota); err != nil {
			return err
		}
		return spend(ctx, tx, -n, per)
	})
}

// spend notes n mails, which may be less than none: then they are taken off
// what was spent now, though they may have been spent a part earlier.
func spend(ctx context.Context, tx *sql.Tx, n int, per time.Duration) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO proviso.spent AS s (part, mails)
		VALUES (to_timestamp(floor(extract(epoch FROM clock_timestamp()) / $2::float8) * $2::float8), $1)
		ON CONFLICT (part) DO UPDATE SET mails = s.mails + $1`, n, slot(per))
	if err == nil {
		_, err = tx.ExecContext(ctx, "DELETE FROM proviso.spent WHERE part < clock_timestamp() - make_interval(secs => $1 + 2 * $2::float8)", per.Seconds(), slot(per))
	}
	return err
}
