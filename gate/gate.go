// Package gate says which versions may go in force, and what is owed where one
// may not. It makes the promise true: a change does not go in force before those
// it concerns were told, in time.
//
// # The rule
//
// A version whose date has come goes in force if its seal holds and, where it
// owes a notice,
//
//   - its notice is complete: nobody is pending, sending, ambiguous, or deferred
//     without an exception, and our own relay has passed on what it took;
//   - everybody had the whole lead time. Who was told after the deadline moves
//     the date: the version waits until the lead times have run from the day on
//     which the last was told, and that date is named;
//   - those whom no mail has reached had the fallback: the version stood on
//     every site, with its banner, for the whole lead time, and they are on a
//     list for post. Who bounces after the change took effect does not undo it;
//   - the consent that a regime asks for is recorded. No lapse of time is
//     enough for such a regime;
//   - the exception is recorded, if the lead times are not kept.
//
// Editorial, imported and first versions owe nobody a notice. Later versions of
// a policy rest on the one before: while one is held they are held too, because
// they would bring its change with them. There is no way around the rule.
//
// # Proof
//
// What was told is proven by the ledger where it knows the notice, else by
// notice.yaml beside the seal, so that a machine without the ledger can
// publish. A notice.yaml that was changed, belongs to another seal, or does not
// fit a ledger that knows the notice, is refused: it proves nothing.
//
// Nothing here knows a clock: the caller gives the day.
package gate

import (
	"fmt"
	"slices"
	"strings"

	"proviso/outcome"
	"proviso/policy"
	"proviso/regime"
)

// A Proof is what is known of the notices of a version.
type Proof struct {
	From    string             // "the ledger", or the file; empty: nothing is known
	Notices []outcome.Standing // one for each controller
	Refused string             // why what there is proves nothing; empty: it does
}

// Sources say where the gate finds what it does not know itself.
type Sources struct {
	// Proof returns what is known of the notices of a version that owes one.
	Proof func(*policy.Version) (Proof, error)
	// Published returns the day before which a version stood on all its sites,
	// as the record of what was published has it, and false if that is not
	// known. May be nil.
	Published func(*policy.Version) (policy.Date, bool)
	// Audience returns how many must be told of a version of which nobody was
	// told yet; -1: nobody knows. May be nil.
	Audience func(*policy.Version) int
	// Days returns how many whole days the notices of n holders take. May be nil.
	Days func(n int) int
}

// A Verdict says whether one version may go in force.
type Verdict struct {
	Version  *policy.Version
	Due      bool        // its date has come
	Owed     []string    // what stands against it, in words; empty: nothing
	Holders  int         // to how many something is owed; -1: nobody knows
	Earliest policy.Date // the earliest lawful date if all that is owed is done now; zero: no date is
	Next     string      // what to do next, as a command; empty: nothing
	Proof    Proof

	// From is the day from which the version may be in force where that is later
	// than its date, because some were told late; zero: from its date.
	From policy.Date
}

// Held reports whether the version does not go in force though its date has come.
func (v *Verdict) Held() bool { return v.Due && len(v.Owed) > 0 }

// Open returns how many holders keep the notice open: those who are still to be
// told, and those whose mail our own relay has not passed on.
func (v *Verdict) Open() int {
	n := 0
	for _, s := range v.Proof.Notices {
		n += s.Waiting + s.Queued
	}
	return n
}

// A Report holds a verdict for each version that stands, by policy and date.
type Report struct{ Verdicts []Verdict }

// Held returns the versions, as POLICY@VERSION, that do not go in force though
// their date has come: what package site calls so.
func (r *Report) Held() []string {
	var out []string
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; v.Held() {
			out = append(out, v.Version.ID())
		}
	}
	return out
}

// Of returns the verdict on a version, or nil.
func (r *Report) Of(v *policy.Version) *Verdict {
	i := slices.IndexFunc(r.Verdicts, func(x Verdict) bool { return x.Version == v })
	if i < 0 {
		return nil
	}
	return &r.Verdicts[i]
}

// InForce returns the version of a policy that is in force on the day, or nil:
// the newest whose date has come and that is not held.
func (r *Report) InForce(p *policy.Policy) *policy.Version {
	var out *policy.Version
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; v.Version.Policy == p && v.Due && !v.Held() {
			out = v.Version
		}
	}
	return out
}

// Judge judges every version that stands on the day: those whose date has come,
// and those released for a later one.
func Judge(f *policy.Folder, today policy.Date, from Sources) (*Report, error) {
	r := &Report{}
	for _, p := range f.Policies {
		var before *Verdict
		for _, v := range p.Versions {
			due := !today.Before(v.Effective)
			if !v.Stands() || v.Sealed == nil && !due {
				continue
			}
			j := judge{f: f, today: today, from: from, Verdict: Verdict{Version: v, Due: due}}
			if err := j.judge(); err != nil {
				return nil, fmt.Errorf("%s: %w", v.ID(), err)
			}
			if before != nil && len(before.Owed) > 0 {
				j.rests(before)
			}
			r.Verdicts = append(r.Verdicts, j.Verdict)
			before = &j.Verdict
		}
	}
	return r, nil
}

// A judge works on one verdict.
type judge struct {
	Verdict
	f       *policy.Folder
	today   policy.Date
	from    Sources
	changes *policy.Changes
	never   bool        // no date is lawful
	late    []string    // what only the lapse of time heals, in words
	told    policy.Date // when the last holder is told who counts for the lead times; zero: in time
}

