package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"proviso/ledger"
)

func (p *program) notifyHold() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "hold",
		Short: "stop every sender before its next mails, until resume",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withLedger(cmd.Context(), func(l ledger.Ledger) error {
				stop := ledger.Stop{At: p.now(), Reason: reason}
				if err := l.Hold(cmd.Context(), stop); err != nil {
					return err
				}
				_, err := fmt.Fprintln(p.stdout, stopWords(stop))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for whoever wonders")
	return cmd
}

func (p *program) notifyResume() *cobra.Command {
	return &cobra.Command{
		Use:   "resume",
		Short: "let senders go on after hold; sends nothing itself",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withLedger(cmd.Context(), func(l ledger.Ledger) error {
				if err := l.Resume(cmd.Context()); err != nil {
					return err
				}
				_, err := fmt.Fprintln(p.stdout, "sending is not on hold; proviso notify send goes on")
				return err
			})
		},
	}
}

// stopWords says that nobody may send, and why.
func stopWords(s ledger.Stop) string {
	why := ""
	if s.Reason != "" {
		why = ": " + s.Reason
	}
	return fmt.Sprintf("sending is on hold since %s%s; proviso notify resume lets it go on", s.At.UTC().Format(time.RFC3339), why)
}

// withLedger opens the ledger for one act.
func (p *program) withLedger(ctx context.Context, act func(l ledger.Ledger) error) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	l, err := p.ledger(ctx, c)
	if err != nil {
		return err
	}
	defer l.Close()
	return plainly(act(l))
}

// plainly answers no to an error that is not an answer already.
func plainly(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := err.(*answer); ok {
		return err
	}
	return no("%v", err)
}
