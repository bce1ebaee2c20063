package release

import (
	"slices"
	"strings"

	"proviso/change"
	"proviso/policy"
	"proviso/source"
)

// Unsaid warns of the words in changes.yaml that readers of the notice of v
// would miss, under their keys. Nobody has to write them: a notice says in
// plain lines what has no words.
func Unsaid(v *policy.Version, c *change.Comparison, words *policy.Changes) (ps source.Problems) {
	if !c.Verdict.Owed() {
		return nil
	}
	var keys []string
	for _, w := range []struct {
		key  string
		text policy.Localised
	}{{"summary", words.Summary}, {"why", words.Why}, {"choices", words.Choices}} {
		if w.text == nil {
			keys = append(keys, w.key)
		}
	}
	for _, x := range c.Changes {
		key := "sections." + x.Section
		if _, said := words.Sections.Get(x.Section); x.Verdict.Owed() && !said && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	if keys != nil {
		ps.Warnf(source.Position{File: v.ChangesFile()}, "words", "write them; the notice lists the changes without them",
			"readers are owed a notice, and have no words on %s", strings.Join(keys, ", "))
	}
	return ps
}
