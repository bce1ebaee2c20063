package policy

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"proviso/source"
)

// Load reads the folder. The Folder is usable where the problems are only
// warnings; with errors it holds what could be read.
func Load(fsys fs.FS) (*Folder, source.Problems) { return LoadKnowing(fsys, nil) }

// LoadKnowing is Load for who has read the folder before: seals, which are most
// of the work and hardly ever change, are decoded only where they are other bytes.
func LoadKnowing(fsys fs.FS, known KnownSeals) (*Folder, source.Problems) {
	l := &loader{f: &Folder{FS: fsys, Organisation: &Organisation{}, seals: KnownSeals{}}, kept: known}
	if l.decode("content/organisation.yaml", l.f.Organisation) {
		l.organisation()
	}
	l.f.columns = map[string]map[string]string{}
	for _, locale := range l.f.Organisation.Locales {
		language, _, _ := strings.Cut(locale, "-")
		for _, name := range []string{language, locale} {
			l.f.columns[name] = readColumns(fsys, name)
		}
	}
	entries, err := fs.ReadDir(fsys, "content")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.ps.Errorf(source.Position{File: "content"}, "file", "", "%v", cause(err))
	}
	var ids []string
	for _, e := range entries {
		if l.folder("content", e) {
			ids = append(ids, e.Name())
		}
	}
	l.policies(ids)
	l.across()
	l.ps.Sort()
	return l.f, l.ps
}

type loader struct {
	f    *Folder
	kept KnownSeals
	ps   source.Problems
}

// policies reads folders of policies side by side: the seals are most of the
// work, and no policy looks at another one.
func (l *loader) policies(ids []string) {
	parts := make([]*loader, len(ids))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, id := range ids {
		parts[i] = &loader{f: &Folder{FS: l.f.FS, Organisation: l.f.Organisation, seals: KnownSeals{}}, kept: l.kept}
		wg.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			parts[i].policy(id)
		})
	}
	wg.Wait()
	for _, part := range parts {
		l.f.Policies = append(l.f.Policies, part.f.Policies...)
		maps.Copy(l.f.seals, part.f.seals)
		l.ps = append(l.ps, part.ps...)
	}
}

// seal reads a seal.
func (l *loader) seal(file string) *Seal {
	data, err := fs.ReadFile(l.f.FS, file)
	if err == nil {
		if k := l.kept[file]; k.Hash == Hash(data) {
			l.f.seals[file] = k
			return k.copy()
		}
	}
	s, before := &Seal{}, len(l.ps)
	if l.decoded(file, data, err, s, source.DecodeBare); s.Format != sealFormat {
		l.ps = l.ps[:before]
		l.ps.Errorf(source.Position{File: file}, "seal", "use the proviso that wrote it, or a later one; if it was edited, restore it", "the seal has the form %d, which this program does not know", s.Format)
	}
	if len(l.ps) > before {
		return s
	}
	k := knownSeal{Hash(data), s}
	l.f.seals[file] = k
	return k.copy()
}

// decode reads one YAML file and reports whether it is there.
func (l *loader) decode(file string, into any) bool {
	data, err := fs.ReadFile(l.f.FS, file)
	return l.decoded(file, data, err, into, source.Decode)
}

func (l *loader) decoded(file string, data []byte, err error, into any, decode func(file string, data []byte, into any, ps *source.Problems)) bool {
	if errors.Is(err, fs.ErrNotExist) {
		l.ps.Errorf(source.Position{File: file}, "missing-file", "run proviso init, or create it", "the file is missing")
		return false
	} else if err != nil {
		l.ps.Errorf(source.Position{File: file}, "file", "", "%v", cause(err))
		return false
	}
	before := len(l.ps)
	decode(file, data, into, &l.ps)
	if len(bytes.TrimSpace(data)) == 0 && len(l.ps) == before {
		l.ps.Errorf(source.Position{File: file, Line: 1, Column: 1}, "empty-file", "write it, or restore it", "the file is empty")
	}
	return true
}

// cause is what went wrong with a file, without its name.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func (l *loader) policy(id string) {
	dir := path.Join("content", id)
	entries, err := fs.ReadDir(l.f.FS, dir)
	if err != nil {
		l.ps.Errorf(source.Position{File: dir}, "file", "", "%v", cause(err))
		return
	}
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "policy.yaml" }) {
		if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() && versionForm.MatchString(e.Name()) }) {
			l.ps.Errorf(source.Position{File: path.Join(dir, "policy.yaml")}, "missing-file",
				"give the policy a title in it", "the file is missing")
		}
		return // a folder of other things, such as images
	}
	if !pathForm.MatchString(id) {
		l.ps.Errorf(source.Position{File: dir}, "id", "name the folder with small letters, digits and hyphens", "%q cannot be the id of a policy", id)
		return
	}
	p := &Policy{ID: id}
	l.decode(path.Join(dir, "policy.yaml"), p)
	if p.Path == "" {
		p.Path = id
	}
	for _, e := range entries {
		if l.folder(dir, e) {
			l.version(p, e.Name())
		}
	}
	slices.SortFunc(p.Versions, func(a, b *Version) int {
		return cmp.Or(a.Effective.Compare(b.Effective), cmp.Compare(a.Revision, b.Revision))
	})
	slices.SortFunc(p.Drafts, func(a, b *Version) int { return cmp.Compare(a.Name, b.Name) })
	p.moved()
	l.policyYAML(p)
	l.f.Policies = append(l.f.Policies, p)
}

