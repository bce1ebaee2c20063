package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// A repository is one that a test makes, commit by commit.
type repository struct {
	t    *testing.T
	dir  string
	repo *git.Repository
	tree *git.Worktree
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	r := &repository{t: t, dir: filepath.Join(t.TempDir(), "policies")}
	var err error
	if r.repo, err = git.PlainInit(r.dir, false); err != nil {
		t.Fatal(err)
	}
	if r.tree, err = r.repo.Worktree(); err != nil {
		t.Fatal(err)
	}
	return r
}

// commit writes files (empty: removed) and commits them on a day.
func (r *repository) commit(day, message string, files map[string]string) {
	r.t.Helper()
	when, err := time.Parse(time.DateOnly, day)
	if err != nil {
		r.t.Fatal(err)
	}
	when = when.Add(9 * time.Hour)
	for name, data := range files {
		at := filepath.Join(r.dir, name)
		if data == "" {
			_, err = r.tree.Remove(name)
		} else if err = os.MkdirAll(filepath.Dir(at), 0o755); err == nil {
			if err = os.WriteFile(at, []byte(data), 0o644); err == nil {
				_, err = r.tree.Add(name)
			}
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	by := &object.Signature{Name: "Robin", Email: "robin@example.test", When: when}
	if _, err := r.tree.Commit(message, &git.CommitOptions{Author: by, Committer: by}); err != nil {
		r.t.Fatal(err)
	}
}

// importFolder is a folder with an organisation and no policy.
func importFolder(t *testing.T) *story {
	s := &story{t: t, dir: t.TempDir(), day: "2026-01-10", env: map[string]string{}}
	s.write("content/organisation.yaml", "name: Fenwick\nlegal_name: Fenwick Tools Ltd.\ntime_zone: Europe/London\nlocales: [en]\nsites: {fenwick.example: {}}\nregimes: [contract-30]\n")
	return s
}

// versions returns the names of a policy's versions.
func (s *story) versions(policy string) (out []string) {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, "content", policy, "2*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, x := range found {
		out = append(out, filepath.Base(x))
	}
	return out
}

const filler = "We keep what you give us for as long as you have an account, and we show it to nobody who does not need it to run the service for you. "

// policyText is a policy of about 200 words, with one sentence of its own.
func policyText(date, own string) string {
	return "# Privacy Policy\n\n" + date + "\n\nThis page says what we do with what we know of you.\n\n## 1. What we collect\n\n" + strings.Repeat(filler, 4) +
		"\n\n## 2. How long we keep it\n\n" + strings.Repeat(filler, 2) + own + "\n\n## 3. Whom to write to\n\nWrite to [us](https://fenwick.example/contact?utm_source=page).\n"
}

// TestImportHistory takes in a file with 37 commits, 30 of them noise and one a move: what is
// left are its six versions, with section ids that stay the same through all of
// them, sealed as imported. Running it again changes nothing.
func TestImportHistory(t *testing.T) {
	r := newRepository(t)
	day := func(s string, n int) string {
		d, _ := time.Parse(time.DateOnly, s)
		return d.AddDate(0, 0, n).Format(time.DateOnly)
	}
	sentences := []string{"Logs go after 90 days.", "Logs go after 60 days.", "Logs go after 30 days.", "Logs go after a week.",
		"Logs go after a week, backups after a month.", "Logs and backups go after a week."}
	months := []string{"2020-02-01", "2020-08-01", "2021-03-01", "2022-01-15", "2023-05-20", "2024-11-02"}
	headings := []string{"## 2. How long we keep it", "## 2. How long we keep it", "## 2. How long we keep data", "## 3. How long we keep data", "## 3. Retention of data", "## 3. Retention of data"}
	name := "docs/privacy.md"
	for i, from := range months {
		date := "Last updated: " + mustDay(t, from).Format("January 2, 2006")
		if i == 2 {
			date = "" // declares nothing: it counts from the day on which it was first seen
		}
		text := strings.ReplaceAll(policyText(date, sentences[i]), "## 2. How long we keep it", headings[i])
		if i == 4 {
			r.commit(day(from, -1), "move", map[string]string{name: "", "legal/privacy-policy.md": r.read(name)})
			name = "legal/privacy-policy.md"
		}
		r.commit(from, fmt.Sprintf("version %d", i), map[string]string{name: text})
		// Five times noise after each version
		r.commit(day(from, 3), "track links", map[string]string{name: strings.ReplaceAll(text, "utm_source=page", "utm_source=mail")})
		r.commit(day(from, 5), "error page", map[string]string{name: "# 503\n\nThe service cannot be reached. Try again later.\n"})
		r.commit(day(from, 6), "back", map[string]string{name: text})
		r.commit(day(from, 8), "another site's text", map[string]string{name: policyText(date, "This text belongs to another site and came here by mistake.")})
		r.commit(day(from, 9), "back again", map[string]string{name: strings.ReplaceAll(text, "## ", "##  ")})
	}
	s := importFolder(t)
	out := s.must("import", filepath.Join(r.dir, name))
	want := "2020-02-01 2020-08-01 2021-03-01 2022-01-15 2023-05-20 2024-11-02"
	if got := strings.Join(s.versions("privacy"), " "); got != want {
		t.Fatalf("versions are %s, want %s\n%s\n%s", got, want, out, s.read("content/privacy/provenance.yaml"))
	}
	for i, v := range s.versions("privacy") {
		text, seal := s.read("content/privacy/"+v+"/en.md"), s.read("content/privacy/"+v+"/seal.yaml")
		if !strings.Contains(text, "{#how-long-we-keep-it}") || !strings.Contains(text, "{#whom-to-write-to}") {
			t.Errorf("the sections of %s have other ids:\n%s", v, text)
		}
		if !strings.Contains(seal, "state: imported") || strings.Contains(seal, "inferred: true") != (i == 2) || strings.Contains(seal, "decision:") {
			t.Errorf("the seal of %s:\n%s", v, seal[:400])
		}
		if strings.Contains(text, "updated") || strings.Contains(text, "utm_") || strings.Contains(text, "503") {
			t.Errorf("%s holds what it should not:\n%s", v, text)
		}
	}
	list := s.read("content/privacy/provenance.yaml")
	if n := strings.Count(list, "dropped:"); n != 30 {
		t.Errorf("%d records are listed as dropped, want 30:\n%s", n, list)
	}
	s.must("verify")
	s.must("check")
	s.must("build")
	if page := s.read("public/fenwick.example/privacy/2021-03-01/index.html"); !strings.Contains(page, "first seen on") {
		t.Error("the page of an inferred date does not say so")
	}
	if out := s.must("diff", "privacy@2022-01-15", "--format", "json"); !strings.Contains(out, `"section": "how-long-we-keep-it"`) {
		t.Errorf("the redline of two imported versions:\n%s", out)
	}
	before := s.tree("content")
	if out := s.must("import", filepath.Join(r.dir, name)); !strings.Contains(out, "nothing was changed") {
		t.Errorf("the second time it says\n%s", out)
	}
	if s.tree("content") != before {
		t.Error("the second time changed something")
	}
	r.commit("2025-06-01", "a new one", map[string]string{name: policyText("Last updated: June 1, 2025", "Logs go after two weeks.")})
	s.must("import", filepath.Join(r.dir, name))
	if got := strings.Join(s.versions("privacy"), " "); got != want+" 2025-06-01" {
		t.Errorf("after a new commit the versions are %s", got)
	}
	s.must("verify")
}

func mustDay(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (r *repository) read(name string) string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

// tree returns the names and contents of all files below a folder as one text.
func (s *story) tree(dir string) string {
	s.t.Helper()
	var b strings.Builder
	err := filepath.Walk(filepath.Join(s.dir, dir), func(name string, at os.FileInfo, err error) error {
		if err != nil || at.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		fmt.Fprintf(&b, "%s\n%s\n", name, data)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}
