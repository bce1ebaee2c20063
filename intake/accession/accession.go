// Package accession puts texts that were taken in into the folder of a policy:
// versions that are sealed as imported, or a draft, and the list of where all
// of it came from.
//
// A Desk is a team's folder; whoever uses it holds the lock of that folder.
// Everything is written under a hidden name first. A new policy is then there
// with one rename. To a policy that is there already versions are added one by
// one, from the oldest, each with one rename, and the list comes last: who is
// stopped in between has whole versions in the right order, and running it
// again adds the rest.
//
// An imported version is sealed so that nobody can change it afterwards. Its
// seal says that it came from elsewhere, who saw its changes is not known, no
// regime binds it and no notice is owed for it. The verdicts in it are those of
// the rules alone.
package accession

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"proviso/change"
	"proviso/intake"
	"proviso/intake/lineage"
	"proviso/policy"
	"proviso/text"
	"proviso/whole"
)

// hidden begins the names of what is not finished; package release sweeps it up.
const hidden = ".release-"

// A Desk is a team's folder as one import works at it.
type Desk struct {
	Dir    string
	Folder *policy.Folder
	Today  policy.Date
}

// A Policy is where texts go.
type Policy struct {
	ID    string
	Title string // used where the policy is new; "" is guessed from the id
	Type  string // an Open Terms Archive terms type; "" if it cannot be told
}

// place returns the policy in the folder, or a new one.
func (d *Desk) place(p Policy) (pol *policy.Policy, isNew bool, err error) {
	if pol = d.Folder.Policy(p.ID); pol != nil {
		return pol, false, nil
	}
	if !idForm.MatchString(p.ID) || slices.Contains(d.Folder.Organisation.Locales, p.ID) || p.ID == "changes" {
		return nil, false, fmt.Errorf("%q cannot be the id of a policy; name it with --policy, in small letters, digits and hyphens", p.ID)
	}
	dir := d.path("content/" + p.ID)
	if at, err := os.Lstat(dir); err == nil && !at.IsDir() {
		return nil, false, fmt.Errorf("content/%s is there already and is no folder; move it away, or name another policy", p.ID)
	}
	pol = &policy.Policy{ID: p.ID, Path: p.ID, Title: policy.Localised{"": p.title()}, Type: p.Type}
	d.Folder.Policies = append(d.Folder.Policies, pol)
	slices.SortFunc(d.Folder.Policies, func(a, b *policy.Policy) int { return strings.Compare(a.ID, b.ID) })
	return pol, true, nil
}

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

func (p Policy) title() string {
	if p.Title != "" {
		return p.Title
	}
	words := strings.NewReplacer("-", " ", "_", " ").Replace(p.ID)
	return strings.ToUpper(words[:1]) + words[1:]
}

func (d *Desk) path(name string) string { return filepath.Join(d.Dir, filepath.FromSlash(name)) }

// locale is the one that texts are taken in for: the source.
func (d *Desk) locale() string { return d.Folder.Organisation.Locales[0] }

// Standing returns the versions that a policy has, for package lineage. It
// refuses a policy to which nothing can be added.
func (d *Desk) Standing(id string) (out []lineage.Standing, err error) {
	pol := d.Folder.Policy(id)
	if pol == nil {
		return nil, nil
	}
	for _, v := range pol.Versions {
		if v.Sealed == nil {
			return nil, fmt.Errorf("%s has a date and no seal; release it, or move it away, before older texts are put beside it", v.ID())
		}
		data, err := fs.ReadFile(d.Folder.FS, path.Join(v.Dir, d.Folder.Source(v)+".md"))
		if err != nil {
			return nil, err
		}
		out = append(out, lineage.Standing{Name: v.Name, Effective: v.Effective, Revision: v.Revision, Sealed: true, Words: lineage.Words(string(data))})
	}
	return out, nil
}

// Add seals versions as imported and puts them into the policy's folder, with
// the list of all records. It returns them as they stand there.
func (d *Desk) Add(p Policy, versions []*lineage.Version, origin string, fates []lineage.Fate) ([]*policy.Version, error) {
	pol, isNew, err := d.place(p)
	if err != nil {
		return nil, err
	}
	list, changed, err := d.provenance(pol, origin, fates)
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 && (isNew || !changed) {
		return nil, nil
	}
	stage, err := os.MkdirTemp(d.path("content"), hidden)
	if err != nil {
		return nil, bare(err)
	}
	defer os.RemoveAll(stage)
	if err := os.Chmod(stage, 0o755); err != nil {
		return nil, err
	}
	out, err := d.seal(pol, versions, path.Join("content", filepath.Base(stage)))
	if err != nil {
		return nil, err
	}
	if isNew {
		if err := writeFile(filepath.Join(stage, "policy.yaml"), policyYAML(p)); err != nil {
			return nil, err
		}
	}
	if err := writeFile(filepath.Join(stage, provenanceName), list); err != nil {
		return nil, err
	}
	return out, d.move(stage, d.path("content/"+pol.ID), out)
}

