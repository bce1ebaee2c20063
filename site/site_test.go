package site

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"proviso/policy"
	"proviso/source"
)

// Whatever colour a team chooses, links in it can be read on every ground.
func TestColoursCanBeRead(t *testing.T) {
	for r := 0; r < 256; r += 51 {
		for g := 0; g < 256; g += 51 {
			for b := 0; b < 256; b += 51 {
				c := colour{float64(r), float64(g), float64(b)}
				if got := contrast(c.on(lightGround, colour{}), lightGround); got < 4.5 {
					t.Errorf("%v on light has a contrast of %.2f", c, got)
				}
				if got := contrast(c.on(darkGround, colour{255, 255, 255}), darkGround); got < 4.5 {
					t.Errorf("%v on dark has a contrast of %.2f", c, got)
				}
			}
		}
	}
	if got := (colour{0x1f, 0x4e, 0x79}).on(lightGround, colour{}).String(); got != "#1f4e79" {
		t.Errorf("a colour that can be read became %s", got)
	}
	for s, want := range map[string]string{"#0a5": "#00aa55", "#FFd400": "#ffd400", "teal": "", "#12": "", "#12345g": "", "0a5": ""} {
		c, err := parseColour(s)
		if (err == nil) != (want != "") || err == nil && c.String() != want {
			t.Errorf("%q is %v, %v; want %q", s, c, err, want)
		}
	}
}

// A logo has the room that its form asks for, within the head of a page.
func TestLogoHasItsProportion(t *testing.T) {
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 48, 16))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, picture string
		want          float64
	}{
		{"logo.svg", `<?xml version="1.0"?><!-- drawn --><svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 80,20"/>`, 4},
		{"logo.svg", `<svg width="30px" height="20"/>`, 1.5},
		{"logo.svg", `<svg viewBox="0 0 1000 10"/>`, 6},
		{"logo.svg", `<svg viewBox="0 0 1 10"/>`, .5},
		{"logo.svg", `<svg/>`, 1},
		{"logo.svg", `no drawing`, 1},
		{"logo.svg", `<svg viewBox="0 0 NaN 10"/>`, 1},
		{"logo.png", drawn.String(), 3},
		{"logo.webp", "RIFF", 1},
	} {
		if got := proportion(c.name, []byte(c.picture)); got != c.want {
			t.Errorf("%s %.60q has the proportion %v, want %v", c.name, c.picture, got, c.want)
		}
	}
}

