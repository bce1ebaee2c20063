//go:build unix

package release

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// try takes the lock if nobody has it.
func try(file string) (unlock func() error, err error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the folder cannot be written: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case err == nil:
		return f.Close, nil
	case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
		err = errBusy
	default:
		err = fmt.Errorf("locking %s: %w", file, err)
	}
	return nil, errors.Join(err, f.Close())
}
