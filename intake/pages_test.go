package intake

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"proviso/lint"
	"proviso/policy"
)

var update = flag.Bool("update", false, "write what was read into testdata")

// TestRead reads each page and text in testdata/pages and compares what is made
// of it, its title, its date, and what was said to be repaired. What check
// calls an artefact is in none of them.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/pages/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata/pages")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := a.Files[0]
			got, err := Read(in.Name, in.Data)
			if err != nil {
				t.Fatal(err)
			}
			got.Identify(nil, NewIDs())
			var b strings.Builder
			b.WriteString("title: " + got.Title + "\ndeclared: " + got.Declared.String() + "\ncaptured: " + got.Captured.String() + "\nlanguage: " + got.Language + "\n")
			for _, r := range got.Repairs {
				b.WriteString(r.String() + "\n")
			}
			if *update {
				a.Files = []txtar.File{in, {Name: "want.md", Data: []byte(got.Body)}, {Name: "said", Data: []byte(b.String())}}
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(a.Files[1].Data); got.Body != want {
				t.Errorf("the text is\n%s\nwant\n%s", got.Body, want)
			}
			if len(a.Files) < 3 || string(a.Files[2].Data) != b.String() {
				t.Errorf("it says\n%s", b.String())
			}
			artefacts(t, got.Body)
		})
	}
}

// artefacts looks for what capturing does to a text.
func artefacts(t *testing.T, body string) {
	t.Helper()
	f, ps := policy.Load(fstest.MapFS{
		"content/organisation.yaml":   {Data: []byte("name: Northgate\nlegal_name: Northgate Systems Inc.\naddress: 1 Harbour Road\ncontacts: {privacy: privacy@northgate.example}\ntime_zone: UTC\nlocales: [en]\nsites: {northgate.example: {}}\n")},
		"content/privacy/policy.yaml": {Data: []byte("title: Privacy Policy\ntype: Privacy Policy\n")},
		"content/privacy/draft/en.md": {Data: []byte(body)},
	})
	ps = append(ps, lint.Check(f, policy.Date{Year: 2026, Month: 11, Day: 3})...)
	for _, p := range ps {
		switch p.Rule {
		case "protected-email", "nested-link", "capture-artefact", "bold-break", "empty-link", "no-break-space", "hidden-break",
			"double-number", "indented-text", "heading-level", "empty-heading", "fake-heading", "no-headings", "doubled-blank", "repeated-text", "lead-in":
			t.Errorf("left: %s: %s", p.Rule, p.Error())
		}
		if p.Severity == "error" {
			t.Error(p.Error())
		}
	}
	docs, _ := f.Texts(f.Policies[0].Drafts[0])
	for _, s := range docs["en"].Sections {
		if s.Level > 0 && !s.Explicit {
			t.Errorf("section %q has no id of its own", s.ID)
		}
	}
}
