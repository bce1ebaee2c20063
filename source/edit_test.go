package source

import (
	"strings"
	"testing"
)

func TestSetLine(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"empty file", "", "decisions:\n  fees: {v: 1}\n"},
		{"no such part", "# why we did it\nwhy: x", "# why we did it\nwhy: x\ndecisions:\n  fees: {v: 1}\n"},
		{"empty part", "decisions:\nwhy: x\n", "decisions:\n  fees: {v: 1}\nwhy: x\n"},
		{"empty braces", "decisions: {}\nwhy: x\n", "decisions:\n  fees: {v: 1}\nwhy: x\n"},
		{"behind the last", "decisions:\n    a: {v: 0} # checked twice\n\n# the words\nwhy: x\n",
			"decisions:\n    a: {v: 0} # checked twice\n    fees: {v: 1}\n\n# the words\nwhy: x\n"},
		{"in place", "decisions:\n  fees:\n    v: 0\n    w: 2\n  # about b\n  b: {v: 0}\n",
			"decisions:\n  fees: {v: 1}\n  # about b\n  b: {v: 0}\n"},
		{"in place, with a comment behind", "decisions:\n  fees: {v: 0} # twice\n  b: {v: 0}\n", "decisions:\n  fees: {v: 1} # twice\n  b: {v: 0}\n"},
		{"last in place", "decisions:\n  b: {v: 0}\n  fees: {v: 0}\n", "decisions:\n  b: {v: 0}\n  fees: {v: 1}\n"},
		{"after a long text", "why: |\n  because\n  decisions: are hard\ndecisions:\n  a: {v: 0}\n",
			"why: |\n  because\n  decisions: are hard\ndecisions:\n  a: {v: 0}\n  fees: {v: 1}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := SetLine([]byte(c.before), "decisions", "fees", "{v: 1}")
			if err != nil || string(got) != c.after {
				t.Errorf("got %v\n%s\nwant\n%s", err, got, c.after)
			}
		})
	}
}

func TestSetLineRefusesWhatItCannotEdit(t *testing.T) {
	for name, file := range map[string]string{
		"one to a line":               "decisions: {a: {v: 1}}\n",
		"not a list of keys":          "[a, b]\n",
		"did not find expected":       "decisions: {a\n",
		"write the entries of \"deci": "decisions: [a]\n",
	} {
		if _, err := SetLine([]byte(file), "decisions", "fees", "{v: 1}"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%q: got %v, want …%s…", file, err, name)
		}
	}
}

func TestSetLineQuotesKeys(t *testing.T) {
	got, err := SetLine(nil, "decisions", "practices/sharing/a: b", "x")
	if err != nil || string(got) != "decisions:\n  \"practices/sharing/a: b\": x\n" {
		t.Errorf("got %v %q", err, got)
	}
}
