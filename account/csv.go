package account

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"proviso/source"
)

// csv reads a CSV file: a row of names, then one row a holder.
func (c *collector) csv(ctx context.Context, a Account, file, dir string) error {
	c.begin(a, func(line, column int, _ string) source.Position {
		return source.Position{File: file, Line: line, Column: column}
	})
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
	cols, err := readColumns(head, source.Position{File: file, Line: 1}, "the columns are ")
	if err != nil {
		return err
	}
	at := func(column int) source.Position {
		line, col := r.FieldPos(column)
		return source.Position{File: file, Line: line, Column: col}
	}
	for ctx.Err() == nil {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return syntax(file, err)
		}
		line, column := r.FieldPos(cols["id"])
		if err := c.add(cols, row, line, column, at); err != nil {
			return err
		}
	}
	return ctx.Err()
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
