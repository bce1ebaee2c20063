package spool

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
)

// A File keeps records in the order in which they come, under a name.
type File struct {
	f    *os.File
	w    *bufio.Writer
	name string
}

// Create makes a file, and its folder. It has its name only after Finish.
func Create(name string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the spool: %w", err)
	}
	f, err := os.OpenFile(name+Unfinished, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("making a file of the spool: %w", err)
	}
	return &File{f, bufio.NewWriterSize(f, 1<<18), name}, nil
}

// Unfinished is what the name of a File ends in before Finish.
const Unfinished = ".part"

// Open opens a finished file.
func Open(name string) (*File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening the spool: %w", err)
	}
	return &File{f, nil, name}, nil
}

// Add adds a copy of a record.
func (f *File) Add(record []byte) error { return write(f.w, record) }

// Finish gives the file its name. Then it can be read.
func (f *File) Finish() error {
	if err := f.w.Flush(); err != nil {
		return full(err)
	}
	return os.Rename(f.name+Unfinished, f.name)
}

// Records returns the records, as often as it is asked. A record is good until
// the next one.
func (f *File) Records() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		r := &reader{from: bufio.NewReaderSize(io.NewSectionReader(f.f, 0, 1<<62), 1<<18)}
		for {
			ok, err := r.next()
			if err != nil {
				yield(nil, err)
				return
			}
			if !ok || !yield(r.record, nil) {
				return
			}
		}
	}
}

// Remove closes the file and removes it, finished or not.
func (f *File) Remove() error {
	err := f.f.Close()
	for _, name := range []string{f.name, f.name + Unfinished} {
		if gone := os.Remove(name); !errors.Is(gone, os.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}
