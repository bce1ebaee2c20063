package release

import (
	"context"

	"proviso/change"
	"proviso/policy"
)

// ConsiderMove finds everything that stands against giving an upcoming version
// another date. Lead times count again from today. It keeps its place among
// the versions, because it was judged against the one before it, and the one
// after it against it.
func (d *Desk) ConsiderMove(ctx context.Context, v *policy.Version, date policy.Date) *Candidate {
	c := d.candidate(v, date)
	c.Moves, c.Before = true, d.Folder.Before(v)
	if reason := d.fixed(v); reason != "" {
		c.refuse("%s", reason)
		return c
	}
	c.files = v.Sealed.Files
	c.Problems = d.Folder.Verify(v).Errors()
	if c.words(); c.Problems.Err() != nil {
		return c
	}
	if c.Before != nil {
		c.Changes, c.Problems = change.Versions(d.Folder, c.Before, v)
	}
	c.order()
	c.leadTimes(ctx)
	return c
}

// fixed says why a version can be neither moved nor withdrawn; empty: it can.
func (d *Desk) fixed(v *policy.Version) string {
	id := v.Policy.ID
	switch {
	case v.Sealed == nil:
		return "it is not released yet; only a released version can be moved or withdrawn"
	case v.Sealed.State == policy.Withdrawn:
		return "it was withdrawn already; to use its text again, proviso draft " + id + " --from " + v.Name
	case v.Sealed.MovedTo.Version != "":
		return "it was rescheduled already; what stands now is " + v.Sealed.MovedTo.Version
	case !d.Today.Before(v.Effective):
		return "it is in force since " + v.Effective.String() + " and has bound people since; what comes after it is a new version: proviso draft " + id
	}
	return ""
}

// order refuses dates that are past, taken, or on the other side of a version
// that the move would have to pass.
func (c *Candidate) order() {
	v, date, today := c.Draft, c.Version.Effective, c.desk.Today
	if date == v.Effective {
		c.refuse("it takes effect on %s already", date)
		return
	}
	if date.Before(today) {
		c.refuse("%s is in the past (today is %s)", date, today)
	}
	passed := false
	for _, w := range v.Policy.Versions {
		if w == v {
			passed = true
			continue
		}
		switch {
		case w.Sealed == nil || !w.Stands():
		case !passed && !w.Effective.Before(date):
			c.refuse("%s does not come after %s, against which it was judged; take a date after %s", date, w.ID(), w.Effective)
		case passed && !date.Before(w.Effective):
			c.refuse("%s does not come before %s, which was judged against it; take a date before %s, or withdraw that one first", date, w.ID(), w.Effective)
		}
	}
}
