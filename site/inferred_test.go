package site_test

import (
	"strings"
	"testing"
)

// TestInferredDates looks at the pages of versions whose date nobody declared:
// they say when the text was first seen, and never that it is in force since then.
func TestInferredDates(t *testing.T) {
	w := fernhollow(t)
	for _, v := range []string{"2024-05-01", "2025-03-10"} {
		w.edit("content/privacy/"+v+"/seal.yaml", "\neffective: ", "\ninferred: true\neffective: ")
	}
	pages := w.build()
	for name, want := range map[string]string{
		"fernhollow.example/privacy/index.html":               "<dt>First seen on</dt><dd><time datetime=\"2025-03-10\"",
		"fernhollow.example/de/privacy/index.html":            "<dt>Zuerst gesehen am</dt>",
		"fernhollow.example/privacy/2024-05-01/index.html":    "It was first seen on 1 May 2024 and stood until",
		"fernhollow.example/de/privacy/2024-05-01/index.html": "(an diesem Tag zuerst gesehen)",
		"fernhollow.example/privacy/changes/index.html":       "first seen on this date",
		"fernhollow.example/policies.json":                    `"inferred": true`,
	} {
		if !strings.Contains(pages[name], want) {
			t.Errorf("%s lacks %q", name, want)
		}
		if strings.Contains(pages[name], "In force since") {
			t.Errorf("%s says since when the text is in force, which nobody knows", name)
		}
	}
	if page := built(t)["fernhollow.example/privacy/index.html"]; strings.Contains(page, "First seen") {
		t.Error("a declared date is shown as first seen")
	}
}
