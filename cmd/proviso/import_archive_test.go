package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	recordedBody = "\n\nThis version was recorded after extracting from snapshot https://archive.example/1\n\nX-engine-version: 8.0.0\n"
	ledgerTerms  = "Ledgerly/Privacy Policy.md"
)

// TestImportArchive takes in a document of an Open Terms Archive: its first
// record, a change, an upgrade that renders the same page anew, a return to an
// earlier text, an error page, and a record that was imported late and dated back.
func TestImportArchive(t *testing.T) {
	r := newRepository(t)
	put := func(day, subject, text string) {
		r.commit(day, subject+recordedBody, map[string]string{ledgerTerms: text})
	}
	first, second := policyText("", "Logs go after 90 days."), policyText("", "Logs go after 30 days.")
	put("2023-02-01", "First record of Ledgerly Privacy Policy", first)
	put("2023-06-01", "Record new changes of Ledgerly Privacy Policy", second)
	put("2023-06-05", "Record new changes of Ledgerly Privacy Policy", first)
	put("2023-06-06", "Record new changes of Ledgerly Privacy Policy", "Access denied\n")
	put("2023-09-01", "Record new changes of Ledgerly Privacy Policy", second)
	put("2023-10-01", "Apply technical or declaration upgrade on Ledgerly Privacy Policy", second+"\n## 4. Questions\n\nAsk us whatever you want to know.\n")
	put("2022-05-05", "Record new changes of Ledgerly Privacy Policy", policyText("", "Logs go after a year."))

	s := importFolder(t)
	s.must("import", filepath.Join(r.dir, ledgerTerms))
	if got := strings.Join(s.versions("privacy"), " "); got != "2022-05-05 2023-02-01 2023-09-01" {
		t.Fatalf("the versions are %s\n%s", got, s.read("content/privacy/provenance.yaml"))
	}
	if text := s.read("content/privacy/2023-09-01/en.md"); !strings.Contains(text, "{#questions}") {
		t.Errorf("the upgrade's text does not stand for the version:\n%s", text)
	}
	list := s.read("content/privacy/provenance.yaml")
	for _, want := range []string{"Open Terms Archive", "a technical upgrade", "a return to the text of", "then the text of", "an error page"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list does not say %q:\n%s", want, list)
		}
	}
	if status, _, errs := s.run("import", filepath.Join(r.dir, "Ledgerly/Terms.md")); status != 1 || !strings.Contains(errs, `ever had the file "Ledgerly/Terms.md"`) {
		t.Errorf("a path that never was: status %d\n%s", status, errs)
	}
}

// TestImportWholeArchive takes in every policy of a repository; of two that
// would have one id, none.
func TestImportWholeArchive(t *testing.T) {
	r := newRepository(t)
	r.commit("2023-02-01", "First record of Ledgerly Privacy Policy"+recordedBody, map[string]string{
		ledgerTerms: policyText("", "Logs go after 90 days."), "README.md": "# Terms that we follow\n"})
	r.commit("2023-03-01", "First record of Ledgerly Terms of Service"+recordedBody, map[string]string{
		"Ledgerly/Terms of Service.md": policyText("", "Pay what you owe.")})

	s := importFolder(t)
	s.must("import", r.dir, "--policy", "terms")
	if got := strings.Join(s.versions("terms"), " "); got != "2023-03-01" {
		t.Fatalf("with --policy, the versions of the one that is meant are %s", got)
	}
	s.must("import", filepath.Join(r.dir, "Ledgerly"))
	if got := strings.Join(s.versions("privacy"), " "); got != "2023-02-01" {
		t.Fatalf("of all, the versions of the other one are %s", got)
	}
	r.commit("2023-04-01", "First record of Inkwell Privacy Policy"+recordedBody, map[string]string{
		"Inkwell/Privacy Policy.md": policyText("", "Logs stay.")})
	if status, out, errs := s.run("import", r.dir); status != 1 || !strings.Contains(errs, "name one file: Inkwell/Privacy Policy.md, "+ledgerTerms) {
		t.Errorf("two policies of one id: status %d\n%s%s", status, out, errs)
	}
}

