// Package regime knows which rules of law and which promises ask for notice of
// a change, and works out the dates that follow from them.
//
// # Words
//
// A regime is one such rule: whom it binds, how long before it takes effect a
// change must be announced (the lead time), through which medium, and what the
// notice must say. Its strength says how it binds:
//
//   - floor: the rule itself names the lead time, and nothing shorter will do;
//   - default: the rule asks for "reasonable" or "well in advance", and the
//     lead time in the table is what cautious teams use. A team that has reason
//     to use another writes regimes_only with a lead time of its own;
//   - gate: no lapse of time is enough. The change needs consent or an
//     acknowledgement, and the notice must come before it takes effect;
//   - own: the law holds the operator to whatever the policy itself promises.
//     The promise is written down as a regime of the team's own;
//   - after: the notice is due within the lead time after the change. It never
//     delays a release, and the lead time counts forward.
//
// A team names regimes by id in organisation.yaml and policy.yaml, or writes
// its own with a lead time, a medium and a source. Resolve turns what they
// wrote into the regimes of one policy. The longest lead time wins; gates are
// listed beside it, because no lead time is long enough for them.
//
// # Counting
//
// Dates are civil dates. A change takes effect at the beginning of its
// effective date, and a notice counts only once the receiving mail server has
// accepted it. The day of notice does not count (Regulation 1182/71, article
// 3(1)): under 30 days, who is told on 1 January has had thirty whole days by
// the end of 31 January, and the change may take effect on 1 February.
// Deadline counts back from the effective date: 1 February less 30 days is 2
// January, and mail must be accepted before that day begins.
//
// Months are calendar months and never 30 days. A month from 31 January ends
// with the last day of February, because a month that lacks the day ends on
// its last one (article 3(2)). Counting forward and counting back can then
// disagree, and only around the ends of short months: a month from 28 February
// 2027 runs out with 28 March, yet a month back from 29 March also falls on 28
// February. Whoever reads the rule as "at least a month before it takes effect"
// counts back and finds that the 28th was a day late. Earliest therefore gives the
// first date that is right both ways: here 1 April. The price is three days at
// the most; the gain is that nobody has to argue.
//
// # Exceptions
//
// A team may record on a version that it takes effect sooner, and why. That
// shortens only the lead times of regimes that yield to the ground (Grounds in
// the table): psd2 knows none, p2b knows danger to security and a duty of law,
// eecc changes that only benefit or that a law imposes. A promise of the
// team's own yields to security and law, and a person answers for it. Lead times
// that are practice and not law yield to any ground; gates never do.
//
// # What the table is
//
// The table is data, not advice. Every entry names its source and the date
// on which the entry was last looked at; where the source itself was not read
// for it, or the number in it is not in that source, the entry says Unsure.
// Law moves: a team shows the entries it relies on to a lawyer. Entries are never
// changed under a released version, because its seal holds the regimes as they
// stood then.
//
// # What is left out
//
// Whether a regime applies to a team or to a change: a person says so, by
// naming it. Whether the ground of an exception is there: that is a recorded
// decision on a version. Working days and public
// holidays: no regime in the table counts in them.
package regime

import "proviso/policy"

// Lookup returns the regime of the table with the id.
func Lookup(id string) (policy.Regime, bool) {
	for _, r := range Table() {
		if r.ID == id {
			return r, true
		}
	}
	return policy.Regime{}, false
}

// Gates returns the regimes that no lapse of time satisfies.
func Gates(rs []policy.Regime) []policy.Regime {
	var out []policy.Regime
	for _, r := range rs {
		if r.Strength == policy.Gate {
			out = append(out, r)
		}
	}
	return out
}
