package policy

import "proviso/source"

// A Policy is one folder in content/: a title and a row of versions.
type Policy struct {
	ID          string          `yaml:"-"` // the folder's name
	Title       Localised       `yaml:"title"`
	Type        string          `yaml:"type"` // an Open Terms Archive terms type
	Path        string          `yaml:"path"` // left out: the id
	Sites       []string        `yaml:"sites"`
	Regimes     []RegimeRef     `yaml:"regimes"`
	RegimesOnly RegimesOnly     `yaml:"regimes_only"`
	Continues   string          `yaml:"continues"` // POLICY@VERSION before the first one here
	Require     []string        `yaml:"require"`   // locales without which release refuses; left out: all
	Elements    []string        `yaml:"elements"`
	Accept      []Acceptance    `yaml:"accept"`
	ReviewBy    Date            `yaml:"review_by"`
	Pos         source.Position `yaml:"-"`
	At          source.Places   `yaml:"-"`

	Versions []*Version `yaml:"-"` // dated ones, by effective date and revision
	Drafts   []*Version `yaml:"-"` // draft/ first, then draft-NAME/ by name
}

// RegimesOnly replaces the organisation's regimes for one policy.
type RegimesOnly struct {
	IDs    []RegimeRef     `yaml:"ids"`
	Reason string          `yaml:"reason"`
	Pos    source.Position `yaml:"-"`
}

// An Acceptance is a finding of check that the team has accepted.
type Acceptance struct {
	Rule    string          `yaml:"rule"`
	Section string          `yaml:"section"`
	Reason  string          `yaml:"reason"`
	By      string          `yaml:"by"`
	Pos     source.Position `yaml:"-"`
}

// A Version is one folder of a policy: the text that takes effect on one date,
// or a draft. What it holds beyond its name and files is read when asked for,
// so that memory grows with the largest policy and not with all of them.
type Version struct {
	Policy    *Policy
	Name      string   // "2026-12-20", "2026-12-20.2", "draft" or "draft-NAME"
	Effective Date     // zero for a draft
	Revision  int      // 1, or N of DATE.N
	Locales   []string // texts that are there, in the organisation's order
	Sealed    *Seal    // nil while it is not released
	Announced bool     // notice.yaml is there
	Dir       string   // folder below the root, such as "content/privacy/2026-01-15"
}

// ID returns "POLICY@VERSION".
func (v *Version) ID() string { return v.Policy.ID + "@" + v.Name }

// Inferred reports whether the date is only the day on which the text was
// first seen, because the text was imported and declares none.
func (v *Version) Inferred() bool { return v.Sealed != nil && v.Sealed.Inferred }

// Draft reports whether the version has no date yet.
func (v *Version) Draft() bool { return v.Effective.IsZero() }
