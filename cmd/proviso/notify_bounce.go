package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"proviso/bounce"
	"proviso/ledger"
	"proviso/outcome"
	"proviso/relaylog"
)

func (p *program) notifyBounce() *cobra.Command {
	return &cobra.Command{
		Use:   "bounce [FILE]",
		Short: "take in mails that came back: a report, a mailbox (mbox), or a provider's CSV; standard input if left out",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, name, done, err := p.input(args)
			if err != nil {
				return err
			}
			defer done()
			reports, err := bounce.Read(in)
			if err != nil {
				return no("%s: %v", name, err)
			}
			return p.withLedger(cmd.Context(), func(l ledger.Ledger) error { return p.bounces(cmd.Context(), l, reports) })
		},
	}
}

func (p *program) bounces(ctx context.Context, l ledger.Ledger, reports []bounce.Report) error {
	r, err := outcome.Desk{Ledger: l, Keys: p.keys(), Now: p.now}.Bounces(ctx, reports)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %d bounced, %d known already, %d not for good, %d not ours\n",
		count(len(reports), "report"), r.Bounced, r.Known, r.Passing, r.Foreign)
	return err
}

func (p *program) notifyReconcile() *cobra.Command {
	var zone string
	cmd := &cobra.Command{
		Use:   "reconcile FILE",
		Short: "settle from Postfix's log what nobody could know, and what our own relay passed on",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			at := time.Local
			if zone != "" {
				var err error
				if at, err = time.LoadLocation(zone); err != nil {
					return misuse("--zone: %v", err)
				}
			}
			in, name, done, err := p.input(args)
			if err != nil {
				return err
			}
			defer done()
			return p.withLedger(cmd.Context(), func(l ledger.Ledger) error {
				d := outcome.Desk{Ledger: l, Keys: p.keys(), Now: p.now}
				log, err := relaylog.Read(in, d.ReadLog(at))
				if err != nil {
					return no("%s: %v", name, err)
				}
				return p.reconcile(cmd.Context(), d, log)
			})
		},
	}
	cmd.Flags().StringVar(&zone, "zone", "", "the time `zone` of a log whose lines name none, such as Europe/Berlin; left out: this machine's")
	return cmd
}

// reconcile says what the log settled: status 1 while something is still not known.
func (p *program) reconcile(ctx context.Context, d outcome.Desk, log *relaylog.Log) error {
	r, err := d.Reconcile(ctx, log)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "the log tells of %s to %s: %d accepted, %d to be sent again, %d bounced, %d passed on\n",
		log.First.Format(time.RFC3339), log.Last.Format(time.RFC3339), r.Accepted, r.Again, r.Bounced, r.Out)
	if r.Ambiguous > 0 {
		return no("%d still ambiguous: the log does not tell of the time in which they were tried; give an older or a newer one", r.Ambiguous)
	}
	return nil
}

// input opens the file that a command names; - or nothing is standard input.
func (p *program) input(args []string) (in io.Reader, name string, done func() error, err error) {
	if len(args) == 0 || args[0] == "-" {
		return p.stdin, "standard input", func() error { return nil }, nil
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, "", nil, misuse("%v", err)
	}
	return f, args[0], f.Close, nil
}
