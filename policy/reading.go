package policy

import (
	"slices"
	"strings"

	"proviso/source"
	"proviso/text"
)

// A Reading is what the files of a version hold, read once for all that need
// it. It is shared, and nobody changes it.
type Reading struct {
	Version   *Version
	Texts     map[string]*text.Document // by locale; see Folder.Texts
	Practices PracticeList
	Changes   *Changes
	Problems  source.Problems // found while reading
}

// Read reads the files of a version. A memory saves work for whoever reads many
// versions of a policy; it may be nil.
func (f *Folder) Read(v *Version, m *text.Memory) *Reading {
	rd := &Reading{Version: v}
	var pps, cps source.Problems
	rd.Texts, rd.Problems = f.texts(v, m)
	rd.Practices, pps = f.Practices(v)
	rd.Changes, cps = f.Changes(v)
	rd.Problems = append(append(rd.Problems, pps...), cps...)
	return rd
}

// Linked returns the ids of the policies whose sections the texts link to, sorted.
func (rd *Reading) Linked() []string {
	var ids []string
	for _, doc := range rd.Texts {
		each(doc, func(s *text.Span) {
			target, fragment, _ := strings.Cut(s.Link, "#")
			if id, ok := strings.CutPrefix(target, "policy:"); ok && fragment != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		})
	}
	slices.Sort(ids)
	return ids
}

// Anchors are the sections of other policies that links were found to lead to,
// by the policies' ids. They are kept from one version to the next, so that no
// policy is read again for each link to it.
type Anchors map[string][]string
