package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"proviso"
	"proviso/policy"
	"proviso/site"
	"proviso/source"
)

func (p *program) build() *cobra.Command {
	var o site.Options
	var format string
	var strict bool
	cmd := &cobra.Command{
		Use:   "build",
		Short: "render every site into public/",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if format != "text" && format != "json" {
				return misuse("--format: unknown format %q; write text or json", format)
			}
			f, ps, err := p.loadAgain()
			if err != nil {
				return err
			}
			if err := p.refuse(ps); err != nil {
				return err
			}
			for _, domain := range o.Sites {
				if _, ok := f.Organisation.Sites.Get(domain); !ok {
					return misuse("--site: there is no site %q; %s", domain, source.Suggest(domain, f.Organisation.Sites.Keys()))
				}
			}
			if strict {
				if err := p.refuseAll(p.everything(f, ps)); err != nil {
					return err
				}
			}
			begin := p.now()
			leaveGarbage(f, o.NoRedlines)
			p.checked(&o, f, ps)
			o.Cache, o.Program = p.path(".proviso/cache"), fingerprint()
			o.Progress = p.steps(p.stderr)
			report, err := p.buildSites(f, o)
			if err != nil {
				return err
			}
			seconds := p.now().Sub(begin).Seconds()
			if format == "json" {
				return p.json(built{report.Sites, seconds})
			}
			return p.printBuild(report, seconds)
		},
	}
	cmd.Flags().StringArrayVar(&o.Sites, "site", nil, "build only this `domain`; may be repeated")
	cmd.Flags().StringVar(&o.Out, "out", "", "write to this `folder` (public/ if left out)")
	cmd.Flags().BoolVar(&o.NoRedlines, "pages", false, "leave redlines out")
	cmd.Flags().BoolVar(&strict, "strict", false, "refuse every finding of check, warnings too")
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

// leaveGarbage says how much a build may leave lying about beside what it
// keeps: some, and a little more for each text. Pages alone are to take little
// memory; redlines make much and keep little.
func leaveGarbage(f *policy.Folder, pagesOnly bool) {
	percent, limit := 400, int64(192<<20)
	if pagesOnly {
		percent, limit = 150, 48<<20
	}
	debug.SetGCPercent(percent)
	if debug.SetMemoryLimit(-1) < math.MaxInt64 {
		return // GOMEMLIMIT says it
	}
	texts := 0
	for _, p := range f.Policies {
		texts += len(p.Versions) * len(f.Organisation.Locales)
	}
	debug.SetMemoryLimit(limit + int64(texts)*3900)
}

// steps shows on a terminal how far a build is; elsewhere nothing. The line
// is gone at the end.
func (p *program) steps(w io.Writer) func(done, total int) {
	if !p.terminal(w) {
		return nil
	}
	shown := -1
	return func(done, total int) {
		part := 100 * done / max(total, 1)
		switch {
		case done == total:
			fmt.Fprintf(w, "\r%*s\r", 60, "")
		case part != shown:
			fmt.Fprintf(w, "\r%3d %%, %d of %d versions", part, done, total)
		}
		shown = part
	}
}

// built is the result of build for programs.
type built struct {
	Sites   []site.SiteReport `json:"sites"`
	Seconds float64           `json:"seconds"`
}

// checked has a build check every version, drafts too, while it reads them.
// Errors in any of the sources refuse it; warnings go to standard error.
func (p *program) checked(o *site.Options, f *policy.Folder, loaded source.Problems) {
	today := p.today(f)
	o.Check = func(rd *policy.Reading, anchors policy.Anchors) source.Problems {
		return append(f.CheckReading(rd, today, anchors), f.Altered(rd.Version)...)
	}
	o.Judge = func(found source.Problems) error {
		found = slices.Concat(loaded, found)
		found.Sort()
		if err := p.refuse(found); err != nil {
			return err
		}
		for _, w := range found[:min(len(found), manyWarnings)] {
			fmt.Fprintln(p.stderr, w.Error())
		}
		if more := len(found) - manyWarnings; more > 0 {
			fmt.Fprintf(p.stderr, "and %s more; proviso check lists all\n", count(more, "warning"))
		}
		return nil
	}
}

// manyWarnings is how many of them a build prints.
const manyWarnings = 20

// refuseAll is refuse for warnings too.
func (p *program) refuseAll(ps source.Problems) error {
	for _, x := range ps {
		fmt.Fprintln(p.stderr, x.Error())
	}
	if len(ps) == 0 {
		return nil
	}
	errs := len(ps.Errors())
	return no("%s, %s in the sources; nothing was done", count(errs, "error"), count(len(ps)-errs, "warning"))
}

// fingerprint tells this build of the program from any other.
func fingerprint() string {
	name, err := os.Executable()
	if err != nil {
		return programVersion()
	}
	info, err := os.Stat(name)
	if err != nil {
		return programVersion()
	}
	return fmt.Sprintf("%s %d %d", programVersion(), info.Size(), info.ModTime().UnixNano())
}

// buildSites renders the sites with the folder's own templates over the built-in ones.
func (p *program) buildSites(f *policy.Folder, o site.Options) (*site.Report, error) {
	if o.Out == "" {
		o.Out = "public"
	}
	if !filepath.IsAbs(o.Out) {
		o.Out = p.path(o.Out)
	}
	o.Today, o.Templates = p.today(f), p.templates()
	report, err := site.Build(f, o)
	if a := (*answer)(nil); err != nil && !errors.As(err, &a) {
		return nil, no("%v", err)
	}
	return report, err
}

func (p *program) printBuild(r *site.Report, seconds float64) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "site\tpages\twritten\tunchanged\tnext change")
	for _, s := range r.Sites {
		next := "-"
		if s.Next != nil {
			next = s.Next.Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\n", s.Site, s.Pages, s.Written, s.Unchanged, next)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "done in %.1f s\n", seconds)
	return err
}

// templates is the folder's templates/ over the built-in ones.
func (p *program) templates() fs.FS {
	builtin, err := fs.Sub(proviso.Templates, "templates")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return overlay{os.DirFS(p.path("templates")), builtin}
}

// An overlay reads a file from over, or, where it is missing, from under.
type overlay struct{ over, under fs.FS }

// Open opens a file from over, or else from under.
func (o overlay) Open(name string) (fs.File, error) {
	if f, err := o.over.Open(name); err == nil {
		if info, err := f.Stat(); err == nil && !info.IsDir() {
			return f, nil
		}
		f.Close()
	}
	return o.under.Open(name)
}

// ReadDir lists the names of both.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(o.under, name)
	more, overErr := fs.ReadDir(o.over, name)
	if err != nil && overErr != nil {
		return nil, err
	}
	for _, e := range more {
		if !slices.ContainsFunc(list, func(x fs.DirEntry) bool { return x.Name() == e.Name() }) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// relative shortens a path for people.
func relative(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(wd, path)
	if err != nil || strings.HasPrefix(rel, "..") {
		return path
	}
	return rel
}

// stylesheet is the one of the pages.
func (p *program) stylesheet() ([]byte, error) { return fs.ReadFile(p.templates(), "style.css") }
