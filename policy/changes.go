package policy

import "proviso/source"

// Verdict says whether a change must be announced.
type Verdict string

const (
	None      Verdict = "none"      // nothing changed at all
	Editorial Verdict = "editorial" // the meaning is the same
	Review    Verdict = "review"    // the rules cannot tell; counts as material until a person decides
	Material  Verdict = "material"  // account holders must be told
)

// Graver returns the graver of two verdicts: material, review, editorial, none.
func (v Verdict) Graver(w Verdict) Verdict {
	if w.rank() > v.rank() {
		return w
	}
	return v
}

// Owed reports whether a notice is owed for a change with this verdict.
func (v Verdict) Owed() bool { return v == Material || v == Review }

func (v Verdict) rank() int {
	switch v {
	case Material:
		return 3
	case Review:
		return 2
	case Editorial:
		return 1
	}
	return 0
}

// Changes is the file changes.yaml: the decisions on each change against the
// version before, and words for readers.
type Changes struct {
	Summary   Localised             `yaml:"summary"`
	Why       Localised             `yaml:"why"`
	Choices   Localised             `yaml:"choices"`
	Sections  source.Map[Localised] `yaml:"sections"`
	Decisions source.Map[Decision]  `yaml:"decisions"`
	Exception Exception             `yaml:"exception"`
	Consent   Consent               `yaml:"consent"`
	Audience  Audience              `yaml:"audience"`
	Pos       source.Position       `yaml:"-"`
	At        source.Places         `yaml:"-"`
}

// A Decision is a person's verdict on the changes of one section.
type Decision struct {
	Section string          `yaml:"-" json:"-"`
	Verdict Verdict         `yaml:"verdict" json:"verdict"`
	Reason  string          `yaml:"reason" json:"reason"`
	By      string          `yaml:"by" json:"by"`
	On      Date            `yaml:"on,omitempty" json:"on"`
	Of      string          `yaml:"of" json:"-"` // hash of what was judged
	Pos     source.Position `yaml:"-" json:"-"`
}

// An Exception lets a change take effect before its lead time has passed.
type Exception struct {
	Ground string          `yaml:"ground"` // security, law, benefit or other
	Lead   string          `yaml:"lead"`   // the lead time that remains, such as "3 days"
	Reason string          `yaml:"reason"`
	By     string          `yaml:"by"`
	On     Date            `yaml:"on"`
	Public Localised       `yaml:"public"` // words for readers
	Pos    source.Position `yaml:"-"`
}

// Consent records how a regime that asks for consent is satisfied.
type Consent struct {
	How    string          `yaml:"how"`
	Reason string          `yaml:"reason"`
	By     string          `yaml:"by"`
	On     Date            `yaml:"on"`
	Pos    source.Position `yaml:"-"`
}

// Audience widens who is told.
type Audience struct {
	Include []string `yaml:"include"` // statuses that are otherwise skipped
}
