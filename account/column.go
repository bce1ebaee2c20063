package account

import (
	"slices"
	"strings"

	"proviso/source"
)

// columns says where each column stands.
type columns map[string]int

// readColumns takes the names of the columns. Others than ours are left alone:
// an export often has more of them. A hint is what goes before the list of
// those there are.
func readColumns(names []string, at source.Position, hint string) (columns, error) {
	var ps source.Problems
	cols := columns{}
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := cols[name]; twice && slices.Contains(ours, name) {
			ps.Errorf(at, "accounts", "", "two columns are called %q", name)
		}
		cols[name] = i
	}
	for _, name := range []string{"id", "email"} {
		if _, ok := cols[name]; !ok {
			ps.Errorf(at, "accounts", hint+strings.Join(names, ", "), "no column %q", name)
		}
	}
	return cols, ps.Err()
}

var ours = []string{"id", "email", "name", "locale", "status", "products", "sites", "joined"}
