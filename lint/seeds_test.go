package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"proviso/lint/reading"
	"proviso/source"
	"proviso/text"
)

// TestSeeds reads two published policies full of defects and compares the
// findings with testdata/seeds: a line for each defect that readers listed by
// hand, by its line and rule. At least nine in ten of them must be found, and
// at most one finding in six may be wrong.
func TestSeeds(t *testing.T) {
	lists, err := filepath.Glob("testdata/seeds/*.txt")
	if err != nil || len(lists) == 0 {
		t.Fatal("no lists in testdata/seeds")
	}
	for _, list := range lists {
		name := strings.TrimSuffix(filepath.Base(list), ".txt")
		t.Run(name, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(shared(), "seeds", name+"_*.txt"))
			if err != nil || len(files) != 1 {
				t.Skipf("seed %s is not here", name)
			}
			src, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			compare(t, list, findings(t, src))
		})
	}
}

func shared() string {
	if dir := os.Getenv("PROVISO_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "shared")
}

// findings returns what check says of a text on its own.
func findings(t *testing.T, src []byte) source.Problems {
	t.Helper()
	doc, ps := text.Parse("seed", src, text.Options{})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	ps = append(ps, Text(doc, reading.Options{Source: src, Date: civil(t, "2026-11-03"), Elements: []string{"gdpr13", "caloppa", "ccpa7011e"}})...)
	ps.Sort()
	return ps
}

// A defect is a line of a list: where, which rule, and a word of the finding.
type defect struct {
	line       int
	rule, word string
	group      string // listed, also or wrong
	found      bool
}

func (d *defect) is(p source.Problem) bool {
	return !d.found && d.line == p.Line && d.rule == p.Rule && (strings.Contains(p.Message, d.word) || strings.Contains(p.Hint, `"`+d.word+`"`))
}

func compare(t *testing.T, list string, found source.Problems) {
	defects := readDefects(t, list)
	right, wrong := 0, 0
	for _, p := range found {
		i := slices.IndexFunc(defects, func(d defect) bool { return d.is(p) })
		if i < 0 {
			wrong++
			t.Logf("not in the list: %d %s %s; %s", p.Line, p.Rule, p.Message, p.Hint)
			continue
		}
		if defects[i].found = true; defects[i].group == "wrong" {
			wrong++
		} else {
			right++
		}
	}
	listed, got := 0, 0
	for _, d := range defects {
		if d.group != "listed" {
			if !d.found {
				t.Errorf("%s: %d %s %s is not found any more", list, d.line, d.rule, d.word)
			}
			continue
		}
		listed++
		if d.found {
			got++
		} else {
			t.Logf("missed: %d %s %s", d.line, d.rule, d.word)
		}
	}
	t.Logf("found %d of %d listed defects (%.0f %%); %d findings right, %d wrong", got, listed, 100*float64(got)/float64(listed), right, wrong)
	if 10*got < 9*listed {
		t.Errorf("found only %d of %d listed defects", got, listed)
	}
	if 5*wrong > right {
		t.Errorf("%d findings are wrong, beside %d right ones", wrong, right)
	}
}

// readDefects reads a list. Under "listed:" stand the defects that readers
// found, under "also:" what else is right, under "wrong:" what should not be found.
func readDefects(t *testing.T, list string) (out []defect) {
	t.Helper()
	data, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	group := ""
	for i, line := range strings.Split(string(data), "\n") {
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || f[0] == "#":
		case len(f) == 1 && strings.HasSuffix(f[0], ":"):
			group = strings.TrimSuffix(f[0], ":")
		default:
			n, err := strconv.Atoi(f[0])
			if err != nil || len(f) < 2 {
				t.Fatalf("%s:%d: %q is no line and rule", list, i+1, line)
			}
			out = append(out, defect{line: n, rule: f[1], word: strings.Join(f[2:], " "), group: group})
		}
	}
	if len(out) == 0 {
		t.Fatal(fmt.Errorf("%s is empty", list))
	}
	return out
}
