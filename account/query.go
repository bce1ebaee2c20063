package account

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"proviso/database"
	"proviso/source"
)

// sql reads the result of a query, row by row as it comes. It reads one state
// of the database, and can change nothing there.
func (c *collector) sql(ctx context.Context, a Account, url, dir string) error {
	c.begin(a, func(row, _ int, id string) source.Position { return rowOf(a.Name, row, id) })
	fail := func(what string, err error) error {
		return fmt.Errorf("accounts %q: %s: %w", c.account.Name, what, err)
	}
	db, err := database.Open(url, dir, database.ReadOnly)
	if err != nil {
		return fail("source", err)
	}
	defer db.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before rows.Close, which would else wait for all the rows that are not wanted
	tx, err := database.Snapshot(ctx, db)
	if err != nil {
		return fail("opening "+database.Redact(url), err)
	}
	rows, err := tx.QueryContext(ctx, a.Query)
	if err != nil {
		return fail("query", err)
	}
	names, err := rows.Columns()
	if err != nil {
		return fail("query", err)
	}
	cols, err := readColumns(names, source.Position{File: "accounts " + c.account.Name}, "write SELECT … AS …; the query returns ")
	if err != nil {
		return err
	}
	switch n, err := c.rows(cols, len(names), rows); {
	case err == nil:
		return nil
	case database.Lost(err):
		return fail(fmt.Sprintf("the connection was lost after row %d, and no holder is taken; run it again", n), err)
	default:
		return fail(fmt.Sprintf("query, after row %d; no holder is taken", n), err)
	}
}

// rows reads rows and returns how many there were.
func (c *collector) rows(cols columns, width int, rows *sql.Rows) (n int, err error) {
	values, into := make([]sql.RawBytes, width), make([]any, width)
	for i := range values {
		into[i] = &values[i]
	}
	row := make([]string, width)
	at := func(int) source.Position { return rowOf(c.account.Name, n, strings.TrimSpace(row[cols["id"]])) }
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
		n++
		texts(row, values)
		if err := c.add(cols, row, n, 0, at); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

// rowOf says where a row of a query is.
func rowOf(account string, row int, id string) source.Position {
	where := fmt.Sprintf("accounts %s, row %d", account, row)
	if id != "" {
		where += ", holder " + id
	}
	return source.Position{File: where}
}

// texts copies the values of a row, at once; NULL is empty.
func texts(row []string, values []sql.RawBytes) {
	size := 0
	for _, v := range values {
		size += len(v)
	}
	var all strings.Builder
	all.Grow(size)
	for _, v := range values {
		all.Write(v)
	}
	rest := all.String()
	for i, v := range values {
		row[i], rest = rest[:len(v)], rest[len(v):]
	}
}
