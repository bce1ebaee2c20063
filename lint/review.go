package lint

import (
	"fmt"

	"proviso/lint/rule"
	"proviso/policy"
)

// overdue warns of a policy that should have been looked at again.
func overdue(p *policy.Policy, today policy.Date) []rule.Finding {
	if p.ReviewBy.IsZero() || !p.ReviewBy.Before(today) {
		return nil
	}
	pos := p.At.Of(p.Pos, "review_by")
	return []rule.Finding{rule.Find(pos, "", "overdue-review", "review the policy and move the date",
		fmt.Sprintf("the policy was to be reviewed by %s", p.ReviewBy))}
}
