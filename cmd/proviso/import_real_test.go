package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportSeeds takes in two real policies that were copied from the web. No
// artefact is left, the protected addresses are back, every section has an id
// of its own, and check finds no error.
func TestImportSeeds(t *testing.T) {
	for _, seed := range []struct {
		pattern, title, version string
		addresses               int
		sections                []string
	}{
		{"000_*.txt", "CloudLinux - Privacy Policy", "2019-05-07", 8, []string{"what-information-do-we-collect", "server-information", "log-files", "third-party-links", "dispute-resolution"}},
		{"004_*.txt", "mlytics privacy & security policy", "2026-01-10", 0, []string{"applicability", "billing-information", "registrar", "international-data-transfers"}},
	} {
		t.Run(seed.pattern, func(t *testing.T) {
			s := importFolder(t)
			found, _ := filepath.Glob(filepath.Join(sharedFolder(), "seeds", seed.pattern))
			if len(found) != 1 {
				t.Skipf("no %s in %s", seed.pattern, sharedFolder())
			}
			out := s.must("import", found[0])
			if want := fmt.Sprintf("protected e-mail address decoded: privacy@cloudlinux.com (%d times)", seed.addresses); seed.addresses > 0 && !strings.Contains(out, want) {
				t.Errorf("it does not say %q:\n%s", want, out)
			}
			dir := "content/privacy/" + seed.version
			text := s.read(dir + "/en.md")
			for _, bad := range []string{"email-protection", "[[", "[](", "[.](", "****", "\u00a0", "  \n", "web.archive.org", "1. 1.", "# " + seed.title} {
				if strings.Contains(text, bad) {
					t.Errorf("the text still holds %q", bad)
				}
			}
			for _, id := range seed.sections {
				if !strings.Contains(text, "{#"+id+"}") {
					t.Errorf("no section has the id %s", id)
				}
			}
			if !strings.Contains(s.read("content/privacy/policy.yaml"), "title: "+seed.title) {
				t.Error("policy.yaml has another title")
			}
			var findings []struct{ Rule, Severity, Message string }
			if err := json.Unmarshal([]byte(s.must("check", "--format", "json")), &findings); err != nil {
				t.Fatal(err)
			}
			rules := map[string]int{}
			for _, f := range findings {
				rules[f.Rule]++
			}
			for _, rule := range []string{"protected-email", "nested-link", "capture-artefact", "bold-break", "empty-link", "no-break-space", "hidden-break",
				"double-number", "indented-text", "heading-level", "empty-heading", "fake-heading", "no-headings", "repeated-text"} {
				if rules[rule] > 0 {
					t.Errorf("check still finds %s %d times", rule, rules[rule])
				}
			}
			if len(findings) < 10 {
				t.Errorf("check finds only %d of what is wrong with the words", len(findings))
			}
			s.must("verify")
			s.must("build")
		})
	}
}

func sharedFolder() string {
	if dir := os.Getenv("PROVISO_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared")
}

// TestImportPairs takes in real documents with two versions each from a
// repository, and compares and builds them.
func TestImportPairs(t *testing.T) {
	found, _ := filepath.Glob(filepath.Join(sharedFolder(), "materiality", "dev-pairs", "*.old.md"))
	if len(found) == 0 {
		t.Skipf("no dev-pairs in %s", sharedFolder())
	}
	if testing.Short() || underRace {
		found = found[:6]
	}
	r, s := newRepository(t), importFolder(t)
	both := 0
	for _, old := range found {
		name := strings.TrimSuffix(filepath.Base(old), ".old.md")
		for i, file := range []string{old, strings.Replace(old, ".old.", ".new.", 1)} {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r.commit([]string{"2024-01-05", "2024-09-05"}[i], name, map[string]string{name + ".md": string(data)})
		}
		s.must("import", filepath.Join(r.dir, name+".md"), "--policy", name)
		versions := s.versions(name)
		switch {
		case len(versions) == 2:
			both++
			diff := s.must("diff", name, "--format", "json")
			if strings.Contains(diff, `"verdict": "none"`) {
				t.Errorf("%s: two versions and no difference", name)
			}
		case !strings.Contains(s.read("content/"+name+"/provenance.yaml"), "form and links only"):
			t.Errorf("%s is one version, although its words differ:\n%s", name, s.read("content/"+name+"/provenance.yaml"))
		}
	}
	t.Logf("%d of %d pairs are two versions", both, len(found))
	if both == 0 {
		t.Error("no pair is two versions")
	}
	s.must("check", "--format", "json")
	s.must("verify")
	s.must("build")
}
