package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"proviso/change"
	"proviso/policy"
	"proviso/source"
)

func (p *program) decide() *cobra.Command {
	var reason, by string
	cmd := &cobra.Command{
		Use:   "decide POLICY SECTION material|editorial",
		Short: "record a decision on the changes of a section",
		Args:  cobra.ExactArgs(3),
		RunE: func(_ *cobra.Command, args []string) error {
			verdict := policy.Verdict(args[2])
			if verdict != policy.Material && verdict != policy.Editorial {
				return misuse("a decision is material or editorial, not %q", args[2])
			}
			if strings.TrimSpace(reason) == "" || strings.TrimSpace(by) == "" {
				return misuse("a decision needs --reason TEXT and --by NAME")
			}
			f, err := p.open()
			if err != nil {
				return err
			}
			d := policy.Decision{Section: args[1], Verdict: verdict, Reason: reason, By: by, On: p.today(f)}
			return p.record(f, args[0], d)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, in a sentence")
	cmd.Flags().StringVar(&by, "by", "", "who decides")
	return cmd
}

// record writes a decision into changes.yaml of the open version.
func (p *program) record(f *policy.Folder, ref string, d policy.Decision) error {
	v, err := f.Version(ref)
	if err != nil {
		return misuse("%v", err)
	}
	if v.Sealed != nil {
		return no("%s is released; its decisions are sealed. Make a draft with proviso draft %s", v.ID(), v.Policy.ID)
	}
	before := f.Before(v)
	if before == nil {
		return no("%s is the first version; there is nothing to decide on", v.ID())
	}
	c, ps := change.Versions(f, before, v)
	if err := p.refuse(ps); err != nil {
		return err
	}
	changes := c.In(d.Section)
	if len(changes) == 0 {
		if len(c.Changes) == 0 {
			return no("%s does not differ from %s", v.ID(), before.ID())
		}
		return no("section %q of %s did not change; %s", d.Section, v.ID(), source.Suggest(d.Section, c.Sections()))
	}
	d.Of = change.Of(changes)
	if err := p.writeDecision(v, d); err != nil {
		return no("%s: %v", v.ChangesFile(), err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %s is %s (rules: %s)\n", v.ChangesFile(), d.Section, d.Verdict, ruleVerdict(changes))
	return err
}

// ruleVerdict is the gravest verdict that the rules gave.
func ruleVerdict(changes []change.Change) policy.Verdict {
	v := policy.None
	for _, c := range changes {
		v = v.Graver(c.RuleVerdict)
	}
	return v
}

func (p *program) writeDecision(v *policy.Version, d policy.Decision) error {
	file := p.path(v.ChangesFile())
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	line := fmt.Sprintf("{verdict: %s, reason: %q, by: %q, on: %s, of: %q}", d.Verdict, d.Reason, d.By, d.On, d.Of)
	data, err = source.SetLine(data, "decisions", d.Section, line)
	if err != nil {
		return err
	}
	var check policy.Changes
	var ps source.Problems
	source.Decode(v.ChangesFile(), data, &check, &ps)
	if err := ps.Err(); err != nil {
		return fmt.Errorf("the decision cannot be written there; add it by hand: %s: %s", d.Section, line)
	}
	return writeFile(file, data)
}
