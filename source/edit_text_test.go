package source

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestSetText(t *testing.T) {
	const full = `# read by counsel
summary: {en: "A", de: "B"} # two

# why we do it
why: # of both
  # a note
  en: |
    Because

    of that.
  de: 'Darum'   # sic

# decided by counsel
decisions:
  a: {v: 0} # checked
`
	for _, c := range []struct{ name, text, path, before, after string }{
		{"empty file", "x", "summary.en", "", "summary:\n  en: \"x\"\n"},
		{"only a comment", "x", "summary.en", "# later\n", "# later\nsummary:\n  en: \"x\"\n"},
		{"in braces", "C", "summary.en", full, strings.Replace(full, `"A"`, `"C"`, 1)},
		{"new in braces", "C", "summary.fr", full, strings.Replace(full, `"B"`, `"B", fr: "C"`, 1)},
		{"gone from braces", "", "summary.en", full, strings.Replace(full, `en: "A", `, ``, 1)},
		{"many lines by one", "So.", "why.en", full, strings.Replace(full, "|\n    Because\n\n    of that.", `"So."`, 1)},
		{"one line by many", "So\n\nit is.", "why.en", full, strings.Replace(full, "|\n    Because\n\n    of that.", "|-\n    So\n\n    it is.", 1)},
		{"with a comment behind", "So\nit is.", "why.de", full, strings.Replace(full, "'Darum'   # sic", `"So\nit is." # sic`, 1)},
		{"a new entry", "c", "why.fr", full, strings.Replace(full, "# sic\n", "# sic\n  fr: \"c\"\n", 1)},
		{"a new part", "c", "choices.en", full, full + "choices:\n  en: \"c\"\n"},
		{"a deep part", "c", "sections.a: b.en", full, full + "sections:\n  'a: b':\n    en: \"c\"\n"},
		{"gone", "", "why.de", full, strings.Replace(full, "  de: 'Darum'   # sic\n", "", 1)},
		{"gone that was not there", "", "choices.en", full, full},
		{"the last of a part", "", "why.en", "why:\n  en: x\nsummary: y\n", "summary: y\n"},
		{"the last in braces", "", "why.en", "why: {en: x}\nsummary: y\n", "summary: y\n"},
		{"an empty part", "x", "why.en", "why:\nsummary: y\n", "why:\n  en: \"x\"\nsummary: y\n"},
		{"quotes and signs", "\"no\" # {a: b}\\", "why", "why: x\n", "why: \"\\\"no\\\" # {a: b}\\\\\"\n"},
		{"windows", "z", "why", "# a\r\nwhy: x\r\nsummary: y\r\n", "# a\r\nwhy: \"z\"\nsummary: y\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := SetText([]byte(c.before), c.text, strings.Split(c.path, ".")...)
			if err != nil || string(got) != c.after {
				t.Errorf("got %v\n%s\nwant\n%s", err, got, c.after)
			}
		})
	}
}

func TestSetTexts(t *testing.T) {
	got, err := SetTexts([]byte("# of all\nsummary: A # for now\nwhy: B\n"), Map[string]{{Key: "en", Value: "A"}, {Key: "de", Value: "C"}}, "summary")
	if want := "# of all\nsummary: # for now\n  en: \"A\"\n  de: \"C\"\nwhy: B\n"; err != nil || string(got) != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}

func TestSetTextRefusesWhatItCannotEdit(t *testing.T) {
	for file, want := range map[string]string{
		"why: x\n":      "one text",
		"[a, b]\n":      "not a list of keys",
		"why: {en: a":   "did not find expected",
		"{why: {}}\n":   "not a list of keys",
		"why: [a, b]\n": "one text",
	} {
		if _, err := SetText([]byte(file), "x", "why", "en"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want …%s…", file, err, want)
		}
	}
}

// Whatever the file and the text: the text can be read again, no comment is
// lost, and every other entry is what it was.
func FuzzSetText(f *testing.F) {
	f.Add("summary: {en: a} # b\nwhy: |\n  x\n# c\nsections:\n  a:\n    en: y\n", "two\n lines", "summary", "en")
	f.Add("why: 'a # b'\n\n\n# end", "# no comment", "why", "de")
	f.Add("a:\n  b: [1, 2] # x\n  # y\n", "  blanks  ", "a", "b")
	f.Fuzz(func(t *testing.T, file, text, key, sub string) {
		var before, after map[string]map[string]string
		if text == "" || yaml.Unmarshal([]byte(file), &before) != nil || key == "<<" || sub == "<<" {
			t.Skip()
		}
		out, err := SetText([]byte(file), text, key, sub)
		if err != nil {
			t.Skip() // refused: nothing is written
		}
		if err := yaml.Unmarshal(out, &after); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if after[key][sub] != text {
			t.Errorf("%q is %#v in\n%s", text, after[key], out)
		}
		for k, m := range before {
			for s, old := range m {
				if (k != key || s != sub) && after[k][s] != old {
					t.Errorf("%s.%s was %q and is %q in\n%s", k, s, old, after[k][s], out)
				}
			}
		}
	})
}
