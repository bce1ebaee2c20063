package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"proviso/database"
	"proviso/ledger"
)

const (
	// lease is how long a sender that is not heard of is taken for alive, by
	// the server's clock.
	lease = 20 * time.Second
	// beat is how often it makes itself heard. A sender that was not heard
	// silent times in a row stops before its lease ends.
	beat   = lease / 8
	silent = 4
)

// A session keeps the owners of one sender alive: one connection with a lock
// for each, and the leases.
type session struct {
	db   *sql.DB
	conn *sql.Conn // nil: it broke
	ask  chan func()
	quit chan struct{}
	done chan struct{}

	missed int
	owners map[int64]*owner // by notice
}

// An owner is this sender at work on one notice.
type owner struct {
	number  int64
	claimed int  // rows that are claimed and not recorded
	lost    bool // it was taken for dead
}

func startSession(db *sql.DB) *session {
	s := &session{db: db, ask: make(chan func()), quit: make(chan struct{}), done: make(chan struct{}), owners: map[int64]*owner{}}
	go s.run()
	return s
}

// run keeps the leases until the session is closed. Whoever wants to look at
// the owners meanwhile asks it to.
func (s *session) run() {
	defer close(s.done)
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case do := <-s.ask:
			do()
		case <-tick.C:
			s.beat()
		case <-s.quit:
			s.leave()
			return
		}
	}
}

// do carries out one act of the session's.
func (s *session) do(act func()) {
	done := make(chan struct{})
	select {
	case s.ask <- func() { act(); close(done) }:
		<-done
	case <-s.done:
	}
}

// beat renews the leases.
func (s *session) beat() {
	if len(s.owners) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), beat)
	defer cancel()
	if err := s.renew(ctx); err != nil {
		s.drop()
		if s.missed++; s.missed >= silent {
			s.lose()
		}
		return
	}
	s.missed = 0
}

// drop ends the connection, and with it the locks: it must not go back to
// where connections are kept for others.
func (s *session) drop() {
	if s.conn != nil {
		_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
		_ = s.conn.Close() // it is of no use any more
		s.conn = nil
	}
}

// lose marks every owner as taken for dead.
func (s *session) lose() {
	for _, o := range s.owners {
		o.lost = true
	}
}

// connect opens the connection that holds the locks.
func (s *session) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	conn, err := s.db.Conn(ctx)
	if err == nil {
		s.conn = conn
	}
	return err
}

// renew takes the locks again where the connection is a new one, and prolongs
// the leases. An owner whose row is gone was taken for dead.
func (s *session) renew(ctx context.Context) error {
	fresh := s.conn == nil
	if err := s.connect(ctx); err != nil {
		return err
	}
	for _, o := range s.owners {
		if fresh && !o.lost {
			var got bool
			if err := s.conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1, $2)", locks, o.number).Scan(&got); err != nil {
				return err
			} else if !got {
				return errors.New("the server still keeps the broken session")
			}
		}
		r, err := s.conn.ExecContext(ctx, `UPDATE proviso.owners SET until = clock_timestamp() + make_interval(secs => $2), server = pg_postmaster_start_time()
			WHERE number = $1 AND until > clock_timestamp()`, o.number, lease.Seconds())
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			o.lost = true
		}
	}
	return nil
}

// own returns the number of the owner for a notice, and makes one where there
// is none or where the last one was lost. The lock comes before the row: an
// owner without a lock would be taken for dead.
func (s *session) own(ctx context.Context, notice int64) (number int64, err error) {
	s.do(func() {
		if o := s.owners[notice]; o != nil && !o.lost {
			number = o.number
			return
		}
		number, err = s.enter(ctx, notice)
	})
	return number, err
}

