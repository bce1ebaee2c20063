package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"proviso/policy"
	"proviso/release"
)

func (p *program) decide() *cobra.Command {
	var reason, by, file string
	cmd := &cobra.Command{
		Use:   "decide POLICY SECTION material|editorial, or decide POLICY --file FILE",
		Short: "record decisions on what changed in sections",
		Long: `decide records a decision on the changes of a section in changes.yaml.

With --file it records all the decisions of a file, or none of them; - is the
standard input. The file has the form of changes.yaml:

  decisions:
    retention: {verdict: material, reason: kept longer, by: counsel}
    intro:     {verdict: editorial, reason: a typo, by: counsel}

--by and --reason stand in where a decision leaves them out. A decision with the
hash of what it judged (of:) is refused if the change is another one now.`,
		Args: cobra.RangeArgs(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (file == "") != (len(args) == 3) {
				return misuse("say POLICY SECTION material|editorial, or POLICY --file FILE")
			}
			rest := policy.Decision{Reason: reason, By: by}
			var data []byte
			var err error
			if file == "" {
				if rest, err = single(args[1], policy.Verdict(args[2]), rest); err != nil {
					return err
				}
			} else if data, err = p.decisionFile(file); err != nil {
				return err
			}
			return p.working(cmd.Context(), func(d *release.Desk) error {
				rest.On = d.Today
				ds := []policy.Decision{rest}
				if file != "" {
					read, ps := release.ReadDecisions(file, data, rest)
					if err := p.refuse(ps); err != nil {
						return err
					}
					ds = read
				}
				return p.record(d, args[0], ds)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, in a sentence")
	cmd.Flags().StringVar(&by, "by", "", "who decides")
	cmd.Flags().StringVar(&file, "file", "", "record all the decisions of this `file`; - is the standard input")
	return cmd
}

// single is the decision of a command line.
func single(section string, verdict policy.Verdict, d policy.Decision) (policy.Decision, error) {
	if verdict != policy.Material && verdict != policy.Editorial {
		return d, misuse("a decision is material or editorial, not %q", verdict)
	}
	if strings.TrimSpace(d.Reason) == "" || strings.TrimSpace(d.By) == "" {
		return d, misuse("a decision needs --reason TEXT and --by NAME")
	}
	d.Section, d.Verdict = section, verdict
	return d, nil
}

// decisionFile reads a file of decisions.
func (p *program) decisionFile(name string) (data []byte, err error) {
	const limit = 16 << 20 // more than anybody decides
	in := p.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, misuse("--file: %v", err)
		}
		defer f.Close()
		in = f
	}
	data, err = io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && len(data) > limit {
		err = fmt.Errorf("%s is larger than %d MB", name, limit>>20)
	}
	if err != nil {
		return nil, misuse("--file: %v", err)
	}
	return data, nil
}

// record writes decisions into changes.yaml of the open version.
func (p *program) record(d *release.Desk, ref string, ds []policy.Decision) error {
	v, err := d.Folder.Version(ref)
	if err != nil {
		return misuse("%v", err)
	}
	made, err := d.Decide(v, ds)
	if err != nil {
		return refused(err)
	}
	for _, x := range made {
		if _, err := fmt.Fprintf(p.stdout, "%s: %s is %s (rules: %s)\n", v.ChangesFile(), x.Section, x.Verdict, x.Rules); err != nil {
			return err
		}
	}
	return nil
}
