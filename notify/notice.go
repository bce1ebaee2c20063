package notify

import (
	"time"

	"proviso/change"
	"proviso/policy"
)

// A Subject is one version that a notice tells of.
type Subject struct {
	Version    *policy.Version
	Deadline   policy.Date           // before whose beginning the mail must be accepted; zero: none
	Regimes    []policy.SealedRegime // that ask for the notice
	Resolution *policy.Resolution
	// Comparisons holds the changes against the version before, by locale. The
	// one in the source locale decides who is told; the others only give words.
	Comparisons map[string]*change.Comparison
	Words       *policy.Changes // the legal team's words; may be nil
	// FullText returns the whole new text as plain text, as a site shows it.
	// It is asked only where a regime wants a durable medium.
	FullText func(site, locale string) (string, error)
}

// A Notice is one announcement by one controller: one or several versions that
// take effect on one date.
type Notice struct {
	ID         string // POLICY@VERSION, joined with "+"; a second controller's ends in "#N"
	Controller string // legal name in the source locale
	Sites      []string
	Subjects   []Subject
	Zone       *time.Location
}
