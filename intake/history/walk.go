package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// A walker goes back from the newest commit, first parents only.
type walker struct {
	f     *File
	path  string // of the file at the commit being read
	trees map[plumbing.Hash]map[string]object.TreeEntry
}

// A state is what stood at the path in a commit: nothing for the zero one.
type state struct {
	blob plumbing.Hash
	mode filemode.FileMode
}

func (w *walker) walk(ctx context.Context, c *object.Commit) error {
	now, err := w.at(c)
	if err != nil {
		return w.broken(c, err)
	}
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n > MaxCommits {
			return fmt.Errorf("%s has more than %d commits; give a clone with the part that matters", w.f.Root, MaxCommits)
		}
		parent, err := c.Parent(0)
		if errors.Is(err, object.ErrParentNotFound) {
			w.add(c, now, state{})
			return nil
		} else if errors.Is(err, plumbing.ErrObjectNotFound) {
			w.add(c, now, state{})
			if w.shallow() {
				return fmt.Errorf("%s is a shallow clone: its history ends at %.10s; run git fetch --unshallow there", w.f.Root, c.Hash)
			}
			return w.broken(c, err)
		} else if err != nil {
			return w.broken(c, err)
		}
		before, err := w.at(parent)
		if err != nil {
			return w.broken(parent, err)
		}
		path := w.path
		if before == (state{}) && now != (state{}) {
			if before, err = w.renamed(ctx, parent, c); err != nil {
				return w.broken(parent, err)
			}
		}
		from := w.path
		w.path = path
		w.add(c, now, before)
		w.path = from
		c, now = parent, before
	}
}

func (w *walker) broken(c *object.Commit, err error) error {
	return fmt.Errorf("%s: reading the commit %.10s: %w; run git fsck there", w.f.Root, c.Hash, err)
}

// shallow reports whether the clone was cut off.
func (w *walker) shallow() bool {
	cut, err := w.f.repo.Storer.Shallow()
	return err == nil && len(cut) > 0
}

// add takes down a commit that changed the file.
func (w *walker) add(c *object.Commit, now, before state) {
	if now == before {
		return
	}
	w.f.Revisions = append(w.f.Revisions, Revision{Commit: c.Hash.String(), When: c.Author.When.In(time.UTC), committed: c.Committer.When.In(time.UTC), Subject: c.Message, Path: w.path,
		Gone: now == (state{}), Odd: mode(now.mode), blob: now.blob})
}

// at returns what stands at the path in a commit.
func (w *walker) at(c *object.Commit) (state, error) {
	hash := c.TreeHash
	parts := strings.Split(w.path, "/")
	for i, name := range parts {
		entries, err := w.tree(hash)
		if err != nil {
			return state{}, err
		}
		e, ok := entries[name]
		if !ok {
			return state{}, nil
		}
		if i == len(parts)-1 {
			if e.Mode == filemode.Dir {
				return state{}, nil
			}
			if e.Mode == filemode.Executable || e.Mode == filemode.Deprecated {
				e.Mode = filemode.Regular
			}
			return state{e.Hash, e.Mode}, nil
		}
		if e.Mode != filemode.Dir {
			return state{}, nil
		}
		hash = e.Hash
	}
	return state{}, nil
}

// tree reads a tree. Folders beside the file change much more often than its
// own, so those that were read are kept for a while.
func (w *walker) tree(hash plumbing.Hash) (map[string]object.TreeEntry, error) {
	if got, ok := w.trees[hash]; ok {
		return got, nil
	}
	t, err := w.f.repo.TreeObject(hash)
	if err != nil {
		return nil, err
	}
	if len(w.trees) > 64 {
		clear(w.trees)
	}
	got := make(map[string]object.TreeEntry, len(t.Entries))
	for _, e := range t.Entries {
		got[e.Name] = e
	}
	w.trees[hash] = got
	return got, nil
}

// renamed looks where the file that appears in a commit was before, and goes
// on there. A file that is new has nothing before it.
func (w *walker) renamed(ctx context.Context, parent, c *object.Commit) (state, error) {
	old, err := parent.Tree()
	if err != nil {
		return state{}, err
	}
	tree, err := c.Tree()
	if err != nil {
		return state{}, err
	}
	changes, err := object.DiffTreeWithOptions(ctx, old, tree, &object.DiffTreeOptions{DetectRenames: true, RenameScore: 50, RenameLimit: 200})
	if err != nil && !errors.Is(err, io.EOF) {
		return state{}, err
	}
	for _, x := range changes {
		if x.To.Name == w.path && x.From.Name != "" && x.From.Name != w.path {
			w.path = x.From.Name
			return w.at(parent)
		}
	}
	return state{}, nil
}
