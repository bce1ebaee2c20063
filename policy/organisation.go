package policy

import (
	"proviso/source"
)

// A Domain is the key of a site, such as "northgate.example".
type Domain = string

// An Organisation is the file content/organisation.yaml: who we are.
type Organisation struct {
	Name      Localised             `yaml:"name"`
	LegalName Localised             `yaml:"legal_name"`
	Address   Localised             `yaml:"address"`
	Contacts  source.Map[Localised] `yaml:"contacts"`
	TimeZone  string                `yaml:"time_zone"`
	Locales   []string              `yaml:"locales"`
	Products  source.Map[Product]   `yaml:"products"`
	Sites     source.Map[Site]      `yaml:"sites"`
	Regimes   []RegimeRef           `yaml:"regimes"`
	Vars      source.Map[Localised] `yaml:"vars"`
	Theme     Theme                 `yaml:"theme"`
	RawHTML   bool                  `yaml:"raw_html"`
	Pos       source.Position       `yaml:"-"`
	At        source.Places         `yaml:"-"`
}

// A Product is something account holders have and sections may be scoped to.
type Product struct {
	Name  Localised       `yaml:"name"`
	Until Date            `yaml:"until"` // retired from this date on; ids are never deleted
	Pos   source.Position `yaml:"-"`
	At    source.Places   `yaml:"-"`
}

// A Site is one domain on which policies are published. What it leaves out is
// as the organisation says.
type Site struct {
	Domain    Domain                `yaml:"-"`
	Name      Localised             `yaml:"name"`
	LegalName Localised             `yaml:"legal_name"`
	Postal    Localised             `yaml:"address"`
	Contacts  source.Map[Localised] `yaml:"contacts"`
	Locales   []string              `yaml:"locales"`
	Vars      source.Map[Localised] `yaml:"vars"`
	Theme     Theme                 `yaml:"theme"`
	Products  []string              `yaml:"products"` // left out: all
	URL       string                `yaml:"url"`      // left out: https://DOMAIN/
	Aliases   source.Map[[]string]  `yaml:"aliases"`  // old addresses that lead to a policy
	From      string                `yaml:"from"`     // sender of notices
	Until     Date                  `yaml:"until"`    // retired from this date on
	Successor Successor             `yaml:"successor"`
	Pos       source.Position       `yaml:"-"`
	At        source.Places         `yaml:"-"`
}

// A Successor takes over a retired site.
type Successor struct {
	Name Localised `yaml:"name"`
	URL  string    `yaml:"url"`
}

// A Theme is how a site looks.
type Theme struct {
	Colour string          `yaml:"colour"` // a CSS colour such as "#0a5"
	Logo   string          `yaml:"logo"`   // a file beside organisation.yaml
	Pos    source.Position `yaml:"-"`
	At     source.Places   `yaml:"-"`
}
