package evidence

import (
	"fmt"
	"strings"
	"time"

	"proviso/policy"
	"proviso/regime"
)

// Arithmetic is how the deadline of a version comes about, step by step.
type Arithmetic struct {
	Version    string     `json:"version"`
	Effective  string     `json:"effective"`
	TimeZone   string     `json:"time_zone"`
	Owed       bool       `json:"owed"`        // a notice is owed
	Deadline   string     `json:"deadline"`    // civil date; empty: no notice is owed
	DeadlineAt string     `json:"deadline_at"` // instant in UTC at which that date begins
	Steps      []Step     `json:"steps"`
	Exception  *Exception `json:"exception"`
	Consent    *Consent   `json:"consent"`
}

// A Step is what one regime asks for.
type Step struct {
	Regime   string `json:"regime"`
	Lead     string `json:"lead"`
	Strength string `json:"strength"`
	Source   string `json:"source"`
	Counts   bool   `json:"counts"` // moves the deadline
	Left     string `json:"left"`   // the lead time that the exception leaves; empty: all of it
	Date     string `json:"date"`   // the effective date less the lead time that is left
}

// An Exception shortens the lead time; a person recorded it.
type Exception struct {
	Ground string `json:"ground"`
	Lead   string `json:"lead"`
	Reason string `json:"reason"`
	By     string `json:"by"`
	On     string `json:"on"`
}

// Consent is how a regime is satisfied that asks for it; a person recorded it.
type Consent struct {
	How    string `json:"how"`
	Reason string `json:"reason"`
	By     string `json:"by"`
	On     string `json:"on"`
}

// NewArithmetic works out the deadline of a released version from its seal and
// its changes.yaml, and reports false where it is not the one that is sealed.
func NewArithmetic(v *policy.Version, words *policy.Changes) (*Arithmetic, bool) {
	s := v.Sealed
	zone := s.Resolution.Location()
	a := &Arithmetic{Version: v.ID(), Effective: s.Effective.String(), TimeZone: zone.String(), Owed: !s.Deadline.IsZero(), Steps: []Step{}}
	regimes := sealedRegimes(s)
	bound := regimes
	if x := words.Exception; x.Ground != "" {
		a.Exception = &Exception{x.Ground, x.Lead, x.Reason, x.By, x.On.String()}
		if lead, err := policy.ParseLead(x.Lead); err == nil {
			bound = regime.Shortened(regimes, x.Ground, lead, s.Effective)
		}
	}
	a.steps(s.Effective, regimes, bound)
	if c := words.Consent; c.How != "" {
		a.Consent = &Consent{c.How, c.Reason, c.By, c.On.String()}
	}
	if !a.Owed {
		return a, s.State != policy.Released || !s.Verdict.Owed()
	}
	deadline := regime.Deadline(s.Effective, bound)
	a.Deadline, a.DeadlineAt = deadline.String(), stamp(deadline.In(zone))
	return a, deadline == s.Deadline
}

// steps adds what each regime asks for, and what an exception leaves of it.
func (a *Arithmetic) steps(effective policy.Date, regimes, bound []policy.Regime) {
	for i, r := range bound {
		step := Step{Regime: r.ID, Lead: regimes[i].Lead.String(), Strength: string(r.Strength), Source: r.Source}
		if r.Lead != regimes[i].Lead {
			step.Left = r.Lead.String()
		}
		if step.Counts = r.Strength != policy.Gate && r.Strength != policy.After; step.Counts {
			step.Date = r.Lead.Before(effective).String()
		}
		a.Steps = append(a.Steps, step)
	}
}

// sealedRegimes returns the regimes of a seal. To which grounds one yields is in
// the table only.
func sealedRegimes(s *policy.Seal) (out []policy.Regime) {
	for _, x := range s.Regimes {
		known, _ := regime.Lookup(x.ID)
		out = append(out, policy.Regime{ID: x.ID, Lead: x.Lead, Strength: x.Strength, Medium: x.Medium, Durable: x.Durable, Source: x.Source, AsOf: x.AsOf, Grounds: known.Grounds})
	}
	return out
}

// Text tells the arithmetic to people.
func (a *Arithmetic) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "How the deadline of %s comes about\n\n", a.Version)
	fmt.Fprintf(&b, "It takes effect at the beginning of %s in the time zone %s.\n", a.Effective, a.TimeZone)
	if !a.Owed {
		b.WriteString("Nothing in it is material, or there is nothing to compare it with: no notice is owed.\n")
		return b.String()
	}
	b.WriteString("What is counted back from that date (months are calendar months; the day of notice does not count):\n\n")
	for _, s := range a.Steps {
		fmt.Fprintf(&b, "  %s (%s; %s)\n", s.Regime, s.Strength, s.Source)
		switch {
		case s.Counts && s.Left != "":
			fmt.Fprintf(&b, "    the exception below leaves %s of %s: %s less %s = %s\n", s.Left, s.Lead, a.Effective, s.Left, s.Date)
		case s.Counts:
			fmt.Fprintf(&b, "    %s less %s = %s\n", a.Effective, s.Lead, s.Date)
		case s.Strength == string(policy.Gate):
			b.WriteString("    no lapse of time satisfies it; it needs consent, recorded below\n")
		default:
			fmt.Fprintf(&b, "    due within %s after the change; it delays nothing\n", s.Lead)
		}
	}
	fmt.Fprintf(&b, "\nThe earliest of these dates is the deadline: %s.\n", a.Deadline)
	fmt.Fprintf(&b, "Mail must be accepted before that day begins there, which is %s.\n", a.DeadlineAt)
	if x := a.Exception; x != nil {
		fmt.Fprintf(&b, "\nException on the ground %q, by %s on %s: %s\n", x.Ground, x.By, x.On, x.Reason)
	}
	if c := a.Consent; c != nil {
		fmt.Fprintf(&b, "\nConsent: %s, by %s on %s: %s\n", c.How, c.By, c.On, c.Reason)
	}
	return b.String()
}

// instants are written to the millisecond, as the ledger has them.
const instantForm = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(instantForm)
}
