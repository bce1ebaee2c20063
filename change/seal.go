package change

import "proviso/policy"

// Seal returns the verdicts as a seal keeps them: one for each change, known
// by the hash of what it judged.
func (c *Comparison) Seal() []policy.SealedChange {
	out := make([]policy.SealedChange, len(c.Changes))
	for i, x := range c.Changes {
		out[i] = policy.SealedChange{Section: x.Section, Verdict: x.Verdict, RuleVerdict: x.RuleVerdict,
			Categories: x.Categories, Of: Of(c.Changes[i : i+1]), Decision: x.Decision}
	}
	return out
}
