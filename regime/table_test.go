package regime

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"proviso/policy"
)

// Nobody may rely on an entry that does not say whom it binds, where it is
// written and when it was last looked at.
func TestTableSaysWhereItComesFrom(t *testing.T) {
	for _, r := range Table() {
		for what, words := range map[string]string{"who": r.Who, "medium": r.Medium, "content": r.Content, "source": r.Source} {
			if strings.TrimSpace(words) == "" {
				t.Errorf("%s: %s is empty", r.ID, what)
			}
		}
		if r.AsOf.IsZero() {
			t.Errorf("%s: no as-of date", r.ID)
		}
	}
}

func TestTableIsSortedAndIdsAreUnique(t *testing.T) {
	all := ids()
	if !slices.IsSorted(all) {
		t.Errorf("not sorted: %v", all)
	}
	if n := len(slices.Compact(slices.Clone(all))); n != len(all) {
		t.Errorf("%d ids, %d different ones", len(all), n)
	}
	plain := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, id := range all {
		if !plain.MatchString(id) {
			t.Errorf("%q is no plain id", id)
		}
	}
}

// Strength and lead time must fit each other: a gate or a promise has no lead
// time of its own, and "after" means nothing without one.
func TestTableStrengthFitsLead(t *testing.T) {
	for _, r := range Table() {
		none := r.Lead == policy.Lead{}
		switch r.Strength {
		case policy.Gate, policy.Own:
			if !none {
				t.Errorf("%s: %s with a lead time of %v", r.ID, r.Strength, r.Lead)
			}
		case policy.Default, policy.After:
			if none {
				t.Errorf("%s: %s without a lead time", r.ID, r.Strength)
			}
		case policy.Floor:
		default:
			t.Errorf("%s: unknown strength %q", r.ID, r.Strength)
		}
		if r.Lead.Days < 0 || r.Lead.Months < 0 || r.Lead.Days > 0 && r.Lead.Months > 0 {
			t.Errorf("%s: lead time of %d days and %d months", r.ID, r.Lead.Days, r.Lead.Months)
		}
		if r.Durable != strings.HasPrefix(r.Medium, "durable") {
			t.Errorf("%s: durable is %v, medium is %q", r.ID, r.Durable, r.Medium)
		}
	}
}

// The numbers that releases are refused for, one by one.
func TestTableLeads(t *testing.T) {
	for id, want := range map[string]string{
		"contract-30": "30 days floor", "p2b": "15 days floor", "eecc": "1 month floor", "psd2": "2 months floor",
		"gdpr": "30 days default", "uk-gdpr": "30 days default", "subprocessor": "30 days default",
		"dcd": "30 days default", "colorado": "30 days default", "glba": "30 days default", "korea": "30 days default",
		"dsa": "0 days floor", "ccpa": "0 days floor", "quebec": "0 days floor", "caloppa": "0 days own",
		"hipaa-plan": "60 days after", "gdpr-purpose": "0 days gate", "us-retroactive": "0 days gate",
		"wa-mhmda": "0 days gate", "coppa": "0 days gate", "lgpd": "0 days gate", "pipl": "0 days gate",
	} {
		r, ok := Lookup(id)
		if got := r.Lead.String() + " " + string(r.Strength); !ok || got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if n := len(Table()); n != 22 {
		t.Errorf("%d entries in the table, 22 in this test", n)
	}
	if _, ok := Lookup("gdpr "); ok {
		t.Error("an id nobody has was found")
	}
}

// A caller that changes what it got changes nothing for the next one.
func TestTableIsNobodysToChange(t *testing.T) {
	Table()[0].ID = "changed"
	if id := Table()[0].ID; id != "caloppa" {
		t.Errorf("the table now begins with %q", id)
	}
}
