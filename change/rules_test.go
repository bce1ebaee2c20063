package change

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"proviso/policy"
	"proviso/text"
)

// A story is one case of a rule's file: a text before and after, and what the
// rules must say.
type story struct {
	line          int
	before, after string
	verdict       policy.Verdict
	rule          string
	direction     Direction
}

// TestRules reads testdata/rules: one file to a rule, the reason on top, then
// cases. Somebody who does not program can say whether they are right.
func TestRules(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata/rules")
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			for _, s := range stories(t, file) {
				s.check(t, file)
			}
		})
	}
}

func (s story) check(t *testing.T, file string) {
	c := Texts(document(t, "before.md", s.before), document(t, "after.md", s.after), Options{})
	got := c.Verdict
	if got == policy.None && s.verdict == policy.Editorial {
		got = policy.Editorial // a reader cannot even tell the texts apart
	}
	if got != s.verdict {
		t.Errorf("%s:%d: verdict %s, want %s: %v", file, s.line, got, s.verdict, reasons(c))
	}
	if s.rule != "" && !slices.ContainsFunc(reasons(c), func(r Reason) bool { return r.Rule == s.rule }) {
		t.Errorf("%s:%d: rule %q did not fire: %v", file, s.line, s.rule, reasons(c))
	}
	if s.direction != "" && !slices.ContainsFunc(c.Changes, func(x Change) bool { return x.Direction == s.direction }) {
		t.Errorf("%s:%d: nothing is %s: %v", file, s.line, s.direction, reasons(c))
	}
}

// document parses a text of a policy: scopes count.
func document(t *testing.T, name, src string) *text.Document {
	t.Helper()
	doc, problems := text.Parse(name, []byte(src), text.Options{})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return doc
}

// stories reads a file of cases.
func stories(t *testing.T, file string) []story {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []story
	var open *string
	for i, line := range strings.Split(string(data), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case strings.HasPrefix(line, "  ") || line == "" && open != nil:
			*open += strings.TrimPrefix(line, "  ") + "\n"
		case strings.HasPrefix(line, "before:"):
			out = append(out, story{line: i + 1})
			open = out[len(out)-1].text(&out[len(out)-1].before, value)
		case strings.HasPrefix(line, "after:"):
			open = out[len(out)-1].text(&out[len(out)-1].after, value)
		case len(out) == 0: // the reason
		case key == "verdict":
			open = nil
			out[len(out)-1].verdict = policy.Verdict(value)
		case key == "rule":
			out[len(out)-1].rule = value
		case key == "direction":
			out[len(out)-1].direction = Direction(value)
		case line != "":
			t.Fatalf("%s:%d: cannot read %q", file, i+1, line)
		}
	}
	return out
}

// text sets a text of one line, or returns where the lines that follow belong.
func (s *story) text(to *string, value string) *string {
	*to = value
	return to
}

func reasons(c *Comparison) []Reason {
	var out []Reason
	for _, x := range c.Changes {
		out = append(out, x.Reasons...)
	}
	return out
}
