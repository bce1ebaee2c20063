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
	// Formerly is the date for which the version was announced before it was
	// rescheduled; zero: it never was. Replaces is the date of a version that
	// this one comes instead of, because it was withdrawn.
	Formerly, Replaces policy.Date
	// Told reports who was told of a version that was withdrawn since, by id and
	// by address: who is owed the news. nil: nobody was.
	Told func(holder, address string) bool
}

// Withdrawn reports whether the news is that the version will not take effect.
func (s Subject) Withdrawn() bool {
	return s.Version.Sealed != nil && s.Version.Sealed.State == policy.Withdrawn
}

// id names what is told in the id of a notice.
func (s Subject) id() string {
	if s.Withdrawn() {
		return s.Version.ID() + "~withdrawn"
	}
	return s.Version.ID()
}

// A Notice is one announcement by one controller: one or several versions that
// take effect on one date.
type Notice struct {
	ID         string // POLICY@VERSION, joined with "+"; of a withdrawal with "~withdrawn" behind it; a second controller's ends in "#N"
	Controller string // legal name in the source locale
	Sites      []string
	Subjects   []Subject
	Zone       *time.Location
}

// Withdrawn reports whether the notice tells that versions will not take effect.
// Only those are told who were told of the versions.
func (n *Notice) Withdrawn() bool { return n.Subjects[0].Withdrawn() }
