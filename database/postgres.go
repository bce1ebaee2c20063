package database

import (
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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

// lostPostgres knows the classes of connection errors and of shutdowns.
func lostPostgres(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && (strings.HasPrefix(said.Code, "08") || strings.HasPrefix(said.Code, "57P"))
}
