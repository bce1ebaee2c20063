// Package history reads how a file came to be what it is, from the git
// repository it lies in: one Revision for each commit that changed it.
//
// It reads repositories itself, bare ones too; no git need be installed. It
// follows the first parents, so that work on a branch counts when it was
// merged, and it follows the file through renames.
//
// Repositories of Open Terms Archive are known by their commit messages. In
// them a commit is dated when the text was fetched, late imports stand out of
// order, and a technical upgrade renders the same page anew.
package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage"
)

// MaxCommits is how many commits are walked at most.
const MaxCommits = 500_000

// A Revision is a commit that changed the file.
type Revision struct {
	Commit    string
	When      time.Time // when the text was fetched, or when the commit was made
	Subject   string
	Path      string // of the file at that commit
	Technical bool   // the same page rendered anew
	Gone      bool   // the file was removed
	Odd       string // why the file cannot be read as one, such as "a symbolic link"; else ""
	committed time.Time
	blob      plumbing.Hash
}

// Content names the text of a revision: revisions with the same one are equal.
func (r *Revision) Content() string { return r.blob.String() }

// A File is a file in a repository.
type File struct {
	Root      string     // of the repository
	Path      string     // in the repository, with slashes
	Archive   bool       // the repository is one of Open Terms Archive
	Revisions []Revision // oldest first
	repo      *git.Repository
	max       int64
}

// ErrNoRepository says that a path does not lie in a git repository.
var ErrNoRepository = errors.New("no git repository")

// Find returns the root of the repository that a path lies in and the path
// inside it. The path itself need not exist any more.
func Find(name string) (root, inside string, err error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", "", err
	}
	if real, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		abs = filepath.Join(real, filepath.Base(abs))
	}
	for dir := abs; ; dir = filepath.Dir(dir) {
		if repository(dir) {
			rel, err := filepath.Rel(dir, abs)
			return dir, filepath.ToSlash(rel), err
		}
		if dir == filepath.Dir(dir) {
			return "", "", ErrNoRepository
		}
	}
}

// repository reports whether a folder is a work tree or a bare repository.
func repository(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
		return true
	}
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// Tracked reports whether the newest commit of a repository has a file.
func Tracked(root, inside string) bool {
	_, head, err := open(root)
	if err != nil {
		return false
	}
	tree, err := head.Tree()
	if err != nil {
		return false
	}
	e, err := tree.FindEntry(inside)
	return err == nil && e.Mode.IsFile()
}

func open(root string) (*git.Repository, *object.Commit, error) {
	repo, err := git.PlainOpenWithOptions(root, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	if err != nil {
		return nil, nil, fmt.Errorf("%s: reading the git repository: %w", root, err)
	}
	ref, err := repo.Head()
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return nil, nil, fmt.Errorf("%s: the git repository has no commit", root)
	} else if err != nil {
		return nil, nil, fmt.Errorf("%s: reading the git repository: %w", root, err)
	}
	head, err := repo.CommitObject(ref.Hash())
	if err != nil {
		return nil, nil, fmt.Errorf("%s: reading the newest commit: %w", root, err)
	}
	return repo, head, nil
}

// Read reads the revisions of a file. Files of more than max bytes are not read.
func Read(ctx context.Context, root, inside string, max int64) (*File, error) {
	repo, head, err := open(root)
	if err != nil {
		return nil, err
	}
	f := &File{Root: root, Path: inside, repo: repo, max: max}
	w := &walker{f: f, path: inside, trees: map[plumbing.Hash]map[string]object.TreeEntry{}}
	if err := w.walk(ctx, head); err != nil {
		return nil, err
	}
	if len(f.Revisions) == 0 {
		return nil, f.never(head)
	}
	slices.Reverse(f.Revisions)
	f.recognise()
	return f, nil
}

