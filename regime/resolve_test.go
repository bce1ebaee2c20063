package regime

import (
	"slices"
	"strings"
	"testing"

	"proviso/policy"
	"proviso/source"
)

func at(line int) source.Position {
	return source.Position{File: "content/organisation.yaml", Line: line, Column: 3}
}

func refs(ids ...string) []policy.RegimeRef {
	var out []policy.RegimeRef
	for i, id := range ids {
		out = append(out, policy.RegimeRef{ID: id, Pos: at(i + 1)})
	}
	return out
}

func idsOf(rs []policy.Regime) []string {
	var out []string
	for _, r := range rs {
		out = append(out, r.ID)
	}
	return out
}

// A policy's regimes are added to the organisation's, and one named in both
// places binds once.
func TestResolveAddsThePolicysRegimes(t *testing.T) {
	org := &policy.Organisation{Regimes: refs("contract-30", "gdpr")}
	p := &policy.Policy{Regimes: refs("p2b", "gdpr")}
	rs, ps := Resolve(org, p)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if got := idsOf(rs); !slices.Equal(got, []string{"contract-30", "gdpr", "p2b"}) {
		t.Errorf("got %v", got)
	}
	if want, _ := Lookup("p2b"); rs[2] != want {
		t.Errorf("p2b came out as %+v", rs[2])
	}
	if rs, _ := Resolve(org, nil); !slices.Equal(idsOf(rs), []string{"contract-30", "gdpr"}) {
		t.Errorf("the organisation alone has %v", idsOf(rs))
	}
}

// regimes_only replaces the organisation's regimes, even by none.
func TestResolveRegimesOnly(t *testing.T) {
	org := &policy.Organisation{Regimes: refs("contract-30", "gdpr")}
	p := &policy.Policy{RegimesOnly: policy.RegimesOnly{IDs: refs("eecc"), Reason: "telephone customers only", Pos: at(4)}}
	rs, ps := Resolve(org, p)
	if len(ps) > 0 || !slices.Equal(idsOf(rs), []string{"eecc"}) {
		t.Errorf("got %v, %v", idsOf(rs), ps)
	}
	p.RegimesOnly = policy.RegimesOnly{Reason: "for staff, not for account holders", Pos: at(4)}
	rs, ps = Resolve(org, p)
	if len(ps) > 0 || len(rs) > 0 {
		t.Errorf("got %v, %v", idsOf(rs), ps)
	}
}

// A team's own promise has a readable id that depends on nothing but itself.
func TestResolveOwnRegime(t *testing.T) {
	org := &policy.Organisation{Regimes: []policy.RegimeRef{
		{Days: 45, Medium: "email", Source: "our terms, 9.2"},
		{Months: 1, Medium: "durable"},
		{Days: 45, Medium: "email", Source: "our terms, 9.2", Pos: at(9)}, // the same promise again
		{Days: 45, Medium: "letter", Source: "our data agreement, 4"},
	}}
	rs, ps := Resolve(org, &policy.Policy{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if got := idsOf(rs); !slices.Equal(got, []string{"own:45 days", "own:1 month", "own:45 days"}) {
		t.Fatalf("got %v", got)
	}
	first := rs[0]
	if first.Strength != policy.Floor || first.Lead != (policy.Lead{Days: 45}) || first.Medium != "email" ||
		first.Source != "our terms, 9.2" || first.Durable {
		t.Errorf("got %+v", first)
	}
	if second := rs[1]; !second.Durable || second.Lead != (policy.Lead{Months: 1}) || second.Source == "" || second.Who == "" {
		t.Errorf("got %+v", second)
	}
}

func TestResolveErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		org  []policy.RegimeRef
		p    policy.Policy
		rule string
		want string
	}{
		{"a slip of the pen", refs("gdrp"), policy.Policy{}, "unknown-regime",
			`content/organisation.yaml:1:3: unknown regime "gdrp"; did you mean "gdpr"?`},
		{"nothing like it", refs("gdpr", "maritime"), policy.Policy{}, "unknown-regime",
			`content/organisation.yaml:2:3: unknown regime "maritime"; known are ` + strings.Join(ids(), ", ")},
		{"in a policy", nil, policy.Policy{Regimes: refs("contract-3O")}, "unknown-regime",
			`content/organisation.yaml:1:3: unknown regime "contract-3O"; did you mean "contract-30"?`},
		{"in regimes_only", nil, policy.Policy{RegimesOnly: policy.RegimesOnly{IDs: refs("p2p"), Reason: "r", Pos: at(4)}}, "unknown-regime",
			`content/organisation.yaml:1:3: unknown regime "p2p"; did you mean "p2b"?`},
		{"days and months", []policy.RegimeRef{{Days: 30, Months: 1, Pos: at(7)}}, policy.Policy{}, "lead-time",
			"content/organisation.yaml:7:3: a lead time in both days and months; keep one, or write two regimes, of which the longer binds"},
		{"neither", []policy.RegimeRef{{Medium: "email", Pos: at(7)}}, policy.Policy{}, "lead-time",
			"content/organisation.yaml:7:3: a regime of your own needs a lead time of at least one day; write days: 30 or months: 1"},
		{"negative days", []policy.RegimeRef{{Days: -30, Pos: at(7)}}, policy.Policy{}, "lead-time",
			"content/organisation.yaml:7:3: a lead time cannot be negative; write a whole number of at least 1"},
		{"negative months beside days", []policy.RegimeRef{{Days: 30, Months: -1, Pos: at(7)}}, policy.Policy{}, "lead-time",
			"content/organisation.yaml:7:3: a lead time cannot be negative; write a whole number of at least 1"},
		{"a slip of the zero key", []policy.RegimeRef{{Days: 30000, Pos: at(7)}}, policy.Policy{}, "lead-time",
			"content/organisation.yaml:7:3: a lead time of 30000 days is longer than three years; at most 1096 days or 36 months"},
		{"regimes beside regimes_only", nil, policy.Policy{Regimes: refs("p2b"), RegimesOnly: policy.RegimesOnly{IDs: refs("gdpr"), Reason: "r", Pos: at(4)}}, "regimes-only",
			"content/organisation.yaml:1:3: regimes adds to the organisation's regimes, which regimes_only replaces; name them all under regimes_only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, ps := Resolve(&policy.Organisation{Regimes: c.org}, &c.p)
			if len(ps) != 1 || ps[0].Error() != c.want || ps[0].Rule != c.rule || ps[0].Severity != source.Error {
				t.Errorf("got  %v\nwant %s (%s)", ps, c.want, c.rule)
			}
		})
	}
}

// All mistakes are reported at once, and what is right is still there.
func TestResolveGoesOn(t *testing.T) {
	org := &policy.Organisation{Regimes: refs("gdrp", "p2b", "pspd2")}
	rs, ps := Resolve(org, &policy.Policy{Regimes: []policy.RegimeRef{{Pos: at(8)}}})
	if len(ps) != 3 || !slices.Equal(idsOf(rs), []string{"p2b"}) {
		t.Errorf("got %v and %v", idsOf(rs), ps)
	}
}
