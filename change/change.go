// Package change lists what changed between two texts, or between two versions
// of a policy, and judges each change: must account holders be told of it?
//
// # Words
//
// A Change is one region that differs within one section. Its verdict is
// material (what is done with data, or what people may rely on, is different),
// editorial (the meaning is the same, and the rules can show it) or review (the
// rules cannot tell; it counts as material until a person decides). A Reason
// names the rule that fired, the words that made it fire, and where the law
// or the common reading of it says so. A Direction says for whom the change is
// good, where the rules can tell.
//
// A Comparison is the list of Changes in reading order. Its verdict is the
// gravest of theirs; no change at all is none.
//
// # What happens in which order
//
// Package redline aligns the two documents, package verdict judges each aligned
// region, with the word lists of package words. A region is read as two lists
// of words. What never matters is normalised away first: case,
// punctuation, spelling variants, contractions, number words, terms renamed
// throughout the document. If nothing remains the change is editorial. Then
// every rule looks at what remains; if one fires, the change is material. If
// none fires, the change is editorial only where every remaining difference is
// one that a closed list knows to be harmless; otherwise it is review. The tool
// never calls editorial what it does not understand.
//
// A removal is judged with the whole document in view: words that stand
// elsewhere in the other text were moved, not lost.
//
// Practices, scopes and the sites of a policy are data and compare as data:
// any difference is material.
//
// # Decisions
//
// A person may decide on the changes of a section, and must where the verdict
// is review. A decision carries the hash of what it judged (Of); if the
// changes differ since, it is void. A released version is judged by its seal,
// never by the rules of a later program.
//
// # What is left out
//
// Nobody's prose is written here: Line gives a plain line for readers where the
// legal team wrote no words. There is no model, no network and no chance: the
// same two texts give the same list everywhere.
package change

import (
	"encoding/json"

	"proviso/change/verdict"
	"proviso/policy"
)

// Kind says how a region changed.
type Kind string

const (
	Added    Kind = "added"    // it is in the new text only
	Removed  Kind = "removed"  // it is in the old text only
	Modified Kind = "modified" // its words changed
	Moved    Kind = "moved"    // it stands elsewhere
	Renamed  Kind = "renamed"  // only the heading changed
	Scope    Kind = "scope"    // only for whom it is meant changed
	Format   Kind = "format"   // the words are the same; links, emphasis or levels differ
)

// Direction says for whom a change is good.
type Direction = verdict.Direction

// Account holders lose (Adverse), gain (Benefit), or neither.
const (
	Adverse = verdict.Adverse
	Neutral = verdict.Neutral
	Benefit = verdict.Benefit
)

// A Reason is why a rule gave its verdict.
type Reason = verdict.Reason

// A Change is one region that differs within one section.
type Change struct {
	Section string // id of the new version's section, else of the old one's; also "practices/CATEGORY/ID" and "sites"
	Heading string // plain text of that section's heading

	Kind        Kind
	Verdict     policy.Verdict // the one that counts: a valid decision's or the seal's, else the rules'
	RuleVerdict policy.Verdict
	Categories  []string // of policy.Categories, in that order
	Reasons     []Reason
	Direction   Direction
	Decision    *policy.Decision // the decision that set Verdict, or nil

	Old, New         string // plain text; empty: added or removed
	OldLine, NewLine int    // lines in the files; 0: not there

	Products, Sites []string // who is concerned, before or after; empty: everyone
}

// Stats counts what a Comparison found, in words of rendered text.
type Stats struct {
	OldWords    int `json:"old_words"`
	NewWords    int `json:"new_words"`
	Deleted     int `json:"deleted"` // without moves, folded renumbering and format
	Inserted    int `json:"inserted"`
	MovedBlocks int `json:"moved_blocks"`
	Renumbered  int `json:"renumbered"`
}

// A Comparison is what changed between two texts or versions.
type Comparison struct {
	Old, New string         // names of what was compared: files or POLICY@VERSION
	Verdict  policy.Verdict // the gravest of the changes'; None where nothing changed
	Stats    Stats
	Changes  []Change // in reading order; practices and sites at the end
}

// Undecided returns the changes on which a person has yet to decide.
func (c *Comparison) Undecided() []Change {
	var out []Change
	for _, x := range c.Changes {
		if x.Verdict == policy.Review {
			out = append(out, x)
		}
	}
	return out
}

// In returns the changes of one section.
func (c *Comparison) In(section string) []Change {
	var out []Change
	for _, x := range c.Changes {
		if x.Section == section {
			out = append(out, x)
		}
	}
	return out
}

// Sections returns the ids of the sections that changed, in reading order, each once.
func (c *Comparison) Sections() []string {
	var out []string
	seen := map[string]bool{}
	for _, x := range c.Changes {
		if !seen[x.Section] {
			seen[x.Section] = true
			out = append(out, x.Section)
		}
	}
	return out
}

// grade sets the verdict of the whole to the gravest of the changes.
func (c *Comparison) grade() {
	c.Verdict = policy.None
	for _, x := range c.Changes {
		c.Verdict = c.Verdict.Graver(x.Verdict)
	}
}

// MarshalJSON writes the comparison as `diff --format json` prints it.
func (c *Comparison) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Old     string         `json:"old"`
		New     string         `json:"new"`
		Verdict policy.Verdict `json:"verdict"`
		Stats   Stats          `json:"stats"`
		Changes []Change       `json:"changes"`
	}{c.Old, c.New, c.Verdict, c.Stats, list(c.Changes)})
}

// MarshalJSON writes the change as `diff --format json` prints it; lists are never null.
func (c Change) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Section     string           `json:"section"`
		Heading     string           `json:"heading"`
		Kind        Kind             `json:"kind"`
		Verdict     policy.Verdict   `json:"verdict"`
		RuleVerdict policy.Verdict   `json:"rule_verdict"`
		Categories  []string         `json:"categories"`
		Reasons     []Reason         `json:"reasons"`
		Direction   Direction        `json:"direction"`
		Decision    *policy.Decision `json:"decision"`
		Old         string           `json:"old"`
		New         string           `json:"new"`
		OldLine     int              `json:"old_line"`
		NewLine     int              `json:"new_line"`
		Products    []string         `json:"products"`
		Sites       []string         `json:"sites"`
	}{c.Section, c.Heading, c.Kind, c.Verdict, c.RuleVerdict, list(c.Categories), list(c.Reasons), c.Direction,
		c.Decision, c.Old, c.New, c.OldLine, c.NewLine, list(c.Products), list(c.Sites)})
}

// list returns l, or an empty list where there is none.
func list[E any](l []E) []E {
	if l == nil {
		return []E{}
	}
	return l
}
