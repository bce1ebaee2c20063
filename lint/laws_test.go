package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"proviso/lint/reading"
	"proviso/lint/rule"
	"proviso/text"
)

// FuzzText holds laws for any text: every finding has a rule of the table, says
// what to do, and stands in the file; the same text has the same findings; and
// a text without source has findings too, and does not break.
func FuzzText(f *testing.F) {
	files, _ := filepath.Glob("testdata/rules/*.txt")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(string(data), "en")
		}
	}
	f.Add("\ufeff---\ntitle: x\n---\r\n## A {#a covers=\"b\"}\r\n\r\n[[a](b).](c) **x  \r\n** y `z\n", "de")
	f.Add("| a | b |\n|---|---|\n| “x\u00a0y | ”z |\n\n1. 2. 3. a\n\n        lines of words that are so long that they look like prose to whoever reads them\n", "")
	f.Fuzz(func(t *testing.T, src, locale string) {
		doc, _ := text.Parse("x.md", []byte(src), text.Options{})
		o := reading.Options{Locale: locale, Source: []byte(src), Date: civil(t, "2026-11-03"), Legal: "Northgate Systems Inc.", Names: []string{"Northgate"}, Elements: []string{"gdpr13"}}
		lines := strings.Count(strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n"), "\n") + 1
		found := Text(doc, o)
		for _, p := range found {
			if !rule.Known(p.Rule) || p.Message == "" || p.Hint == "" || p.File != "x.md" || p.Line < 1 || p.Line > lines || p.Column < 1 {
				t.Fatalf("a finding is not whole: %+v", p)
			}
		}
		again := Text(doc, o)
		if len(again) != len(found) || again.Error() != found.Error() {
			t.Fatalf("the same text has other findings:\n%s\n\n%s", found.Error(), again.Error())
		}
		o.Source = nil
		Text(doc, o)
	})
}

// TestPlaces holds that a finding stands where the words are, behind markup,
// escapes, references and other scripts.
func TestPlaces(t *testing.T) {
	for _, src := range []string{
		"We say so by @by writing.\n",
		"A **bold** word, `code`, a [link](https://example.com/by) and so by @by writing.\n",
		"Fish \\& chips &amp; more &ndash; so by @by writing.\n",
		"Zeichen wie ä, ö und 漢字 so by @by writing.\n",
		"> Quoted so\n> by @by writing.\n",
		"- An item\n  so by\n  @by writing.\n",
		"| a | b |\n|---|---|\n| x | so by @by writing |\n",
		"## Why so by @by writing {#why}\n\nWords.\n",
		"{{org.name}} does so by @by writing to {{contacts.privacy}}.\n",
	} {
		at := strings.Index(src, "@")
		src = src[:at] + src[at+1:]
		line := strings.Count(src[:at], "\n") + 1
		column := len([]rune(src[strings.LastIndex(src[:at], "\n")+1:at])) + 1
		found := false
		for _, p := range Text(document(t, "x.md", src), reading.Options{Source: []byte(src)}) {
			if p.Rule == "doubled-word" {
				found = true
				if p.Line != line || p.Column != column {
					t.Errorf("%q: found at %d:%d, want %d:%d", src, p.Line, p.Column, line, column)
				}
			}
		}
		if !found {
			t.Errorf("%q: nothing is found", src)
		}
	}
}
