package intake

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// topics are the policies that most companies have, by words in a file's name
// or a title, with the terms types of Open Terms Archive. The first that
// matches counts.
var topics = []struct {
	words *regexp.Regexp
	id    string
	kind  string
}{
	{regexp.MustCompile(`(?i)sub-?processor|unterauftragsverarbeiter`), "subprocessors", "Subprocessor List"},
	{regexp.MustCompile(`(?i)data[ _-]?process(ing|or)|auftragsverarbeitung|\bdpa\b`), "dpa", "Data Processor Agreement"},
	{regexp.MustCompile(`(?i)privacy|datenschutz|confidentialit|privacidad`), "privacy", "Privacy Policy"},
	{regexp.MustCompile(`(?i)cookie|tracker`), "cookies", "Trackers Policy"},
	{regexp.MustCompile(`(?i)acceptable[ _-]?use`), "acceptable-use", "Acceptable Use Policy"},
	{regexp.MustCompile(`(?i)community|conduct`), "community", "Community Guidelines"},
	{regexp.MustCompile(`(?i)copyright|dmca`), "copyright", "Copyright Claims Policy"},
	{regexp.MustCompile(`(?i)refund|return`), "refunds", "Return Policy"},
	{regexp.MustCompile(`(?i)security`), "security", "Security Policy"},
	{regexp.MustCompile(`(?i)terms|conditions|\bagb\b|nutzungsbedingungen|\btos\b`), "terms", "Terms of Service"},
}

// general names say nothing of what is in a file.
var general = []string{"index", "readme", "policy", "document", "page", "text", "draft", "new", "old", "en", "de", "fr", "es", "download", "untitled"}

// Guess returns the id of a policy and its terms type, from the name of the
// file that it comes from and from its title. Both may be "".
func Guess(name, title string) (id, kind string) {
	name = path.Clean(strings.ReplaceAll(name, `\`, "/"))
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	if slices.Contains(general, strings.ToLower(base)) && path.Dir(name) != "." && path.Dir(name) != "/" {
		base = path.Base(path.Dir(name))
	}
	for _, s := range []string{base, title} {
		for _, t := range topics {
			if t.words.MatchString(s) {
				return t.id, t.kind
			}
		}
	}
	if strings.ContainsAny(base, "0123456789") || slices.Contains(general, strings.ToLower(base)) {
		return slug(title), ""
	}
	return slug(base), ""
}
