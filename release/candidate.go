package release

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"proviso/change"
	"proviso/lint"
	"proviso/policy"
	"proviso/regime"
	"proviso/source"
)

// A Candidate is a version on its way to being sealed, and everything that
// stands against it.
type Candidate struct {
	Draft    *policy.Version // as it lies in its folder; of a move, the version under its old date
	Version  *policy.Version // as it will be: dated, its texts still in the folder of Draft
	Before   *policy.Version // in force before it; nil: it is the first
	Moves    bool            // Draft is released, and gets another date
	Regimes  []policy.Regime
	Changes  *change.Comparison // nil for a first version
	Words    *policy.Changes
	Problems source.Problems // errors stand against it, warnings do not
	Reasons  []string        // what else stands against it
	Earliest policy.Date     // that the lead times and the pace allow; zero: no notice is owed

	Seal  *policy.Seal // once it is released
	Stays bool         // it is released, and the draft stays because somebody edited it meanwhile

	// Done says that it was released already, by somebody who was killed before
	// the draft was gone; releasing it clears the draft away.
	Done bool

	desk  *Desk
	files source.Map[string] // what was judged
	pace  string             // what the pace adds, in words; empty: nothing
}

// Consider finds everything that stands against releasing a draft on a date.
func (d *Desk) Consider(ctx context.Context, draft *policy.Version, date policy.Date) *Candidate {
	c := d.candidate(draft, date)
	c.files = d.Folder.FileHashes(draft)
	if v := doneAlready(c.files, draft, date); v != nil {
		c.Version, c.Done = v, true
		return c
	}
	f := d.Folder
	c.Before = f.Before(c.Version)
	c.Problems = f.CheckVersion(c.Version, d.Today)
	c.Problems = slices.DeleteFunc(c.Problems, func(x source.Problem) bool { return x.Rule == "unsealed" })
	c.words()
	if c.Before != nil && c.Problems.Err() == nil {
		var ps source.Problems
		c.Changes, ps = change.Versions(f, c.Before, c.Version)
		c.Problems = append(c.Problems, ps...)
		if c.Before.Sealed != nil {
			c.Problems = append(c.Problems, f.Verify(c.Before).Errors()...)
		}
	}
	c.locales()
	c.folders()
	c.date()
	c.decisions()
	c.leadTimes(ctx)
	c.Problems.Sort()
	return c
}

// candidate is the draft as the version of a date.
func (d *Desk) candidate(draft *policy.Version, date policy.Date) *Candidate {
	dated := *draft
	dated.Sealed, dated.Effective = nil, date
	if draft.Effective != date || draft.Sealed != nil {
		dated.Revision = 1
		for _, v := range draft.Policy.Versions {
			if v.Effective == date && v != draft {
				dated.Revision = max(dated.Revision, v.Revision+1)
			}
		}
		if dated.Name = date.String(); dated.Revision > 1 {
			dated.Name = fmt.Sprintf("%s.%d", date, dated.Revision)
		}
	}
	c := &Candidate{desk: d, Draft: draft, Version: &dated}
	c.Regimes, _ = regime.Resolve(d.Folder.Organisation, draft.Policy) // what is wrong with them was found when the folder was read
	return c
}

// doneAlready returns the version of the date that holds what the draft does.
func doneAlready(hashes source.Map[string], draft *policy.Version, date policy.Date) *policy.Version {
	for _, v := range draft.Policy.Versions {
		if v.Sealed == nil || v.Effective != date || len(hashes) == 0 {
			continue
		}
		same := len(hashes) == len(v.Sealed.Files)
		for _, h := range hashes {
			x, _ := v.Sealed.Files.Get(h.Key)
			same = same && x == h.Value
		}
		if same && draft.Draft() {
			return v
		}
	}
	return nil
}

func (c *Candidate) refuse(format string, args ...any) {
	c.Reasons = append(c.Reasons, fmt.Sprintf(format, args...))
}

// Owed reports whether a notice is owed for the release.
func (c *Candidate) Owed() bool { return c.Changes != nil && c.Changes.Verdict.Owed() }

// Refused returns how many errors and reasons stand against it.
func (c *Candidate) Refused() int { return len(c.Problems.Errors()) + len(c.Reasons) }

func (c *Candidate) words() {
	words, ps := c.desk.Folder.Changes(c.Draft)
	if c.Words = words; c.Moves { // of a draft they are among the problems already
		c.Problems = append(c.Problems, ps...)
	}
}

