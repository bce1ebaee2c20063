package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"proviso/ledger"
	"proviso/policy"
)

func (p *program) ledgers() *cobra.Command {
	cmd := &cobra.Command{Use: "ledger", Short: "keep the record of notices, and forget it in time"}
	cmd.AddCommand(p.ledgerPurge(), p.ledgerBackup())
	return cmd
}

func (p *program) ledgerPurge() *cobra.Command {
	var dry, yes bool
	cmd := &cobra.Command{
		Use:   "purge",
		Short: "forget who was told by notices older than ledger.keep, and destroy their keys; counts stay",
		Long: `purge looks for notices whose versions took effect longer ago than ledger.keep in
proviso.yaml says. Of these it deletes who was told, every attempt, and the
letters, and destroys the notice's key, so that no copy of the ledger can be linked
to anybody any more. Seals of the audience, counts and dates stay. It cannot be
undone: write the evidence first, with proviso evidence.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config()
			if err != nil {
				return err
			}
			keep, _ := c.Ledger.kept() // config has refused errors
			if keep == (policy.Lead{}) {
				return misuse("proviso.yaml does not say how long notices are kept; add keep: 7 years under ledger:")
			}
			return p.withLedger(cmd.Context(), func(l ledger.Ledger) error { return p.purge(cmd.Context(), l, keep, dry, yes) })
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what would be forgotten")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (p *program) purge(ctx context.Context, l ledger.Ledger, keep policy.Lead, dry, yes bool) error {
	unlock, err := l.Lock()
	if err != nil {
		return err
	}
	defer unlock()
	old, err := p.outdated(ctx, l, keep)
	if err != nil {
		return err
	}
	for _, n := range old {
		if err := p.printOutdated(ctx, l, n); err != nil {
			return err
		}
	}
	switch {
	case len(old) == 0:
		fmt.Fprintf(p.stdout, "no notice is older than %s\n", keepWords(keep))
	case dry:
		return nil
	case !yes && p.terminal(p.stdin) && !p.agreed("forget them for good?"):
		return no("nothing was purged")
	}
	if dry {
		return nil
	}
	var ids []string
	for _, n := range old {
		ids = append(ids, n.ID)
	}
	if err := l.Purge(ctx, p.now(), ids...); err != nil {
		return err
	}
	return p.destroyKeys(ctx, l)
}

// outdated returns the notices that are to be forgotten and are not yet.
func (p *program) outdated(ctx context.Context, l ledger.Ledger, keep policy.Lead) ([]ledger.Notice, error) {
	all, err := l.Notices(ctx)
	if err != nil {
		return nil, err
	}
	today := p.asOf
	if today.IsZero() {
		today = policy.DateOf(p.now())
	}
	var old []ledger.Notice
	for _, n := range all {
		effective, err := policy.ParseDate(n.Effective)
		if err != nil {
			return nil, fmt.Errorf("notice %q: %w", n.ID, err)
		}
		if n.Purged.IsZero() && keep.After(effective).Before(today) {
			old = append(old, n)
		}
	}
	return old, nil
}

func (p *program) printOutdated(ctx context.Context, l ledger.Ledger, n ledger.Notice) error {
	c, err := l.Counts(ctx, n.ID)
	if err != nil {
		return err
	}
	left := ""
	if c.Waiting > 0 {
		left = fmt.Sprintf("; %s never told", count(c.Waiting, "holder"))
	}
	_, err = fmt.Fprintf(p.stdout, "%s by %s, in effect since %s: %d accepted, %d rejected, %d bounced, %d skipped%s\n",
		n.ID, n.Controller, n.Effective, c.Accepted, c.Rejected, c.Bounced, c.Skipped, left)
	return err
}

// destroyKeys destroys the keys of purged notices, also of those whose purge
// was interrupted.
func (p *program) destroyKeys(ctx context.Context, l ledger.Ledger) error {
	all, err := l.Notices(ctx)
	if err != nil {
		return err
	}
	gone := 0
	for _, n := range all {
		if n.Purged.IsZero() {
			continue
		}
		if _, err := p.keys().Get(n.ID); err == nil {
			gone++
		}
		if err := p.keys().Destroy(n.ID, n.Purged.UTC().Format(time.DateOnly)); err != nil {
			return err
		}
	}
	if gone > 0 {
		_, err = fmt.Fprintf(p.stdout, "forgotten; %s destroyed in %s: destroy their backups too\n", count(gone, "key"), p.keys().Dir)
	}
	return err
}

// keepWords writes a time to keep as people do.
func keepWords(keep policy.Lead) string {
	if keep.Months > 0 && keep.Months%12 == 0 {
		return count(keep.Months/12, "year")
	}
	return keep.String()
}

func (p *program) ledgerBackup() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "write a consistent copy of the ledger, also while a sender runs; the keys are not in it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := args[0]
			if !filepath.IsAbs(file) {
				file = p.path(file)
			}
			c, err := p.config()
			if err != nil {
				return err
			}
			at, err := p.expand("ledger", c.Ledger.URL)
			if err != nil {
				return misuse("%v", err)
			}
			restore := "put it in the ledger's place"
			if shared(at) {
				restore = "pg_restore it into an empty database"
				err = p.dump(cmd.Context(), at, file)
			} else {
				err = p.withLedger(cmd.Context(), func(l ledger.Ledger) error { return l.(*ledger.SQLite).Backup(cmd.Context(), file) })
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "%s is a copy of the ledger; to restore it, %s\n", file, restore)
			fmt.Fprintf(p.stderr, "the keys are not in it: keep a copy of %s in another place, for who has both can test whether an address was told\n", p.keys().Dir)
			return err
		},
	}
}
