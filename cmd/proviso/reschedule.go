package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"proviso/policy"
	"proviso/release"
)

func (p *program) reschedule() *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:   "reschedule POLICY@VERSION DATE",
		Short: "give an upcoming version another date; lead times count again from today",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			date, err := policy.ParseDate(args[1])
			if err != nil {
				return misuse("%v", err)
			}
			return p.onVersion(cmd.Context(), args[0], func(d *release.Desk, v *policy.Version) error {
				return p.putOut(d, d.ConsiderMove(cmd.Context(), v, date), strict)
			})
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "refuse warnings too")
	return cmd
}

func (p *program) withdraw() *cobra.Command {
	var reason, by string
	cmd := &cobra.Command{
		Use:   "withdraw POLICY@VERSION",
		Short: "say that an upcoming version will not take effect; its address stays",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onVersion(cmd.Context(), args[0], func(d *release.Desk, v *policy.Version) error {
				s, err := d.Withdraw(v, reason, by)
				if err != nil {
					return refused(err)
				}
				_, err = fmt.Fprintf(p.stdout, "%s is withdrawn and will not take effect\nseal %s\nwho was told of it is owed a notice; see proviso notify plan %s\n", v.ID(), s.Hash, v.ID())
				return err
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, in a sentence; kept in the seal and never published")
	cmd.Flags().StringVar(&by, "by", "", "who decided")
	return cmd
}

func (p *program) seal() *cobra.Command {
	var locale string
	cmd := &cobra.Command{
		Use:   "seal POLICY@VERSION --locale LOCALE",
		Short: "add a late translation to a released version",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onVersion(cmd.Context(), args[0], func(d *release.Desk, v *policy.Version) error {
				s, ps, err := d.Translate(v, locale)
				for _, x := range ps {
					fmt.Fprintln(p.stderr, x.Error())
				}
				if err != nil {
					return refused(err)
				}
				_, err = fmt.Fprintf(p.stdout, "%s has its text in %q now\nseal %s\n", v.ID(), locale, s.Hash)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&locale, "locale", "", "the `locale` of the translation, such as de")
	if err := cmd.MarkFlagRequired("locale"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

// onVersion does what changes a version that POLICY@VERSION names.
func (p *program) onVersion(ctx context.Context, ref string, do func(*release.Desk, *policy.Version) error) error {
	return p.working(ctx, func(d *release.Desk) error {
		v, err := named(d.Folder, ref)
		if err != nil {
			return err
		}
		return do(d, v)
	})
}

// named returns the version that POLICY@VERSION names.
func named(f *policy.Folder, ref string) (*policy.Version, error) {
	v, err := f.Version(ref)
	if err != nil {
		return nil, misuse("%v", err)
	}
	if v.ID() == ref {
		return v, nil
	}
	versions := v.Policy.Versions
	if len(versions) == 0 {
		return nil, misuse("write POLICY@VERSION; %s has no released version yet", v.Policy.ID)
	}
	return nil, misuse("write POLICY@VERSION, such as %s", versions[len(versions)-1].ID())
}
