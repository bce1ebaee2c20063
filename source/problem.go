// Package source reads the files that people write: it says where in a file
// something stands, collects everything that is wrong with it at once, and
// decodes YAML strictly, so that a key nobody knows is an error and not a
// silence.
//
// A Problem is one finding with its place, what is wrong and what to do about
// it. An error is what cannot be rendered or released truthfully; a warning is
// a risk for counsel to judge.
package source

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Position is a place in a source file. Lines and columns count from 1;
// columns count characters; 0 means that the line or column is not known.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String returns "file:line:column" without the parts that are not known.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Severity says whether a Problem forbids or only warns.
type Severity string

const (
	Error   Severity = "error"   // cannot be rendered or released truthfully
	Warning Severity = "warning" // a risk for counsel to judge
)

// A Problem is one finding in a source file.
type Problem struct {
	Position
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"`    // short name of the rule that found it, such as "unknown-key"
	Message  string   `json:"message"` // what is wrong; small first letter, no full stop
	Hint     string   `json:"hint"`    // what to do about it; may be empty
}

// Error returns the finding as one line, as a compiler would print it.
func (p Problem) Error() string {
	var b strings.Builder
	if at := p.Position.String(); at != "" {
		b.WriteString(at + ": ")
	}
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// Problems is a list of findings. As an error it prints one line for each.
type Problems []Problem

// Errorf adds an error found at pos by rule; hint may be empty.
func (ps *Problems) Errorf(pos Position, rule, hint, format string, args ...any) {
	*ps = append(*ps, Problem{pos, Error, rule, fmt.Sprintf(format, args...), hint})
}

// Warnf adds a warning found at pos by rule; hint may be empty.
func (ps *Problems) Warnf(pos Position, rule, hint, format string, args ...any) {
	*ps = append(*ps, Problem{pos, Warning, rule, fmt.Sprintf(format, args...), hint})
}

// Errors returns the findings that are errors.
func (ps Problems) Errors() Problems { return ps.of(Error) }

// Warnings returns the findings that are warnings.
func (ps Problems) Warnings() Problems { return ps.of(Warning) }

func (ps Problems) of(s Severity) Problems {
	var out Problems
	for _, p := range ps {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	return out
}

// Err returns the errors as one error, or nil if there are only warnings.
func (ps Problems) Err() error {
	if errs := ps.Errors(); len(errs) > 0 {
		return errs
	}
	return nil
}

// Error returns one line for each finding.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Sort orders the findings by file, line and column, and drops repetitions.
func (ps *Problems) Sort() {
	slices.SortStableFunc(*ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	*ps = slices.Compact(*ps)
}
