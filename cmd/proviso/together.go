package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"proviso/ledger"
	"proviso/policy"
)

// together returns the versions of the notice that told of those that a command
// names. Several versions of one date that were announced in one mail stay one
// notice: to send it for one of them alone would tell everybody twice.
func (p *program) together(ctx context.Context, f *policy.Folder, named []*policy.Version) ([]*policy.Version, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	l, err := p.ledgerAtHand(ctx, c)
	if err != nil || l == nil {
		return named, err
	}
	defer l.Close()
	told, err := toldTogether(ctx, l)
	if err != nil {
		return nil, no("%v", err)
	}
	ids := make([]string, len(named))
	for i, v := range named {
		if ids[i] = v.ID(); withdrawn(v) {
			return named, nil // that is news of its own
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if slices.ContainsFunc(told, func(t []string) bool { return slices.Equal(slices.Sorted(slices.Values(t)), ids) }) {
		return named, nil
	}
	for _, t := range told {
		all, err := p.widen(f, t, ids)
		if err != nil || all != nil {
			return all, err
		}
	}
	return named, nil
}

// toldTogether lists the versions of each notice that has an audience; one that
// was refused before the first mail has none.
func toldTogether(ctx context.Context, l ledger.Ledger) (told [][]string, err error) {
	notices, err := l.Notices(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range notices {
		waves, err := l.Waves(ctx, n.ID)
		if err != nil {
			return nil, err
		}
		if len(waves) > 0 {
			id, _, _ := strings.Cut(n.ID, "#")
			told = append(told, strings.Split(id, "+"))
		}
	}
	return told, nil
}

// widen returns the versions of a notice if it told of all those that are
// named, and nil if it told of none.
func (p *program) widen(f *policy.Folder, told, named []string) (all []*policy.Version, err error) {
	i := slices.IndexFunc(named, func(id string) bool { return slices.Contains(told, id) })
	if i < 0 {
		return nil, nil
	}
	if j := slices.IndexFunc(named, func(id string) bool { return !slices.Contains(told, id) }); j >= 0 {
		return nil, no("%s was told of in a notice without %s; notify of them one by one, so that nobody is told twice", named[i], named[j])
	}
	for _, id := range told {
		v, err := f.Version(id)
		if err != nil {
			return nil, no("%v", err)
		}
		if withdrawn(v) || f.Latest(v) != v {
			fmt.Fprintf(p.stderr, "warning: %s was told of together with %s, which does not stand any more; without it this is a new notice to everybody\n", named[i], id)
			return nil, nil
		}
		all = append(all, v)
	}
	return all, nil
}

// withdrawn reports whether a version will not take effect.
func withdrawn(v *policy.Version) bool { return v.Sealed != nil && v.Sealed.State == policy.Withdrawn }
