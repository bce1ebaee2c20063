package lint

import (
	"fmt"

	"proviso/lint/rule"
	"proviso/policy"
	"proviso/source"
)

// accept leaves out the findings of a policy that it accepts. What it says
// about rules that nobody knows is an error; what it accepts and nothing needs
// is a warning.
func accept(p *policy.Policy, found []rule.Finding) (out source.Problems) {
	used := make([]bool, len(p.Accept))
	for _, f := range found {
		if !accepted(p, f, used) {
			out = append(out, f.Problem)
		}
	}
	ids := rule.IDs()
	for i, a := range p.Accept {
		switch {
		case a.Rule == "":
			// Load says that it is missing
		case !rule.Known(a.Rule):
			out = append(out, rule.Find(a.Pos, "", "unknown-rule", source.Suggest(a.Rule, ids),
				fmt.Sprintf("the acceptance names the rule %q, which check does not have", a.Rule)).Problem)
		case !used[i]:
			out = append(out, rule.Find(a.Pos, "", "unused-acceptance", "remove it",
				fmt.Sprintf("nothing is found that %s would accept", describe(a))).Problem)
		}
	}
	return out
}

func accepted(p *policy.Policy, f rule.Finding, used []bool) bool {
	ok := false
	if f.Severity == source.Error {
		return false
	}
	for i, a := range p.Accept {
		if a.Rule == f.Rule && (a.Section == "" || a.Section == f.Section) {
			used[i], ok = true, true
		}
	}
	return ok
}

func describe(a policy.Acceptance) string {
	if a.Section == "" {
		return fmt.Sprintf("rule %q", a.Rule)
	}
	return fmt.Sprintf("rule %q in section %q", a.Rule, a.Section)
}
