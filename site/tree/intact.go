package tree

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Intact reports whether the live tree of a site holds the files as they were
// written, and no other.
func Intact(out, domain string, files map[string]Stamp) bool {
	return holds(filepath.Join(out, domain), files, func(stamp Stamp, e fs.DirEntry) bool {
		info, err := e.Info()
		return err == nil && info.Mode().IsRegular() && stampOf(info) == stamp
	})
}

// holdsOnly reports whether a folder holds files of these names and no other.
func holdsOnly(dir string, files map[string]Stamp) bool {
	return holds(dir, files, func(Stamp, fs.DirEntry) bool { return true })
}

func holds(dir string, files map[string]Stamp, right func(Stamp, fs.DirEntry) bool) bool {
	n := 0
	var walk func(prefix string) bool
	walk = func(prefix string) bool {
		folder, err := os.Open(filepath.Join(dir, filepath.FromSlash(prefix)))
		if err != nil {
			return false
		}
		entries, err := folder.ReadDir(-1) // in no order, which is faster
		folder.Close()
		if err != nil {
			return false
		}
		for _, e := range entries {
			if e.IsDir() {
				if !walk(prefix + e.Name() + "/") {
					return false
				}
				continue
			}
			stamp, ok := files[prefix+e.Name()]
			if !ok || !right(stamp, e) {
				return false
			}
			n++
		}
		return true
	}
	return walk("") && n == len(files)
}
