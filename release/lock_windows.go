package release

import (
	"errors"
	"fmt"
	"syscall"
)

// shared is what Windows says of a file that another has opened for itself
// (ERROR_SHARING_VIOLATION).
const shared = syscall.Errno(32)

// try takes the lock if nobody has it: a file that is opened without sharing
// cannot be opened again until it is closed, at the latest when its process ends.
func try(file string) (unlock func() error, err error) {
	name, err := syscall.UTF16PtrFromString(file)
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", file, err)
	}
	const alone = 0
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, alone, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case err == nil:
		return func() error { return syscall.CloseHandle(h) }, nil
	case errors.Is(err, shared):
		return nil, errBusy
	}
	return nil, fmt.Errorf("the folder cannot be written: %s: %w", file, err)
}
