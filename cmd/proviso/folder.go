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
func (p *program) load() (*policy.Folder, source.Problems, error) { return p.loadKnowing(nil) }

// loadAgain is load for commands that are run after every edit. What a seal
// says is kept in the cache and believed while its file has the same bytes;
// commands that prove something read the file.
func (p *program) loadAgain() (*policy.Folder, source.Problems, error) {
	file := p.path(".proviso/cache/seals")
	data, _ := os.ReadFile(file) // without it all seals are decoded
	known := policy.DecodeKnown(data, fingerprint())
	f, ps, err := p.loadKnowing(known)
	if err != nil || f.Known().Same(known) {
		return f, ps, err
	}
	if data, err := f.Known().Encode(fingerprint()); err == nil && os.MkdirAll(filepath.Dir(file), 0o755) == nil {
		_ = writeFile(file, data) // or the next one decodes them
	}
	return f, ps, nil
}

func (p *program) loadKnowing(known policy.KnownSeals) (*policy.Folder, source.Problems, error) {
	if _, err := os.Stat(p.path("content/organisation.yaml")); errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil, misuse("%s: there is no content/organisation.yaml; go to the folder or name it with -C, or make one with proviso init",
			filepath.Clean(p.dir))
	}
	return p.regimes(policy.LoadKnowing(p.folder(), known))
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
