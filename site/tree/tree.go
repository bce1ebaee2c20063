// Package tree writes the output of one site and puts it where readers see it.
//
// A Tree grows beside the one that readers see and takes its place at the end,
// in one step where the system can exchange two folders. A file that did not
// change is a hard link to the old one: it keeps its inode and its time. A
// build that is killed leaves the old tree whole, and the next one clears away
// what it left.
//
// One build at a time may write to an output folder.
package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// A Tree is the output of one site while it is written.
type Tree struct {
	domain string
	live   string // out/<domain>
	dir    string // out/.<domain>.tmp-…; "" when it is gone
	first  bool   // nothing is live yet

	mu        sync.Mutex
	files     map[string]Stamp
	folders   map[string]bool // made already
	written   int
	unchanged int
}

// A Stamp tells a file as it was written from one that was touched since.
type Stamp struct {
	Size int64
	Time int64 // of the last change, in nanoseconds since 1970
}

func stampOf(info fs.FileInfo) Stamp { return Stamp{info.Size(), info.ModTime().UnixNano()} }

// Plant begins the tree of a site in the folder out and clears away what a
// killed build left there.
func Plant(out, domain string) (*Tree, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, unwritable(out, err)
	}
	t := &Tree{domain: domain, live: filepath.Join(out, domain), files: map[string]Stamp{}, folders: map[string]bool{".": true}}
	if err := t.recover(out); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(t.live); errors.Is(err, fs.ErrNotExist) {
		t.first = true
	}
	dir, err := os.MkdirTemp(out, "."+domain+".tmp-")
	if err != nil {
		return nil, unwritable(out, err)
	}
	t.dir = dir
	return t, os.Chmod(dir, 0o755)
}

// recover puts back a tree that a killed build had set aside, and removes the rest.
func (t *Tree) recover(out string) error {
	left, _ := filepath.Glob(filepath.Join(out, "."+escapeGlob(t.domain)+".*-*"))
	for _, dir := range left {
		_, err := os.Lstat(t.live)
		if strings.HasPrefix(filepath.Base(dir), "."+t.domain+".old-") && errors.Is(err, fs.ErrNotExist) {
			err = os.Rename(dir, t.live)
		} else {
			err = os.RemoveAll(dir)
		}
		if err != nil {
			return fmt.Errorf("clearing what a killed build left in %s: %w", out, err)
		}
	}
	return nil
}

// escapeGlob quotes what Glob would read as a pattern.
func escapeGlob(s string) string {
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`).Replace(s)
}

func unwritable(out string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	remedy := "change its permissions"
	if errors.Is(err, syscall.ENOSPC) {
		remedy = "make room on its disk"
	}
	return fmt.Errorf("the output folder %s cannot be written: %w; %s or name another with --out", out, err, remedy)
}

// Write adds a file, named with slashes. Tasks may call it at the same time.
func (t *Tree) Write(name string, data []byte) error {
	from, to, err := t.place(name)
	if err != nil {
		return err
	}
	if info := t.same(from, data); info != nil && os.Link(from, to) == nil {
		t.add(name, stampOf(info), true)
		return nil
	}
	stamp, err := create(to, data)
	if err != nil {
		return unwritable(filepath.Dir(t.live), err)
	}
	t.add(name, stamp, false)
	return nil
}

// Keep adds files as they stand in the live tree, where they have these stamps.
func (t *Tree) Keep(files map[string]Stamp) error {
	names := slices.Sorted(maps.Keys(files))
	errs := make([]error, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for _, name := range names[w*len(names)/len(errs) : (w+1)*len(names)/len(errs)] {
				if errs[w] = t.keep(name, files[name]); errs[w] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (t *Tree) keep(name string, stamp Stamp) error {
	from, to, err := t.place(name)
	if err != nil {
		return err
	}
	if err := os.Link(from, to); err == nil {
		t.add(name, stamp, true)
		return nil
	}
	data, err := os.ReadFile(from) // this disk knows no hard links
	if err != nil {
		return err
	}
	if stamp, err = create(to, data); err != nil {
		return unwritable(filepath.Dir(t.live), err)
	}
	t.add(name, stamp, false)
	return nil
}

// place returns where a file is and where it goes, and makes the folder for it.
func (t *Tree) place(name string) (from, to string, err error) {
	t.mu.Lock()
	_, taken := t.files[name]
	t.files[name] = Stamp{}
	t.mu.Unlock()
	if taken {
		return "", "", fmt.Errorf("%s: two pages want the address %q; change a path or an alias", t.domain, name)
	}
	if err := t.folder(path.Dir(name)); err != nil {
		return "", "", unwritable(filepath.Dir(t.live), err)
	}
	local := filepath.FromSlash(name)
	return filepath.Join(t.live, local), filepath.Join(t.dir, local), nil
}

// folder makes a folder and those above it.
func (t *Tree) folder(name string) error {
	t.mu.Lock()
	made := t.folders[name]
	t.mu.Unlock()
	if made {
		return nil
	}
	if err := t.folder(path.Dir(name)); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(t.dir, filepath.FromSlash(name)), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.folders[name] = true
	return nil
}

func create(name string, data []byte) (Stamp, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return Stamp{}, err
	}
	_, err = f.Write(data)
	info, statErr := f.Stat()
	if err := errors.Join(err, statErr, f.Close()); err != nil {
		return Stamp{}, err
	}
	return stampOf(info), nil
}

func (t *Tree) add(name string, stamp Stamp, kept bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.files[name] = stamp
	if kept {
		t.unchanged++
	} else {
		t.written++
	}
}

// same returns what is known of a live file if it is a regular one that holds exactly the data.
func (t *Tree) same(file string, data []byte) fs.FileInfo {
	if t.first {
		return nil
	}
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return nil
	}
	if old, err := os.ReadFile(file); err != nil || !bytes.Equal(old, data) {
		return nil
	}
	return info
}

// Count returns how many files are new or differ, and how many are as they were.
func (t *Tree) Count() (written, unchanged int) { return t.written, t.unchanged }

// Files returns every file of the tree by name.
func (t *Tree) Files() map[string]Stamp { return t.files }

// Publish puts the tree in the place of the old one. If both are equal the old
// one stays. What is left over is for Discard.
func (t *Tree) Publish() error {
	if t.written == 0 && holdsOnly(t.live, t.files) {
		return nil
	}
	if _, err := os.Lstat(t.live); errors.Is(err, fs.ErrNotExist) {
		err := os.Rename(t.dir, t.live)
		if err == nil {
			t.dir = ""
		}
		return err
	}
	if err := exchange(t.dir, t.live); err == nil {
		return nil // the old tree has the new one's former name
	}
	aside := strings.Replace(t.dir, ".tmp-", ".old-", 1)
	if err := os.Rename(t.live, aside); err != nil {
		return fmt.Errorf("setting %s aside: %w", t.live, err)
	}
	if err := os.Rename(t.dir, t.live); err != nil {
		return errors.Join(fmt.Errorf("putting the new pages in %s: %w", t.live, err), os.Rename(aside, t.live))
	}
	t.dir = aside
	return nil
}

// Discard removes what was not published, or is no longer.
func (t *Tree) Discard() error {
	if t.dir == "" {
		return nil
	}
	dir := t.dir
	t.dir = ""
	return os.RemoveAll(dir)
}