// locales refuses where a text that must be there is missing, and where one that
// the policy names under require: was left behind: readers of it have the same
// rights. Elsewhere counsel judges what was left behind.
func (c *Candidate) locales() {
	f, v := c.desk.Folder, c.Draft
	need := v.Policy.Require
	if need == nil {
		need = f.Organisation.Locales
	}
	for _, l := range need {
		if !slices.Contains(v.Locales, l) {
			c.refuse("the text in %q is missing; write %s/%s.md, or name the locales that must be there under require: in policy.yaml", l, v.Dir, l)
		}
	}
	for l, found := range lint.Stale(f, c.Version) {
		for _, x := range found {
			x.Hint = "translate the change, or remove the file: readers then see the source until proviso seal adds the translation"
			if slices.Contains(v.Policy.Require, l) {
				x.Severity, x.Hint = source.Error, "translate the change, or accept it under accept: in policy.yaml with a reason"
			}
			c.Problems = append(c.Problems, x)
		}
	}
}

// folders refuses folders beside the texts: they would go with the draft.
func (c *Candidate) folders() {
	entries, _ := fs.ReadDir(c.desk.Folder.FS, c.Draft.Dir)
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			c.refuse("%s/%s is a folder, and a version holds only files; move it elsewhere", c.Draft.Dir, e.Name())
		}
	}
}

func (c *Candidate) date() {
	date, today, pol := c.Version.Effective, c.desk.Today, c.Draft.Policy
	again := c.Before != nil && c.Before.Effective == date // a second revision
	if c.Before != nil && date.Before(today) && !again {
		c.refuse("%s is in the past (today is %s); only a policy's first version, or a second revision of the date in force, may have a past date", date, today)
	}
	for _, v := range pol.Versions {
		switch {
		case v.Sealed == nil || !v.Stands() || !date.Before(v.Effective):
		case today.Before(v.Effective):
			c.refuse("%s comes before %s, which is upcoming and would undo it; take a date from %s on, or withdraw that one, release this one, and release that text again on top of it: proviso withdraw %s",
				date, v.ID(), v.Effective, v.ID())
		default:
			c.refuse("%s comes before %s, which is in force already; the past cannot be changed, so take a date after it", date, v.ID())
		}
	}
	if c.Before != nil && c.Before.Sealed == nil {
		c.refuse("the version before, %s, is not sealed; release it first", c.Before.ID())
	}
	if again && c.Owed() {
		c.refuse("%s has that date already; a second revision of a date may change the text only editorially, so take another date", c.Before.ID())
	}
}

func (c *Candidate) decisions() {
	if c.Changes == nil {
		return
	}
	if c.Changes.Verdict == policy.None {
		c.refuse("nothing differs from %s; there is nothing to release", c.Before.ID())
	}
	done := map[string]bool{}
	for _, x := range c.Changes.Undecided() {
		if !done[x.Section] {
			c.refuse("section %q is undecided; proviso decide %s %s material|editorial --reason TEXT --by NAME", x.Section, c.Draft.Policy.ID, x.Section)
		}
		done[x.Section] = true
	}
	c.Problems = append(c.Problems, Unsaid(c.Draft, c.Changes, c.Words)...)
}

// leadTimes refuses a date that the regimes do not allow, where a notice is
// owed, if the last mail is accepted as soon as the pace allows.
func (c *Candidate) leadTimes(ctx context.Context) {
	effective, today := c.Version.Effective, c.desk.Today
	if !c.Owed() {
		return
	}
	for _, g := range regime.Gates(c.Regimes) {
		if c.Words.Consent.How == "" {
			c.refuse("%s asks for consent, which no lead time replaces (%s); record it under consent: in %s", g.ID, g.Source, c.Draft.ChangesFile())
		}
	}
	last := c.last(ctx)
	bound := c.bound()
	c.Earliest = regime.Earliest(last, bound)
	if effective.Before(today) || !effective.Before(c.Earliest) {
		return
	}
	for _, unmet := range regime.Unmet(last, effective, bound) {
		firm := ""
		if ground := c.Words.Exception.Ground; ground != "" && !unmet.Yields(ground) {
			firm = fmt.Sprintf(", and no exception on the ground of %q shortens it", ground)
		}
		c.refuse("%s asks for %s of notice (%s)%s", unmet.ID, unmet.Lead, unmet.Source, firm)
	}
	c.refuse("%s is too early; the earliest date that the lead times%s allow is %s", effective, c.pace, c.Earliest)
}

// last is the day on which the last mail can be accepted, at the earliest.
func (c *Candidate) last(ctx context.Context) policy.Date {
	if c.desk.Pace == nil {
		return c.desk.Today
	}
	days, why, err := c.desk.Pace(ctx, c)
	if err != nil {
		c.refuse("%v", err)
	}
	if days > 0 {
		c.pace = " and " + strings.TrimSpace(why)
	}
	return c.desk.Today.AddDays(days)
}

// bound returns the regimes that bind, as a recorded exception leaves them.
func (c *Candidate) bound() []policy.Regime {
	x := c.Words.Exception
	lead, err := policy.ParseLead(x.Lead)
	if x.Ground == "" || err != nil {
		return c.Regimes
	}
	return regime.Shortened(c.Regimes, x.Ground, lead, c.Version.Effective)
}
