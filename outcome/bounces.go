package outcome

import (
	"cmp"
	"context"
	"encoding/hex"
	"strings"

	"proviso/account"
	"proviso/bounce"
	"proviso/ledger"
)

// Returned counts what became of reports.
type Returned struct {
	Bounced int // rows that are bounced now
	Known   int // whose row said so already, or was never told
	Passing int // no failure for good: a delay, a reply, or nothing that can be understood
	Foreign int // about no mail of ours, or with a token that was made up
}

// Bounces enters reports into the rows they are about. A token counts if its
// proof holds; then a Message-ID; then an address, which only a provider's file has.
func (d Desk) Bounces(ctx context.Context, reports []bounce.Report) (Returned, error) {
	var out Returned
	notices, err := d.open(ctx)
	if err != nil {
		return out, err
	}
	for _, r := range reports {
		if !r.Failed {
			out.Passing++
			continue
		}
		n, h, ok, err := d.whose(ctx, notices, r)
		if err != nil {
			return out, err
		} else if !ok {
			out.Foreign++
			continue
		}
		at := r.At
		if now := d.Now(); at.IsZero() || at.After(now) {
			at = now
		}
		changed, err := d.Ledger.Learn(ctx, n.ID, ledger.Attempt{Holder: h, State: ledger.Bounced, Code: r.Code,
			Text: said(r), Ended: at})
		if err != nil {
			return out, err
		}
		out.Bounced += changed
		out.Known += 1 - changed
	}
	return out, nil
}

// said is why a mail came back, with the status code once.
func said(r bounce.Report) string {
	text := cmp.Or(r.Text, "came back without a reason")
	if strings.Contains(text, r.Status) {
		return text
	}
	return r.Status + " " + text
}

// whose finds the row that a report is about.
func (d Desk) whose(ctx context.Context, notices []opened, r bounce.Report) (opened, ledger.Hash, bool, error) {
	for _, n := range notices {
		for _, token := range r.Tokens {
			if h, ok := n.key.Owns(token); ok {
				return d.row(ctx, n, h, ledger.Hash{})
			}
		}
	}
	if len(r.Tokens) > 0 {
		return opened{}, ledger.Hash{}, false, nil // made up, or of a key that is gone
	}
	for _, n := range notices {
		for _, id := range r.MessageIDs {
			if h, ok := n.named(id); ok {
				return d.row(ctx, n, h, ledger.Hash{})
			}
		}
	}
	address, ok := account.Normal(r.Address)
	if !ok {
		return opened{}, ledger.Hash{}, false, nil
	}
	for _, n := range notices {
		if n, h, ok, err := d.row(ctx, n, ledger.Hash{}, n.key.Address(address)); ok || err != nil {
			return n, h, ok, err
		}
	}
	return opened{}, ledger.Hash{}, false, nil
}

func (d Desk) row(ctx context.Context, n opened, holder, address ledger.Hash) (opened, ledger.Hash, bool, error) {
	row, ok, err := d.Ledger.Find(ctx, n.ID, holder, address)
	return n, row.Holder, ok, err
}

// named returns the hash in a Message-ID of the notice.
func (n opened) named(id string) (h ledger.Hash, ok bool) {
	local, _, _ := strings.Cut(id, "@")
	if len(local) < 2*len(h) {
		return h, false
	}
	b, err := hex.DecodeString(local[len(local)-2*len(h):])
	if err != nil {
		return h, false
	}
	copy(h[:], b)
	return h, n.local(h) == local
}
