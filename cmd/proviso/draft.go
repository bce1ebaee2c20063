package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"proviso/policy"
	"proviso/release"
	"proviso/whole"
)

func (p *program) draft() *cobra.Command {
	var from, name string
	cmd := &cobra.Command{
		Use:   "draft POLICY",
		Short: "copy the newest version that stands to draft/, to be edited",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.working(cmd.Context(), func(d *release.Desk) error {
				base, err := draftBase(d.Folder, args[0], from)
				if err != nil {
					return err
				}
				to := "draft"
				if name != "" {
					to += "-" + name
				}
				dir, err := d.Copy(base, to)
				if errors.Is(err, release.ErrName) {
					return misuse("--name: %v", err)
				} else if err != nil {
					return refused(err)
				}
				_, err = fmt.Fprintf(p.stdout, "%s, a copy of %s\nedit it, then: proviso diff %s\n", relative(p.path(dir)), base.ID(), base.Policy.ID)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "copy this `version` instead")
	cmd.Flags().StringVar(&name, "name", "", "make draft-`NAME` beside the draft")
	return cmd
}

// draftBase returns the version that a draft begins with.
func draftBase(f *policy.Folder, id, from string) (*policy.Version, error) {
	pol := f.Policy(id)
	if pol == nil {
		_, err := f.Version(id)
		return nil, misuse("%v", err)
	}
	if from != "" {
		v, err := f.Version(pol.ID + "@" + from)
		if err != nil {
			return nil, misuse("--from: %v", err)
		}
		return v, nil
	}
	if len(pol.Versions) == 0 {
		return nil, no("policy %q has no version to copy; write content/%s/draft/%s.md", pol.ID, pol.ID, f.Organisation.Locales[0])
	}
	return pol.Newest(), nil
}

// writeFile writes a file for everybody to read.
func writeFile(name string, data []byte) error { return writeFor(0o644, name, data) }

// writeFor writes a file for those whom the mode lets in.
func writeFor(mode fs.FileMode, name string, data []byte) error {
	if err := whole.Write(name, mode, ".new-", data); err != nil {
		return unwritten(name, err)
	}
	return nil
}

// unwritten names the file that was to be written, and not the one that stood in
// for it while it was.
func unwritten(name string, err error) error {
	var at *fs.PathError
	var link *os.LinkError
	if errors.As(err, &at) {
		err = at.Err
	} else if errors.As(err, &link) {
		err = link.Err
	}
	return fmt.Errorf("%s cannot be written: %w", filepath.Clean(name), err)
}
