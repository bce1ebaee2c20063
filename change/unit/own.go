package unit

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// Northgate Systems Inc. ("Northgate", "we" or "us")
	definition = regexp.MustCompile(`((?:\p{Lu}[\p{L}\d.’'&-]*,? ){1,5})\(([^()]{0,120}["“”'](?i:we|us|our|the company)["“”'][^()]{0,80})\)`)
	quoted     = regexp.MustCompile(`["“]([^"“”]{2,40})["”]`)
	// Northgate Privacy Policy, as a title
	titled = regexp.MustCompile(`^((?:\p{Lu}[\p{L}\d.-]*[’']?s? ){1,3})(?:Privacy|Cookie|Terms|Security|Data)\b.*\b(?:Policy|Notice|Statement|Service|Use|Terms)$`)
)

// OwnName finds what the company calls itself in two texts: where it says that
// the name means "we", or in the title. A name counts only if both texts use
// it, so that another company is never taken for the same; the one most in use
// is chosen, so that two companies are never taken for one.
func OwnName(old, new []*Unit, given []string) []string {
	candidates := slices.Clone(given)
	add := func(name string) {
		name = strings.TrimRight(strings.TrimSpace(name), ",.’'")
		if len(name) > 1 && !slices.Contains(common, name) {
			candidates = append(candidates, name)
		}
	}
	for i, u := range slices.Concat(old, new) {
		if m := titled.FindStringSubmatch(u.Text); m != nil && u.Part == Heading && (i < 3 || i >= len(old) && i < len(old)+3) {
			add(m[1])
		}
		for _, m := range definition.FindAllStringSubmatch(u.Text, -1) {
			add(m[1])
			for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
				add(q[1])
			}
		}
	}
	best, most := "", 0
	for _, name := range candidates {
		if n := min(mentions(old, name), mentions(new, name)); n > most && !company.MatchString(name) {
			best, most = name, n
		}
	}
	if best == "" {
		return nil
	}
	return []string{best}
}

// company matches names with a legal form: a legal entity is never just "we".
var company = regexp.MustCompile(`(?i)\b(?:inc|ltd|llc|gmbh|corp|corporation|limited|plc|bv|ag|sa|sarl|pty|oy|ab|kk)\b`)

func mentions(units []*Unit, name string) int {
	n := 0
	for _, u := range units {
		n += strings.Count(u.Text, name)
	}
	return n
}

// common are words that begin titles and definitions and are no names.
var common = []string{"we", "We", "us", "our", "Our", "the company", "the Company", "Company", "The Company", "The", "This", "Your", "you", "You",
	"Privacy", "Cookie", "Website", "Services", "Service", "Site", "General", "Global", "Terms"}
