package site_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"proviso/site"
)

// heldBack is fernhollow four days after the new privacy policy was to take
// effect, while it is held.
func heldBack(t *testing.T) *world {
	w := fernhollow(t)
	w.o.Today, w.o.Held = day(t, "2026-09-05"), []string{"privacy@2026-09-01"}
	return w
}

// What is held does not go in force anywhere, and is announced in words that
// promise no date.
func TestHeldVersionStaysAnnounced(t *testing.T) {
	w := heldBack(t)
	pages := w.build()
	home := pages["fernhollow.example/privacy/index.html"]
	for _, must := range []string{"We keep your address for 12 months", "A new version was announced for 1 September 2026. It has not taken effect; this one is still in force.",
		`href="2026-09-01/"`, "announced, not in force yet"} {
		if !strings.Contains(home, must) {
			t.Errorf("the policy's own page does not say %q", must)
		}
	}
	if !strings.Contains(pages["fernhollow.example/de/privacy/2026-09-01/index.html"], "Diese Fassung war für den 1. September 2026 angekündigt. Sie ist nicht in Kraft getreten.") {
		t.Error("the German page of the held version does not say so")
	}
	for name, page := range pages {
		for _, lie := range []string{"takes effect on 1 September", "taking effect on 1 September", "what changes on 1 September", "In force since</dt>\n<dd><time datetime=\"2026-09-01",
			"tritt am 1. September", "Am 1. September 2026 tritt"} {
			if strings.Contains(page, lie) {
				t.Errorf("%s says %q", name, lie)
			}
		}
	}
}

// Programs read the same as people.
func TestHeldVersionInData(t *testing.T) {
	w := heldBack(t)
	report, err := site.Build(w.folder(), w.o)
	if err != nil {
		t.Fatal(err)
	}
	pages := w.read()
	var catalogue struct {
		Policies []struct {
			ID       string
			InForce  string `json:"in_force"`
			Upcoming []string
			Versions []struct{ Version, State, Until string }
		}
	}
	if err := json.Unmarshal([]byte(pages["fernhollow.example/policies.json"]), &catalogue); err != nil {
		t.Fatal(err)
	}
	for _, p := range catalogue.Policies {
		if p.ID != "privacy" {
			continue
		}
		last := p.Versions[len(p.Versions)-1]
		if p.InForce != "2025-03-10" || !slices.Equal(p.Upcoming, []string{"2026-09-01"}) || last.State != "held" {
			t.Errorf("policies.json: %+v", p)
		}
	}
	var notices struct{ Notices []map[string]any }
	if err := json.Unmarshal([]byte(pages["fernhollow.example/notice.json"]), &notices); err != nil {
		t.Fatal(err)
	}
	if len(notices.Notices) != 1 || notices.Notices[0]["version"] != "2026-09-01" || notices.Notices[0]["until"] != nil {
		t.Errorf("notice.json: %v", notices.Notices)
	}
	for _, s := range report.Sites {
		if s.Next != nil && s.Next.Before(day(t, "2026-09-06").In(w.folder().Organisation.Location())) {
			t.Errorf("%s: the next change is at %s", s.Site, s.Next)
		}
	}
}

// A version without a seal was never announced: while it is held nobody sees it.
func TestHeldVersionWithoutSealIsNotShown(t *testing.T) {
	w := heldBack(t)
	delete(w.files, "content/privacy/2026-09-01/seal.yaml")
	for name, page := range w.build() {
		if strings.Contains(name, "2026-09-01") || strings.Contains(page, "2026-09-01") {
			t.Errorf("%s tells of it", name)
		}
	}
}

// A build remembers what was held: it gives the bytes of a clean one.
func TestHeldVersionAndWhatIsRemembered(t *testing.T) {
	w := heldBack(t)
	w.o.Cache, w.o.Program = t.TempDir(), "test"
	held := w.o.Held
	for _, now := range [][]string{nil, held, nil} {
		w.o.Held = now
		got := w.build()
		clean := heldBack(t)
		clean.o.Held = now
		if d := differing(got, clean.build()); len(d) > 0 {
			t.Errorf("held %v: these differ from a clean build: %v", now, d)
		}
	}
}
