// Package release takes a text from draft to release, and looks after what is
// released until it takes effect: other dates, withdrawals, translations that
// come late, decisions on what changed.
//
// # Words
//
// A Desk is a team's folder as one command works at it. A Candidate is a
// version on its way to being sealed, with everything that stands against it;
// Consider makes one of a draft, ConsiderMove one of an upcoming version that
// gets another date. A Refusal lists every reason at once.
//
// # What happens in which order
//
// Whoever writes takes the Lock before the folder is read, so that nothing is
// decided on a text that another is changing, and no decision is lost. A
// version is written under a hidden name and has its own with one rename: it is
// there whole or not at all. Only then does its draft go. Who is killed between
// the two leaves a draft that says what is released already; the next release
// of it finds that out and clears it away, and Sweep removes hidden leftovers.
//
// # What a released version can become
//
//	draft ──release──> upcoming ──its date──> in force ──a later one──> old
//	                    │  │  └─ seal ──> the same, with a translation more
//	                    │  └─ reschedule ──> rescheduled, and another upcoming
//	                    └─ withdraw ──> withdrawn
//
// Nothing that was released is changed for any of these: seal.yaml stays as it
// is to the byte. The version that takes the place of another one names it and
// its seal; a withdrawal and a translation are seals of their own beside it.
// What is in force can be neither moved nor withdrawn, because people were bound by
// it; what follows it is a new version.
//
// # What is left out
//
// Who must be told of it, which is for package notify, and when pages change,
// which is for package site.
package release

import (
	"context"
	"strings"

	"proviso/policy"
)

// A Desk is a team's folder as one command works at it.
type Desk struct {
	Dir    string         // where the folder lies
	Folder *policy.Folder // as it was read
	Today  policy.Date
	// Pace returns how many whole days the mails of a release take beyond the
	// first, and why, in words. nil: none.
	Pace func(context.Context, *Candidate) (days int, why string, err error)
}

// A Refusal is why something is not done: every reason, each a sentence that
// says what to do.
type Refusal struct {
	Version string // POLICY@VERSION
	Reasons []string
}

func (r *Refusal) Error() string {
	lines := make([]string, len(r.Reasons))
	for i, reason := range r.Reasons {
		lines[i] = r.Version + ": " + reason
	}
	return strings.Join(lines, "\n")
}

func refuse(v *policy.Version, reason string) error {
	return &Refusal{Version: v.ID(), Reasons: []string{reason}}
}
