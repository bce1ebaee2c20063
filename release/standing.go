package release

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"proviso/policy"
)

// A Watch sees whether a released version still stands, while somebody works
// long on it, such as a sender on its notice.
type Watch struct {
	fsys    fs.FS
	version *policy.Version
	names   []string // what lay in the folders of the policy and the version, when last read
}

// NewWatch returns a Watch of a version, in the folder that it was read from.
func NewWatch(fsys fs.FS, v *policy.Version) *Watch { return &Watch{fsys: fsys, version: v} }

// Stands returns an error once the version was withdrawn or has another date,
// or cannot be read any more. Between changes it costs a look at two folders,
// because what takes a version back is always a file more.
func (w *Watch) Stands() error {
	v := w.version
	names, err := w.list()
	if err != nil {
		return fmt.Errorf("%s cannot be read any more: %w", v.ID(), err)
	}
	if slices.Equal(names, w.names) {
		return nil
	}
	f, _ := policy.Load(w.fsys) // what is wrong elsewhere is nothing to this version
	now, err := f.Version(v.ID())
	switch {
	case err != nil || now.Sealed == nil || now.Sealed.Hash != v.Sealed.Hash:
		return fmt.Errorf("%s is not there any more as it was sealed; restore it from version control", v.ID())
	case now.Sealed.State == v.Sealed.State:
		w.names = names
		return nil
	case now.Sealed.State == policy.Withdrawn:
		return fmt.Errorf("%s was withdrawn meanwhile; tell whoever was told of it with proviso notify send %s", v.ID(), v.ID())
	}
	to := f.Latest(now).ID()
	return fmt.Errorf("%s was rescheduled meanwhile and is %s now; publish that, then tell everyone of the new date with proviso notify send %s", v.ID(), to, to)
}

// list names what lies in the folders of the policy and the version.
func (w *Watch) list() (names []string, err error) {
	for _, dir := range []string{path.Dir(w.version.Dir), w.version.Dir} {
		entries, err := fs.ReadDir(w.fsys, dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
