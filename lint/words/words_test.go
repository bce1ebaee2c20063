package words

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLists reads every list: each phrase can be compiled, and none matches nothing at all.
func TestLists(t *testing.T) {
	lists := In("en-GB")
	if len(lists) == 0 || In("de") != nil {
		t.Fatal("there are lists for English, and for English only")
	}
	for name, list := range lists {
		if len(list) == 0 {
			t.Errorf("%s is empty", name)
		}
		for _, p := range list {
			if p.Find("") != nil {
				t.Errorf("%s: %q stands everywhere", name, p.Text)
			}
		}
	}
}

// TestLiterals holds that looking for letters first loses no place of any phrase.
func TestLiterals(t *testing.T) {
	files, err := filepath.Glob("../testdata/rules/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no texts")
	}
	places := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		lower := strings.ToLower(text)
		for name, list := range In("") {
			for i := range list {
				n := len(list[i].FindAll(text))
				places += n
				if n > 0 && !list[i].may(lower) {
					t.Errorf("%s: %q is in %s and is not looked for: none of %q is there", name, list[i].Text, file, list[i].needs)
				}
			}
		}
	}
	if places < 500 {
		t.Errorf("only %d places in all", places)
	}
}

// TestForm reads the form of a list: remarks, groups, notes, loose blanks and apostrophes.
func TestForm(t *testing.T) {
	list := parse("# a remark\nfirst words\n[group]\nusers' (data|names)[ -]x => write it\n[\\w]+y\n")
	if len(list) != 3 || list[0].Group != "" || list[1].Group != "group" || list[1].Note != "write it" || list[2].Text != `[\w]+y` {
		t.Fatalf("read as %+v", list)
	}
	for text, want := range map[string]bool{
		"the First\n words here": true, "first wordsmith": false, "afirst words": false,
	} {
		if got := list[0].Find(text) != nil; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if list[1].Find("USERS’\u00a0names x") == nil || list[1].Find("users' names  x") != nil {
		t.Error("blanks and apostrophes are not read loosely, or too loosely")
	}
}
