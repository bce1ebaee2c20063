package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"proviso/text"
)

// FuzzRead holds the laws of reading: whatever a file holds, it is refused or
// becomes a text that is read without an error, whose sections all have ids of
// their own, and that stays as it is when it is read again.
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/pages/*.txtar")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		in := txtar.Parse(data).Files[0]
		f.Add(in.Name, in.Data)
	}
	for _, s := range []string{"# A\n\n## B {#b}\n\n{{x}}\n", "A\n=\n\n> # B {x}\n", "- ## C\n\n  d\n", "<p>a</p>\n\n# b {#b", "# {{a}}", "## a {#-}\n## a {products=x}", "```\n# a\n", "## x {#a b}", "\\{{ {{policy.effective}}"} {
		f.Add("a.md", []byte(s))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if len(data) > 20_000 {
			return
		}
		got, err := Read(name, data)
		if err != nil {
			return
		}
		got.Identify(nil, NewIDs())
		doc, ps := text.Parse("en.md", []byte(got.Body), text.Options{})
		if err := ps.Err(); err != nil {
			t.Fatalf("%v\n%s", err, got.Body)
		}
		seen := map[string]bool{}
		for _, s := range doc.Sections {
			if s.Level > 0 && (!s.Explicit || seen[s.ID]) || s.Level == 1 {
				t.Fatalf("section %q at level %d has no id of its own\n%s", s.ID, s.Level, got.Body)
			}
			seen[s.ID] = true
		}
		if strings.Contains(got.Body, "\r") {
			t.Fatalf("carriage returns are left\n%q", got.Body)
		}
	})
}

// FuzzWord holds what must be so of the XML of Word files: it is refused or read.
func FuzzWord(f *testing.F) {
	a, err := txtar.ParseFile("testdata/word/policy.txtar")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(a.Files[0].Data, a.Files[1].Data, a.Files[2].Data)
	f.Fuzz(func(t *testing.T, doc, styles, numbering []byte) {
		got, err := Read("a.docx", packed(t, []txtar.File{{Name: "word/document.xml", Data: doc}, {Name: "word/styles.xml", Data: styles}, {Name: "word/numbering.xml", Data: numbering}}))
		if err == nil && len(strings.Fields(got.Body)) == 0 {
			t.Fatal("it has no words")
		}
	})
}