// folder reports whether an entry is a folder of ours. A link to one is refused:
// what lies elsewhere is neither sealed nor renamed with the folder that it stands in.
func (l *loader) folder(dir string, e fs.DirEntry) bool {
	if strings.HasPrefix(e.Name(), ".") {
		return false
	}
	if e.Type()&fs.ModeSymlink != 0 {
		name := path.Join(dir, e.Name())
		if to, err := fs.Stat(l.f.FS, name); err == nil && to.IsDir() {
			l.ps.Errorf(source.Position{File: name}, "link", "put the folder itself here", "this is a link to a folder elsewhere")
		}
		return false
	}
	return e.IsDir()
}

var versionForm = regexp.MustCompile(`^(?:(\d{4}-\d{2}-\d{2})(?:\.([1-9]\d*))?|draft(?:-[a-z0-9][a-z0-9-]*)?)$`)

func (l *loader) version(p *Policy, name string) {
	dir := path.Join("content", p.ID, name)
	m := versionForm.FindStringSubmatch(name)
	if m == nil {
		l.ps.Errorf(source.Position{File: dir}, "version-name", "name it YYYY-MM-DD, YYYY-MM-DD.2, draft or draft-NAME",
			"the folder's name is neither a date nor a draft")
		return
	}
	v := &Version{Policy: p, Name: name, Revision: 1, Dir: dir}
	if m[1] != "" {
		date, err := ParseDate(m[1])
		if err != nil {
			l.ps.Errorf(source.Position{File: dir}, "version-name", "name the folder after the day on which the version takes effect",
				"there is no date %s", m[1])
			return
		}
		v.Effective = date
	}
	if m[2] != "" {
		v.Revision, _ = strconv.Atoi(m[2])
		if v.Revision < 2 {
			l.ps.Errorf(source.Position{File: dir}, "version-name", "the first has no number, the second is .2", "revision %d is written with a number", v.Revision)
		}
	}
	l.files(v)
	if v.Draft() {
		p.Drafts = append(p.Drafts, v)
	} else {
		p.Versions = append(p.Versions, v)
	}
}

// files looks at what a version's folder holds.
func (l *loader) files(v *Version) {
	entries, err := fs.ReadDir(l.f.FS, v.Dir)
	if err != nil {
		l.ps.Errorf(source.Position{File: v.Dir}, "file", "", "%v", cause(err))
		return
	}
	var later, texts []string
	for _, e := range entries {
		name := e.Name()
		locale, isText := strings.CutSuffix(name, ".md")
		pos := source.Position{File: path.Join(v.Dir, name)}
		switch {
		case name == "seal.yaml":
			v.Sealed = l.seal(pos.File)
		case sealFile(name):
			later = append(later, name)
		case name == "notice.yaml":
			v.Announced = true
		case name == "practices.yaml" || name == "changes.yaml" || name == WithdrawnNotice:
		case isText:
			texts = append(texts, locale)
		case strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml"):
			l.ps.Errorf(pos, "unknown-file", source.Suggest(name, []string{"practices.yaml", "changes.yaml"}), "a version has no such file")
		}
	}
	l.supplements(v, later)
	l.written(v, texts)
}

// written takes the texts of a version whose locales are known: to organisation.yaml,
// or to the seal, because a locale that is given up leaves what was released.
func (l *loader) written(v *Version, locales []string) {
	known := l.f.Organisation.Locales
	for _, locale := range locales {
		released := false
		if v.Sealed != nil {
			_, released = v.Sealed.Files.Get(locale + ".md")
		}
		switch {
		case released || slices.Contains(known, locale):
			v.Locales = append(v.Locales, locale)
		case len(known) > 0:
			l.ps.Errorf(source.Position{File: path.Join(v.Dir, locale+".md")}, "unknown-locale", source.Suggest(locale, known),
				"the text is in the locale %q, which organisation.yaml does not name", locale)
		}
	}
	order := known
	if v.Sealed != nil {
		order = slices.Concat(known, v.Sealed.Resolution.Locales)
	}
	slices.SortStableFunc(v.Locales, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	if v.Sealed != nil { // a text that came later is no part of it
		v.Locales = slices.DeleteFunc(v.Locales, func(x string) bool { _, ok := v.Sealed.Files.Get(x + ".md"); return !ok })
	} else if len(known) > 0 && !slices.Contains(v.Locales, known[0]) {
		l.ps.Errorf(source.Position{File: path.Join(v.Dir, known[0]+".md")}, "missing-file",
			"write it, or copy the version before", "the text in the source locale %q is missing", known[0])
	}
}