func (s *session) enter(ctx context.Context, notice int64) (number int64, err error) {
	if s.conn == nil && len(s.owners) > 0 {
		if err := s.renew(ctx); err != nil {
			return 0, err
		}
	} else if err := s.connect(ctx); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil && database.Lost(err) {
			s.drop()
		}
	}()
	err = s.conn.QueryRowContext(ctx, "SELECT n FROM nextval('proviso.owner_numbers') AS n, pg_advisory_lock($1, n::int)", locks).Scan(&number)
	if err != nil {
		return 0, err
	}
	_, err = s.conn.ExecContext(ctx, `INSERT INTO proviso.owners (number, notice, until, server)
		VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3), pg_postmaster_start_time())`, number, notice, lease.Seconds())
	if err == nil {
		s.owners[notice] = &owner{number: number}
	}
	return number, err
}

// owner returns the number of the owner for a notice; 0: there is none.
func (s *session) owner(notice int64) (number int64) {
	s.do(func() {
		if o := s.owners[notice]; o != nil {
			number = o.number
		}
	})
	return number
}

// count notes how many rows were claimed, or recorded.
func (s *session) count(notice, number int64, n int) {
	s.do(func() {
		if o := s.owners[notice]; o != nil && o.number == number {
			o.claimed += n
		}
	})
}

// forget lets go of an owner that was taken for dead; the next claim makes a
// new one.
func (s *session) forget(notice, number int64) {
	s.do(func() {
		if o := s.owners[notice]; o != nil && o.number == number {
			delete(s.owners, notice)
		}
	})
}

// lost reports once that owners were taken for dead, and forgets them.
func (s *session) lost() (lost bool) {
	s.do(func() {
		for notice, o := range s.owners {
			if o.lost {
				lost = true
				delete(s.owners, notice)
			}
		}
	})
	return lost
}

// leave ends the session. An owner that has nothing left goes; one that has is
// found dead by the next who looks.
func (s *session) leave() {
	if s.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), beat)
	defer cancel()
	for _, o := range s.owners {
		if o.claimed == 0 && !o.lost {
			_, _ = s.conn.ExecContext(ctx, "DELETE FROM proviso.owners WHERE number = $1", o.number) // as good as dead otherwise
		}
		// Whoever looks next must not have to wait until the server has noticed.
		_, _ = s.conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1, $2)", locks, o.number)
	}
	s.drop()
}

func (s *session) close() {
	close(s.quit)
	<-s.done
}

// owners returns the session of this ledger's owners.
func (l *Ledger) owners() *session {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session == nil {
		l.session = startSession(l.db)
	}
	return l.session
}

// TakeOver turns what dead senders left in sending into ambiguous rows.
func (l *Ledger) TakeOver(ctx context.Context, notice string, at time.Time) (n int, err error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return 0, err
	}
	err = l.write(ctx, func(tx *sql.Tx) error {
		dead, err := buried(ctx, tx, number)
		if err != nil || len(dead) == 0 {
			return err
		}
		return tx.QueryRowContext(ctx, `
			WITH left_behind AS (
				UPDATE proviso.rows SET state = 'ambiguous', at = $2, tries = tries + 1
				WHERE notice = $1 AND state = 'sending' AND owner = ANY($3::bigint[])
				RETURNING holder, tries, letter),
			noted AS (
				INSERT INTO proviso.attempts (notice, holder, number, state, news, code, text, queue_id, server, started, ended, due, letter)
				SELECT $1, holder, tries, 'ambiguous', false, 0, 'the sender ended before it noted an answer', '', NULL, 0, $2, 0, letter FROM left_behind
				RETURNING 1)
			SELECT count(*) FROM noted`, number, millis(at), dead).Scan(&n)
	})
	return n, err
}

