//go:build !unix && !windows

package release

import "errors"

// try refuses: without a lock of the operating system a decision could be lost.
func try(string) (func() error, error) {
	return nil, errors.New("changing a folder needs file locks, which this system has not; do it on Linux, macOS, BSD or Windows")
}
