package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// packed makes a Word file of its parts.
func packed(t testing.TB, parts []txtar.File) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.Name)
		if err == nil {
			_, err = w.Write(p.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestReadWord packs the parts in testdata/word into Word files and compares
// what is made of them.
func TestReadWord(t *testing.T) {
	files, _ := filepath.Glob("testdata/word/*.txtar")
	if len(files) == 0 {
		t.Fatal("no testdata/word")
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var parts []txtar.File
		for _, f := range a.Files {
			if strings.HasPrefix(f.Name, "word/") {
				parts = append(parts, f)
			}
		}
		got, err := Read("policy.docx", packed(t, parts))
		if err != nil {
			t.Fatal(err)
		}
		got.Identify(nil, NewIDs())
		said := fmt.Sprintf("title: %s\ndeclared: %s\n", got.Title, got.Declared)
		for _, r := range got.Repairs {
			said += r.String() + "\n"
		}
		if *update {
			a.Files = append(parts, txtar.File{Name: "want.md", Data: []byte(got.Body)}, txtar.File{Name: "said", Data: []byte(said)})
			if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want := a.Files[len(a.Files)-2:]
		if got.Body != string(want[0].Data) || said != string(want[1].Data) {
			t.Errorf("%s: the text is\n%s\nwant\n%s\nit says\n%s", file, got.Body, want[0].Data, said)
		}
		artefacts(t, got.Body)
	}
}
