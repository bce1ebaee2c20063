//go:build !unix

package publish

import "errors"

// lock refuses: without a lock of the operating system two publishers could mix.
func lock(string) (func() error, error) {
	return nil, errors.New("publishing needs file locks of a Unix system; publish from Linux, macOS or BSD")
}
