package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"proviso/source"
)

// A Lead is a lead time: how long before it takes effect a change must be
// announced, in days or in calendar months, never both.
type Lead struct {
	Days   int `yaml:"days,omitempty" json:"days,omitempty"`
	Months int `yaml:"months,omitempty" json:"months,omitempty"` // calendar months, not 30 days
}

// String returns the lead time in words, such as "30 days" or "1 month".
func (l Lead) String() string {
	n, unit := l.Days, "day"
	if l.Months > 0 {
		n, unit = l.Months, "month"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}

var leadForm = regexp.MustCompile(`^(\d{1,3}) (day|month)s?$`)

// ParseLead reads a lead time written in words, such as "3 days" or "1 month".
func ParseLead(s string) (Lead, error) {
	m := leadForm.FindStringSubmatch(s)
	if m == nil {
		return Lead{}, fmt.Errorf("%q is not a lead time", s)
	}
	n, _ := strconv.Atoi(m[1])
	if m[2] == "month" {
		return Lead{Months: n}, nil
	}
	return Lead{Days: n}, nil
}

// Before returns the date that lies the lead time before d.
func (l Lead) Before(d Date) Date { return d.AddMonths(-l.Months).AddDays(-l.Days) }

// After returns the date that lies the lead time after d.
func (l Lead) After(d Date) Date { return d.AddMonths(l.Months).AddDays(l.Days) }

// Strength says how a regime binds.
type Strength string

const (
	Floor   Strength = "floor"   // never less than the lead time
	Default Strength = "default" // the lead time unless the team has set another
	Gate    Strength = "gate"    // consent or acknowledgement instead of time
	Own     Strength = "own"     // as the policy itself promises; no lead time of its own
	After   Strength = "after"   // notice within the lead time after the change; never delays a release
)

// A Regime is a rule of law or a promise that asks for notice of a change.
// The built-in ones are in package regime; a team may add its own.
type Regime struct {
	ID       string
	Who      string // whom it binds
	Lead     Lead
	Strength Strength
	Medium   string // the channel it asks for
	Durable  bool   // the full text must be inside the message or attached
	Content  string // what the notice must say
	Grounds  string // of an exception that it yields to, separated by blanks; see Yields
	Source   string // where it is written
	AsOf     Date   // when the source was last read
	Unsure   bool   // the source was not read for this entry; check before relying on it
}

// Yields reports whether a recorded exception on the ground may shorten the
// lead time. A floor yields only to the grounds that it names; a lead time that
// is practice and not law yields to any.
func (r Regime) Yields(ground string) bool {
	return r.Strength == Default || r.Strength == Own || slices.Contains(strings.Fields(r.Grounds), ground)
}

// A RegimeRef names a regime in the sources: an id of the built-in table, or
// a regime of the team's own.
type RegimeRef struct {
	ID     string // empty for one of the team's own
	Days   int    `yaml:"days"`
	Months int    `yaml:"months"`
	Medium string `yaml:"medium"`
	Source string `yaml:"source"`
	Pos    source.Position
}

// UnmarshalSource reads an id, or a mapping that describes a regime of the team's own.
func (r *RegimeRef) UnmarshalSource(v source.Value) {
	if !v.IsMapping() {
		v.Decode(&r.ID)
		r.Pos = v.Pos()
		return
	}
	type own RegimeRef // without this method
	v.Decode((*own)(r))
}
