// Package outcome says what became of a notice after it was sent, and ends it:
// mails that came back, what a relay's log tells, who cannot be reached, what
// one holder was told, and the record that a notice was given.
//
// The ledger knows holders by keyed hashes only. Here they meet again: a token
// that comes back in a report, a Message-ID in a log, or a holder in the
// company's own data is hashed with the key of each notice and looked up. Where
// a key was destroyed, nobody is found any more, and that is what it is for.
//
// Nothing here sends. News go into the same row as the attempt they are about;
// see package ledger for what may become of a row.
package outcome

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"

	"proviso/delivery"
	"proviso/ledger"
)

// A Desk is where news of notices come in.
type Desk struct {
	Ledger ledger.Ledger
	Keys   ledger.Keys
	Now    func() time.Time
}

// An opened notice is one whose key is there.
type opened struct {
	ledger.Notice
	key ledger.Key
}

// open returns the notices whose keys are there, newest first.
func (d Desk) open(ctx context.Context) ([]opened, error) {
	notices, err := d.Ledger.Notices(ctx)
	if err != nil {
		return nil, err
	}
	var out []opened
	for _, n := range notices {
		key, err := d.Keys.Get(n.ID)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append([]opened{{n, key}}, out...)
	}
	return out, nil
}

// local returns what stands before the @ of the Message-IDs of a holder.
func (n opened) local(h ledger.Hash) string {
	return strings.TrimSuffix(delivery.MessageID(n.ID, h, ""), "@")
}
