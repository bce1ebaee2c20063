//go:build unix

package publish

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock takes a lock on a file. The operating system lets go of it when the
// process ends, however it ends; the file stays and means nothing.
func lock(file string) (func() error, error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking the target: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f.Close, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrRaced
	} else {
		err = fmt.Errorf("locking %s: %w", file, err)
	}
	return nil, errors.Join(err, f.Close())
}
