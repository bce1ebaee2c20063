package accession

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile writes a file below a hidden folder and makes it durable.
func writeFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return bare(err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolder makes renames in a folder durable, where the system can.
func syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	_ = f.Sync() // some file systems cannot, and then do it by themselves
	return f.Close()
}

// bare is a file's error with the last part of its name: the folders above it
// are hidden ones.
func bare(err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		return &fs.PathError{Op: pe.Op, Path: filepath.Base(pe.Path), Err: pe.Err}
	case errors.As(err, &le):
		return &os.LinkError{Op: le.Op, Old: filepath.Base(le.Old), New: le.New, Err: le.Err}
	}
	return err
}
