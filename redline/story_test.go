package redline

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the redlines that the tests expect")

// Each file of testdata says what it shows, and holds an old text, a new text
// and the redline that a lawyer would want of them.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			story, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			old, new := parse(string(story.Files[0].Data)), parse(string(story.Files[1].Data))
			r := Compare(old, new)
			got := dump(r)
			if *update {
				story.Files[2].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(story), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(story.Files[2].Data); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			checkLaws(t, r)
			checkLaws(t, Compare(new, old))
			checkPage(t, r)
		})
	}
}
