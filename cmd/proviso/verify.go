package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"proviso/policy"
)

func (p *program) verify() *cobra.Command {
	var against string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "prove that no released text was changed: recompute every seal and the chain",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := p.open()
			if err != nil {
				return err
			}
			if err := p.verifySeals(f); err != nil || against == "" {
				return err
			}
			return p.verifyLive(cmd.Context(), f, against)
		},
	}
	cmd.Flags().StringVar(&against, "against", "", "compare with the site that is live at this `URL`")
	return cmd
}

// verifySeals prints the hash of every seal that holds.
func (p *program) verifySeals(f *policy.Folder) error {
	bad, sealed := 0, 0
	for _, pol := range f.Policies {
		for _, v := range pol.Versions {
			if v.Sealed == nil {
				fmt.Fprintf(p.stderr, "%s: warning: not released, so nothing to verify\n", v.ID())
				continue
			}
			sealed++
			ps := f.Verify(v)
			for _, x := range ps {
				fmt.Fprintln(p.stderr, x.Error())
			}
			if ps.Err() != nil {
				bad++
				continue
			}
			fmt.Fprintf(p.stdout, "%s %s\n", v.Sealed.Hash, v.ID())
			for _, x := range v.Sealed.Supplements {
				fmt.Fprintf(p.stdout, "%s %s %s\n", x.Hash, v.ID(), x.File)
			}
		}
	}
	if bad > 0 {
		return no("of %s, %d broken", count(sealed, "seal"), bad)
	}
	return nil
}
