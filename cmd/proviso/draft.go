package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"proviso/policy"
	"proviso/schema"
)

func (p *program) draft() *cobra.Command {
	var from, name string
	cmd := &cobra.Command{
		Use:   "draft POLICY",
		Short: "copy the newest version that stands to draft/, to be edited",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := p.open()
			if err != nil {
				return err
			}
			pol := f.Policy(args[0])
			if pol == nil {
				_, err := f.Version(args[0])
				return misuse("%v", err)
			}
			base, err := draftBase(f, pol, from)
			if err != nil {
				return err
			}
			dir := "draft"
			if name != "" {
				dir += "-" + name
			}
			return p.copyDraft(base, dir)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "copy this `version` instead")
	cmd.Flags().StringVar(&name, "name", "", "make draft-`NAME` beside the draft")
	return cmd
}

func draftBase(f *policy.Folder, pol *policy.Policy, from string) (*policy.Version, error) {
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

var draftName = regexp.MustCompile(`^draft(-[a-z0-9][a-z0-9-]*)?$`)

// copyDraft copies texts and practices; decisions and seals belong to the
// version they were made for.
func (p *program) copyDraft(base *policy.Version, name string) error {
	if !draftName.MatchString(name) {
		return misuse("--name: use small letters, digits and hyphens, not %q", strings.TrimPrefix(name, "draft-"))
	}
	dir := p.path(filepath.Join("content", base.Policy.ID, name))
	if _, err := os.Stat(dir); err == nil {
		return no("%s is there already; edit it, or make another with --name", relative(dir))
	}
	files := []string{"practices.yaml"}
	for _, l := range base.Locales {
		files = append(files, l+".md")
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".draft-")
	if err != nil {
		return no("%v", err)
	}
	defer os.RemoveAll(tmp)
	for _, file := range files {
		data, err := os.ReadFile(p.path(filepath.Join(base.Dir, file)))
		if os.IsNotExist(err) {
			continue
		}
		if err == nil {
			err = writeFile(filepath.Join(tmp, file), schema.Head("content/"+base.Policy.ID+"/"+name+"/"+file, data))
		}
		if err != nil {
			return no("%v", err)
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return no("%v", err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return no("%v", err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s, a copy of %s\nedit it, then: proviso diff %s\n", relative(dir), base.ID(), base.Policy.ID)
	return err
}

// writeFile writes a file under a temporary name, makes it durable, and renames it.
func writeFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}
