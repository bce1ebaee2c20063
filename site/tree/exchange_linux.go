//go:build linux && (amd64 || arm64)

package tree

import (
	"runtime"
	"syscall"
	"unsafe"
)

// exchange swaps two folders in one step, so that no reader ever finds none:
// renameat2 with RENAME_EXCHANGE, which package syscall does not name.
func exchange(a, b string) error {
	number := uintptr(316)
	if runtime.GOARCH == "arm64" {
		number = 276
	}
	from, err := syscall.BytePtrFromString(a)
	if err != nil {
		return err
	}
	to, err := syscall.BytePtrFromString(b)
	if err != nil {
		return err
	}
	const here, swap = ^uintptr(99), 2 // AT_FDCWD, RENAME_EXCHANGE
	_, _, errno := syscall.Syscall6(number, here, uintptr(unsafe.Pointer(from)), here, uintptr(unsafe.Pointer(to)), swap, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
