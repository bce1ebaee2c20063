package account

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"proviso/database"
	"proviso/source"
)

// columns says where each column stands.
type columns map[string]int

// readColumns takes the names of the columns. Others than ours are left alone:
// an export often has more of them.
func readColumns(names []string, at source.Position) (columns, error) {
	var ps source.Problems
	cols := columns{}
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := cols[name]; twice && slices.Contains(ours, name) {
			ps.Errorf(at, "accounts", "", "two columns are called %q", name)
		}
		cols[name] = i
	}
	for _, name := range []string{"id", "email"} {
		if _, ok := cols[name]; !ok {
			ps.Errorf(at, "accounts", "the columns are "+strings.Join(names, ", "), "no column %q", name)
		}
	}
	return cols, ps.Err()
}

var ours = []string{"id", "email", "name", "locale", "status", "products", "sites", "joined"}

// csv reads a CSV file: a row of names, then one row a holder.
func (c *collector) csv(file, dir string) error {
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, file)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("accounts %q: reading %s: %w", c.account.Name, file, errors.Unwrap(err))
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	r.TrimLeadingSpace = true
	head, err := r.Read()
	if err == io.EOF {
		return fmt.Errorf("%s:1: the file is empty; its first line names the columns: id,email,…", file)
	} else if err != nil {
		return syntax(file, err)
	}
	head = slices.Clone(head)
	head[0] = strings.TrimPrefix(head[0], "\ufeff") // spreadsheets like to begin with one
	if len(head) == 1 && strings.Contains(head[0], ";") {
		return fmt.Errorf("%s:1: columns are separated by semicolons; save the file with commas", file)
	}
	cols, err := readColumns(head, source.Position{File: file, Line: 1})
	if err != nil {
		return err
	}
	at := func(column int) source.Position {
		line, col := r.FieldPos(column)
		return source.Position{File: file, Line: line, Column: col}
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return syntax(file, err)
		}
		c.add(cols, row, at)
	}
}

// syntax says where a CSV file stops making sense.
func syntax(file string, err error) error {
	var pe *csv.ParseError
	if !errors.As(err, &pe) {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	if errors.Is(pe.Err, csv.ErrFieldCount) {
		return fmt.Errorf("%s:%d: another number of columns than in line 1", file, pe.Line)
	}
	return fmt.Errorf("%s:%d:%d: %w", file, pe.Line, pe.Column, pe.Err)
}

// sql reads the result of a query.
func (c *collector) sql(ctx context.Context, url, dir, query string) error {
	fail := func(err error) error { return fmt.Errorf("accounts %q: %w", c.account.Name, err) }
	db, err := database.Open(url, dir, database.ReadOnly)
	if err != nil {
		return fail(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return fail(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return fail(err)
	}
	cols, err := readColumns(names, source.Position{File: "accounts " + c.account.Name})
	if err != nil {
		return err
	}
	values := make([]sql.NullString, len(names))
	row, into := make([]string, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	n := 0
	at := func(int) source.Position {
		return source.Position{File: "accounts " + c.account.Name + " row", Line: n}
	}
	for rows.Next() {
		n++
		if err := rows.Scan(into...); err != nil {
			return fail(err)
		}
		for i, v := range values {
			row[i] = v.String // NULL is empty
		}
		c.add(cols, row, at)
	}
	if err := rows.Err(); err != nil {
		return fail(err)
	}
	return nil
}
