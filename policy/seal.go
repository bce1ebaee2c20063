package policy

import "proviso/source"

// A Resolution is everything that the pages and notices of a version take from
// outside its own files, for every site and locale. For a released version it
// comes from its seal, so that editing organisation.yaml changes no released
// page; for all others it is worked out from the sources as they are now.
type Resolution struct {
	Organisation Localised              `yaml:"organisation"` // short name
	TimeZone     string                 `yaml:"time_zone"`
	Locales      []string               `yaml:"locales"` // of the organisation; the first is the source
	Products     source.Map[Localised]  `yaml:"products"`
	Sites        source.Map[SiteValues] `yaml:"sites"` // the sites that show the policy
}

// SiteValues is what a version takes from one site.
type SiteValues struct {
	URL      string                   `yaml:"url"` // ends in /
	Path     string                   `yaml:"path"`
	From     string                   `yaml:"from,omitempty"` // sender of notices; empty: as proviso.yaml says
	Products []string                 `yaml:"products"`
	Locales  source.Map[LocaleValues] `yaml:"locales"` // the first stands at the site's root
}

// LocaleValues is what a version takes from one site in one locale.
type LocaleValues struct {
	Source   bool                 `yaml:"source,omitempty"` // no text in this locale: the source locale's is shown
	Text     string               `yaml:"text,omitempty"`   // hash of the text's normal form, in seals
	Title    string               `yaml:"title"`
	Values   source.Map[string]   `yaml:"values"`             // variables by name
	Policies source.Map[PolicyAt] `yaml:"policies,omitempty"` // policies of the site, by id, for links
}

// PolicyAt is where a policy stands on a site.
type PolicyAt struct {
	Path  string `yaml:"path"`
	Title string `yaml:"title"`
}

// State tells how a released version came to be or what became of it.
type State string

const (
	Released    State = "released"
	Imported    State = "imported"    // taken over from elsewhere; owes no notice
	Rescheduled State = "rescheduled" // takes effect on another date now
	Withdrawn   State = "withdrawn"   // will not take effect
)

// A Seal is the file seal.yaml: the truth of a released version.
type Seal struct {
	Format    int    `yaml:"format"`
	Policy    string `yaml:"policy"`
	Version   string `yaml:"version"`
	State     State  `yaml:"state"`
	Released  Date   `yaml:"released"` // civil date in TimeZone
	Effective Date   `yaml:"effective"`
	Before    Link   `yaml:"before,omitempty"` // the version before and its seal

	Regimes  []SealedRegime `yaml:"regimes"`
	Deadline Date           `yaml:"deadline,omitempty"` // zero: no notice is owed
	Verdict  Verdict        `yaml:"verdict"`
	Changes  []SealedChange `yaml:"changes"`

	Resolution Resolution         `yaml:"resolution"`
	Files      source.Map[string] `yaml:"files"` // hash of every file of the version

	// Hash is the last line of the file: the SHA-256 of all that stands before it.
	Hash string `yaml:"seal"`
}

// A Link names a version and the hash of its seal.
type Link struct {
	Version string `yaml:"version,omitempty"` // POLICY@VERSION
	Seal    string `yaml:"seal,omitempty"`
}

// A SealedRegime is a regime as it stood at the release.
type SealedRegime struct {
	ID       string   `yaml:"id"`
	Lead     Lead     `yaml:"lead"`
	Strength Strength `yaml:"strength"`
	Medium   string   `yaml:"medium"`
	Durable  bool     `yaml:"durable,omitempty"`
	Source   string   `yaml:"source"`
	AsOf     Date     `yaml:"as_of,omitempty"`
}

// A SealedChange is the verdict on the changes of one section at the release.
type SealedChange struct {
	Section     string    `yaml:"section"`
	Verdict     Verdict   `yaml:"verdict"`
	RuleVerdict Verdict   `yaml:"rule_verdict"`
	Categories  []string  `yaml:"categories,flow"`
	Of          string    `yaml:"of"`
	Decision    *Decision `yaml:"decision,omitempty"`
}
