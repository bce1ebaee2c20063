package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"proviso/schema"
)

func (p *program) schema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "write the schemas for editors into the folder again, after an upgrade",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if _, err := os.Stat(p.path("content")); err != nil {
				return misuse("%v; go to the folder or name it with -C, or make one with proviso init", err)
			}
			files, err := schemaFiles()
			if err == nil {
				err = writeAll(p.path("."), files)
			}
			if err != nil {
				return no("%v", err)
			}
			_, err = fmt.Fprintf(p.stdout, "%s has the schemas of this program\n", relative(p.path(schema.Dir)))
			return err
		},
	}
}
