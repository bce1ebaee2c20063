package ledger

import (
	"context"
	"strings"
)

// chunk is how many rows one statement claims. For each row by itself it would
// take longer. What is left over is claimed one by one.
const chunk = 32

var chunkClaimed = `UPDATE rows SET state = 'sending', letter = nullif(?, 0)
	WHERE notice = ? AND tries = ? AND ` + open + " AND holder IN (?" + strings.Repeat(", ?", chunk-1) + ")"

// claimChunk claims a chunk of rows if they are alike and all of them can be
// had, and else nothing.
func claimChunk(ctx context.Context, t *tx, notice int64, claims []Claim) (all bool, err error) {
	values := []any{claims[0].Letter, notice, claims[0].Tries}
	for _, c := range claims {
		if c.Letter != claims[0].Letter || c.Tries != claims[0].Tries {
			return false, nil
		}
		values = append(values, c.Holder[:])
	}
	err = t.tentatively(ctx, func() (bool, error) {
		n, err := affected(t.exec(ctx, chunkClaimed, values...))
		all = n == len(claims)
		return all, err
	})
	return all, err
}
