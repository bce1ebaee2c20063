package gate

import (
	"slices"
	"time"

	"proviso/notify"
	"proviso/outcome"
	"proviso/policy"
)

// notice holds a version whose holders were not told, or not in time.
func (j *judge) notice() error {
	proof, err := j.from.Proof(j.Version)
	if err != nil {
		return err
	}
	j.Proof = proof
	if proof.Refused != "" {
		j.since(j.today)
		j.Holders = -1
		j.owe("proviso notify close "+j.Version.ID(), "%s", proof.Refused)
		return nil
	}
	for _, controller := range notify.Controllers(&j.Version.Sealed.Resolution) {
		i := slices.IndexFunc(proof.Notices, func(s outcome.Standing) bool { return s.Controller == controller })
		if i < 0 {
			j.untold()
			return nil
		}
		j.weigh(&proof.Notices[i])
	}
	return nil
}

// untold holds a version of which nobody was told.
func (j *judge) untold() {
	n := -1
	if j.from.Audience != nil {
		n = j.from.Audience(j.Version)
	}
	j.Holders = n
	j.since(j.ready(n))
	send := "proviso notify send " + j.Version.ID()
	if n < 0 {
		j.owe(send, "nobody was told of it")
		return
	}
	j.owe(send, "nobody was told of it: %s to tell", count(n, "holder"))
}

// ready is the day on which n holders are told, if it is begun now.
func (j *judge) ready(n int) policy.Date {
	if j.from.Days == nil || n <= 0 {
		return j.today
	}
	return j.today.AddDays(j.from.Days(n))
}

// weigh holds a version for what is owed by one notice.
func (j *judge) weigh(s *outcome.Standing) {
	v := j.Version
	if deadline, err := policy.ParseDate(s.Deadline); err != nil || v.Sealed.Deadline.Before(deadline) {
		j.since(j.today)
		j.owe("proviso notify send "+v.ID(), "its notice was given for another deadline, %s", s.Deadline)
	}
	if s.Waiting > 0 {
		j.Holders += s.Waiting
		j.since(j.ready(s.Waiting))
		j.owe("proviso notify send "+v.ID(), "%s not told yet", were(s.Waiting))
	}
	if s.Queued > 0 {
		j.Holders += s.Queued
		j.since(j.today)
		j.owe("proviso notify reconcile FILE", "%s accepted by our own relay and not known to be out", were(s.Queued))
	}
	if late, _ := s.Counts.Get("late"); late > 0 {
		j.Holders += late
		j.wait(j.day(s.LastLate), "%s told after the deadline, %s", were(late), v.Sealed.Deadline)
	}
	if s.Unreached != nil {
		j.fallback(s)
	}
}

// fallback holds a version if those whom no mail has reached had no other way
// to learn of it.
func (j *judge) fallback(s *outcome.Standing) {
	v, n := j.Version, s.Unreached.Holders
	owed := len(j.Owed) + len(j.late)
	switch since, seen := j.banner(s); {
	case !seen:
		j.since(j.today)
		j.owe("proviso publish", "%s not reached by mail, and nothing shows that the version stands on its sites", were(n))
	case !since.Before(v.Sealed.Deadline):
		j.wait(since, "%s not reached by mail, and the version stands on its sites only since %s", were(n), since)
	}
	if p := s.Posted; p == nil || p.Holders < n || p.At < s.Unreached.Last {
		j.owe("proviso notify unreachable -o FILE "+v.ID(), "%s not reached by mail, and no list for post was written since", were(n))
	}
	if len(j.Owed)+len(j.late) > owed {
		j.Holders += n
	}
}

// banner returns the day from which the version stood on its sites, with the
// banner that announces it.
func (j *judge) banner(s *outcome.Standing) (policy.Date, bool) {
	var day policy.Date
	var known bool
	if j.from.Published != nil {
		day, known = j.from.Published(j.Version)
	}
	if s.Live == "" {
		return day, known
	}
	if live := j.day(s.Live); !known || live.Before(day) {
		return live, true
	}
	return day, known
}

// day returns the civil date of an instant, where the version's dates begin.
// What cannot be read is as late as can be.
func (j *judge) day(instant string) policy.Date {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		return j.today
	}
	return policy.DateOf(t.In(j.Version.Sealed.Resolution.Location()))
}
