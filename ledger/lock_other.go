//go:build !unix

package ledger

import "errors"

// lock refuses: without a lock of the operating system two senders could tell
// everyone twice.
func lock(string) (func() error, error) {
	return nil, errors.New("sending needs file locks of a Unix system; plan here, send from Linux, macOS or BSD")
}
