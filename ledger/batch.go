package ledger

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
)

// chunk is how many rows are claimed together at most.
const chunk = 256

// among are the rows still to be told whose hashes lie between two.
const among = "WHERE notice = ? AND holder BETWEEN ? AND ? AND " + open

// claimTogether claims rows if they are all that is to be told from the first
// to the last of them, as in most passes, and else nothing. For each row by
// itself it would take three times as long.
func claimTogether(ctx context.Context, t *tx, notice int64, claims []Claim) (bool, error) {
	var want, got []byte
	for _, c := range claims {
		want = strconv.AppendInt(append(want, c.Holder[:]...), int64(c.Tries), 10)
	}
	first, last := claims[0].Holder[:], claims[len(claims)-1].Holder[:]
	err := t.read(ctx, []any{&got}, "SELECT group_concat(holder || tries, '') FROM (SELECT holder, tries FROM rows "+among+" ORDER BY holder)", notice, first, last)
	if err != nil || !bytes.Equal(got, want) {
		return false, err
	}
	n, err := affected(t.exec(ctx, "UPDATE rows SET state = 'sending', letter = nullif(?, 0) "+among, claims[0].Letter, notice, first, last))
	if err == nil && n != len(claims) {
		err = fmt.Errorf("%d rows were to be told, and %d could be claimed", len(claims), n)
	}
	if err != nil {
		return false, err
	}
	for _, c := range claims {
		if c.Letter == claims[0].Letter {
			continue
		}
		if err := one(t.exec(ctx, "UPDATE rows SET letter = nullif(?, 0) WHERE notice = ? AND holder = ?", c.Letter, notice, c.Holder[:])); err != nil {
			return false, err
		}
	}
	return true, nil
}
