package main

import (
	"context"

	"proviso/ledger"
	"proviso/outcome"
	"proviso/policy"
)

// formerDates returns the date for which a version was announced before it was
// rescheduled, and that of a version it comes instead of, which was withdrawn.
func formerDates(f *policy.Folder, v *policy.Version) (formerly, replaces policy.Date) {
	if from := f.Origins(v); len(from) > 0 {
		return from[0].Effective, policy.Date{}
	}
	for _, w := range v.Policy.Versions {
		on := w.WithdrawnOn()
		if w != v && v.Stands() && !on.IsZero() && !v.Sealed.Released.Before(on) && f.Before(w) == f.Before(v) {
			replaces = w.Effective
		}
	}
	return formerly, replaces
}

// told returns who was told of a version, under this date or an earlier one:
// whose mail a server took, or may have taken. It is nil if nobody was.
func (p *program) told(ctx context.Context, f *policy.Folder, v *policy.Version) (func(holder, address string) bool, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	l, err := p.ledgerAtHand(ctx, c)
	if l == nil || err != nil {
		if err == nil && v.Announced {
			err = no("%s: notice.yaml says that people were told, but the ledger that knows whom is not at hand; run it where the ledger is", v.ID())
		}
		return nil, err
	}
	defer l.Close()
	all, err := l.Notices(ctx)
	if err != nil {
		return nil, no("%v", err)
	}
	type audience struct {
		key  ledger.Key
		rows map[ledger.Hash]bool
	}
	var of []audience
	for _, n := range all {
		tells := outcome.Tells(n.ID, v.ID())
		for _, from := range f.Origins(v) {
			tells = tells || outcome.Tells(n.ID, from.ID())
		}
		if !tells {
			continue
		}
		a := audience{rows: map[ledger.Hash]bool{}}
		for row, err := range l.Rows(ctx, n.ID, ledger.Accepted, ledger.Ambiguous, ledger.Sending) {
			if err != nil {
				return nil, no("%v", err)
			}
			a.rows[row.Holder], a.rows[row.Address] = true, true
		}
		if len(a.rows) == 0 {
			continue
		}
		if a.key, err = p.keys().Get(n.ID); err != nil {
			return nil, no("%v", err)
		}
		of = append(of, a)
	}
	if len(of) == 0 {
		return nil, nil
	}
	return func(holder, address string) bool {
		for _, a := range of {
			if a.rows[a.key.Holder(holder)] || a.rows[a.key.Address(address)] {
				return true
			}
		}
		return false
	}, nil
}
