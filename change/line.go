package change

import "proviso/change/verdict"

// Line returns the change as one plain line for readers, such as
// "Retention: 12 months → 24 months". It is used where the legal team wrote no
// words of its own.
func (c Change) Line() string {
	what := c.Heading
	if what == "" {
		what = c.Section
	}
	return what + ": " + c.evidence()
}

func (c Change) evidence() string {
	switch {
	case len(c.Reasons) > 0 && c.Reasons[0].Text != "":
		return c.Reasons[0].Text
	case c.Old == "":
		return "added: " + verdict.Clip(c.New)
	case c.New == "":
		return "removed: " + verdict.Clip(c.Old)
	}
	return verdict.Clip(c.Old) + " → " + verdict.Clip(c.New)
}
