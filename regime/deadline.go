package regime

import "proviso/policy"

// Deadline returns the civil date before whose beginning mail must be accepted
// if a change takes effect on a date: that date less the lead time, for the
// regime that asks for the earliest. Months and days have no order of their
// own (a month may be shorter than 30 days), so that it takes a date to tell.
// Gates, and regimes whose notice is due after the change, do not move it;
// without any other it is the effective date, because a notice that is owed
// comes before the change.
func Deadline(effective policy.Date, rs []policy.Regime) policy.Date {
	deadline := effective
	for _, r := range rs {
		if d := r.Lead.Before(effective); binds(r) && d.Before(deadline) {
			deadline = d
		}
	}
	return deadline
}

// Earliest returns the first effective date whose Deadline lies after the day
// of release. That is the day, the lead time and one more day, because the day
// of notice does not count, and a few days more where counting months
// back from there would fall on or before the day of release. All later dates
// will do as well.
func Earliest(released policy.Date, rs []policy.Regime) policy.Date {
	earliest := released.AddDays(1)
	for _, r := range rs {
		if d := r.Lead.After(released).AddDays(1); binds(r) && earliest.Before(d) {
			earliest = d
		}
	}
	for !released.Before(Deadline(earliest, rs)) {
		earliest = earliest.AddDays(1)
	}
	return earliest
}

// Unmet returns the regimes whose lead time is not kept by a notice that is
// accepted on one day about a change that takes effect on another.
func Unmet(told, effective policy.Date, rs []policy.Regime) []policy.Regime {
	var out []policy.Regime
	for _, r := range rs {
		if binds(r) && !told.Before(r.Lead.Before(effective)) {
			out = append(out, r)
		}
	}
	return out
}

// binds reports whether the lead time of r lies before the effective date.
func binds(r policy.Regime) bool {
	return r.Strength != policy.Gate && r.Strength != policy.After
}
