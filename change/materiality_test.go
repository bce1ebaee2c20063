package change

import (
	"os"
	"slices"
	"strings"
	"testing"

	"proviso/policy"
)

// Every example in docs/materiality.md has the verdict that stands beside it,
// by the rule that stands there.
func TestMaterialityExplained(t *testing.T) {
	data, err := os.ReadFile("../docs/materiality.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[policy.Verdict]int{}
	for i, line := range strings.Split(string(data), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), " | ")
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| before |") {
			continue
		}
		if len(cells) != 4 {
			t.Fatalf("line %d has %d cells: %s", i+1, len(cells), line)
		}
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		shown := strings.NewReplacer("<br>", "\n\n", "(nothing)", "")
		c := Texts(document(t, "before.md", shown.Replace(cells[0])), document(t, "after.md", shown.Replace(cells[1])), Options{})
		want := policy.Verdict(cells[2])
		if seen[want]++; c.Verdict != want {
			t.Errorf("docs/materiality.md:%d: the verdict is %s, not %s: %v", i+1, c.Verdict, want, reasons(c))
		}
		if !slices.ContainsFunc(reasons(c), func(r Reason) bool { return r.Rule == cells[3] }) {
			t.Errorf("docs/materiality.md:%d: rule %q did not fire: %v", i+1, cells[3], reasons(c))
		}
	}
	if seen[policy.Material] < 10 || seen[policy.Editorial] < 5 || seen[policy.Review] < 3 {
		t.Errorf("there are too few examples: %v", seen)
	}
}