func (j *judge) owe(next, format string, args ...any) {
	j.Owed = append(j.Owed, fmt.Sprintf(format, args...))
	if j.Next == "" {
		j.Next = next
	}
}

// wait holds the version until the lead times have run from a day.
func (j *judge) wait(day policy.Date, format string, args ...any) {
	j.since(day)
	j.late = append(j.late, fmt.Sprintf(format, args...))
}

// since has the lead times run from a day, or from a later one of before.
func (j *judge) since(day policy.Date) {
	if j.told.Before(day) {
		j.told = day
	}
}

func (j *judge) judge() error {
	v := j.Version
	if v.Sealed == nil {
		j.never = true
		j.owe("proviso release "+v.ID()+" --effective DATE", "it is not released")
		return nil
	}
	if bad := j.f.Verify(v).Errors(); len(bad) > 0 {
		j.never = true
		j.owe("proviso verify", "its seal does not hold: %s", bad[0].Error())
		return nil
	}
	if v.Sealed.State == policy.Imported || v.Sealed.Deadline.IsZero() {
		return nil
	}
	changes, ps := j.f.Changes(v)
	if err := ps.Err(); err != nil {
		return err
	}
	j.changes = changes
	j.consent()
	j.exception()
	if err := j.notice(); err != nil {
		return err
	}
	j.settle()
	return nil
}

// rests holds a version because the one before it is held.
func (j *judge) rests(before *Verdict) {
	own := len(j.Owed) > 0
	j.Owed = append(j.Owed, fmt.Sprintf("%s before it is not in force, and it would bring that change with it", before.Version.ID()))
	if !own {
		j.Next, j.Holders = before.Next, before.Holders
	}
	if before.Earliest.IsZero() {
		j.Earliest = policy.Date{}
	} else if !own || !j.Earliest.IsZero() && j.Earliest.Before(before.Earliest) {
		j.Earliest = before.Earliest
	}
}

// consent holds a version whose regimes ask for consent, if none is recorded.
func (j *judge) consent() {
	for _, r := range regime.Gates(j.regimes()) {
		if j.changes.Consent.How == "" {
			j.never = true
			j.owe("proviso draft "+j.Version.Policy.ID, "%s asks for consent, which no lapse of time replaces (%s), and none is recorded under consent: in changes.yaml",
				r.ID, r.Source)
		}
	}
}

// exception holds a version that does not keep the lead times, if no exception
// is recorded.
func (j *judge) exception() {
	v := j.Version
	if deadline := regime.Deadline(v.Effective, j.yielding()); j.unexcused() {
		j.since(j.today)
		j.owe("proviso draft "+v.Policy.ID, "its deadline was %s where the lead times ask for %s, and no exception: is recorded in changes.yaml that they yield to", v.Sealed.Deadline, deadline)
	}
}

// regimes returns the regimes as they stood at the release.
func (j *judge) regimes() []policy.Regime {
	var out []policy.Regime
	for _, r := range j.Version.Sealed.Regimes {
		out = append(out, r.Regime())
	}
	return out
}

// unexcused reports whether the sealed deadline leaves less than the lead times
// and the exception do.
func (j *judge) unexcused() bool {
	v := j.Version
	return regime.Deadline(v.Effective, j.yielding()).Before(v.Sealed.Deadline)
}

// yielding returns the regimes with what a recorded exception may leave of them.
func (j *judge) yielding() []policy.Regime {
	x := j.changes.Exception
	lead, err := policy.ParseLead(x.Lead)
	if x.Ground == "" || err != nil {
		return j.regimes()
	}
	return regime.Shortened(j.regimes(), x.Ground, lead, j.Version.Effective)
}

// bound returns the regimes that bind. An exception has left what stands between
// the sealed deadline and the date.
func (j *judge) bound() []policy.Regime {
	v := j.Version
	if j.changes.Exception.Ground == "" || j.unexcused() {
		return j.regimes()
	}
	return []policy.Regime{{ID: "exception", Lead: policy.Lead{Days: v.Sealed.Deadline.DaysUntil(v.Effective)}, Strength: policy.Floor}}
}

// settle finds the earliest lawful date. What is only late is healed by it.
func (j *judge) settle() {
	date := j.Version.Effective
	if !j.told.IsZero() {
		if e := regime.Earliest(j.told, j.bound()); date.Before(e) {
			date = e
		}
	}
	if len(j.Owed) == 0 && !j.today.Before(date) {
		if len(j.late) > 0 {
			j.Holders, j.From = 0, date
		}
		return
	}
	if len(j.late) > 0 && j.Next == "" {
		j.Next = "proviso publish"
	}
	j.Owed = append(j.Owed, j.late...)
	if len(j.Owed) == 0 || j.never {
		return
	}
	j.Earliest = date
	if date.Before(j.today) {
		j.Earliest = j.today
	}
	if !j.Due && j.Version.Effective.Before(j.Earliest) {
		j.Next = "proviso reschedule " + j.Version.ID() + " " + j.Earliest.String()
	}
}

// count puts a number before a word.
func count(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

// were continues a sentence about n holders.
func were(n int) string {
	if n == 1 {
		return "1 holder was"
	}
	return fmt.Sprintf("%d holders were", n)
}

// String says in one line what is owed.
func (v *Verdict) String() string { return v.Version.ID() + ": " + strings.Join(v.Owed, "; ") }
