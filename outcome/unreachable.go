package outcome

import (
	"context"
	"slices"
	"time"

	"proviso/account"
	"proviso/delivery"
	"proviso/ledger"
)

// A Lost holder could not be told by mail.
type Lost struct {
	Notice string
	Holder account.Holder
	State  ledger.State // rejected, bounced, deferred, or skipped for want of an address
	Since  time.Time    // of the first try; zero: none
	Code   int
	Text   string // what the last server said
}

// noAddress is why a holder without an address is skipped; see package account.
const noAddress = "no usable address"

// Unreachable returns the holders of the company's data who could not be told:
// rejected, bounced, without an address, or put off for five days. Who shares an
// address that could not be told is among them, whoever of its holders the mail
// spoke to. notices are ids; none: all.
func (d Desk) Unreachable(ctx context.Context, h *account.Holders, notices ...string) ([]Lost, error) {
	all, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	var out []Lost
	for _, n := range slices.Backward(all) {
		if len(notices) > 0 && !slices.Contains(notices, n.ID) {
			continue
		}
		lost, err := d.lost(ctx, n)
		if err != nil {
			return nil, err
		}
		for group, err := range h.ByAddress() {
			if err != nil {
				return nil, err
			}
			shared, together := lost[n.key.Address(group.Address)]
			for _, holder := range group.Holders {
				l, ok := lost[n.key.Holder(holder.ID)]
				if !ok && together && holder.Skip == "" {
					l, ok = shared, true
				}
				if ok {
					l.Holder = holder
					out = append(out, l)
				}
			}
		}
	}
	return out, nil
}

// lost returns the rows of a notice that could not be told, by holder and by address.
func (d Desk) lost(ctx context.Context, n opened) (map[ledger.Hash]Lost, error) {
	out := map[ledger.Hash]Lost{}
	for row, err := range d.Ledger.Rows(ctx, n.ID, ledger.Rejected, ledger.Bounced, ledger.Deferred, ledger.Skipped) {
		if err != nil {
			return nil, err
		}
		l := Lost{Notice: n.ID, State: row.State, Text: row.Reason}
		if row.State == ledger.Skipped {
			if row.Reason == noAddress {
				out[row.Holder] = l
			}
			continue
		}
		tries, err := d.Ledger.Attempts(ctx, n.ID, row.Holder)
		if err != nil {
			return nil, err
		}
		if len(tries) > 0 {
			last := tries[len(tries)-1]
			l.Since, l.Code, l.Text = tries[0].Ended, last.Code, last.Text
		}
		if row.State == ledger.Deferred && d.Now().Sub(l.Since) < delivery.GiveUp {
			continue
		}
		out[row.Holder], out[row.Address] = l, l
	}
	return out, nil
}
