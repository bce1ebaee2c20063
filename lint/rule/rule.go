// Package rule is the table of what check looks for, in rules.yaml: for each
// rule its severity, what it rests on, why, an example, and a reason for which a
// team may keep what it finds. The pages in docs/rules are made from it.
//
// What looks for something names its rule by id; Find makes the finding.
package rule

import (
	_ "embed"
	"slices"
	"sync"

	"proviso/source"
)

//go:embed rules.yaml
var rules []byte

// An entry of the table is one thing that check looks for.
type entry struct {
	ID       string          `yaml:"-"`
	Title    string          `yaml:"title"`    // one line, as a heading
	Severity source.Severity `yaml:"severity"` // left out in the file: a warning
	Source   string          `yaml:"source"`   // the law or the practice it rests on
	Why      string          `yaml:"why"`      // what goes wrong otherwise
	English  bool            `yaml:"english"`  // it looks only at texts in a language that has word lists
	Before   string          `yaml:"before"`   // an example with the finding
	After    string          `yaml:"after"`    // and one without
	Accept   string          `yaml:"accept"`   // a reason for which a team may keep it; "": none that stands
}

// table is the table of rules; a test holds that it can be read.
var table = sync.OnceValue(func() []entry {
	out, _ := readTable()
	return out
})

// readTable reads the table, and says what is wrong in it.
func readTable() (out []entry, ps source.Problems) {
	var entries source.Map[entry]
	source.Decode("rules.yaml", rules, &entries, &ps)
	for _, e := range entries {
		r := e.Value
		r.ID = e.Key
		if r.Severity == "" {
			r.Severity = source.Warning
		}
		out = append(out, r)
	}
	return out, ps
}

// IDs returns the names of all rules, in the order in which pages list them.
func IDs() []string {
	ids := make([]string, 0, len(table()))
	for _, r := range table() {
		ids = append(ids, r.ID)
	}
	return ids
}

// Known reports whether there is such a rule.
func Known(id string) bool { return slices.Contains(IDs(), id) }

// Severity returns the severity of what a rule finds.
func Severity(id string) source.Severity {
	for _, r := range table() {
		if r.ID == id {
			return r.Severity
		}
	}
	return source.Warning
}

// A Finding is a problem and the section it stands in.
type Finding struct {
	source.Problem
	Section string // its id; "" is the whole text
}

// Find returns what a rule finds at a place of a section: what is wrong, and
// as the hint what to do about it.
func Find(pos source.Position, section, rule, hint, message string) Finding {
	return Finding{source.Problem{Position: pos, Severity: Severity(rule), Rule: rule, Message: message, Hint: hint}, section}
}
