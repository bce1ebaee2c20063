package change

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"proviso/change/verdict"
	"proviso/policy"
	"proviso/text"
)

// A labelled change of the development set: real changes to published
// policies, judged by hand. Half of the documents, by path, were used to write
// the rules; the other half was looked at later. Both are reported.
type labelled struct {
	ID, Path, Heading, Old, New, Label, Confidence string
	Categories                                     []string
}

// half tells in which half of the set a document is.
func (l labelled) half() int { return int(sha256.Sum256([]byte(l.Path))[0] % 2) }

// developmentSet returns the folder with the development set, or skips the test.
func developmentSet(t *testing.T) string {
	t.Helper()
	root := os.Getenv("PROVISO_SHARED")
	if root == "" {
		root = "../../shared"
	}
	root = filepath.Join(root, "materiality")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no development set: set PROVISO_SHARED to the folder that has materiality/")
	}
	return root
}

// A tally counts verdicts by label.
type tally map[string]int

func (n tally) add(row, label string, v policy.Verdict) {
	if v == policy.None {
		v = policy.Editorial // not a word differs
	}
	n[row+" "+label+" "+string(v)]++
	n[row+" "+label]++
}

func (n tally) print(t *testing.T, rows []string) {
	t.Logf("%-22s | %29s | %29s", "", "material: mat. review edit.", "editorial: mat. review edit.")
	for _, row := range rows {
		line := fmt.Sprintf("%-22s", row)
		for _, label := range []string{"material", "editorial"} {
			line += fmt.Sprintf(" | %9d:%5d%7d%6d", n[row+" "+label], n[row+" "+label+" material"], n[row+" "+label+" review"], n[row+" "+label+" editorial"])
		}
		t.Log(line)
	}
}

// TestDevelopmentSet prints how the rules judge the labelled changes, and fails
// if a clearly material one is called editorial.
func TestDevelopmentSet(t *testing.T) {
	n, byCategory := tally{}, tally{}
	named := [2]int{}
	reviews, total := 0, 0
	for _, l := range readLines[labelled](t, filepath.Join(developmentSet(t), "dev-hunks.jsonl")) {
		c := Texts(plain("old.md", "## "+l.Heading+"\n\n"+l.Old), plain("new.md", "## "+l.Heading+"\n\n"+l.New), Options{})
		n.add(l.Confidence+", half "+fmt.Sprint(l.half()), l.Label, c.Verdict)
		n.add(l.Confidence, l.Label, c.Verdict)
		total++
		if c.Verdict == policy.Review {
			reviews++
		}
		for _, category := range l.Categories {
			byCategory.add(category, l.Label, c.Verdict)
		}
		if l.Label == "material" && c.Verdict == policy.Material {
			named[1]++
			if slices.ContainsFunc(l.Categories, func(x string) bool { return slices.Contains(categories(c), x) }) {
				named[0]++
			}
		}
		if l.Label == "material" && l.Confidence == "clear" && (c.Verdict == policy.Editorial || c.Verdict == policy.None) {
			t.Errorf("%s is material and was called %s: %v", l.ID, c.Verdict, reasons(c))
		}
	}
	n.print(t, []string{"clear, half 0", "clear, half 1", "clear", "borderline"})
	byCategory.print(t, policy.Categories)
	t.Logf("review: %d of %d; a category of the label named: %d of %d material", reviews, total, named[0], named[1])
	if 100*n["clear editorial editorial"] < 85*n["clear editorial"] {
		t.Errorf("only %d of %d clear editorial changes were called editorial", n["clear editorial editorial"], n["clear editorial"])
	}
	if 100*reviews > 12*total {
		t.Errorf("%d of %d changes were left to review", reviews, total)
	}
}

// TestDevelopmentPairs judges whole documents.
func TestDevelopmentPairs(t *testing.T) {
	root := developmentSet(t)
	n := tally{}
	for _, l := range readLines[labelled](t, filepath.Join(root, "dev-pairs.jsonl")) {
		var docs [2]*text.Document
		for i, side := range []string{"old", "new"} {
			data, err := os.ReadFile(filepath.Join(root, "dev-pairs", l.ID+"."+side+".md"))
			if err != nil {
				t.Fatal(err)
			}
			docs[i] = plain(side+".md", string(data))
		}
		c := Texts(docs[0], docs[1], Options{})
		n.add(l.Confidence, l.Label, c.Verdict)
		if l.Label == "material" && c.Verdict != policy.Material {
			t.Errorf("%s is material and was called %s", l.ID, c.Verdict)
		}
		if l.Label == "editorial" && c.Verdict != policy.Editorial {
			t.Logf("%s is %s editorial and was called %s: %v", l.ID, l.Confidence, c.Verdict, gravest(c))
		}
	}
	n.print(t, []string{"clear", "borderline"})
	if n["clear editorial editorial"] < 9 {
		t.Errorf("only %d of %d clear editorial documents were called editorial", n["clear editorial editorial"], n["clear editorial"])
	}
}

func readLines[T any](t *testing.T, file string) []T {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []T
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var x T
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// plain parses a text that belongs to no organisation.
func plain(name, src string) *text.Document {
	doc, _ := text.Parse(name, []byte(src), text.Options{Plain: true})
	return doc
}

func categories(c *Comparison) []string {
	var out []string
	for _, x := range c.Changes {
		out = append(out, x.Categories...)
	}
	return out
}

// gravest returns the reasons of a change that made the whole what it is.
func gravest(c *Comparison) string {
	i := slices.IndexFunc(c.Changes, func(x Change) bool { return x.Verdict == c.Verdict })
	if i < 0 {
		return "no change"
	}
	return verdict.Clip(fmt.Sprint(c.Changes[i].Reasons))
}
