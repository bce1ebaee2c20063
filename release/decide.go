package release

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"proviso/change"
	"proviso/policy"
	"proviso/schema"
	"proviso/source"
)

// A Judged is a decision that was recorded, and what the rules say of the same changes.
type Judged struct {
	policy.Decision
	Rules policy.Verdict
}

// Decide records decisions on the sections of an open version in its
// changes.yaml: all of them, or none. Each is tied to the changes as they are
// now; one that names another hash in Of is refused.
func (d *Desk) Decide(v *policy.Version, decisions []policy.Decision) ([]Judged, error) {
	if v.Sealed != nil {
		return nil, refuse(v, "it is released and its decisions are sealed; make a draft with proviso draft "+v.Policy.ID)
	}
	before := d.Folder.Before(v)
	if before == nil {
		return nil, refuse(v, "it is the first version; there is nothing to decide on")
	}
	c, ps := change.Versions(d.Folder, before, v)
	if err := ps.Err(); err != nil {
		return nil, err
	}
	if len(c.Changes) == 0 {
		return nil, refuse(v, "it does not differ from "+before.ID())
	}
	no := &Refusal{Version: v.ID()}
	var out []Judged
	for _, x := range decisions {
		changes := c.In(x.Section)
		if reason := unsound(x, changes, c); reason != "" {
			no.Reasons = append(no.Reasons, reason)
			continue
		}
		x.Of = change.Of(changes)
		out = append(out, Judged{x, gravest(changes)})
	}
	if len(no.Reasons) > 0 {
		return nil, no
	}
	return out, d.record(v, out)
}

// unsound says why a decision cannot stand; empty: it can.
func unsound(x policy.Decision, changes []change.Change, c *change.Comparison) string {
	at := ""
	if x.Pos.File != "" {
		at = x.Pos.String() + ": "
	}
	switch {
	case x.Verdict != policy.Material && x.Verdict != policy.Editorial:
		return fmt.Sprintf("%sa decision on %q is material or editorial, not %q", at, x.Section, x.Verdict)
	case strings.TrimSpace(x.Reason) == "" || strings.TrimSpace(x.By) == "":
		return fmt.Sprintf("%sthe decision on %q needs a reason and a name: reason: and by:, or --reason TEXT and --by NAME", at, x.Section)
	case len(changes) == 0:
		return fmt.Sprintf("%ssection %q did not change; %s", at, x.Section, source.Suggest(x.Section, c.Sections()))
	case x.Of != "" && x.Of != change.Of(changes):
		return fmt.Sprintf("%sthe change of %q is not the one that was judged (of:); look at it again: proviso diff", at, x.Section)
	}
	return ""
}

// gravest is the gravest verdict that the rules gave.
func gravest(changes []change.Change) policy.Verdict {
	v := policy.None
	for _, c := range changes {
		v = v.Graver(c.RuleVerdict)
	}
	return v
}

// record writes decisions into changes.yaml, which keeps its comments and order.
func (d *Desk) record(v *policy.Version, decisions []Judged) error {
	return d.Amend(v, func(data []byte) ([]byte, error) {
		for _, x := range decisions {
			line := fmt.Sprintf("{verdict: %s, reason: %q, by: %q, on: %s, of: %q}", x.Verdict, x.Reason, x.By, x.On, x.Of)
			var err error
			if data, err = source.SetLine(data, "decisions", x.Section, line); err != nil {
				return nil, err
			}
			var ps source.Problems
			if source.Decode(v.ChangesFile(), data, &policy.Changes{}, &ps); ps.Err() != nil {
				return nil, fmt.Errorf("the decision cannot be written there; add it by hand: %s: %s", x.Section, line)
			}
		}
		return data, nil
	})
}

// Amend edits changes.yaml of an open version, which need not be there yet. If
// the edit fails, or leaves what cannot be read, nothing is written.
func (d *Desk) Amend(v *policy.Version, edit func(data []byte) ([]byte, error)) error {
	if v.Sealed != nil {
		return refuse(v, "it is released; make a draft with proviso draft "+v.Policy.ID)
	}
	file := v.ChangesFile()
	data, err := fs.ReadFile(d.Folder.FS, file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil {
		data = []byte(schema.Modeline(file)) // a new file
	}
	if data, err = edit(data); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	var ps source.Problems
	if source.Decode(file, data, &policy.Changes{}, &ps); ps.Err() != nil {
		return ps.Err()
	}
	return writeFile(d.path(file), data)
}

// ReadDecisions reads a file of decisions, which has the form of changes.yaml:
// under decisions:, each section with its verdict, reason and name. What a
// decision leaves out of reason, by and on is taken from rest.
func ReadDecisions(file string, data []byte, rest policy.Decision) ([]policy.Decision, source.Problems) {
	var in policy.Changes // of which only the decisions are taken
	var ps source.Problems
	source.Decode(file, data, &in, &ps)
	var out []policy.Decision
	for _, e := range in.Decisions {
		x := e.Value
		x.Section, x.Pos = e.Key, e.Pos
		if x.Reason == "" {
			x.Reason = rest.Reason
		}
		if x.By == "" {
			x.By = rest.By
		}
		if x.On.IsZero() {
			x.On = rest.On
		}
		out = append(out, x)
	}
	if len(ps) == 0 && len(out) == 0 {
		ps.Errorf(source.Position{File: file}, "missing-key", "write decisions: {SECTION: {verdict: …, reason: …, by: …}}", "it holds no decision")
	}
	return out, ps
}
