package ledger

import "context"

// address fills the table of addresses with the rows of a notice, if nobody did
// before.
func (t *tx) address(ctx context.Context, notice int64) error {
	n, err := affected(t.exec(ctx, "UPDATE notices SET addressed = 1 WHERE number = ? AND addressed = 0", notice))
	if err != nil || n == 0 {
		return err
	}
	_, err = t.exec(ctx, "INSERT INTO addresses (notice, address, holder) SELECT notice, address, holder FROM rows WHERE notice = ? ORDER BY address", notice)
	return err
}

// Find returns the row of a holder or, where there is none, of an address.
func (l *SQLite) Find(ctx context.Context, notice string, holder, address Hash) (Row, bool, error) {
	number, err := l.number(ctx, notice)
	if err != nil {
		return Row{}, false, err
	}
	r, ok, err := l.find(ctx, selectRows+" AND holder = ?", number, holder)
	if ok || err != nil {
		return r, ok, err
	}
	err = l.writer.write(ctx, func(ctx context.Context, t *tx) error { return t.address(ctx, number) })
	if err != nil {
		return Row{}, false, err
	}
	return l.find(ctx, selectRows+" AND holder = (SELECT a.holder FROM addresses a WHERE a.notice = rows.notice AND a.address = ? LIMIT 1)", number, address)
}

// find returns the row that a query finds by a hash.
func (l *SQLite) find(ctx context.Context, q string, notice int64, by Hash) (Row, bool, error) {
	found, err := query(ctx, l.db, scanRow, q, notice, by[:])
	return append(found, Row{})[0], len(found) > 0, err
}
