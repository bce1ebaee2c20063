package rule

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"proviso/source"
)

var update = flag.Bool("update", false, "write docs/rules")

// TestPages holds that every rule has its page in docs/rules, that the page is
// what the table of rules says, and that no page is left over.
func TestPages(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "rules")
	want := map[string]string{"README.md": index()}
	for _, r := range table() {
		want[r.ID+".md"] = page(r)
	}
	for name, text := range want {
		file := filepath.Join(dir, name)
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil || string(got) != text {
			t.Errorf("%s is not what rules.yaml says; run go test ./lint/rule -run TestPages -update", file)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; !ok {
			t.Errorf("%s belongs to no rule", filepath.Join(dir, e.Name()))
		}
	}
}

func index() string {
	var b strings.Builder
	b.WriteString("# What check looks for\n\nEach rule has a page: what it finds, why, an example, and how to keep a text that it finds.\n\n")
	b.WriteString("| rule | finds | severity |\n|---|---|---|\n")
	for _, r := range table() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", r.ID, r.ID, r.Title, r.Severity)
	}
	return b.String()
}

// page returns the rule's page in Markdown, as it stands in docs/rules.
func page(r entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", r.Title, strings.TrimSpace(r.Why))
	fmt.Fprintf(&b, "- Rule: `%s`\n- Severity: %s\n- Source: %s\n", r.ID, r.Severity, r.Source)
	if r.English {
		b.WriteString("- Languages: English (word lists in `lint/words/en`)\n")
	} else {
		b.WriteString("- Languages: all\n")
	}
	fmt.Fprintf(&b, "\n## Example\n\nFound:\n\n%s\nInstead:\n\n%s\n", fence(r.Before), fence(r.After))
	b.WriteString("## To keep it\n\n")
	if r.Accept == "" {
		b.WriteString("It cannot be accepted: correct `policy.yaml` or the text, as the finding says.\n")
		return b.String()
	}
	b.WriteString("Write the reason into `policy.yaml`. Without `section` it holds for the whole policy.\n\n")
	b.WriteString(fence(fmt.Sprintf("accept:\n  - rule: %s\n    section: SECTION\n    reason: %q\n    by: counsel", r.ID, r.Accept)))
	return b.String()
}

func fence(s string) string { return "````\n" + strings.TrimRight(s, "\n") + "\n````\n" }

// TestTable holds that every rule says what a page needs, and that each file
// the program carries can be read.
func TestTable(t *testing.T) {
	for _, r := range table() {
		if r.Title == "" || r.Source == "" || r.Why == "" || r.Before == "" || r.After == "" {
			t.Errorf("rule %q does not say all", r.ID)
		}
		mail := strings.HasPrefix(r.ID, "mail-") // belongs to no policy
		if (r.Accept == "") != (r.Severity == source.Error || r.ID == "unused-acceptance" || mail) {
			t.Errorf("rule %q: what is wrong in policy.yaml cannot be accepted, and a finding in a text can", r.ID)
		}
	}
	if _, ps := readTable(); len(ps) > 0 {
		t.Error(ps)
	}
}
