package law

import (
	"slices"
	"strings"
	"testing"

	"proviso/lint/words"
	"proviso/policy"
)

// TestStale holds that each reference to dead law says all that a finding needs.
func TestStale(t *testing.T) {
	var law struct {
		AsOf  policy.Date `yaml:"as_of"`
		Stale []stale     `yaml:"stale"`
	}
	for _, p := range decode("stale.yaml", &law) {
		t.Error(p)
	}
	for _, s := range law.Stale {
		if s.ID == "" || s.Since.IsZero() || s.Fact == "" || s.Instead == "" || s.Source == "" {
			t.Errorf("stale reference %q does not say all", s.ID)
		}
	}
}

// TestChecklists holds that each checklist names its source and the day on which
// it was compared with it, and that all its evidence is in the word lists.
func TestChecklists(t *testing.T) {
	lists := words.In("")
	for _, id := range checklistIDs() {
		var c list
		for _, p := range decode("elements/"+id+".yaml", &c) {
			t.Error(p)
		}
		if c.Title == "" || c.Source == "" || c.AsOf.IsZero() || len(c.Elements) == 0 {
			t.Errorf("checklist %q does not say all", id)
		}
		for _, e := range c.Elements {
			if e.Value.Says == "" || e.Value.Article == "" || len(e.Value.Evidence) == 0 {
				t.Errorf("%s.%s does not say all", id, e.Key)
			}
			for _, group := range slices.Concat(e.Value.Evidence, e.Value.When) {
				if len(lists.Group("evidence", group)) == 0 {
					t.Errorf("%s.%s: there is no evidence %q", id, e.Key, group)
				}
			}
			for _, p := range e.Value.Practices {
				category, field, dotted := strings.Cut(p, ".")
				all := policy.Practice{Basis: policy.Localised{"": "x"}, Purposes: policy.Items{{"": "x"}}, Source: policy.Localised{"": "x"}, Country: policy.Localised{"": "x"},
					Safeguard: policy.Localised{"": "x"}, Period: policy.Localised{"": "x"}, Contact: policy.Localised{"": "x"}}
				if !slices.Contains(policy.Categories, category) || dotted && !has(all, field) {
					t.Errorf("%s.%s: there is no practice %q", id, e.Key, p)
				}
			}
		}
	}
}
