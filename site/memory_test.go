package site_test

import (
	"fmt"
	"maps"
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

// differs builds, and then builds the same folder in a new place with nothing
// to go by; it returns whether anything was built, and the files that are not
// the same, or how one of the two builds was refused and the other was not.
func (w *world) differs() (built bool, files []string) {
	w.Helper()
	f, ps := policy.Load(w.files)
	if ps.Err() != nil {
		return false, nil // nobody gets as far as a build
	}
	c := *w
	c.out = w.TempDir()
	c.o.Out, c.o.Cache = c.out, ""
	var found, cleanFound source.Problems
	err, cleanErr := w.check(f, &found), c.check(f, &cleanFound)
	switch {
	case !slices.Equal(found, cleanFound):
		return true, []string{fmt.Sprintf("one found %v, the clean one %v", found, cleanFound)}
	case err == nil && cleanErr == nil:
		return true, differing(w.read(), c.read())
	case err == nil || cleanErr == nil || err.Error() != cleanErr.Error():
		return true, []string{fmt.Sprintf("one was refused with %v, the clean one with %v", err, cleanErr)}
	}
	return false, nil
}

// check builds, and looks for what is wrong as the command does; but that sealed
// texts were edited is what the test is about.
func (w *world) check(f *policy.Folder, found *source.Problems) error {
	o := w.o
	o.Check = func(rd *policy.Reading, anchors policy.Anchors) source.Problems {
		return f.CheckReading(rd, o.Today, anchors)
	}
	o.Judge = func(ps source.Problems) error { *found = ps; return ps.Err() }
	_, err := site.Build(f, o)
	return err
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
	w.unseal()
	w.build()
	words := map[string]string{}
	w.o.Templates = over{w.o.Templates, words}
	rnd := rand.New(rand.NewPCG(1, 7))
	all := edits(t, w, words)
	rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	rounds := len(all)
	if testing.Short() {
		rounds = 25
	}
	refused := 0
	for i := range rounds {
		var done []string
		now := []randomEdit{all[i%len(all)], all[rnd.IntN(len(all))]}[:1+rnd.IntN(2)]
		for j, e := range now {
			n := j * rnd.IntN(1000) // each edit is made in its first way, and again in any
			e.do(n)
			done = append(done, fmt.Sprintf("%s (%d)", e.name, n))
		}
		built, d := w.differs()
		if len(d) > 0 {
			t.Fatalf("round %d, after %v: these files differ from a clean build: %v", i, done, d)
		}
		if !built {
			refused++
			for _, e := range now {
				e.do(-1)
			}
		}
	}
	if refused > rounds/8 {
		t.Errorf("%d of %d rounds built nothing, so that they say nothing", refused, rounds)
	}
}

// unseal adds versions that nobody has sealed: what they show follows organisation.yaml.
func (w *world) unseal() {
	for name, data := range map[string]string{
		"privacy/2026-02-01/en.md":          "We are {{org.legal_name}} of {{org.address}}; write to {{contacts.privacy}}.\n\n## Orders {#orders}\n\nTwelve months. Our shop: {{vars.shop}}. See the [terms](policy:terms#returns).\n\n## Weaving {#loom products=\"loom\"}\n\nThreads.\n\n## Who helps us {#sharing}\n\n{{practices.sharing}}\n",
		"privacy/2026-02-01/de.md":          "Wir sind {{org.legal_name}}.\n\n## Bestellungen\n\nZwölf Monate. {{site.name}}\n\n## Weben\n\nFäden.\n\n## Wer uns hilft\n\n{{practices.sharing}}\n",
		"privacy/2026-02-01/practices.yaml": "sharing:\n  post: {name: Postbag Ltd., role: {en: carrier, de: Zusteller}, country: GB}\n  mill: {name: The Mill, products: [kiln, loom]}\n",
		"privacy/2026-02-01/changes.yaml":   "summary: {en: \"We name who helps us.\"}\nsections: {loom: {en: \"Shorter.\"}}\n",
		"privacy/2023-04-01/en.md":          "What we were.\n\n## Orders {#orders}\n\nA week.\n",
		"terms/2025-02-01/en.md":            "## Returns {#returns}\n\nSend it back to {{contacts.privacy}}.\n",
	} {
		w.files["content/"+name] = &fstest.MapFile{Data: []byte(data)}
	}
}

type randomEdit struct {
	name string
	do   func(n int) // in the way n; -1 takes it back
}

// way chooses one of so many ways, of which the last one takes an edit back.
func way(n, of int) int {
	if n < 0 {
		return of - 1
	}
	return n % of
}

// rewritten returns an edit of a source: some words of it become others, or
// what they were.
func (w *world) rewritten() func(file, from string, to ...string) randomEdit {
	first, now := map[string]string{}, map[string]map[string]string{}
	return func(file, from string, to ...string) randomEdit {
		if first[file] == "" {
			first[file], now[file] = string(w.files[file].Data), map[string]string{}
		}
		if !strings.Contains(first[file], from) {
			w.Fatalf("%s does not hold %q", file, from)
		}
		return randomEdit{file + ": " + from, func(n int) {
			now[file][from] = append(to, from)[way(n, len(to)+1)]
			data := first[file]
			for _, from := range slices.Sorted(maps.Keys(now[file])) {
				data = strings.Replace(data, from, now[file][from], 1)
			}
			w.files[file] = &fstest.MapFile{Data: []byte(data)}
		}}
	}
}

// present returns an edit that makes a file come and go.
func (w *world) present(file, data string) randomEdit {
	return randomEdit{file, func(n int) {
		if delete(w.files, file); way(n, 2) == 0 {
			w.files[file] = &fstest.MapFile{Data: []byte(data)}
		}
	}}
}

func edits(t *testing.T, w *world, templates map[string]string) []randomEdit {
	return slices.Concat(textEdits(w), organisationEdits(w), sealEdits(w), templateEdits(t, templates), otherEdits(t, w))
}

func textEdits(w *world) []randomEdit {
	put := w.rewritten()
	return []randomEdit{
		put("content/privacy/2025-03-10/en.md", "##", "A new paragraph.\n\n##", "Another one, in {{site.name}}.\n\n##"),
		put("content/privacy/2025-03-10/en.md", "## Orders {#orders}", "## Your orders {#orders}", "## Orders {#orders sites=\"kiln.example\"}"),
		put("content/privacy/2025-03-10/en.md", "summary: What", "title: Privacy\nsummary: Soon what"),
		put("content/privacy/2024-05-01/de.md", "##", "Ein Absatz.\n\n##"),
		put("content/privacy/2024-05-01/en.md", "{#kiln products=\"kiln\"}", "{#kiln}", "{#oven products=\"kiln loom\"}"),
		put("content/privacy/2023-04-01/en.md", "A week", "A month", "A day"),
		put("content/privacy/2026-02-01/en.md", "Twelve", "Thirteen", "{{site.domain}}: twelve"),
		put("content/privacy/2026-02-01/en.md", "{{practices.sharing}}", "Nobody."),
		put("content/privacy/2026-02-01/de.md", "Fäden", "Garn"),
		put("content/privacy/2026-09-01/en.md", "##", "What is to come.\n\n##"),
		put("content/privacy/2026-09-01/en.md", "hours.", "hours, {{policy.effective}}."),
		put("content/terms/2026-01-01/en.md", "##", "Conditions of {{org.name}}.\n\n##"),
		put("content/terms/2025-02-01/en.md", "Returns {#returns}", "Sent back {#returns}"),
		put("content/privacy/2025-03-10/changes.yaml", "a year", "one year", "two years"),
		put("content/privacy/2025-03-10/changes.yaml", "verdict: material", "verdict: editorial"),
		put("content/privacy/2026-09-01/changes.yaml", "summary:", "why:"),
		put("content/privacy/2026-02-01/changes.yaml", "Shorter", "Much shorter"),
		put("content/privacy/2025-03-10/practices.yaml", "Postbag Ltd.", "Parcels Ltd."),
		put("content/privacy/2026-02-01/practices.yaml", "products: [kiln, loom]", "products: [kiln]", "sites: [fernhollow.example]"),
		w.present("content/privacy/2026-02-01/ar.md", "نص.\n\n## طلبات\n\nسنة.\n\n## نسيج\n\nخيوط.\n\n## من\n\n{{practices.sharing}}\n"),
		w.present("content/privacy/2023-04-01/practices.yaml", "sharing: {old: {name: The old post}}\n"),
		w.present("content/terms/2026-07-01/en.md", "## Returns {#returns}\n\nAll is new.\n"),
		w.present("content/terms/2026-07-01.2/en.md", "## Returns {#returns}\n\nAll is newer.\n"),
		w.present("content/terms/draft/en.md", "## Draft\n\nWords.\n"),
	}
}

func organisationEdits(w *world) []randomEdit {
	put, file := w.rewritten(), "content/organisation.yaml"
	return []randomEdit{
		put(file, "name: Fernhollow\n", "name: Fern Hollow\n"),
		put(file, "en: Fernhollow Crafts Ltd.", "en: Fernhollow Ltd."),
		put(file, "3 Mill Lane", "4 Mill Lane"),
		put(file, "privacy@fernhollow", "data@fernhollow"),
		put(file, "security: https://fernhollow.example/report", "press: press@fernhollow.example"),
		put(file, "time_zone: Europe/London", "time_zone: Pacific/Auckland"),
		put(file, "locales: [en, de, ar]", "locales: [en, ar, de]", "locales: [en, de, ar, fr]"),
		put(file, "kiln: {name: Kiln}", "kiln: {name: Oven}"),
		put(file, "    products: [kiln]\n", "    products: [loom]\n", ""),
		put(file, "    locales: [en]\n", "    locales: [en, de]\n", "    locales: [en]\n    until: 2026-08-20\n    successor: {name: Ovenworks, url: https://ovenworks.example/}\n"),
		put(file, "    theme:", "    until: 2026-07-20\n    theme:", "    until: 2026-07-20\n    successor: {name: Potters}\n    theme:"),
		put(file, "/datenschutz, ", "", "/data, "),
		put(file, "kiln.example/legal/", "kiln.example/"),
		put(file, "shop.fernhollow", "buy.fernhollow"),
		put(file, "colour: \"#0a5\"", "colour: \"#05a\""),
		put("content/privacy/policy.yaml", "en: Privacy Policy", "en: Privacy Notice"),
		put("content/privacy/policy.yaml", "review_by: 2027-02-01", "review_by: 2027-03-01"),
		put("content/privacy/policy.yaml", "type: Privacy Policy", "type: Cookies Policy"),
		put("content/terms/policy.yaml", "path: conditions", "path: rules"),
		put("content/terms/policy.yaml", "require: [en]", "require: [en]\ncontinues: privacy@2024-05-01"),
		put("content/logo.svg", "<svg", "<svg id=\"x\""),
		{"another policy", func(n int) {
			for _, file := range []string{"policy.yaml", "2026-03-01/en.md"} {
				delete(w.files, "content/cookies/"+file)
			}
			if site := []string{"fernhollow.example", "kiln.example", "fernhollow.example, kiln.example", ""}[way(n, 4)]; site != "" {
				w.files["content/cookies/policy.yaml"] = &fstest.MapFile{Data: []byte("title: Cookies\nsites: [" + site + "]\n")}
				w.files["content/cookies/2026-03-01/en.md"] = &fstest.MapFile{Data: []byte("## None {#none}\n\nSee [privacy](policy:privacy).\n")}
			}
		}},
	}
}

// sealEdits change what seals say. Nobody would; but then a page follows its seal.
func sealEdits(w *world) []randomEdit {
	put := w.rewritten()
	f := w.folder()
	v, err := f.Version("privacy@2026-09-01")
	if err != nil {
		w.Fatal(err)
	}
	withdrawal, err := v.Withdrawal(v.Effective.AddDays(-30), "a mistake", "counsel").Encode()
	if err != nil {
		w.Fatal(err)
	}
	return []randomEdit{
		put("content/privacy/2025-03-10/seal.yaml", "title: Privacy Policy", "title: Privacy Rules"),
		put("content/privacy/2025-03-10/seal.yaml", "state: released", "state: imported", "state: imported\ninferred: true"),
		put("content/privacy/2024-05-01/seal.yaml", "state: imported", "state: released"),
		put("content/privacy/2024-05-01/seal.yaml", "path: privacy", "path: data-protection"),
		put("content/privacy/2026-09-01/seal.yaml", "released: \"2026-07-23\"", "released: \"2026-07-20\""),
		put("content/terms/2026-01-01/seal.yaml", "org.name: Fernhollow", "org.name: Fern"),
		put("content/terms/2024-05-01/seal.yaml", "\nseal: sha256:", "\nseal: sha256:0"),
		w.present("content/privacy/2026-09-01/seal.withdrawn.yaml", string(withdrawal)),
	}
}

func templateEdits(t *testing.T, templates map[string]string) []randomEdit {
	own := func(file, from, to string) randomEdit {
		data, err := os.ReadFile("../templates/" + file)
		if err != nil || !strings.Contains(string(data), from) {
			t.Fatalf("templates/%s does not hold %q: %v", file, from, err)
		}
		return randomEdit{"templates/" + file, func(n int) {
			if delete(templates, file); way(n, 2) == 0 {
				templates[file] = strings.Replace(string(data), from, to, 1)
			}
		}}
	}
	return []randomEdit{
		own("base.html", "<body>", "<body class=\"own\">"),
		own("policy.html", "<article", "<article id=\"own\""),
		own("redline.html", "<main", "<main id=\"own\""),
		own("changes.html", "<main", "<main id=\"own\""),
		own("words/de.yaml", "skip: ", "skip: Los, "),
		own("words/en.yaml", "state-old: ", "state-old: Old, "),
		own("style.css", "{", "{ --own: 1; "),
		own("notice.js", "(", "( "),
	}
}

func otherEdits(t *testing.T, w *world) []randomEdit {
	return []randomEdit{
		{"the date", func(n int) {
			w.o.Today = day(t, []string{"2026-08-01", "2026-08-20", "2026-09-01", "2024-04-15", "2027-01-01", "2026-08-01"}[way(n, 6)])
		}},
		{"--pages", func(n int) { w.o.NoRedlines = way(n, 2) == 0 }},
		{"held", func(n int) {
			w.o.Held = [][]string{{"privacy@2026-09-01"}, {"privacy@2026-02-01", "terms@2026-01-01"}, nil}[way(n, 3)]
		}},
		{"--site", func(n int) {
			if w.o.Sites = []string{"kiln.example"}; n >= 0 {
				_, _ = site.Build(w.folder(), w.o) // it may be refused
			}
			w.o.Sites = nil
		}},
		{"a page touched by hand", func(n int) {
			file := filepath.Join(w.out, "fernhollow.example", []string{"index.html", "privacy/index.html", "more.html"}[way(n, 3)])
			if err := os.WriteFile(file, []byte("touched"), 0o644); err != nil {
				t.Fatal(err)
			}
		}},
		{"a site removed by hand", func(int) {
			if err := os.RemoveAll(filepath.Join(w.out, "kiln.example")); err != nil {
				t.Fatal(err)
			}
		}},
		{"another program", func(n int) { w.o.Program = []string{"two", "one"}[way(n, 2)] }},
		{"a broken record", func(n int) {
			files, err := filepath.Glob(filepath.Join(w.o.Cache, "build-*"))
			if n = max(n, 0); err != nil || len(files) == 0 {
				t.Fatalf("nothing was remembered: %v, %v", files, err)
			}
			data, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if n%2 == 0 {
				data = data[:len(data)*(n%10)/10]
			} else {
				data[len(data)*(n%10)/10] ^= 0x20
			}
			if err := os.WriteFile(files[0], data, 0o644); err != nil {
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
