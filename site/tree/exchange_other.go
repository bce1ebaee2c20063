//go:build !linux || !(amd64 || arm64)

package tree

import "errors"

// exchange cannot swap two folders in one step here; publish renames twice,
// and the next build repairs what is killed in between.
func exchange(string, string) error { return errors.ErrUnsupported }
