package policy

import (
	"proviso/source"
)

// Categories are the kinds of practice and of material change, in the order
// in which they are listed.
var Categories = []string{"data", "purpose", "sharing", "transfer", "retention", "rights", "controller", "security",
	"children", "automated", "tracking", "disputes", "scope", "changes", "other"}

// A Practice is one thing that is done with data, as data: an entry of practices.yaml.
type Practice struct {
	Category  string          `yaml:"-"` // the list it stands in
	ID        string          `yaml:"-"`
	Name      Localised       `yaml:"name"` // left out: the id
	Text      Localised       `yaml:"text"`
	Items     Items           `yaml:"items"`
	Source    Localised       `yaml:"source"`
	Purposes  Items           `yaml:"purposes"`
	Basis     Localised       `yaml:"basis"`
	Role      Localised       `yaml:"role"`
	Country   Localised       `yaml:"country"`
	Safeguard Localised       `yaml:"safeguard"`
	Period    Localised       `yaml:"period"`
	From      Localised       `yaml:"from"`
	Contact   Localised       `yaml:"contact"`
	URL       string          `yaml:"url"`
	Products  []string        `yaml:"products"`
	Sites     []string        `yaml:"sites"`
	Pos       source.Position `yaml:"-"`
	At        source.Places   `yaml:"-"`
}

// Items is a list of texts, each one string or a map by locale.
type Items []Localised

// PracticeList is the file practices.yaml in the order in which it is written.
type PracticeList []Practice

// In returns the practices of one category.
func (l PracticeList) In(category string) PracticeList {
	var out PracticeList
	for _, p := range l {
		if p.Category == category {
			out = append(out, p)
		}
	}
	return out
}
