package regime

import "proviso/policy"

// Shortened returns the regimes with the lead time that an exception leaves of
// those that yield to its ground, for a change that takes effect on a date. The
// others stay as they are. An exception never makes a lead time longer.
func Shortened(rs []policy.Regime, ground string, lead policy.Lead, effective policy.Date) []policy.Regime {
	out := make([]policy.Regime, len(rs))
	for i, r := range rs {
		if r.Yields(ground) && r.Lead.Before(effective).Before(lead.Before(effective)) {
			r.Lead = lead
		}
		out[i] = r
	}
	return out
}
