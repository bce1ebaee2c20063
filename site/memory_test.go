package site_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"proviso/policy"
	"proviso/site"
	"proviso/source"
)

// remembering returns the folder of fernhollow, whose builds leave something for the next one.
func remembering(t testing.TB) *world {
	w := fernhollow(t)
	w.o.Cache, w.o.Program = filepath.Join(t.TempDir(), "cache"), "one"
	return w
}

// clean builds the same folder in a new place, with nothing to go by.
func (w *world) clean() map[string]string {
	w.Helper()
	c := *w
	c.out = w.TempDir()
	c.o.Out, c.o.Cache = c.out, ""
	return c.build()
}

// A build that rests on the same things as the one before looks at no text and touches no file.
func TestNothingNew(t *testing.T) {
	w := remembering(t)
	w.o.Check = func(rd *policy.Reading, _ policy.Anchors) (ps source.Problems) {
		ps.Warnf(source.Position{File: rd.Version.Dir}, "test", "", "a warning")
		return ps
	}
	var found source.Problems
	w.o.Judge = func(ps source.Problems) error { found = ps; return nil }
	first := w.report()
	told := len(found)
	page := w.stat("fernhollow.example/privacy/index.html")
	w.o.Check = func(*policy.Reading, policy.Anchors) source.Problems { t.Error("a version was read again"); return nil }
	w.o.Progress = func(int, int) { t.Error("a version was rendered again") }
	second := w.report()
	for domain, r := range second {
		if was := first[domain]; r.Written != 0 || r.Unchanged != was.Written || r.Pages != was.Pages || (r.Next == nil) != (was.Next == nil) {
			t.Errorf("%s: first %+v, then %+v", domain, was, r)
		}
	}
	if told == 0 || len(found) != told {
		t.Errorf("%d warnings were given again, want %d", len(found), told)
	}
	if !os.SameFile(page, w.stat("fernhollow.example/privacy/index.html")) {
		t.Error("a page was written anew")
	}
}

// Only what rests on an edit is looked at again.
func TestOnlyWhatRestsOnAnEdit(t *testing.T) {
	w := remembering(t)
	read := map[string]bool{}
	var mu sync.Mutex // policies are read at the same time
	w.o.Check = func(rd *policy.Reading, _ policy.Anchors) source.Problems {
		mu.Lock()
		defer mu.Unlock()
		read[rd.Version.Policy.ID] = true
		return nil
	}
	w.report()
	if !read["privacy"] || !read["terms"] {
		t.Fatalf("the first build read %v", read)
	}
	for _, c := range []struct{ file, from, to, want string }{
		{"content/terms/2026-01-01/en.md", "a", "a", ""},
		{"content/terms/2024-05-01/en.md", "##", "More.\n\n##", "terms"},
		{"content/terms/2026-01-01/en.md", "##", "More.\n\n##", "privacy terms"}, // one links to the newest of the other
		{"content/privacy/2025-03-10/changes.yaml", "a year", "one year", "privacy"},
	} {
		clear(read)
		w.edit(c.file, c.from, c.to)
		w.report()
		var got []string
		for id := range read {
			got = append(got, id)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("after an edit of %s: read %v, want %q", c.file, got, c.want)
		}
	}
}

// Whatever is edited, in whatever order, the pages are those of a clean build.
func TestRandomEdits(t *testing.T) {
	w := remembering(t)
	w.build()
	words := map[string]string{}
	w.o.Templates = over{w.o.Templates, words}
	rnd := rand.New(rand.NewPCG(1, 7))
	edits := edits(t, w, words)
	rounds := 40
	if testing.Short() {
		rounds = 10
	}
	for i := range rounds {
		var done []string
		for range 1 + rnd.IntN(2) {
			e := edits[rnd.IntN(len(edits))]
			done = append(done, e.name)
			e.do(rnd.IntN(1000))
		}
		if d := differing(w.build(), w.clean()); len(d) > 0 {
			t.Fatalf("round %d, after %v: these files differ from a clean build: %v", i, done, d)
		}
	}
}

type randomEdit struct {
	name string
	do   func(n int)
}