// Text and its ground in the built-in stylesheet hold what WCAG 2.2 asks, in light and in dark.
func TestStylesheetContrast(t *testing.T) {
	css, err := os.ReadFile("../templates/style.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(string(css), 2)
	if len(blocks) != 2 {
		t.Fatal("the colours of light and dark were not found")
	}
	for i, name := range []string{"light", "dark"} {
		of := map[string]colour{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]+);`).FindAllStringSubmatch(blocks[i][1], -1) {
			if of[m[1]], err = parseColour(m[2]); err != nil {
				t.Fatal(err)
			}
		}
		for _, pair := range []struct {
			ink, ground string
			least       float64
		}{
			{"ink", "paper", 7}, {"ink", "raised", 7}, {"soft", "paper", 4.5}, {"soft", "raised", 4.5},
			{"accent", "paper", 4.5}, {"accent", "raised", 4.5}, {"notice-ink", "notice", 7},
			{"ins-ink", "ins", 4.5}, {"del-ink", "del", 4.5}, {"move-ink", "move", 4.5}, {"ink", "move", 4.5},
			{"edge", "paper", 3},
		} {
			if got := contrast(of[pair.ink], of[pair.ground]); got < pair.least {
				t.Errorf("%s: --%s on --%s has a contrast of %.2f, want %.1f", name, pair.ink, pair.ground, got, pair.least)
			}
		}
	}
}

// The translations of the interface words have every word and the same places to fill in.
func TestTranslationsAreComplete(t *testing.T) {
	var ps source.Problems
	all := readWords(os.DirFS("../templates"), []string{"de"}, &ps)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	place := regexp.MustCompile(`\{[a-z]+\}`)
	for _, e := range all["en"].own {
		de, ok := all["de"].own.Get(e.Key)
		if !ok {
			t.Errorf("de.yaml has no %q", e.Key)
			continue
		}
		a, b := place.FindAllString(e.Value, -1), place.FindAllString(de, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%q has the places %v in English and %v in German", e.Key, a, b)
		}
	}
	if a, b := len(all["en"].own), len(all["de"].own); a != b {
		t.Errorf("en.yaml has %d words, de.yaml %d", a, b)
	}
}

// Every word that the program or a template asks for is there, and none is there for nothing.
func TestEveryWordIsUsed(t *testing.T) {
	var ps source.Problems
	words := readWords(os.DirFS("../templates"), nil, &ps)["en"]
	code := ""
	for _, dir := range []string{".", "../templates"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if name := dir + "/" + e.Name(); strings.HasSuffix(name, ".html") || strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
				data, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				code += string(data)
			}
		}
	}
	for _, st := range []state{current, upcoming, old, replaced, ended, withdrawn, rescheduled} {
		if _, ok := words.word("state-" + string(st)); !ok {
			t.Errorf("there is no word for the state %s", st)
		}
	}
	for _, e := range words.own {
		if !strings.Contains(code, `"`+e.Key+`"`) && !strings.HasPrefix(e.Key, "state-") && !strings.HasPrefix(e.Key, "kind-") && !strings.HasPrefix(e.Key, "column-") {
			t.Errorf("nothing uses the word %q", e.Key)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"", "", "./"},
		{"", "privacy/", "privacy/"},
		{"privacy/", "", "../"},
		{"privacy/", "privacy/", "./"},
		{"privacy/", "privacy/changes/", "changes/"},
		{"privacy/2026-01-15/changes/", "de/privacy/", "../../../de/privacy/"},
		{"privacy/2026-01-15/", "privacy/2026-01-15.2/", "../2026-01-15.2/"},
		{"privacy-policy.html", "privacy/", "privacy/"},
		{"de/privacy/", "de/", "../"},
		{"privacy/", "style.css", "../style.css"},
	} {
		if got := address(c.from).to(address(c.to)); got != c.want {
			t.Errorf("from %q to %q is %q, want %q", c.from, c.to, got, c.want)
		}
	}
	for alias, want := range map[string]address{"/privacy-policy": "privacy-policy/", "privacy.html": "privacy.html",
		"/a/../b/": "b/", "/": "", "/a?b": "", "/../../etc": "etc/", "/.git": "", `/a\b`: ""} {
		got, ok := aliasOf(alias)
		if ok != (want != "") || ok && got != want {
			t.Errorf("the alias %q is %q, %t; want %q", alias, got, ok, want)
		}
	}
}

// Readers find their language by its own name, with or without a words file.
func TestLanguageNames(t *testing.T) {
	var ps source.Problems
	tm := &templates{words: readWords(os.DirFS("../templates"), []string{"de"}, &ps)}
	for locale, want := range map[string]string{"de": "Deutsch", "de-AT": "Deutsch (de-AT)", "fr": "français", "fr-CA": "français (fr-CA)",
		"pt-BR": "português do Brasil", "tlh": "tlh"} {
		if got := tm.languageName(locale); got != want {
			t.Errorf("%s is called %q, want %q", locale, got, want)
		}
	}
}

// check says whose readers would find words in another language around their texts.
func TestMissingWords(t *testing.T) {
	f := &policy.Folder{Organisation: &policy.Organisation{Locales: []string{"en", "de", "de-AT", "fr", "nl-BE"}}}
	if got := MissingWords(fstest.MapFS{}, f); len(got) > 0 {
		t.Errorf("without a version that anybody could read, %v", got)
	}
	f.Policies = []*policy.Policy{{Versions: []*policy.Version{{}}}}
	own := fstest.MapFS{}
	for _, name := range []string{"en", "de"} {
		data, err := os.ReadFile("../templates/words/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		own["words/"+name+".yaml"] = &fstest.MapFile{Data: data}
	}
	own["words/de-AT.yaml"] = &fstest.MapFile{Data: []byte("policies: Regelwerke\n")}
	own["words/nl.yaml"] = &fstest.MapFile{Data: append(bytes.ReplaceAll(own["words/en.yaml"].Data, []byte("\nskip: "), []byte("\nspik: ")), '\n')}
	got := MissingWords(own, f).Error()
	want := `content/organisation.yaml: warning: there are no words in fr for what stands around the texts, so that readers see English ones; ` +
		"copy templates/words/en.yaml of the program to templates/words/fr.yaml and translate it\n" +
		"templates/words/nl.yaml: warning: words are missing and shown in English: skip; add them, as in words/en.yaml\n" +
		"templates/words/nl.yaml: warning: nothing asks for the words spik; remove them, or write them as in words/en.yaml"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDirections(t *testing.T) {
	for locale, want := range map[string]string{"en": "ltr", "ar": "rtl", "fa-IR": "rtl", "he": "rtl", "ur": "rtl", "uz-Arab": "rtl", "ku": "ltr", "az-Latn": "ltr", "ar-Latn": "ltr"} {
		if got := direction(locale); got != want {
			t.Errorf("%s is written %s, want %s", locale, got, want)
		}
	}
}
