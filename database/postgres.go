package database

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

func openPostgres(rawURL string, mode Mode) (*sql.DB, error) {
	u, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	c, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return nil, hide(u, err)
	}
	configure(c, mode)
	return stdlib.OpenDB(*c), nil
}

// configure fills in what a URL leaves out. Who writes waits for the disk,
// whatever the server is set to: what a ledger says it has, it has.
func configure(c *pgx.ConnConfig, mode Mode) {
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = dialTimeout
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "proviso" // whoever looks after the server sees whose query it is
	}
	if mode == ReadWrite && c.RuntimeParams["synchronous_commit"] == "" {
		c.RuntimeParams["synchronous_commit"] = "on"
	}
}

// lostPostgres knows the classes of connection errors and of shutdowns, and a
// server that takes no connections now: too many, or none to this database.
func lostPostgres(err error) bool {
	var said *pgconn.PgError
	var refused *pgconn.ConnectError
	if !errors.As(err, &said) {
		return false
	}
	busy := strings.HasPrefix(said.Code, "53") || strings.HasPrefix(said.Code, "55")
	return strings.HasPrefix(said.Code, "08") || strings.HasPrefix(said.Code, "57P") || busy && errors.As(err, &refused)
}

// Pool opens the PostgreSQL database with the URL for what wants its driver's
// own connections. Whoever opens it closes it.
func Pool(ctx context.Context, rawURL string) (*pgxpool.Pool, error) {
	u, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	c, err := pgxpool.ParseConfig(rawURL)
	if err != nil {
		return nil, hide(u, err)
	}
	configure(c.ConnConfig, ReadWrite)
	return pgxpool.NewWithConfig(ctx, c)
}

// Alone carries out an act while nobody else carries out one of the same name
// in the same database.
func Alone(ctx context.Context, pool *pgxpool.Pool, name int64, act func() error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return plain{err}
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", name); err != nil {
		return plain{err}
	}
	err = act()
	_, uerr := conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", name)
	return errors.Join(err, uerr)
}
