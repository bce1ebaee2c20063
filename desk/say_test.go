package desk

import (
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// Every phrase that is said has words, and every phrase is said.
func TestPhrases(t *testing.T) {
	said := map[string]bool{}
	asked := regexp.MustCompile(`\bsay[( ]"([a-z-]+)"`)
	add := func(data []byte) {
		for _, m := range asked.FindAllSubmatch(data, -1) {
			said[string(m[1])] = true
		}
	}
	sources, _ := filepath.Glob("*.go")
	for _, name := range sources {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		add(data)
	}
	templates, _ := fs.Glob(files, "pages/*.html")
	for _, name := range templates {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		add(data)
	}
	for _, tab := range []string{"review", "words", "mail", "release"} {
		said["tab-"+tab] = true
	}
	for _, part := range []string{"words-summary", "words-why", "words-choices", "hint-summary", "hint-why", "hint-choices",
		"foreign-origin", "bad-form", "no-token"} {
		said[part] = true // put together from parts
	}
	for key := range said {
		if _, ok := phrases.Get(key); !ok && key != "tab-" && key != "words-" && key != "hint-" {
			t.Errorf("%q has no words", key)
		}
	}
	for _, key := range phrases.Keys() {
		if !said[key] {
			t.Errorf("%q is never said", key)
		}
	}
	if len(said) < 60 || slices.Contains(phrases.Keys(), "") {
		t.Errorf("only %d phrases", len(said))
	}
}

func TestMarkedWordsAreOnlyWords(t *testing.T) {
	got := marked("We keep <b>logs</b>.", "We keep <i>logs</i> & \"more\".")
	if regexp.MustCompile(`<[bi]>`).MatchString(string(got)) {
		t.Errorf("markup in the words became markup: %s", got)
	}
	if want := template.HTML(`12 <del><span class="said">deleted: </span>months</del><ins><span class="said">inserted: </span>years</ins>`); marked("12 months", "12 years") != want {
		t.Errorf("got %s", marked("12 months", "12 years"))
	}
}
