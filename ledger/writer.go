package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A writer is the only one who writes: it gathers what comes in within a short
// time and commits it in one transaction.
type writer struct {
	conn   *sql.Conn
	gather time.Duration
	work   chan op
	quit   chan struct{}
	done   chan struct{}
	once   sync.Once
	failed error // of closing
}

// An op is one piece of writing. Of an op that fails nothing is kept; the
// others of its transaction stand.
type op struct {
	do   func(ctx context.Context, tx *sql.Conn) error
	done chan error
}

var errClosed = errors.New("the ledger is closed")

// most is how many pieces go into one transaction.
const most = 1024

func startWriter(ctx context.Context, db *sql.DB, gather time.Duration) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn, gather: gather, work: make(chan op), quit: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w, nil
}

// write has do carried out and returns when it is durable. Once begun it is
// not given up: who stopped waiting would not know what the ledger says.
func (w *writer) write(ctx context.Context, do func(ctx context.Context, tx *sql.Conn) error) error {
	o := op{do, make(chan error, 1)}
	select {
	case w.work <- o:
		return <-o.done
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	}
}

func (w *writer) run() {
	defer close(w.done)
	for {
		select {
		case first := <-w.work:
			w.commit(w.collect(first))
		case <-w.quit:
			w.failed = w.conn.Close()
			return
		}
	}
}

// collect takes what comes in while the time to gather runs.
func (w *writer) collect(first op) []op {
	ops := []op{first}
	timer := time.NewTimer(w.gather)
	defer timer.Stop()
	for len(ops) < most {
		select {
		case o := <-w.work:
			ops = append(ops, o)
		case <-timer.C:
			return ops
		case <-w.quit:
			return ops
		}
	}
	return ops
}

func (w *writer) commit(ops []op) {
	ctx := context.Background() // a commit is never given up half way
	errs := make([]error, len(ops))
	err := w.exec(ctx, "BEGIN IMMEDIATE")
	for i := 0; err == nil && i < len(ops); i++ {
		errs[i], err = w.one(ctx, ops[i])
	}
	if err == nil {
		err = w.exec(ctx, "COMMIT")
	}
	if err != nil {
		_ = w.exec(ctx, "ROLLBACK") // fails where the database has rolled back already
		err = fmt.Errorf("writing to the ledger: %w", err)
	}
	for i, o := range ops {
		if err != nil {
			errs[i] = err
		}
		o.done <- errs[i]
	}
}

// one carries out an op. The first error is the op's own; the second one ends
// the transaction.
func (w *writer) one(ctx context.Context, o op) (own, fatal error) {
	if err := w.exec(ctx, "SAVEPOINT op"); err != nil {
		return nil, err
	}
	if own = o.do(ctx, w.conn); own != nil {
		if err := w.exec(ctx, "ROLLBACK TO op"); err != nil {
			return own, errors.Join(own, err)
		}
	}
	return own, w.exec(ctx, "RELEASE op")
}

func (w *writer) exec(ctx context.Context, query string) error {
	_, err := w.conn.ExecContext(ctx, query)
	return err
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.quit) })
	<-w.done
	return w.failed
}
