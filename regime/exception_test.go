package regime

import (
	"slices"
	"strings"
	"testing"

	"proviso/policy"
)

// An exception shortens what yields to its ground, and nothing else.
func TestShortened(t *testing.T) {
	effective := date(t, "2027-06-30")
	three := policy.Lead{Days: 3}
	for _, c := range []struct {
		why     string
		regimes []string
		ground  string
		lead    policy.Lead
		want    string // deadline
	}{
		{"a promise of the team's own yields to security", []string{"contract-30"}, "security", three, "2027-06-27"},
		{"but not to convenience", []string{"contract-30"}, "other", three, "2027-05-31"},
		{"what is practice yields to any ground", []string{"gdpr", "glba"}, "other", three, "2027-06-27"},
		{"psd2 yields to none", []string{"psd2"}, "security", three, "2027-04-30"},
		{"one that does not yield binds for all", []string{"contract-30", "psd2", "gdpr"}, "law", three, "2027-04-30"},
		{"eecc yields to what only benefits", []string{"eecc"}, "benefit", three, "2027-06-27"},
		{"and not to security", []string{"eecc"}, "security", three, "2027-05-30"},
		{"p2b yields to danger and to a duty", []string{"p2b"}, "law", three, "2027-06-27"},
		{"and not to a benefit", []string{"p2b"}, "benefit", three, "2027-06-15"},
		{"a longer lead time is no exception", []string{"p2b"}, "law", policy.Lead{Months: 2}, "2027-06-15"},
	} {
		if got := Deadline(effective, Shortened(named(t, c.regimes...), c.ground, c.lead, effective)); got.String() != c.want {
			t.Errorf("%s: %v on the ground of %s has the deadline %v, want %s", c.why, c.regimes, c.ground, got, c.want)
		}
	}
}

// Only grounds that can be recorded stand in the table, and only beside floors.
func TestGroundsAreKnown(t *testing.T) {
	for _, r := range Table() {
		for _, g := range strings.Fields(r.Grounds) {
			if r.Strength != policy.Floor || !slices.Contains([]string{"security", "law", "benefit", "other"}, g) {
				t.Errorf("%s (%s) names the ground %q", r.ID, r.Strength, g)
			}
		}
	}
}