func edits(t *testing.T, w *world, templates map[string]string) []randomEdit {
	number := func(n int) string { return []string{"twelve", "13", "fourteen", "15"}[n%4] }
	put := func(file, from string, to ...string) randomEdit {
		old := string(w.files[file].Data)
		if !strings.Contains(old, from) {
			t.Fatalf("%s does not hold %q", file, from)
		}
		return randomEdit{file, func(n int) {
			w.files[file] = &fstest.MapFile{Data: []byte(strings.Replace(old, from, append(to, from)[n%(len(to)+1)], 1))}
		}}
	}
	own := func(file string, to ...string) randomEdit {
		data, err := os.ReadFile("../templates/" + file)
		if err != nil {
			t.Fatal(err)
		}
		return randomEdit{"templates/" + file, func(n int) {
			if delete(templates, file); n%2 == 0 {
				templates[file] = strings.Replace(string(data), to[0], to[1], 1)
			}
		}}
	}
	return []randomEdit{
		put("content/privacy/2025-03-10/en.md", "##", "A new paragraph.\n\n##", "Another one, in {{site.name}}.\n\n##"),
		put("content/privacy/2024-05-01/de.md", "##", "Ein Absatz.\n\n##"),
		put("content/privacy/2026-09-01/en.md", "##", "What is to come.\n\n##"),
		put("content/terms/2026-01-01/en.md", "##", "Conditions of {{org.name}}.\n\n##"),
		put("content/privacy/2025-03-10/changes.yaml", "a year", "one year", "two years"),
		put("content/privacy/2025-03-10/practices.yaml", "Postbag Ltd.", "Parcels Ltd."),
		put("content/privacy/policy.yaml", "en: Privacy Policy", "en: Privacy Notice"),
		put("content/terms/policy.yaml", "path: conditions", "path: rules"),
		put("content/organisation.yaml", "name: Fernhollow\n", "name: Fern Hollow\n"),
		put("content/organisation.yaml", "/datenschutz, ", "", "/data, "),
		put("content/organisation.yaml", "    locales: [en]\n", "    locales: [en]\n    until: 2026-08-20\n    successor: {name: Ovenworks, url: https://ovenworks.example/}\n"),
		put("content/logo.svg", "<svg", "<svg id=\"x\""),
		own("base.html", "<body>", "<body class=\"own\">"),
		own("words/de.yaml", "skip: ", "skip: Los, "),
		own("style.css", "{", "{ --own: 1; "),
		{"the date", func(n int) {
			w.o.Today = day(t, []string{"2026-08-01", "2026-08-20", "2026-09-01", "2024-04-15", "2027-01-01"}[n%5])
		}},
		{"a new version", func(n int) {
			if delete(w.files, "content/terms/2026-07-01/en.md"); n%2 == 0 {
				w.files["content/terms/2026-07-01/en.md"] = &fstest.MapFile{Data: []byte("## New\n\nAll is new.\n")}
			}
		}},
		{"a draft", func(n int) {
			w.files["content/terms/draft/en.md"] = &fstest.MapFile{Data: []byte("## Draft\n\n" + number(n) + "\n")}
		}},
		{"--pages", func(n int) { w.o.NoRedlines = n%2 == 0 }},
		{"--site", func(n int) { w.o.Sites = [][]string{nil, {"kiln.example"}}[n%2]; w.build(); w.o.Sites = nil }},
		{"a page touched by hand", func(n int) {
			file := filepath.Join(w.out, "fernhollow.example", []string{"index.html", "privacy/index.html", "more.html"}[n%3])
			if err := os.WriteFile(file, []byte("touched"), 0o644); err != nil {
				t.Fatal(err)
			}
		}},
		{"a site removed by hand", func(int) {
			if err := os.RemoveAll(filepath.Join(w.out, "kiln.example")); err != nil {
				t.Fatal(err)
			}
		}},
		{"another program", func(n int) { w.o.Program = number(n) }},
		{"a broken cache", func(n int) {
			files, err := filepath.Glob(filepath.Join(w.o.Cache, "*.json"))
			if err != nil || len(files) == 0 {
				t.Fatalf("nothing was remembered: %v, %v", files, err)
			}
			data, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(files[0], data[:len(data)*(n%10)/10], 0o644); err != nil {
				t.Fatal(err)
			}
		}},
	}
}

// Judge sees what was found before anything is published, and may refuse it.
func TestJudge(t *testing.T) {
	w := remembering(t)
	w.o.Check = func(rd *policy.Reading, _ policy.Anchors) (ps source.Problems) {
		ps.Warnf(source.Position{File: rd.Version.Dir}, "test", "", "a warning")
		return ps
	}
	w.o.Judge = func(ps source.Problems) error { return ps }
	if _, err := site.Build(w.folder(), w.o); err == nil || !strings.Contains(err.Error(), "content/terms/2026-01-01: warning: a warning") {
		t.Errorf("got %v", err)
	}
	if len(w.read()) > 0 {
		t.Error("pages were published")
	}
}
