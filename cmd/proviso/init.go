package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"proviso"
)

const ignoreFile = `# Written by proviso init.
/.proviso/
/public/
/targets/
`

func (p *program) init() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "make a new folder that builds as it is: the example organisation, to be changed into yours",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			if !filepath.IsAbs(dir) {
				dir = p.path(dir)
			}
			for _, name := range []string{"content", "proviso.yaml"} {
				if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
					return no("%s has a %s already; nothing was written", relative(dir), name)
				}
			}
			if err := copyExample(dir); err != nil {
				return no("%v", err)
			}
			_, err := fmt.Fprintf(p.stdout, initDone, relative(dir))
			return err
		},
	}
}

const initDone = `%[1]s holds the example organisation: change it into yours.

  content/organisation.yaml   who you are, your sites and products
  content/privacy/            a policy with its versions
  proviso.yaml                account holders, mail, where to publish

next: proviso -C %[1]s check
      proviso -C %[1]s build
`

// copyExample writes the example organisation into dir.
func copyExample(dir string) error {
	err := fs.WalkDir(proviso.Example, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if e.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := proviso.Example.ReadFile(name)
		if err != nil {
			return err
		}
		return writeFile(to, data)
	})
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, ".gitignore"), []byte(ignoreFile))
}