// never says that a path was never there, and what is.
func (f *File) never(head *object.Commit) error {
	var near []string
	if tree, err := head.Tree(); err == nil {
		files := tree.Files()
		defer files.Close()
		_ = files.ForEach(func(x *object.File) error {
			if document(x.Name) && (f.Path == "." || strings.HasPrefix(x.Name, f.Path+"/") || strings.EqualFold(path.Base(x.Name), path.Base(f.Path))) {
				near = append(near, x.Name)
			}
			if len(near) > 8 {
				return storage.ErrReferenceHasChanged // enough
			}
			return nil
		})
	}
	if len(near) > 8 {
		near = append(near[:8], "…")
	}
	switch {
	case len(near) > 0 && !strings.EqualFold(path.Base(near[0]), path.Base(f.Path)):
		return fmt.Errorf("%s is a folder of the repository; name one file: %s", f.Path, strings.Join(near, ", "))
	case len(near) > 0:
		return fmt.Errorf("no commit of %s ever had the file %q; did you mean %s?", f.Root, f.Path, strings.Join(near, ", "))
	}
	return fmt.Errorf("no commit of %s ever had the file %q; give the path as git ls-files shows it", f.Root, f.Path)
}

// Documents returns the files below a folder of a repository, "." for all of
// it, that may hold a policy: those that the newest commit has, without what
// tells of the repository itself.
func Documents(root, inside string) ([]string, error) {
	_, head, err := open(root)
	if err != nil {
		return nil, err
	}
	tree, err := head.Tree()
	if err != nil {
		return nil, fmt.Errorf("%s: reading the newest commit: %w", root, err)
	}
	var out []string
	err = tree.Files().ForEach(func(x *object.File) error {
		if (inside == "." || strings.HasPrefix(x.Name, inside+"/")) && document(x.Name) && !about.MatchString(path.Base(x.Name)) {
			out = append(out, x.Name)
		}
		return nil
	})
	return out, err
}

// about are names of files that tell of a repository.
var about = regexp.MustCompile(`(?i)^(readme|licen[cs]e|copying|contributing|changelog|code_of_conduct|security|authors|maintainers)\b`)

func document(name string) bool {
	return slices.Contains([]string{".md", ".markdown", ".html", ".htm", ".docx", ".txt"}, strings.ToLower(path.Ext(name)))
}

// Data reads the text of a revision.
func (f *File) Data(r *Revision) ([]byte, error) {
	blob, err := f.repo.BlobObject(r.blob)
	if err != nil {
		return nil, fmt.Errorf("reading %s at %.10s: %w", r.Path, r.Commit, err)
	}
	if blob.Size > f.max {
		return nil, fmt.Errorf("%s at %.10s has %d MB", r.Path, r.Commit, blob.Size>>20)
	}
	in, err := blob.Reader()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, f.max+1))
}

var (
	recorded  = regexp.MustCompile(`^(First record of|Record new changes of|Start tracking|Update) .`)
	technical = regexp.MustCompile(`^(Apply technical or declaration upgrade on|Refilter) .`)
	snapshots = regexp.MustCompile(`(?s)(This version was recorded after|after filtering snapshot|X-engine-version:)`)
)

// recognise finds out whether the repository is one of Open Terms Archive: the
// commits say so in its words. Its commits are then put in order of their dates.
func (f *File) recognise() {
	said := 0
	for i := range f.Revisions {
		r := &f.Revisions[i]
		subject, body, _ := strings.Cut(r.Subject, "\n")
		if (recorded.MatchString(subject) || technical.MatchString(subject)) && snapshots.MatchString(body) {
			said++
			r.Technical = technical.MatchString(subject)
		}
		r.Subject = subject
	}
	f.Archive = 2*said > len(f.Revisions)
	if !f.Archive {
		for i := range f.Revisions {
			r := &f.Revisions[i]
			if r.Technical = false; i > 0 && r.When.Before(f.Revisions[i-1].When) {
				r.When = r.committed // written earlier, and came here later
			}
		}
		return
	}
	slices.SortStableFunc(f.Revisions, func(a, b Revision) int { return a.When.Compare(b.When) })
}

func mode(m filemode.FileMode) string {
	switch m {
	case filemode.Symlink:
		return "a symbolic link"
	case filemode.Submodule:
		return "a submodule"
	case filemode.Dir:
		return "a folder"
	}
	return ""
}
