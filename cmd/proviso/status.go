package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"proviso/delivery"
	"proviso/notify"
	"proviso/policy"
)

func (p *program) status() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "say of every policy what is in force, what is upcoming, and what is owed next",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return misuse("--format: unknown format %q; write text or json", format)
			}
			f, err := p.open()
			if err != nil {
				return err
			}
			states, overdue := []state{}, false
			for _, pol := range f.Policies {
				s, late, err := p.state(cmd.Context(), f, pol)
				if err != nil {
					return err
				}
				states = append(states, s)
				overdue = overdue || late
			}
			if format == "json" {
				err = p.json(states)
			} else {
				err = p.printStates(states)
			}
			if err == nil && overdue {
				return &answer{status: 1}
			}
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

// A state is where one policy stands.
type state struct {
	Policy   string      `json:"policy"`
	InForce  string      `json:"in_force"` // version; empty: none
	Upcoming string      `json:"upcoming"` // the first of them; empty: none
	Deadline policy.Date `json:"deadline"`
	Notice   string      `json:"notice"` // how far the notice of the upcoming version is
	Owed     []string    `json:"owed"`
	Next     string      `json:"next"` // what to do next, as a command; empty: nothing
}

func (p *program) state(ctx context.Context, f *policy.Folder, pol *policy.Policy) (s state, overdue bool, err error) {
	today := p.today(f)
	s = state{Policy: pol.ID, Owed: []string{}}
	if v := pol.InForce(today); v != nil {
		s.InForce = v.Name
		if v.Sealed == nil {
			s.Owed = append(s.Owed, v.ID()+" is in force without a seal")
		}
	}
	if len(pol.Drafts) > 0 {
		s.Next = "proviso diff " + pol.ID
	}
	up := pol.Upcoming(today)
	for i, v := range up {
		status, err := p.noticeOf(ctx, f, v)
		if err != nil {
			return s, false, err
		}
		if i == 0 {
			s.Upcoming, s.Deadline, s.Notice = v.Name, v.Sealed.Deadline, noticeWords(v, status)
		}
		if status.Complete {
			continue
		}
		s.Owed = append(s.Owed, fmt.Sprintf("notice of %s before %s begins", v.ID(), v.Sealed.Deadline))
		s.Next = "proviso notify send " + v.ID()
		overdue = overdue || !today.Before(v.Sealed.Deadline)
	}
	for _, v := range pol.Versions {
		if v.WithdrawnOn().IsZero() || !today.Before(v.Effective) {
			continue
		}
		status, err := p.noticeOf(ctx, f, v)
		if err != nil {
			return s, false, err
		}
		if !status.Complete {
			s.Owed = append(s.Owed, fmt.Sprintf("news of the withdrawal of %s before %s begins", v.ID(), v.Effective))
			s.Next = "proviso notify send " + v.ID()
		}
	}
	if !pol.ReviewBy.IsZero() && pol.ReviewBy.Before(today) {
		s.Owed = append(s.Owed, "review, due on "+pol.ReviewBy.String())
		overdue = true
	}
	return s, overdue, nil
}

// noticeOf reads how far the notice of a released version is.
func (p *program) noticeOf(ctx context.Context, f *policy.Folder, v *policy.Version) (*delivery.Status, error) {
	sub, err := p.subject(ctx, f, v)
	if err != nil {
		return nil, err
	}
	notices, err := notify.Notices([]notify.Subject{sub})
	if err != nil {
		return nil, no("%v", err)
	}
	return p.progress(ctx, notices)
}

func noticeWords(v *policy.Version, s *delivery.Status) string {
	c := s.Counts
	told := c.Accepted + c.Bounced
	all := told + c.Pending + c.Sending + c.Deferred + c.Ambiguous + c.Rejected
	switch {
	case v.Sealed.Deadline.IsZero():
		return "none owed"
	case s.Complete:
		return fmt.Sprintf("complete, %d of %d accepted", c.Accepted, all)
	case all == 0:
		return "not begun"
	}
	return fmt.Sprintf("%d of %d accepted", c.Accepted, all)
}

func (p *program) printStates(states []state) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "policy\tin force\tupcoming\tdeadline\tnotice\tnext")
	dash := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	for _, s := range states {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Policy, dash(s.InForce), dash(s.Upcoming), dash(s.Deadline.String()), dash(s.Notice), dash(s.Next))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, s := range states {
		if len(s.Owed) > 0 {
			fmt.Fprintf(p.stdout, "%s owes: %s\n", s.Policy, strings.Join(s.Owed, "; "))
		}
	}
	return nil
}
