package change

import "proviso/policy"

// Seal returns the verdicts as a seal keeps them: one for each change, known
// by the hash of what it judged.
func (c *Comparison) Seal() []policy.SealedChange {
	out := make([]policy.SealedChange, len(c.Changes))
	for i, x := range c.Changes {
		out[i] = policy.SealedChange{Section: x.Section, Verdict: x.Verdict, RuleVerdict: x.RuleVerdict,
			Categories: x.Categories, Products: x.Products, Sites: x.Sites, Of: Of(c.Changes[i : i+1]), Decision: x.Decision}
	}
	return out
}

// sealed lets the seal of a released version set the verdicts: of a change
// that the seal knows its own, of any other the gravest of its section. The
// other way about, a later program that cuts the same texts into other changes
// could make a material one editorial.
func (c *Comparison) sealed(entries []policy.SealedChange) {
	for i := range c.Changes {
		x := &c.Changes[i]
		of := Of(c.Changes[i : i+1])
		var own, gravest *policy.SealedChange
		for j := range entries {
			e := &entries[j]
			if e.Section != x.Section {
				continue
			}
			if e.Of == of {
				own = e
			}
			if gravest == nil || gravest.Verdict.Graver(e.Verdict) != gravest.Verdict {
				gravest = e
			}
		}
		if own == nil {
			own = gravest
		}
		if own != nil {
			x.Verdict, x.RuleVerdict, x.Categories, x.Decision = own.Verdict, own.RuleVerdict, own.Categories, own.Decision
		}
	}
	c.grade()
}