// seal writes and seals versions below a hidden folder, each after the one before it.
func (d *Desk) seal(pol *policy.Policy, versions []*lineage.Version, stage string) (out []*policy.Version, err error) {
	taken, last := d.ids(pol)
	for _, x := range versions {
		last = x.Text.Identify(last, taken)
		v := &policy.Version{Policy: pol, Name: x.Name, Effective: x.Effective, Revision: 1, Locales: []string{d.locale()}, Dir: path.Join(stage, x.Name)}
		if _, n, ok := strings.Cut(x.Name, "."); ok {
			_, _ = fmt.Sscan(n, &v.Revision)
		}
		file, err := x.Text.File(pol.Title.In(d.locale()))
		if err != nil {
			return nil, err
		}
		if err := os.Mkdir(d.path(v.Dir), 0o755); err != nil {
			return nil, err
		}
		if err := writeFile(d.path(path.Join(v.Dir, d.locale()+".md")), file); err != nil {
			return nil, err
		}
		pol.Versions = append(pol.Versions, v)
		if err := d.sealOne(v, x.Inferred); err != nil {
			return nil, fmt.Errorf("the text of %s: %w", x.Record.Name, err)
		}
		out = append(out, v)
	}
	return out, nil
}

func (d *Desk) sealOne(v *policy.Version, inferred bool) error {
	if err := d.Folder.CheckVersion(v, d.Today).Err(); err != nil {
		return err
	}
	s := &policy.Seal{State: policy.Imported, Released: d.Today, Inferred: inferred, Verdict: policy.None}
	before := d.Folder.Before(v)
	if before != nil {
		c, ps := change.Versions(d.Folder, before, v)
		if err := ps.Err(); err != nil {
			return err
		}
		s.Verdict, s.Changes = c.Verdict, c.Seal()
	}
	if err := d.Folder.Draw(s, v).Err(); err != nil {
		return err
	}
	data, err := s.Encode()
	if err != nil {
		return err
	}
	v.Sealed = s
	return writeFile(d.path(path.Join(v.Dir, "seal.yaml")), data)
}

// ids returns every section id that the policy has used, and its newest text.
func (d *Desk) ids(pol *policy.Policy) (intake.IDs, *text.Document) {
	taken := intake.NewIDs()
	var last *text.Document
	for _, v := range slices.Concat(pol.Versions, pol.Drafts) {
		doc, _ := d.Folder.Text(v, d.Folder.Source(v))
		if doc == nil {
			continue
		}
		taken.Take(doc)
		if !v.Draft() && v.Stands() {
			last = doc
		}
	}
	return taken, last
}

// move gives a new policy its name, or adds to one that is there.
func (d *Desk) move(stage, to string, versions []*policy.Version) error {
	for _, v := range versions {
		v.Dir = path.Join("content", v.Policy.ID, v.Name)
	}
	if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
		if err := os.Rename(stage, to); err != nil {
			return bare(err)
		}
		return whole.SyncFolder(filepath.Dir(to))
	}
	entries := []string{"policy.yaml"}
	for _, v := range versions {
		entries = append(entries, v.Name)
		if _, err := os.Lstat(filepath.Join(to, v.Name)); err == nil {
			return fmt.Errorf("%s is there already; move it away", v.Dir)
		}
	}
	for _, name := range append(entries, provenanceName) {
		err := os.Rename(filepath.Join(stage, name), filepath.Join(to, name))
		if err != nil && (name != "policy.yaml" || !errors.Is(err, fs.ErrNotExist)) {
			return bare(err)
		}
	}
	return whole.SyncFolder(to)
}

// ErrDraft says that there is a draft already.
var ErrDraft = errors.New("there is a draft already")

// Draft puts a text into draft/ of a policy, with the section ids of its
// newest version.
func (d *Desk) Draft(p Policy, t *intake.Text) (dir string, err error) {
	pol, isNew, err := d.place(p)
	if err != nil {
		return "", err
	}
	dir = path.Join("content", pol.ID, "draft")
	if _, err := os.Lstat(d.path(dir)); err == nil {
		return dir, ErrDraft
	}
	taken, last := d.ids(pol)
	t.Identify(last, taken)
	file, err := t.File(pol.Title.In(d.locale()))
	if err != nil {
		return "", err
	}
	stage, err := os.MkdirTemp(d.path("content"), hidden)
	if err != nil {
		return "", bare(err)
	}
	defer os.RemoveAll(stage)
	if err := errors.Join(os.Chmod(stage, 0o755), os.Mkdir(filepath.Join(stage, "draft"), 0o755)); err != nil {
		return "", err
	}
	if err := writeFile(filepath.Join(stage, "draft", d.locale()+".md"), file); err != nil {
		return "", err
	}
	to := d.path("content/" + pol.ID)
	if isNew {
		if err := writeFile(filepath.Join(stage, "policy.yaml"), policyYAML(p)); err != nil {
			return "", err
		}
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return dir, bare(os.Rename(stage, to))
		}
		if err := os.Rename(filepath.Join(stage, "policy.yaml"), filepath.Join(to, "policy.yaml")); err != nil {
			return "", bare(err)
		}
	}
	return dir, bare(os.Rename(filepath.Join(stage, "draft"), filepath.Join(to, "draft")))
}
