package ledger

import (
	"context"
	"fmt"
	"strings"
)

// chunk is how many rows one statement writes. For each row by itself it would
// take several times as long, because each statement begins, guards itself
// against failing half way, and ends. What is left over is written one by one.
const chunk = 16

// places returns n places for values, as a list.
func places(n int) string { return "?" + strings.Repeat(", ?", n-1) }

var (
	chunkFree = "SELECT count(*) FROM rows WHERE notice = ? AND tries = ? AND " + open + " AND holder IN (" + places(chunk) + ")"

	chunkClaimed = "UPDATE rows SET state = 'sending', letter = nullif(?, 0) WHERE notice = ? AND holder IN (" + places(chunk) + ")"

	// (CROSS, so that rows are sought for attempts and not the other way round.)
	chunkTried = `INSERT INTO attempts (notice, holder, number, letter, state, news, code, reply, text, queue_id, server, started, ended, due)
		SELECT r.notice, r.holder, r.tries + 1, r.letter, a.column2, 0, a.column3, nullif(a.column4, 0), a.column5, a.column6, a.column7, a.column8, a.column9, a.column10
		FROM (VALUES ` + strings.Repeat("("+places(10)+"), ", chunk-1) + "(" + places(10) + `)) a
		CROSS JOIN rows r ON r.notice = ? AND r.holder = a.column1 WHERE r.state = 'sending'`

	chunkMoved = `UPDATE rows SET (state, reason, due, at, tries) = (
			SELECT state, iif(state = 'deferred', rows.reason, ''), due, ended, number FROM attempts a
			WHERE a.notice = rows.notice AND a.holder = rows.holder AND a.number = rows.tries + 1)
		WHERE notice = ? AND holder IN (` + places(chunk) + ")"
)

// claimChunk claims a chunk of rows if they are alike and all of them can be
// had, and else nothing.
func claimChunk(ctx context.Context, t *tx, notice int64, claims []Claim) (bool, error) {
	holders := make([]any, 2, 2+len(claims))
	for _, c := range claims {
		if c.Letter != claims[0].Letter || c.Tries != claims[0].Tries {
			return false, nil
		}
		holders = append(holders, c.Holder[:])
	}
	var free int
	holders[0], holders[1] = notice, claims[0].Tries
	if err := t.read(ctx, []any{&free}, chunkFree, holders...); err != nil || free != len(claims) {
		return false, err
	}
	holders[0], holders[1] = claims[0].Letter, notice
	n, err := affected(t.exec(ctx, chunkClaimed, holders...))
	if err == nil && n != free {
		err = fmt.Errorf("%d rows were free, and %d could be claimed", free, n)
	}
	return true, err
}

// triedChunk does what tried does, for a chunk of rows.
func (l *SQLite) triedChunk(ctx context.Context, t *tx, notice int64, attempts []Attempt) error {
	values, holders := make([]any, 0, 10*len(attempts)+1), make([]any, 1, 1+len(attempts))
	for _, a := range attempts {
		server, _ := l.servers.Load(serverID{a.Server, a.TLS})
		reply, text, queueID := l.reply(a)
		values = append(values, a.Holder[:], string(a.State), a.Code, reply, text, queueID, server, Millis(a.Started), Millis(a.Ended), Millis(a.Due))
		holders = append(holders, a.Holder[:])
	}
	n, err := affected(t.exec(ctx, chunkTried, append(values, notice)...))
	if err == nil && n != len(attempts) {
		err = fmt.Errorf("%d of %d are in another state", len(attempts)-n, len(attempts))
	}
	if err != nil {
		return err
	}
	holders[0] = notice
	_, err = t.exec(ctx, chunkMoved, holders...)
	return err
}
