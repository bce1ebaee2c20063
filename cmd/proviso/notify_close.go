package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"proviso/ledger"
	"proviso/notify"
	"proviso/outcome"
	"proviso/policy"
)

func (p *program) notifyClose() *cobra.Command {
	var waiver outcome.Waiver
	cmd := &cobra.Command{
		Use:   "close POLICY@VERSION…",
		Short: "write notice.yaml beside the seal: that the notice is complete; refuses while it is not",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (waiver.Reason == "") != (waiver.By == "") {
				return misuse("--except and --by belong together: an exception has a reason and a name")
			}
			return p.alone(cmd.Context(), func() error {
				f, notices, err := p.notices(cmd.Context(), args)
				if err != nil {
					return err
				}
				if err := p.verified(f, notices); err != nil {
					return err
				}
				return p.withLedger(cmd.Context(), func(l ledger.Ledger) error { return p.close(cmd.Context(), l, notices, waiver) })
			})
		},
	}
	cmd.Flags().StringVar(&waiver.Reason, "except", "", "close although some were put off for five days, and the `reason`")
	cmd.Flags().StringVar(&waiver.By, "by", "", "who decided on the exception")
	return cmd
}

// close writes notice.yaml of every version that the notices tell of.
func (p *program) close(ctx context.Context, l ledger.Ledger, notices []*notify.Notice, waiver outcome.Waiver) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	made, err := outcome.Desk{Ledger: l, Keys: p.keys(), Now: p.now}.Close(ctx, notices, c.Mail, waiver)
	if err != nil {
		return err
	}
	for i, a := range made {
		data, err := a.Encode()
		if err != nil {
			return err
		}
		name := "notice.yaml"
		if notices[0].Withdrawn() {
			name = policy.WithdrawnNotice
		}
		file := filepath.Join(notices[0].Subjects[i].Version.Dir, name)
		if err := writeFile(p.path(file), data); err != nil {
			return err
		}
		for _, r := range a.Notices {
			if r.Unlisted() {
				fmt.Fprintf(p.stderr, "%s: %s not reached by mail; write by post: proviso notify unreachable -o FILE %s, then close it again\n",
					r.ID, holdersWere(r.Unreached.Holders), a.Version)
			}
		}
		if _, err := fmt.Fprintf(p.stdout, "%s: the notice of %s is closed; commit the file\n", file, a.Version); err != nil {
			return err
		}
	}
	return nil
}

// holdersWere begins a sentence about n holders.
func holdersWere(n int) string {
	if n == 1 {
		return "1 holder was"
	}
	return fmt.Sprintf("%d holders were", n)
}
