package regime

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"proviso/policy"
	"proviso/source"
)

// A lead time of a team's own beyond three years is taken for a slip.
const (
	maxDays   = 1096
	maxMonths = 36
)

// Resolve returns the regimes that bind a policy, in the order in which they
// are written and each once: the organisation's and then the policy's own, or
// only those of regimes_only. Without a policy they are the organisation's.
// The problems are errors at the places where an id is not in the table or a
// regime of the team's own cannot be used; what can be used is returned.
func Resolve(org *policy.Organisation, p *policy.Policy) ([]policy.Regime, source.Problems) {
	var rs []policy.Regime
	var ps source.Problems
	for _, ref := range references(org, p, &ps) {
		r, ok := resolve(ref, &ps)
		if ok && !slices.Contains(rs, r) {
			rs = append(rs, r)
		}
	}
	return rs, ps
}

// references returns what the organisation and the policy name.
func references(org *policy.Organisation, p *policy.Policy, ps *source.Problems) []policy.RegimeRef {
	if p == nil {
		return org.Regimes
	}
	only := p.RegimesOnly
	if only.Pos.File == "" { // not written
		return slices.Concat(org.Regimes, p.Regimes)
	}
	if len(p.Regimes) > 0 {
		ps.Errorf(p.Regimes[0].Pos, "regimes-only", "name them all under regimes_only",
			"regimes adds to the organisation's regimes, which regimes_only replaces")
	}
	return only.IDs
}

// resolve returns the regime that ref names or writes out.
func resolve(ref policy.RegimeRef, ps *source.Problems) (policy.Regime, bool) {
	if ref.ID == "" {
		return own(ref, ps)
	}
	r, ok := Lookup(ref.ID)
	if !ok {
		ps.Errorf(ref.Pos, "unknown-regime", source.Suggest(ref.ID, ids()), "unknown regime %q", ref.ID)
	}
	return r, ok
}

// own returns the regime that a team has written itself.
func own(ref policy.RegimeRef, ps *source.Problems) (policy.Regime, bool) {
	lead := policy.Lead{Days: ref.Days, Months: ref.Months}
	fault := func(hint, format string, args ...any) (policy.Regime, bool) {
		ps.Errorf(ref.Pos, "lead-time", hint, format, args...)
		return policy.Regime{}, false
	}
	switch {
	case ref.Days < 0 || ref.Months < 0:
		return fault("write a whole number of at least 1", "a lead time cannot be negative")
	case ref.Days > 0 && ref.Months > 0:
		return fault("keep one, or write two regimes, of which the longer binds", "a lead time in both days and months")
	case ref.Days == 0 && ref.Months == 0:
		return fault("write days: 30 or months: 1", "a regime of your own needs a lead time of at least one day")
	case ref.Days > maxDays || ref.Months > maxMonths:
		return fault(fmt.Sprintf("at most %d days or %d months", maxDays, maxMonths), "a lead time of %v is longer than three years", lead)
	}
	return policy.Regime{
		ID:       "own:" + lead.String(),
		Who:      "this organisation",
		Lead:     lead,
		Strength: policy.Floor,
		Medium:   cmp.Or(ref.Medium, "email"),
		Durable:  strings.HasPrefix(ref.Medium, "durable"),
		Content:  "as promised",
		Grounds:  "security law",
		Source:   cmp.Or(ref.Source, "own promise"),
	}, true
}

func ids() []string {
	var out []string
	for _, r := range Table() {
		out = append(out, r.ID)
	}
	return out
}
