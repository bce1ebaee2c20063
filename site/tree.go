package site

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"proviso/policy"
)

// A tree is the output of one site while it is written. It grows beside the
// tree that readers see and takes its place at the end, in one step where the
// system can exchange two folders. A file that did not change is a hard link
// to the old one: it keeps its inode and its time.
//
// One build at a time may write to an output folder.
type tree struct {
	domain policy.Domain
	live   string // out/<domain>
	dir    string // out/.<domain>.tmp-…; "" when it is gone

	mu        sync.Mutex
	files     map[string]bool
	pages     int
	written   int
	unchanged int
}

// plant begins a tree and clears away what a killed build left.
func plant(out string, domain policy.Domain) (*tree, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, unwritable(out, err)
	}
	t := &tree{domain: domain, live: filepath.Join(out, domain), files: map[string]bool{}}
	if err := t.recover(out); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(out, "."+domain+".tmp-")
	if err != nil {
		return nil, unwritable(out, err)
	}
	t.dir = dir
	return t, os.Chmod(dir, 0o755)
}

// recover puts back a tree that a killed build had set aside, and removes the rest.
func (t *tree) recover(out string) error {
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
	return fmt.Errorf("the output folder %s cannot be written: %w; change its permissions or name another with --out", out, err)
}

// write adds a file. Tasks may call it at the same time.
func (t *tree) write(name string, data []byte) error {
	t.mu.Lock()
	taken := t.files[name]
	t.files[name] = true
	t.mu.Unlock()
	if taken {
		return fmt.Errorf("%s: two pages want the address %q; change a path or an alias", t.domain, name)
	}
	to := filepath.Join(t.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return unwritable(filepath.Dir(t.live), err)
	}
	from := filepath.Join(t.live, filepath.FromSlash(name))
	kept := same(from, data) && os.Link(from, to) == nil
	if !kept {
		if err := os.WriteFile(to, data, 0o644); err != nil {
			return unwritable(filepath.Dir(t.live), err)
		}
	}
	t.count(name, kept)
	return nil
}

func (t *tree) count(name string, kept bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if kept {
		t.unchanged++
	} else {
		t.written++
	}
	if strings.HasSuffix(name, ".html") {
		t.pages++
	}
}

// same reports whether a regular file holds exactly the data.
func same(file string, data []byte) bool {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return false
	}
	old, err := os.ReadFile(file)
	return err == nil && bytes.Equal(old, data)
}

// publish puts the tree in the place of the old one. If both are equal the
// old one stays.
func (t *tree) publish() error {
	if t.written == 0 && t.complete() {
		return t.discard()
	}
	if _, err := os.Lstat(t.live); errors.Is(err, fs.ErrNotExist) {
		err := os.Rename(t.dir, t.live)
		if err == nil {
			t.dir = ""
		}
		return err
	}
	if err := exchange(t.dir, t.live); err == nil {
		return t.discard() // the old tree, under the new one's former name
	}
	aside := strings.Replace(t.dir, ".tmp-", ".old-", 1)
	if err := os.Rename(t.live, aside); err != nil {
		return fmt.Errorf("setting %s aside: %w", t.live, err)
	}
	if err := os.Rename(t.dir, t.live); err != nil {
		return errors.Join(fmt.Errorf("putting the new pages in %s: %w", t.live, err), os.Rename(aside, t.live))
	}
	t.dir = aside
	return t.discard()
}

// complete reports whether the old tree holds no file that the new one lacks.
func (t *tree) complete() bool {
	n := 0
	err := filepath.WalkDir(t.live, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	return err == nil && n == len(t.files)
}

// discard removes what was not published.
func (t *tree) discard() error {
	if t.dir == "" {
		return nil
	}
	dir := t.dir
	t.dir = ""
	return os.RemoveAll(dir)
}
