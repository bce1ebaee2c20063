package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// largest is how long a source may be, in bytes: many times the longest policy,
// and little enough that a file taken for another one does not fill the memory.
const largest = 64 << 20

// readable is the folder as it is read. What is neither a file nor a folder, such
// as a pipe or a device, is refused: reading it might never end.
type readable struct{ fs.FS }

func (s readable) Open(name string) (fs.File, error) {
	stat, err := fs.Stat(s.FS, name)
	if err == nil && !stat.IsDir() {
		err = wanted(stat)
	}
	if err != nil {
		return nil, unread(s.FS, name, err)
	}
	return s.FS.Open(name)
}

func (s readable) ReadFile(name string) ([]byte, error) {
	stat, err := fs.Stat(s.FS, name)
	if err == nil {
		err = wanted(stat)
	}
	if err != nil {
		return nil, unread(s.FS, name, err)
	}
	data, err := fs.ReadFile(s.FS, name)
	if err != nil {
		return nil, unread(s.FS, name, err)
	}
	return data, nil
}

func (s readable) Stat(name string) (fs.FileInfo, error) { return fs.Stat(s.FS, name) }

func (s readable) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	if err != nil {
		return nil, unread(s.FS, name, err)
	}
	return entries, nil
}

// wanted says why a file is not read.
func wanted(stat fs.FileInfo) error {
	switch {
	case stat.IsDir():
		return errors.New("a folder stands where a file belongs; move it away")
	case !stat.Mode().IsRegular():
		return errors.New("this is no file but a pipe, a socket or a device; put a file in its place")
	case stat.Size() > largest:
		return fmt.Errorf("the file has %d MB, and %d are read at most; is it another one?", stat.Size()>>20, largest>>20)
	}
	return nil
}

// unread says in words why a file cannot be read.
func unread(fsys fs.FS, name string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, lerr := fs.Lstat(fsys, name); lerr == nil {
			err = errors.New("the link leads to nothing; put a file in its place")
		}
	case errors.Is(err, fs.ErrPermission):
		err = errors.New("you may not read this; ask its owner for the right to")
	case errors.Is(err, syscall.ELOOP):
		err = errors.New("the link leads to itself; put a file in its place")
	}
	return &fs.PathError{Op: "open", Path: name, Err: err}
}

// folder returns the folder's files.
func (p *program) folder() fs.FS { return readable{os.DirFS(p.dir)} }
