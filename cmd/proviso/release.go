package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"proviso/change"
	"proviso/policy"
	"proviso/release"
)

func (p *program) release() *cobra.Command {
	var effective string
	var strict bool
	cmd := &cobra.Command{
		Use:   "release POLICY --effective DATE",
		Short: "give the draft its date and seal it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			date, err := policy.ParseDate(effective)
			if err != nil {
				return misuse("--effective: %v", err)
			}
			return p.working(cmd.Context(), func(d *release.Desk) error {
				draft, err := openVersion(d.Folder, args[0])
				if err != nil {
					return err
				}
				return p.putOut(d, d.Consider(cmd.Context(), draft, date), strict)
			})
		},
	}
	cmd.Flags().StringVar(&effective, "effective", "", "the `date` on which the version takes effect, YYYY-MM-DD")
	cmd.Flags().BoolVar(&strict, "strict", false, "refuse warnings too")
	if err := cmd.MarkFlagRequired("effective"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

// working reads the folder for a command that changes its content, and keeps
// others from changing it meanwhile.
func (p *program) working(ctx context.Context, do func(*release.Desk) error) error {
	return p.alone(ctx, func() error {
		f, err := p.open()
		if err != nil {
			return err
		}
		return do(&release.Desk{Dir: p.dir, Folder: f, Today: p.today(f), Pace: p.pace})
	})
}

// alone keeps others from changing the content, and clears away what those left
// who were killed while they did.
func (p *program) alone(ctx context.Context, do func() error) error {
	if _, _, err := p.load(); err != nil { // no folder of ours gets a lock
		return err
	}
	unlock, err := release.Lock(ctx, p.dir)
	if err != nil {
		return no("%v", err)
	}
	defer func() { _ = unlock() }()
	if err := release.Sweep(p.dir); err != nil {
		return no("%v", err)
	}
	return do()
}

// openVersion returns the version to release: POLICY's draft, or a dated
// version that has no seal yet.
func openVersion(f *policy.Folder, ref string) (*policy.Version, error) {
	v, err := f.Version(ref)
	if err != nil {
		return nil, misuse("%v", err)
	}
	if v.Sealed != nil {
		return nil, no("%s has no draft; make one with proviso draft %s", v.Policy.ID, v.Policy.ID)
	}
	return v, nil
}

// putOut releases a candidate, or says everything that stands against it.
func (p *program) putOut(d *release.Desk, c *release.Candidate, strict bool) error {
	warnings := c.Problems.Warnings()
	for _, w := range warnings {
		fmt.Fprintln(p.stderr, w.Error())
	}
	if strict && len(warnings) > 0 {
		c.Reasons = append(c.Reasons, count(len(warnings), "warning")+", and --strict")
	}
	for _, e := range c.Problems.Errors() {
		fmt.Fprintln(p.stderr, e.Error())
	}
	for _, reason := range c.Reasons {
		fmt.Fprintf(p.stderr, "%s: %s\n", c.Draft.ID(), reason)
	}
	if n := c.Refused(); n > 0 {
		done := "released"
		if c.Moves {
			done = "rescheduled"
		}
		return no("%s is not %s: %s", c.Draft.ID(), done, count(n, "reason"))
	}
	if err := d.Release(c); err != nil {
		return no("%v", err)
	}
	if c.Stays {
		fmt.Fprintf(p.stderr, "%s stays: it was edited while %s was released, and holds what was not released\n", c.Draft.Dir, c.Version.ID())
	}
	return p.printRelease(d.Folder, c)
}

func (p *program) printRelease(f *policy.Folder, c *release.Candidate) error {
	title := c.Version.Policy.Title.In(f.Source(c.Draft))
	if c.Done && !c.Stays {
		_, err := fmt.Fprintf(p.stdout, "%s was released already with what the draft holds; the draft is gone now\n", c.Version.ID())
		return err
	}
	if c.Moves {
		fmt.Fprintf(p.stdout, "%s is rescheduled: %s takes effect on %s instead (%s)\n", c.Draft.ID(), c.Version.ID(), c.Version.Effective, title)
	} else {
		fmt.Fprintf(p.stdout, "%s is released and takes effect on %s (%s)\n", c.Version.ID(), c.Version.Effective, title)
	}
	fmt.Fprintf(p.stdout, "seal %s\n", c.Seal.Hash)
	if c.Changes != nil {
		var gravest []string // sections; a person may have found others less grave
		for _, id := range c.Changes.Sections() {
			if slices.ContainsFunc(c.Changes.In(id), func(x change.Change) bool { return x.Verdict == c.Changes.Verdict }) {
				gravest = append(gravest, id)
			}
		}
		fmt.Fprintf(p.stdout, "verdict %s: %s\n", c.Changes.Verdict, strings.Join(gravest, ", "))
	}
	if c.Seal.Deadline.IsZero() {
		_, err := fmt.Fprintln(p.stdout, "no notice is owed")
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "account holders must be told before %s begins; see proviso notify plan %s\n", c.Seal.Deadline, c.Version.ID())
	return err
}

// refused turns what package release says into the program's answer.
func refused(err error) error {
	var a *answer
	if err == nil || errors.As(err, &a) {
		return err
	}
	return no("%v", err)
}
