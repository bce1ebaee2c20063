package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"proviso/policy"
	"proviso/regime"
	"proviso/source"
)

// today is the civil date in the organisation's time zone, or --as-of.
func (p *program) today(f *policy.Folder) policy.Date {
	if !p.asOf.IsZero() {
		return p.asOf
	}
	return policy.DateOf(p.now().In(f.Organisation.Location()))
}

// path returns where a file of the folder lies.
func (p *program) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

// load reads the folder as it is, with what is wrong with it. A folder without
// organisation.yaml is no folder of ours.
func (p *program) load() (*policy.Folder, source.Problems, error) {
	if _, err := os.Stat(p.path("content/organisation.yaml")); errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil, misuse("%s: there is no content/organisation.yaml; go to the folder or name it with -C, or make one with proviso init",
			filepath.Clean(p.dir))
	}
	return p.regimes(policy.Load(p.folder()))
}

// regimes adds what is wrong with the regimes of a folder that was read.
func (p *program) regimes(f *policy.Folder, ps source.Problems) (*policy.Folder, source.Problems, error) {
	for _, pol := range f.Policies {
		_, rps := regime.Resolve(f.Organisation, pol)
		ps = append(ps, rps...)
	}
	ps.Sort()
	if p.assumed != nil && f.Organisation.TimeZone != "" {
		p.assumed.zone.Store(f.Organisation.Location())
	}
	return f, ps, nil
}

// open is load for commands that need sources without errors.
func (p *program) open() (*policy.Folder, error) {
	f, ps, err := p.load()
	if err != nil {
		return nil, err
	}
	return f, p.refuse(ps)
}

// refuse prints errors to standard error and answers no if there are any.
func (p *program) refuse(ps source.Problems) error {
	errs := ps.Errors()
	if len(errs) == 0 {
		return nil
	}
	for _, e := range errs {
		fmt.Fprintln(p.stderr, e.Error())
	}
	return no("%s in the sources; nothing was done", count(len(errs), "error"))
}

// count puts a number before a word.
func count(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}
