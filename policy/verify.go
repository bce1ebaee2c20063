package policy

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"proviso/source"
)

const restore = "restore the file from version control; a released text is changed only by a new version"

// Verify recomputes the seal of a released version: its own hash, the hash of
// every file, what every site shows in every locale, and the link to the
// version before.
func (f *Folder) Verify(v *Version) (ps source.Problems) {
	s, pos := v.Sealed, source.Position{File: path.Join(v.Dir, "seal.yaml")}
	if s == nil {
		ps.Errorf(source.Position{File: v.Dir}, "unsealed", "release it", "the version has no seal")
		return ps
	}
	f.verifySeals(v, &ps)
	if s.Policy != v.Policy.ID || s.Version != v.Name || s.Effective != v.Effective {
		ps.Errorf(pos, "seal", "give the folder its old name", "the seal belongs to %s@%s", s.Policy, s.Version)
	}
	f.verifyFiles(v, &ps)
	f.verifyChain(v, pos, &ps)
	if len(ps.Errors()) > 0 {
		return ps
	}
	practices, pps := f.Practices(v)
	ps = append(ps, pps...)
	ps = append(ps, f.normalForms(v, &s.Resolution, practices, func(l *LocaleValues, site, locale, normal string) {
		if l.Text != Hash([]byte(normal)) {
			ps.Errorf(pos, "seal", "build it with the proviso that released it, and report this", "the text that %s in %s shows is not the one released", site, locale)
		}
	})...)
	return ps
}

// Altered finds what differs in the files of a released version from what was
// released: the least that must hold before its text is shown. Other versions
// have nothing to differ from.
func (f *Folder) Altered(v *Version) (ps source.Problems) {
	if v.Sealed == nil {
		return nil
	}
	f.verifySeals(v, &ps)
	f.verifyFiles(v, &ps)
	return ps
}

// verifySeals recomputes the hashes of the seal and of those that came after it.
func (f *Folder) verifySeals(v *Version, ps *source.Problems) {
	f.verifySeal(source.Position{File: path.Join(v.Dir, "seal.yaml")}, v.Sealed.Hash, ps)
	for _, x := range v.Sealed.Supplements {
		f.verifySeal(source.Position{File: path.Join(v.Dir, x.File)}, x.Hash, ps)
	}
}

// verifySeal recomputes the hash that a seal ends with.
func (f *Folder) verifySeal(pos source.Position, hash string, ps *source.Problems) {
	data, err := fs.ReadFile(f.FS, pos.File)
	if err != nil {
		ps.Errorf(pos, "file", "", "%v", cause(err))
	}
	if i := bytes.LastIndex(data, []byte("\nseal: ")); i < 0 || hash != Hash(data[:i+1]) || !bytes.HasSuffix(data, []byte("\nseal: "+hash+"\n")) {
		ps.Errorf(pos, "seal", restore, "the seal was changed after the release")
	}
}

func (f *Folder) verifyFiles(v *Version, ps *source.Problems) {
	files, err := f.fileHashes(v)
	if err != nil {
		ps.Errorf(source.Position{File: v.Dir}, "file", "", "%v", cause(err))
	}
	for _, e := range v.Sealed.Files {
		pos := source.Position{File: path.Join(v.Dir, e.Key)}
		switch hash, ok := files.Get(e.Key); {
		case !ok:
			ps.Errorf(pos, "seal", restore, "the file is missing, but the version was released with it")
		case hash != e.Value:
			ps.Errorf(pos, "seal", restore, "the file was changed after the release")
		}
	}
	for _, e := range files {
		if _, ok := v.Sealed.Files.Get(e.Key); !ok {
			ps.Warnf(source.Position{File: path.Join(v.Dir, e.Key)}, "seal", lateHint(v, e.Key), "the file came after the release and is not shown")
		}
	}
}

// lateHint says what to do with a file that came after the release.
func lateHint(v *Version, file string) string {
	if locale, ok := strings.CutSuffix(file, ".md"); ok && v.Stands() {
		return fmt.Sprintf("seal it with proviso seal %s --locale %s, or move it to the next draft", v.ID(), locale)
	}
	return "move it to the next draft"
}

// verifyChain holds the links of a seal: to the version before, and to the one
// whose date it has moved.
func (f *Folder) verifyChain(v *Version, pos source.Position, ps *source.Problems) {
	const both = "restore both seals from version control"
	f.verifyLink(v.Sealed.Before, "the version before", pos, ps)
	f.verifyLink(v.Sealed.Moved, "the version that was moved to this date", pos, ps)
	if !v.Stands() {
		return // others may have taken its place
	}
	should, is := v.Policy.newestBefore(v), f.Before(v)
	switch {
	case should == nil || should == is || v.Sealed.Before.Version != "" && is == nil:
	case v.Sealed.Before.Version == "":
		ps.Errorf(pos, "chain", both, "the seal names no version before, but there is %s", should.ID())
	default:
		ps.Errorf(pos, "chain", both, "the seal follows %s, but %s stands between them", is.ID(), should.ID())
	}
}

func (f *Folder) verifyLink(link Link, what string, pos source.Position, ps *source.Problems) {
	if link.Version == "" {
		return
	}
	to, err := f.Version(link.Version)
	switch {
	case err != nil:
		ps.Errorf(pos, "chain", "restore it from version control; versions stay for ever", "%s, %s, is missing", what, link.Version)
	case to.Sealed == nil && link.Seal != "" || to.Sealed != nil && to.Sealed.Hash != link.Seal:
		ps.Errorf(pos, "chain", "restore both seals from version control", "the chain is broken: %s does not have the seal that this one names", link.Version)
	}
}
