package lint

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	proviso "proviso"
	"proviso/lint/reading"
	"proviso/lint/rule"
	"proviso/policy"
	"proviso/text"
)

// TestExample holds that the example organisation gives no finding, before and
// after its upcoming version takes effect.
func TestExample(t *testing.T) {
	f, problems := policy.Load(proviso.Example)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"2026-11-03", "2026-12-20"} {
		for _, p := range Check(f, civil(t, day)) {
			t.Errorf("on %s: %s: %s", day, p.Rule, p.Error())
		}
	}
}

// TestVersionsOfTheExample reads every version of the example on its own, also
// those that Check passes over. The older ones have straight quotation marks
// among curly ones, which the newest corrects: that is part of their story.
func TestVersionsOfTheExample(t *testing.T) {
	f, _ := policy.Load(proviso.Example)
	for _, p := range f.Policies {
		for _, v := range p.Versions {
			for _, p := range version(f, v, civil(t, "2026-11-03")) {
				if p.Rule != "mixed-quotes" {
					t.Errorf("%s: %s: %s", v.ID(), p.Rule, p.Error())
				}
			}
		}
	}
}

// TestNoise reads thirty published policies, most of them well kept, and counts
// the findings. Those on dead law and unencrypted links are right for texts of
// their age, and those on relative links for texts from a folder of files; of the others there may be no more than six in a text of 3,500
// words.
func TestNoise(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(), "materiality", "dev-pairs", "*.new.md"))
	if err != nil || len(files) == 0 {
		t.Skip("the development pairs are not here")
	}
	count := map[string]int{}
	aged := []string{"stale-reference", "insecure-link", "bare-link", "relative-link"}
	rest := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, _ := text.Parse(filepath.Base(file), src, text.Options{Plain: true})
		for _, p := range Text(doc, reading.Options{Source: src, Date: civil(t, "2026-11-03")}) {
			if count[p.Rule]++; !slices.Contains(aged, p.Rule) {
				rest++
			}
		}
	}
	for _, id := range rule.IDs() {
		if count[id] > 0 {
			t.Logf("%4d %s", count[id], id)
		}
	}
	t.Logf("%.1f findings a text beside %v", float64(rest)/float64(len(files)), aged)
	if rest > 6*len(files) {
		t.Errorf("%d findings in %d texts", rest, len(files))
	}
}
