// Package watch says when something in a few folders has changed: a file is
// written, renamed over another one as editors do when they save, or a folder
// comes or goes.
//
// A Watch is a hint, not a list: what has changed is for the listener to find
// out. It watches folders and not files, so that a file that is replaced is not
// lost from sight, and takes up new folders as they appear. Where the system
// loses events because too many came at once, that counts as a change. Some
// network file systems tell of nothing; who relies on a Watch there looks by
// itself from time to time.
package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// pause is how long a change waits for others before it is told: saving a file
// is several events.
const pause = 20 * time.Millisecond

// A Watch watches folders until it is closed.
type Watch struct {
	root    string
	names   []string // of folders below the root
	events  *fsnotify.Watcher
	changed chan struct{}
	done    chan struct{}
}

// Folders watches the named folders below root with all that is in them. They
// may come and go.
func Folders(root string, names ...string) (*Watch, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, explain(err)
	}
	w := &Watch{root: filepath.Clean(root), names: names, events: events, changed: make(chan struct{}, 1), done: make(chan struct{})}
	if err := w.all(); err != nil {
		events.Close()
		return nil, explain(err)
	}
	go w.run()
	return w, nil
}

// Changed receives after changes; several may be told as one.
func (w *Watch) Changed() <-chan struct{} { return w.changed }

// Close ends the watch. Nothing is told afterwards.
func (w *Watch) Close() error {
	err := w.events.Close()
	<-w.done
	return err
}

// all adds the root, in which the folders may appear, and the folders.
func (w *Watch) all() error {
	if err := w.events.Add(w.root); err != nil {
		return err
	}
	for _, name := range w.names {
		if err := w.add(filepath.Join(w.root, name)); err != nil {
			return err
		}
	}
	return nil
}

// add adds a folder and those in it. One that is not there is not watched.
func (w *Watch) add(dir string) error {
	return filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && !e.IsDir():
			return nil
		case err != nil:
			return err
		}
		if err := w.events.Add(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// run tells of changes until the events end.
func (w *Watch) run() {
	defer close(w.done)
	var pending <-chan time.Time // while a change waits to be told
	moved := false               // folders came or went meanwhile
	for {
		select {
		case e, ok := <-w.events.Events:
			if !ok {
				return
			}
			if w.concerns(e) {
				moved = moved || e.Op&(fsnotify.Create|fsnotify.Rename|fsnotify.Remove) != 0
				pending = soon(pending)
			}
		case _, ok := <-w.events.Errors: // such as more events than the system keeps
			if !ok {
				return
			}
			moved = true
			pending = soon(pending)
		case <-pending:
			if moved {
				_ = w.all() // what cannot be watched now is found by looking
			}
			pending, moved = nil, false
			select {
			case w.changed <- struct{}{}:
			default: // it has not been heard of the last one yet
			}
		}
	}
}

// soon returns when a change is told: as is settled already, or after a pause.
func soon(pending <-chan time.Time) <-chan time.Time {
	if pending == nil {
		return time.After(pause)
	}
	return pending
}

// concerns reports whether an event is about one of the folders. One that has
// come is watched at once; those that were renamed are when all has settled,
// for the system takes its watch off them.
func (w *Watch) concerns(e fsnotify.Event) bool {
	rel, err := filepath.Rel(w.root, e.Name)
	if err != nil {
		return false
	}
	top, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	if !slices.Contains(w.names, top) || e.Op == fsnotify.Chmod {
		return false
	}
	if e.Has(fsnotify.Create) {
		_ = w.add(e.Name) // it may have gone again
	}
	return true
}

// explain says what to do where the system watches no more folders.
func explain(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) {
		return fmt.Errorf("the system watches no more folders: %w; raise fs.inotify.max_user_watches and max_user_instances", err)
	}
	return err
}
