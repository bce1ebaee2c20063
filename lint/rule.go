package lint

import (
	"embed"
	"slices"
	"sync"

	"proviso/policy"
	"proviso/source"
)

//go:embed rules.yaml elements law
var data embed.FS

// A Rule is one thing that check looks for.
type Rule struct {
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

var table = sync.OnceValue(func() []Rule {
	var entries source.Map[Rule]
	decode("rules.yaml", &entries)
	rules := make([]Rule, len(entries))
	for i, e := range entries {
		rules[i] = e.Value
		rules[i].ID = e.Key
		if rules[i].Severity == "" {
			rules[i].Severity = source.Warning
		}
	}
	return rules
})

// Dates of law and checklists that the program carries.
type stale struct {
	ID      string      `yaml:"id"`
	Pattern string      `yaml:"pattern"`
	Near    string      `yaml:"near"`
	Unless  string      `yaml:"unless"`
	Since   policy.Date `yaml:"since"`
	Fact    string      `yaml:"fact"`
	Instead string      `yaml:"instead"`
	Source  string      `yaml:"source"`
}

// decode reads a file that the program carries; a test holds that each can be read.
func decode(file string, into any) source.Problems {
	var ps source.Problems
	b, err := data.ReadFile(file)
	if err != nil {
		ps.Errorf(source.Position{File: file}, "file", "", "%v", err)
		return ps
	}
	source.Decode(file, b, into, &ps)
	return ps
}

func ruleIDs() []string {
	ids := make([]string, 0, len(table()))
	for _, r := range table() {
		ids = append(ids, r.ID)
	}
	return ids
}

func known(id string) bool { return slices.Contains(ruleIDs(), id) }

func severity(id string) source.Severity {
	for _, r := range table() {
		if r.ID == id {
			return r.Severity
		}
	}
	return source.Warning
}