// TestImportBadPaths names what is no document: each is refused at once, and
// nothing is written.
func TestImportBadPaths(t *testing.T) {
	s := importFolder(t)
	dir := t.TempDir()
	at := func(name, data string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	loop, link := filepath.Join(dir, "loop.md"), filepath.Join(dir, "link.md")
	pipe := filepath.Join(dir, "pipe.md")
	for _, err := range []error{os.Symlink(loop, loop), os.Symlink(at("privacy.md", "# Privacy Policy\n\nWe keep nothing.\n"), link), syscall.Mkfifo(pipe, 0o644)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	before := s.tree(".")
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "none.md"), "there is no such file"},
		{dir, "is a folder and no git repository"},
		{loop, "too many levels of symbolic links"},
		{pipe, "is no file that can be read"},
		{at("x.docx", "no zip"), "the file is broken"},
		{at("future.md", "# Privacy Policy\n\nEffective: 1 May 2026\n\nWe keep nothing.\n"), "still to come: bring it in with --draft"},
		{at("123.md", "words and nothing else\n"), "name it with --policy"},
		{filepath.Join(s.dir, "content/organisation.yaml"), "lies in content/ already"},
	} {
		status, out, errs := s.run("import", c.path)
		if status == 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d, want %q\n%s%s", c.path, status, c.want, out, errs)
		}
	}
	if got := s.tree("."); strings.ReplaceAll(got, filepath.Join(s.dir, ".proviso/content.lock")+"\n\n", "") != before {
		t.Errorf("something was written:\n%s", got)
	}
	s.must("import", link) // a link to a document is the document
	if status, _, errs := s.run("import", at("older.md", "# Privacy Policy\n\nEffective: 1 May 2020\n\nWe keep some things.\n"), "--policy", "link"); status != 0 {
		t.Errorf("a first version of another policy: %s", errs)
	}
	if status, _, errs := s.run("import", at("older2.md", "# Privacy Policy\n\nEffective: 1 May 2019\n\nWe keep all.\n"), "--policy", "link"); status != 1 || !strings.Contains(errs, "nothing is put before a sealed version") {
		t.Errorf("an older text: status %d\n%s", status, errs)
	}
	s.must("verify")
}

// TestImportStopped stops an import before it writes: nothing is there, and the
// next one does all of it.
func TestImportStopped(t *testing.T) {
	r, s := newRepository(t), importFolder(t)
	r.commit("2024-01-01", "a", map[string]string{"privacy.md": policyText("", "One.")})
	r.commit("2024-06-01", "b", map[string]string{"privacy.md": policyText("", "Two.")})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p := &program{stdin: strings.NewReader(""), stdout: &strings.Builder{}, stderr: &strings.Builder{}, now: func() time.Time { return mustDay(t, s.day) }}
	if status := p.run(ctx, []string{"-C", s.dir, "import", filepath.Join(r.dir, "privacy.md")}); status != 1 {
		t.Errorf("stopped: status %d", status)
	}
	if got := s.versions("privacy"); got != nil {
		t.Fatalf("it left %v", got)
	}
	s.write("content/.release-left/2024-01-01/en.md", "half\n") // of one that was killed
	s.must("import", filepath.Join(r.dir, "privacy.md"))
	if got := strings.Join(s.versions("privacy"), " "); got != "2024-01-01 2024-06-01" {
		t.Errorf("the versions are %s", got)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "content/.release-left")); err == nil {
		t.Error("what a killed import left is still there")
	}
}

// TestImportKilledBetweenVersions imports into a policy that is there, and takes
// away what a killed import would not have put there yet: the list, and before
// that one version after the other. The next import ends with the same bytes.
func TestImportKilledBetweenVersions(t *testing.T) {
	r, s := newRepository(t), importFolder(t)
	r.commit("2023-01-01", "a", map[string]string{"privacy.md": policyText("", "One.")})
	s.must("import", filepath.Join(r.dir, "privacy.md"))
	for i, day := range []string{"2023-06-01", "2024-01-01", "2024-06-01"} {
		r.commit(day, "b", map[string]string{"privacy.md": policyText("", strings.Repeat("More. ", i+1))})
	}
	r.commit("2024-06-02", "the same in other words", map[string]string{"privacy.md": policyText("", strings.Repeat("More.  ", 3))})
	list := s.read("content/privacy/provenance.yaml")
	s.must("import", filepath.Join(r.dir, "privacy.md"))
	whole := contents(t, s.dir)
	names := s.versions("privacy")
	if len(names) != 4 {
		t.Fatalf("the versions are %v", names)
	}
	for kept := len(names); kept >= 1; kept-- {
		for _, name := range names[kept:] {
			if err := os.RemoveAll(filepath.Join(s.dir, "content/privacy", name)); err != nil {
				t.Fatal(err)
			}
		}
		s.write("content/privacy/provenance.yaml", list)
		s.must("verify")
		s.must("import", filepath.Join(r.dir, "privacy.md"))
		if got := contents(t, s.dir); got != whole {
			t.Errorf("after %d of %d versions:\n%s\nwant\n%s\n%s", kept, len(names), got, whole, s.read("content/privacy/provenance.yaml"))
		}
	}
}
