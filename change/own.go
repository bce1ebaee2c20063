package change

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

// ownNames finds what the company calls itself in two texts: where it says that
// the name means "we", and in the title.
func ownNames(old, new []*unit) []string {
	var out []string
	add := func(name string) {
		name = strings.TrimRight(strings.TrimSpace(name), ",.’'s")
		if len(name) > 1 && !slices.Contains(out, name) && !slices.Contains(common, name) {
			out = append(out, name)
		}
	}
	for i, u := range slices.Concat(old, new) {
		if u.part == heading {
			if m := titled.FindStringSubmatch(u.text); m != nil && (i < 3 || i >= len(old) && i < len(old)+3) {
				add(strings.TrimSpace(m[1]))
			}
			continue
		}
		for _, m := range definition.FindAllStringSubmatch(u.text, -1) {
			add(m[1])
			for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
				add(q[1])
			}
		}
	}
	return out
}

// common are words that begin titles and definitions and are no names.
var common = []string{"we", "We", "us", "our", "Our", "the company", "the Company", "Company", "The Company", "The", "This", "Your", "you", "You",
	"Privacy", "Cookie", "Website", "Services", "Service", "Site", "General", "Global", "Terms"}