// buried returns the dead owners of a notice and takes them off the list. Who
// is being taken off can claim nothing more.
func buried(ctx context.Context, tx *sql.Tx, notice int64) (dead []int64, err error) {
	rows, err := tx.QueryContext(ctx, `
		DELETE FROM proviso.owners WHERE number IN (
			SELECT number FROM proviso.owners WHERE notice = $1 AND (until < clock_timestamp()
				OR server = pg_postmaster_start_time() AND pg_try_advisory_xact_lock($2, number::int)) FOR UPDATE)
		RETURNING number`, notice, locks)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		dead = append(dead, n)
	}
	return dead, rows.Err()
}

// Claim moves rows to sending that are still to be told.
func (l *Ledger) Claim(ctx context.Context, notice string, most int, claims []ledger.Claim) ([]ledger.Claim, error) {
	number, err := l.number(ctx, notice)
	if err != nil || len(claims) == 0 || most < 1 {
		return nil, err
	}
	s := l.owners()
	owner, err := s.own(ctx, number)
	if err != nil {
		return nil, said(err)
	}
	// Once begun, a claim is not given up: who stopped waiting would not know what it has.
	got, state, err := l.claim(context.WithoutCancel(ctx), number, owner, most, claims)
	if err != nil {
		return nil, fmt.Errorf("claiming rows of notice %q: %w", notice, said(err))
	}
	switch {
	case state.held:
		return nil, ledger.ErrHeld
	case !state.alive:
		s.forget(number, owner)
		return nil, ledger.ErrLost
	}
	out := make([]ledger.Claim, 0, len(got))
	for _, c := range claims {
		if got[c.Holder] {
			out = append(out, c)
			delete(got, c.Holder) // named twice, claimed once
		}
	}
	s.count(number, owner, len(out))
	return out, nil
}

// A standing says whether a sender may claim.
type standing struct{ held, alive bool }

// claim is one statement, which is one way to the server and back. Locked rows
// are somebody else's at this moment, and are passed over.
func (l *Ledger) claim(ctx context.Context, notice, owner int64, most int, claims []ledger.Claim) (map[ledger.Hash]bool, standing, error) {
	holders, letters, tries := make([][]byte, len(claims)), make([]int64, len(claims)), make([]int32, len(claims))
	for i := range claims {
		holders[i], letters[i], tries[i] = claims[i].Holder[:], int64(claims[i].Letter), int32(claims[i].Tries)
	}
	rows, err := l.db.QueryContext(ctx, `
		WITH gate AS MATERIALIZED (SELECT held FROM proviso.gate FOR SHARE),
		me AS MATERIALIZED (SELECT number FROM proviso.owners WHERE number = $2 AND until > clock_timestamp() FOR KEY SHARE),
		free AS MATERIALIZED (
			SELECT r.holder, c.letter
			FROM unnest($3::bytea[], $4::bigint[], $6::int[]) WITH ORDINALITY AS c(holder, letter, tries, place)
			JOIN proviso.rows r ON r.notice = $1 AND r.holder = c.holder AND r.tries = c.tries
			WHERE r.state IN ('pending', 'deferred', 'ambiguous') AND NOT (SELECT held FROM gate) AND EXISTS (SELECT 1 FROM me)
			ORDER BY c.place LIMIT $5 FOR UPDATE OF r SKIP LOCKED),
		moved AS (
			UPDATE proviso.rows r SET state = 'sending', owner = $2, letter = nullif(free.letter, 0)
			FROM free WHERE r.notice = $1 AND r.holder = free.holder RETURNING r.holder)
		SELECT gate.held, EXISTS (SELECT 1 FROM me), moved.holder FROM gate LEFT JOIN moved ON true`,
		notice, owner, holders, letters, most, tries)
	if err != nil {
		return nil, standing{}, err
	}
	defer rows.Close()
	var state standing
	got := map[ledger.Hash]bool{}
	for rows.Next() {
		var holder []byte
		if err := rows.Scan(&state.held, &state.alive, &holder); err != nil {
			return nil, standing{}, err
		}
		if holder != nil {
			got[ledger.Hash(holder)] = true
		}
	}
	return got, state, rows.Err()
}
