package change

import "strings"

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
		return "added: " + clip(c.New)
	case c.New == "":
		return "removed: " + clip(c.Old)
	}
	return clip(c.Old) + " → " + clip(c.New)
}

// clip shortens s to a line of about a hundred characters, at a word.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= 100 {
		return s
	}
	s = string(r[:100])
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return s + " …"
}
