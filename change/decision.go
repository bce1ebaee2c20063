package change

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"proviso/policy"
)

// Of returns the hash of what a decision on these changes judges: the words
// before and after, the kinds and the scopes. The changes must be all those of
// one section.
func Of(changes []Change) string {
	type judged struct {
		Kind            Kind
		Old, New        string
		Products, Sites []string
	}
	rows := make([]judged, len(changes))
	for i, c := range changes {
		rows[i] = judged{c.Kind, c.Old, c.New, list(c.Products), list(c.Sites)}
	}
	b, err := json.Marshal(rows)
	if err != nil { // strings and lists of strings always encode
		return ""
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// decide lets the valid decisions set the verdicts of their sections.
func (c *Comparison) decide(decisions map[string]policy.Decision) {
	for _, section := range c.Sections() {
		d, ok := decisions[section]
		if !ok || d.Of != Of(c.In(section)) {
			continue
		}
		for i := range c.Changes {
			if c.Changes[i].Section == section {
				c.Changes[i].Verdict, c.Changes[i].Decision = d.Verdict, &d
			}
		}
	}
	c.grade()
}
