package main

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// example is the example organisation in a folder of the test's own.
func example(t *testing.T, day string) *story {
	t.Helper()
	s := &story{t: t, dir: t.TempDir(), day: day, env: map[string]string{}}
	if err := copyExample(s.dir); err != nil {
		t.Fatal(err)
	}
	return s
}

// pages returns the released pages below a folder: every HTML file but the
// index of a site.
func pages(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, name)
		depth := strings.Count(filepath.ToSlash(rel), "/")
		if err != nil || e.IsDir() || filepath.Ext(name) != ".html" || depth < 2 || strings.HasSuffix(rel, "/de/index.html") {
			return err
		}
		data, err := os.ReadFile(name)
		out[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestReleasedPagesStay: whatever becomes of organisation.yaml, every page of
// a released version stays as it was, to the byte; check says what differs.
func TestReleasedPagesStay(t *testing.T) {
	s := example(t, "2026-11-03")
	s.must("build", "--out", "before")
	before := pages(t, filepath.Join(s.dir, "before"))
	if len(before) < 150 {
		t.Fatalf("only %d pages", len(before))
	}
	const org = "content/organisation.yaml"
	for _, edit := range [][2]string{
		{"name: Quillhost\n", "name: Inkhost\n"},
		{"legal_name: Quillhost Software Ltd.", "legal_name: Inkhost Inc."},
		{"4 Lantern Wharf, Bristol BS1 0QH, United Kingdom", "1 Other Street"},
		{"privacy: privacy@quillhost.example", "privacy: dpo@inkhost.example"},
		{"time_zone: Europe/London", "time_zone: Asia/Tokyo"},
		{"{name: StackPanel}", "{name: PanelStack}"},
		{"products: [stackpanel, cagefort]", "products: [stackpanel]"},
		{"name: SnapKeep                   #", "name: KeepSnap                   #"},
		{"https://mailwarden.example/legal/", "https://mailwarden.example/"},
		{"support_url: https://support.quillhost.example/", "support_url: https://help.example/"},
		{"regimes: [contract-30, gdpr]", "regimes: [psd2]"},
		{"products:                            #", "raw_html: true\nproducts:                            #"},
	} {
		s.edit(org, edit[0], edit[1])
	}
	s.must("build", "--out", "after")
	after := pages(t, filepath.Join(s.dir, "after"))
	for name, page := range before {
		if after[name] != page {
			t.Errorf("%s changed: %s", name, firstDifference(page, after[name]))
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d pages became %d", len(before), len(after))
	}
	status, out, _ := s.run("check")
	if status != 0 || !strings.Contains(out, "quillhost.example changed since the release: org.name, org.legal_name, org.address, contacts.privacy") {
		t.Errorf("check: status %d\n%s", status, out)
	}
	s.must("verify")
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[min(i, len(s)):min(i+80, len(s))] }
	return cut(a) + " / " + cut(b)
}

// TestVerifyAgainst compares the folder with a site that is being served.
func TestVerifyAgainst(t *testing.T) {
	s := example(t, "2026-11-03")
	s.must("build")
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(s.dir, "public", "snapkeep.example"))))
	defer server.Close()
	if out := s.must("verify", "--against", server.URL); !strings.Contains(out, "snapkeep.example shows these seals") {
		t.Errorf("got %s", out)
	}
	s.must("draft", "privacy")
	s.edit("content/privacy/draft/en.md", "deleted after 30 days", "deleted after 60 days")
	s.edit("content/privacy/draft/de.md", "nach 30 Tagen gelöscht", "nach 60 Tagen gelöscht")
	s.must("release", "privacy", "--effective", "2027-06-01")
	status, _, errs := s.run("verify", "--against", server.URL)
	if status != 1 || !strings.Contains(errs, "privacy@2027-06-01 is not live on snapkeep.example") {
		t.Errorf("status %d\n%s", status, errs)
	}
	if status, _, errs = s.run("verify", "--against", server.URL+"/nowhere"); status != 1 || !strings.Contains(errs, "404") {
		t.Errorf("status %d\n%s", status, errs)
	}
}
