package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// A writer is the only one who writes: it gathers what comes in within a short
// time and commits it in one transaction.
type writer struct {
	tx     *tx
	gather time.Duration
	work   chan op
	quit   chan struct{}
	done   chan struct{}
	once   sync.Once
	failed error // of closing
}

// An op is one piece of writing. Of an op that fails nothing is kept; the
// others of its transaction stand. It may be carried out twice, and must then do
// the same.
type op struct {
	do   func(ctx context.Context, t *tx) error
	done chan error
}

// A tx writes over the one connection that writes. Statements are kept: to
// parse them again for each mail would cost more than to carry them out.
type tx struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func (t *tx) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := t.stmts[query]; ok {
		return s, nil
	}
	s, err := t.conn.PrepareContext(ctx, query)
	if err == nil {
		t.stmts[query] = s
	}
	return s, err
}

func (t *tx) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := t.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// read scans the one row of a query.
func (t *tx) read(ctx context.Context, into []any, query string, args ...any) error {
	s, err := t.prepare(ctx, query)
	if err != nil {
		return err
	}
	return s.QueryRowContext(ctx, args...).Scan(into...)
}

func (t *tx) close() error {
	for _, s := range t.stmts {
		_ = s.Close() // there is nothing left to lose in a statement
	}
	return t.conn.Close()
}

var errClosed = errors.New("the ledger is closed")

// most is how many pieces go into one transaction.
const most = 1024

func startWriter(ctx context.Context, db *sql.DB, gather time.Duration) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{tx: &tx{conn, map[string]*sql.Stmt{}}, gather: gather, work: make(chan op), quit: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w, nil
}

// write has do carried out and returns when it is durable. Once begun it is
// not given up: who stopped waiting would not know what the ledger says.
func (w *writer) write(ctx context.Context, do func(ctx context.Context, t *tx) error) error {
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
			w.failed = w.tx.close()
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

// commit carries out ops in one transaction. Only where one of them fails they
// are done again, each apart from the others, which takes twice as long.
func (w *writer) commit(ops []op) {
	ctx := context.Background() // a commit is never given up half way
	errs := make([]error, len(ops))
	if err := w.together(ctx, ops); err != nil {
		errs = w.apart(ctx, ops)
	}
	for i, o := range ops {
		o.done <- errs[i]
	}
}

// together carries out all ops, or none of them.
func (w *writer) together(ctx context.Context, ops []op) error {
	err := w.exec(ctx, "BEGIN IMMEDIATE")
	for i := 0; err == nil && i < len(ops); i++ {
		err = ops[i].do(ctx, w.tx)
	}
	if err == nil {
		err = w.exec(ctx, "COMMIT")
	}
	if err != nil {
		_ = w.exec(ctx, "ROLLBACK") // fails where the database has rolled back already
	}
	return err
}

// apart carries out the ops that can be, and returns the errors of the others.
func (w *writer) apart(ctx context.Context, ops []op) []error {
	errs := make([]error, len(ops))
	err := w.exec(ctx, "BEGIN IMMEDIATE")
	for i := 0; err == nil && i < len(ops); i++ {
		errs[i], err = w.one(ctx, ops[i])
	}
	if err == nil {
		err = w.exec(ctx, "COMMIT")
	}
	if err == nil {
		return errs
	}
	_ = w.exec(ctx, "ROLLBACK") // as above
	for i := range errs {
		errs[i] = fmt.Errorf("writing to the ledger: %w%s", err, remedy(err))
	}
	return errs
}

// remedy says what to do about an error of the disk. Databases name them in
// words of their own, and this is the only place where they are all alike.
func remedy(err error) string {
	for _, words := range []string{"disk is full", "disk I/O error", "no space"} {
		if strings.Contains(err.Error(), words) {
			return "; make room on its disk and run it again: what was written before is safe"
		}
	}
	return ""
}

// one carries out an op. The first error is the op's own; the second one ends
// the transaction.
func (w *writer) one(ctx context.Context, o op) (own, fatal error) {
	if err := w.exec(ctx, "SAVEPOINT op"); err != nil {
		return nil, err
	}
	if own = o.do(ctx, w.tx); own != nil {
		if err := w.exec(ctx, "ROLLBACK TO op"); err != nil {
			return own, errors.Join(own, err)
		}
	}
	return own, w.exec(ctx, "RELEASE op")
}

func (w *writer) exec(ctx context.Context, query string) error {
	_, err := w.tx.exec(ctx, query)
	return err
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.quit) })
	<-w.done
	return w.failed
}
