package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) verify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "prove that no released text was changed: recompute every seal and the chain",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := p.open()
			if err != nil {
				return err
			}
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
				}
			}
			if bad > 0 {
				return no("of %s, %d broken", count(sealed, "seal"), bad)
			}
			return nil
		},
	}
}
