package verdict

import (
	"slices"
	"strings"

	"proviso/change/words"
	"proviso/policy"
	"proviso/redline"
)

// formed judges what differs in form alone: where a link leads, emphasis, the
// level of a heading. None of it matters, but for an address to write to, and a
// link that may have been the only way to a right.
func (j *Judge) formed(c *Case) []finding {
	var out []finding
	for _, f := range c.Formats {
		x := finding{rule: "format", text: f.Kind.String() + ": " + Clip(f.From) + " → " + Clip(f.To), verdict: policy.Editorial}
		if f.Kind == redline.Link {
			x.verdict, x.categories = j.leads(f, c)
			x.rule = "link"
		}
		out = append(out, x)
	}
	return out
}

func (j *Judge) leads(f redline.Format, c *Case) (policy.Verdict, []string) {
	from, to := mailTo(f.From), mailTo(f.To)
	switch {
	case from != "" && to != "" && from != to:
		return policy.Material, []string{"controller"}
	case f.From != "" && f.To == "" && j.rightly(c):
		return policy.Review, []string{"rights"}
	}
	return policy.Editorial, nil
}

func mailTo(target string) string {
	address, ok := strings.CutPrefix(strings.ToLower(target), "mailto:")
	if !ok {
		return ""
	}
	address, _, _ = strings.Cut(address, "?")
	return address
}

// rightly reports whether the region tells people how to use a right.
func (j *Judge) rightly(c *Case) bool {
	for _, u := range c.New {
		if slices.ContainsFunc(j.lexicon.Read(u.Text), func(t words.Term) bool { return t.Is(words.Act) && j.rightful(t) }) {
			return true
		}
	}
	return false
}
