package ledger

import (
	"context"
	"strings"
)

// chunk is how many rows are claimed together at most. Each by itself would
// take longer.
const chunk = 64

// together is a query that claims n rows of one letter.
func together(n int) string {
	return `UPDATE rows SET state = 'sending', letter = nullif(?, 0)
		WHERE notice = ? AND tries = ? AND ` + open + " AND holder IN (?" + strings.Repeat(", ?", n-1) + ")"
}

// claimTogether claims rows if all of them can be had, and else nothing.
func claimTogether(ctx context.Context, t *tx, notice int64, claims []Claim) (all bool, err error) {
	type kind struct{ letter, tries int }
	holders := map[kind][]any{}
	var kinds []kind
	for _, c := range claims {
		k := kind{c.Letter, c.Tries}
		if holders[k] == nil {
			kinds = append(kinds, k)
		}
		holders[k] = append(holders[k], c.Holder[:])
	}
	err = t.tentatively(ctx, func() (bool, error) {
		for _, k := range kinds {
			n, err := affected(t.exec(ctx, together(len(holders[k])), append([]any{k.letter, notice, k.tries}, holders[k]...)...))
			if err != nil || n != len(holders[k]) {
				return false, err
			}
		}
		all = true
		return true, nil
	})
	return all, err
}
