package evidence

import (
	"proviso/change"
	"proviso/policy"
	"proviso/source"
)

// comparison is what changed in a version: of an imported one, and of a first
// one, nothing.
func comparison(f *policy.Folder, v *policy.Version) (*change.Comparison, source.Problems) {
	before := f.Before(v)
	if v.Sealed.State == policy.Imported {
		before = nil
	}
	return change.Versions(f, before, v)
}
