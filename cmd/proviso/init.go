package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"proviso"
	"proviso/founding"
	"proviso/schema"
	"proviso/source"
)

const ignoreFile = `# Written by proviso init.
/.proviso/
/public/
/targets/
`

func (p *program) init() *cobra.Command {
	var a founding.Answers
	var products []string
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "make a new folder that builds as it is: your own, or the example organisation",
		Long: `init makes a new folder that builds as it is.

On a terminal it asks who you are. With --name and --domain it asks nothing. Without
either the folder holds the example organisation, to be changed into yours.`,
		Args: cobra.ExactArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVar(&a.Name, "name", "", "what people call you")
	flags.StringVar(&a.LegalName, "legal-name", "", "the legal person, such as Acme Inc.; left out: the name")
	flags.StringVar(&a.Address, "address", "", "its postal address, on one line")
	flags.StringVar(&a.Contact, "contact", "", "the `e-mail` address for questions on privacy; left out: privacy@ the first domain")
	flags.StringVar(&a.TimeZone, "time-zone", "", "where your days begin, such as Europe/Berlin; left out: UTC")
	flags.StringArrayVar(&a.Domains, "domain", nil, "a domain on which policies stand; may be repeated")
	flags.StringArrayVar(&products, "product", nil, "a product as `id=Name`; may be repeated")
	flags.StringArrayVar(&a.Locales, "locale", nil, "a language such as en or de-AT, the source first; may be repeated; left out: en")
	own := []string{"name", "legal-name", "address", "contact", "time-zone", "domain", "product", "locale"}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		dir := args[0]
		if dir == "" {
			return misuse("name the folder that is to be made")
		}
		if !filepath.IsAbs(dir) {
			dir = p.path(dir)
		}
		if err := vacant(dir); err != nil {
			return err
		}
		for _, s := range products {
			a.Products = append(a.Products, founding.ParseProduct(s))
		}
		if slices.ContainsFunc(own, flags.Changed) {
			return p.found(dir, a)
		}
		if p.terminal(p.stdin) {
			i := &interview{program: p}
			if !i.ask() {
				return no("there was no answer; nothing was written")
			}
			a = i.answers
		}
		if a.Name == "" {
			return p.foundExample(dir)
		}
		return p.found(dir, a)
	}
	return cmd
}

// vacant refuses a folder in which something lies that init would write. An
// ignore file may: it stays as it is.
func vacant(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return no("%s is a file; name a folder that is to be made", relative(dir))
	}
	for _, name := range []string{"content", "proviso.yaml", "accounts.csv"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return no("%s has a %s already; nothing was written", relative(dir), name)
		}
	}
	return nil
}

const exampleDone = `%[1]s holds the example organisation: change it into yours.

  content/organisation.yaml   who you are, your sites and products
  content/privacy/            a policy with its versions
  proviso.yaml                account holders, mail, where to publish

next: proviso -C %[1]s check
      proviso -C %[1]s build
`

func (p *program) foundExample(dir string) error {
	files, err := exampleFiles()
	if err == nil {
		err = settle(dir, append(files, source.Entry[[]byte]{Key: ".gitignore", Value: []byte(ignoreFile)}))
	}
	if err != nil {
		return no("%v", err)
	}
	_, err = fmt.Fprintf(p.stdout, exampleDone, relative(dir))
	return err
}

const foundDone = `%[1]s is yours: a privacy policy in draft, with remarks in every file.

  content/organisation.yaml   who you are, your sites and products
  content/privacy/draft/      the text, and what is done with data
  proviso.yaml                account holders, mail, where to publish
%[2]s
The text is a beginning, not advice: keep what is true of you.

next: proviso -C %[1]s serve      see it, and work on it
      proviso -C %[1]s check      what is wrong or risky
      proviso -C %[1]s release privacy --effective DATE
`

// found makes a folder from answers.
func (p *program) found(dir string, a founding.Answers) error {
	if wrong := a.Problems(); len(wrong) > 0 {
		return misuse("%s\nnothing was written", strings.Join(wrong, "\n"))
	}
	files, err := a.Files()
	if err != nil {
		return no("%v", err)
	}
	schemas, err := schemaFiles()
	if err == nil {
		err = settle(dir, append(files, schemas...))
	}
	if err != nil {
		return no("%v", err)
	}
	missing := ""
	if ours, _ := files.Get(".gitignore"); !ignores(dir, ours) {
		missing = "\nAdd to .gitignore, which stays as it is: /.proviso/ /public/ /targets/ /accounts.csv\n"
	}
	if m := a.Missing(); len(m) > 0 {
		missing += fmt.Sprintf("\nThere is no text in %s to begin with; write content/privacy/draft/%s.md.\n", strings.Join(m, ", "), m[0])
	}
	if m := a.Foreign(); m != "" {
		missing += fmt.Sprintf("\nThe text in content/privacy/draft/%s.md is in English; translate it.\n", m)
	}
	_, err = fmt.Fprintf(p.stdout, foundDone, relative(dir), missing)
	return err
}

// exampleFiles are the files of the example organisation, with the schemas.
func exampleFiles() (source.Map[[]byte], error) { return embedded(".") }

// schemaFiles are the schemas for editors.
func schemaFiles() (source.Map[[]byte], error) { return embedded(schema.Dir) }

func embedded(root string) (out source.Map[[]byte], err error) {
	err = fs.WalkDir(proviso.Example, root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := proviso.Example.ReadFile(name)
		out = append(out, source.Entry[[]byte]{Key: name, Value: data})
		return err
	})
	return out, err
}

// copyExample writes the example organisation into dir.
func copyExample(dir string) error {
	files, err := exampleFiles()
	if err != nil {
		return err
	}
	return writeAll(dir, files)
}

func writeAll(dir string, files source.Map[[]byte]) error {
	for _, f := range files {
		to := filepath.Join(dir, filepath.FromSlash(f.Key))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := writeFile(to, f.Value); err != nil {
			return err
		}
	}
	return nil
}

// settle writes files below dir, all of them or none: into a hidden folder
// first, from which they are moved when it is whole.
func settle(dir string, files source.Map[[]byte]) (err error) {
	above := dir
	for { // the nearest folder that is there
		if _, err := os.Stat(above); err == nil {
			break
		}
		above = filepath.Dir(above)
	}
	stage, err := os.MkdirTemp(above, ".init-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	if err := writeAll(stage, files); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var done []string
	for _, f := range files {
		top, _, _ := strings.Cut(path.Clean(f.Key), "/")
		if slices.Contains(done, top) || top == ".gitignore" && isThere(filepath.Join(dir, top)) {
			continue
		}
		if err := os.Rename(filepath.Join(stage, top), filepath.Join(dir, top)); err != nil {
			for _, name := range done {
				os.RemoveAll(filepath.Join(dir, name))
			}
			return err
		}
		done = append(done, top)
	}
	return nil
}

// ignores reports whether the ignore file of a folder is the one that init writes.
func ignores(dir string, ours []byte) bool {
	data, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
	return err != nil || bytes.Equal(data, ours)
}

func isThere(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
