// Package whole writes files so that they are there whole or not at all: under a
// hidden name in the same folder, flushed to the disk, and then renamed. Whoever
// reads meanwhile, or after the program was killed, finds the old file or the
// new one.
package whole

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write writes a file for those whom the mode lets in; nobody else can read it
// at any time. Until it is whole its name begins with hidden: that is what is
// left of it if the program is killed. A rename is on the disk for certain only
// after SyncFolder.
func Write(name string, mode fs.FileMode, hidden string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), hidden)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone if all went well
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// SyncFolder makes renames in a folder durable, where the system can.
func SyncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	_ = f.Sync() // some file systems cannot, and then do it by themselves
	return f.Close()
}
