package outcome

import (
	"context"
	"fmt"
	"regexp"

	"proviso/account"
	"proviso/courier"
	"proviso/delivery"
	"proviso/ledger"
)

// Told is what one holder was told by one notice.
type Told struct {
	Notice   ledger.Notice
	Row      ledger.Row
	Attempts []ledger.Attempt

	letters []ledger.Letter
}

// fromDomain is the domain of a sender, which a Message-ID ends in.
var fromDomain = regexp.MustCompile(`(?m)^From: [^\r\n]*@([^>\s]+)`)

// Told returns the notices in whose audience a holder was, newest first. A
// holder is known by the id NAME:id, or by the address; the other may be empty.
func (d Desk) Told(ctx context.Context, id, address string) ([]Told, error) {
	notices, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	var out []Told
	for _, n := range notices {
		var holder, at ledger.Hash
		if id != "" {
			holder = n.key.Holder(id)
		}
		if normal, ok := account.Normal(address); ok {
			at = n.key.Address(normal)
		}
		row, ok, err := d.Ledger.Find(ctx, n.ID, holder, at)
		if err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		t := Told{Notice: n.Notice, Row: row}
		if t.Attempts, err = d.Ledger.Attempts(ctx, n.ID, row.Holder); err != nil {
			return nil, err
		}
		if t.letters, err = d.Ledger.Letters(ctx, n.ID); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Mail writes the mail of an attempt again, headers and body. The ledger has
// neither name nor address: they are the caller's.
func (t Told) Mail(a ledger.Attempt, name, address string) ([]byte, error) {
	for _, l := range t.letters {
		if l.Number != a.Letter {
			continue
		}
		s, err := courier.ReadSkeleton(l.Body)
		if err != nil {
			return nil, fmt.Errorf("letter %d of notice %q: %w", l.Number, t.Notice.ID, err)
		}
		domain := "invalid"
		if m := fromDomain.FindSubmatch(l.Body); m != nil {
			domain = string(m[1])
		}
		return s.For(courier.Recipient{Name: name, Address: address, Date: a.Started, MessageID: delivery.MessageID(t.Notice.ID, t.Row.Holder, domain)}), nil
	}
	return nil, fmt.Errorf("what attempt %d of notice %q said was not kept", a.Number, t.Notice.ID)
}
