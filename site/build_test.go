package site_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"proviso/policy"
	"proviso/site"
	"proviso/source"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// The golden pages are one of each kind; a change of templates or code shows in them.
func TestGoldenPages(t *testing.T) {
	pages := built(t)
	for golden, page := range map[string]string{
		"index.html":       "fernhollow.example/index.html",
		"policy.html":      "fernhollow.example/privacy/index.html",
		"upcoming.html":    "fernhollow.example/privacy/2026-09-01/index.html",
		"old.html":         "fernhollow.example/de/privacy/2024-05-01/index.html",
		"withdrawn.html":   "kiln.example/privacy/2025-08-01/index.html",
		"changes.html":     "fernhollow.example/privacy/changes/index.html",
		"rtl.html":         "fernhollow.example/ar/conditions/index.html",
		"redirect.html":    "fernhollow.example/old/privacy.html",
		"feed.atom":        "fernhollow.example/privacy/feed.atom",
		"feed.json":        "fernhollow.example/de/privacy/feed.json",
		"policies.json":    "kiln.example/policies.json",
		"practices.json":   "fernhollow.example/de/privacy/2026-09-01/practices.json",
		"sitemap.xml":      "fernhollow.example/sitemap.xml",
		"security.txt":     "fernhollow.example/.well-known/security.txt",
		"headers.txt":      "kiln.example/_headers",
		"redirects.txt":    "fernhollow.example/_redirects",
		"redline.html":     "fernhollow.example/privacy/2025-03-10/changes/index.html",
		"translation.html": "fernhollow.example/de/privacy/2025-03-10/changes/index.html",
	} {
		got, ok := pages[page]
		if !ok {
			t.Errorf("%s was not built", page)
			continue
		}
		file := filepath.Join("testdata/golden", golden)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not as in %s; look at the difference, then run go test ./site -update", page, file)
		}
	}
}

// The same folder gives the same bytes for one worker and for many.
func TestSameBytesForAnyNumberOfWorkers(t *testing.T) {
	w := fernhollow(t)
	w.o.Workers = 1
	one := w.build()
	for _, n := range []int{2, 32} {
		many := fernhollow(t)
		many.o.Workers = n
		if d := differing(one, many.build()); len(d) > 0 {
			t.Errorf("with %d workers these files differ: %v", n, d)
		}
	}
}

// Editing organisation.yaml changes no page of a released version.
func TestOrganisationEditChangesNoReleasedPage(t *testing.T) {
	w := fernhollow(t)
	before := w.build()
	const org = "content/organisation.yaml"
	w.edit(org, "name: Fernhollow\n", "name: Newname\n")
	w.edit(org, "Fernhollow Crafts Ltd.", "Newname Crafts Inc.")
	w.edit(org, "3 Mill Lane", "4 Mill Lane")
	w.edit(org, "privacy@fernhollow.example", "data@fernhollow.example")
	w.edit(org, "https://shop.fernhollow.example", "https://shop.newname.example")
	w.edit(org, "{name: Kiln}, loom: {name: Loom}", "{name: Oven}, loom: {name: Frame}")
	w.edit(org, "name: Kiln\n", "name: Oven\n")
	w.edit(org, `"#0a5"`, `"#a05"`)
	w.edit(org, "url: https://kiln.example/legal/", "url: https://kiln.example/")
	w.edit(org, "locales: [en]", "locales: [de, en]")
	w.edit(org, "Europe/London", "America/New_York")
	after := w.build()
	changed := 0
	for _, name := range differing(before, after) {
		changed++
		if slices.ContainsFunc([]string{"/privacy/", "/conditions/", "/old-terms/"}, func(dir string) bool { return strings.Contains(name, dir) }) {
			t.Errorf("%s changed", name)
		}
	}
	if changed == 0 {
		t.Error("the indexes did not change either; was the edit read?")
	}
}

// What is outside a site's scope is nowhere on it: not in the text, the table,
// the redline, the words for readers or the feeds.
func TestNothingOutsideTheScopeOfASite(t *testing.T) {
	for name, page := range built(t) {
		for _, secret := range []string{"Loom", "loom", "Yarnhouse", "Finland", "threads"} {
			if strings.HasPrefix(name, "kiln.example/") && strings.Contains(page, secret) {
				t.Errorf("%s tells of %q, which the site does not have", name, secret)
			}
		}
	}
}

// Drafts, dates in the future without a seal, and what was decided by whom
// and why are on no page.
func TestNothingThatIsNotForReaders(t *testing.T) {
	for name, page := range built(t) {
		for _, secret := range []string{"SECRET", "2027-06-01", "verdict", "decision"} {
			if strings.Contains(page, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
}

// A version that changes only what a site does not show is no change there:
// no banner, no entry, no feed item. Its pages are there all the same.
func TestAVersionThatChangesNothingHere(t *testing.T) {
	for _, pagesOnly := range []bool{false, true} {
		w := fernhollow(t)
		w.o.NoRedlines = pagesOnly
		pages := w.build()
		for _, name := range []string{"privacy/index.html", "privacy/changes/index.html", "privacy/feed.atom", "index.html"} {
			if strings.Contains(pages["kiln.example/"+name], "hours") || strings.Contains(pages["kiln.example/"+name], "1 September 2026.") {
				t.Errorf("pages only: %t: kiln.example/%s announces a change that is none there", pagesOnly, name)
			}
			if !strings.Contains(pages["fernhollow.example/"+name], "1 September 2026") {
				t.Errorf("pages only: %t: fernhollow.example/%s does not announce the change", pagesOnly, name)
			}
		}
		if pages["kiln.example/privacy/2026-09-01/index.html"] == "" {
			t.Error("the version has no page")
		}
	}
}

// A text that is not translated is shown in the source language and says so.
func TestMissingTranslation(t *testing.T) {
	page := built(t)["fernhollow.example/de/privacy/index.html"]
	for _, want := range []string{
		`<html lang="de" dir="ltr">`,
		`<h1>Datenschutzerklärung</h1>`,
		`Diesen Text gibt es nicht auf Deutsch. Er wird in seiner Originalsprache gezeigt: English.`,
		`<article class="text" lang="en" dir="ltr">`,
		"We keep your address for 12 months.",
		"Wir behalten Anschriften ein Jahr.",
		`<p lang="en" dir="ltr">Parcels come back late.</p>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

// Words that stand in for a translation elsewhere on a page say in which language they are.
func TestWordsInAnotherLanguage(t *testing.T) {
	pages := built(t)
	for name, want := range map[string]string{
		"fernhollow.example/de/index.html":         `<p lang="en" dir="ltr">What becomes of your data.</p>`,
		"fernhollow.example/ar/privacy/index.html": `<span lang="en" dir="ltr">The loom will count hours.</span>`,
	} {
		if !strings.Contains(pages[name], want) {
			t.Errorf("%s does not hold %q", name, want)
		}
	}
	if strings.Contains(pages["fernhollow.example/index.html"], `<p lang="en"`) {
		t.Error("the index names the language that it is in itself")
	}
}

// A version that never took effect changed nothing: its pages say what would have.
func TestWhatAWithdrawnVersionWouldHaveChanged(t *testing.T) {
	pages := built(t)
	text, redline := pages["kiln.example/privacy/2025-08-01/index.html"], pages["kiln.example/privacy/2025-08-01/changes/index.html"]
	if !strings.Contains(text, ">What would have changed</h2>") || strings.Contains(text, "What changed in this version") {
		t.Error("the text says that it changed something")
	}
	if !strings.Contains(redline, "<h1>Privacy Policy: what would have changed on 1 August 2025</h1>") {
		t.Error("the redline says that it changed something")
	}
}

// Words that try to be markup stay words, wherever they come from.
func TestHostileWords(t *testing.T) {
	w := fernhollowOfHostileWords(t)
	for name, page := range w.build() {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		page = strings.ReplaceAll(page, `<script type="application/ld+json">`, "")
		for _, bad := range []string{"<script", "<img", "javascript:alert(1)\"", `href="javascript`} {
			if strings.Contains(page, bad) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
		if n := strings.Count(page, "</title>"); n != 1 {
			t.Errorf("%s ends its title %d times", name, n)
		}
	}
}

// Next is the instant at which the pages would first differ.
func TestNext(t *testing.T) {
	w := fernhollow(t)
	next := func() map[policy.Domain]string {
		r, err := site.Build(w.folder(), w.o)
		if err != nil {
			t.Fatal(err)
		}
		out := map[policy.Domain]string{}
		for _, s := range r.Sites {
			out[s.Site] = "none"
			if s.Next != nil {
				out[s.Site] = s.Next.UTC().Format(time.RFC3339)
			}
		}
		return out
	}
	// In London 1 September begins at 23:00 UTC on the day before.
	if got := next()["fernhollow.example"]; got != "2026-08-31T23:00:00Z" {
		t.Errorf("next is %s", got)
	}
	w.edit("content/organisation.yaml", "    locales: [en]\n", "    locales: [en]\n    until: 2026-08-20\n")
	if got := next()["kiln.example"]; got != "2026-08-19T23:00:00Z" {
		t.Errorf("next of a site to be retired is %s", got)
	}
	// The date in security.txt moves with the half year.
	w.o.Today = day(t, "2026-10-01")
	if got := next()["fernhollow.example"]; got != "2027-01-01T00:00:00Z" {
		t.Errorf("with nothing announced next is %s", got)
	}
	w.edit("content/organisation.yaml", ", security: https://fernhollow.example/report", "")
	if got := next()["fernhollow.example"]; got != "none" {
		t.Errorf("with nothing to come next is %s", got)
	}
}

// On its day the version that was to come is in force, and the one before is old.
func TestTheDayOfChange(t *testing.T) {
	w := fernhollow(t)
	w.o.Today = day(t, "2026-09-01")
	pages := w.build()
	home := pages["fernhollow.example/privacy/index.html"]
	if !strings.Contains(home, "weaver&#39;s hours") && !strings.Contains(home, "weaver's hours") || strings.Contains(home, "banner") {
		t.Error("the policy's own address does not show the new version alone")
	}
	was := pages["fernhollow.example/privacy/2025-03-10/index.html"]
	for _, want := range []string{"It was in force from 10 March 2025 to 31 August 2026.", `content="noindex"`,
		`<link rel="canonical" href="https://fernhollow.example/privacy/">`, `href="../2026-09-01/changes/"`} {
		if !strings.Contains(was, want) {
			t.Errorf("the old version's page does not hold %q", want)
		}
	}
}

// A retired site says so on every page and names who took over.
func TestRetiredSite(t *testing.T) {
	w := fernhollow(t)
	w.edit("content/organisation.yaml", "    locales: [en]\n",
		"    locales: [en]\n    until: 2026-07-31\n    successor: {name: Ovenworks, url: https://ovenworks.example/}\n")
	for name, page := range w.build() {
		if !strings.HasPrefix(name, "kiln.example/") || !strings.HasSuffix(name, ".html") || strings.Contains(page, `http-equiv="refresh"`) {
			continue
		}
		if !strings.Contains(page, "retired on 31 July 2026") || !strings.Contains(page, `href="https://ovenworks.example/"`) {
			t.Errorf("%s does not say that the site was retired", name)
		}
	}
}

// A second revision of a date takes the place of the first; both addresses stay.
func TestRevision(t *testing.T) {
	w := fernhollow(t)
	w.files["content/privacy/2026-09-01.2/en.md"] = w.files["content/privacy/2026-09-01/en.md"]
	w.files["content/privacy/2026-09-01.2/practices.yaml"] = w.files["content/privacy/2026-09-01/practices.yaml"]
	w.edit("content/privacy/2026-09-01.2/en.md", "the weaver's hours", "the hours of the weaver")
	w.release("privacy@2026-09-01.2", policy.Released)
	pages := w.build()
	if p := pages["fernhollow.example/privacy/2026-09-01/index.html"]; !strings.Contains(p, "replaced by a later one") || !strings.Contains(p, "noindex") {
		t.Error("the first revision does not say that it was replaced")
	}
	if p := pages["fernhollow.example/privacy/2026-09-01.2/index.html"]; !strings.Contains(p, "takes effect on 1 September 2026") {
		t.Error("the second revision is not announced")
	}
	if n := strings.Count(pages["fernhollow.example/privacy/index.html"], `<aside class="banner`); n != 1 {
		t.Errorf("the policy has %d banners, want 1", n)
	}
}

// A template that cannot be used is named with its line, and nothing is built.
func TestTemplateMistakes(t *testing.T) {
	for _, c := range []struct{ file, data, want string }{
		{"policy.html", "{{define \"main\"}}\n{{if}}\n{{end}}", "templates/policy.html:2: missing value for if"},
		{"policy.html", "{{define \"main\"}}\n\n<p>{{.Colour}}{{end}}", "templates/policy.html:3:6: executing"},
		{"base.html", "{{define \"base\"}}<a href=\"{{.Title}}{{end}}", "templates/base.html"},
		{"changes.html", "{{define \"main\"}}{{.Word \"wrod\"}}{{end}}", `there is no word "wrod"; add it to words/en.yaml`},
		{"words/de.yaml", "skip: Springen\nskip: Hüpfen\n", "templates/words/de.yaml:2:1"},
	} {
		w := fernhollow(t)
		w.o.Templates = over{w.o.Templates, map[string]string{c.file: c.data}}
		_, err := site.Build(w.folder(), w.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.file, err, c.want)
		}
		if files := w.read(); len(files) > 0 {
			t.Errorf("%s: files were left: %d", c.file, len(files))
		}
	}
}

// A team's own words file is enough for a new language.
func TestOwnLanguage(t *testing.T) {
	w := fernhollow(t)
	w.o.Templates = over{w.o.Templates, map[string]string{"words/ar.yaml": "language-name: العربية\nskip: إلى النص\n"}}
	page := w.build()["fernhollow.example/ar/conditions/index.html"]
	for _, want := range []string{`<html lang="ar" dir="rtl">`, "إلى النص", "العربية", "In force since"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

// What is wrong with the sources is said all at once, and no page is written.
func TestSourceMistakes(t *testing.T) {
	w := fernhollow(t)
	w.files["content/privacy/2026-03-01/en.md"] = &fstest.MapFile{Data: []byte("Hello {{vars.nobody}}.\n\n## Two\n\nSee [it](policy:nothing).\n")}
	delete(w.files, "content/logo.svg")
	_, err := site.Build(w.folder(), w.o)
	ps, ok := err.(source.Problems)
	if !ok || len(ps) < 2 {
		t.Fatalf("got %v, want all problems", err)
	}
	for _, want := range []string{"vars.nobody", `"nothing"`, `the logo "logo.svg" cannot be read`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
	if len(w.read()) > 0 {
		t.Error("pages were written")
	}
}

// Building one site leaves the others alone.
func TestOneSite(t *testing.T) {
	w := fernhollow(t)
	w.o.Sites = []string{"kiln.example"}
	r, err := site.Build(w.folder(), w.o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Sites) != 1 || r.Sites[0].Site != "kiln.example" {
		t.Errorf("built %v", r.Sites)
	}
	w.o.Sites = []string{"klin.example"}
	if _, err := site.Build(w.folder(), w.o); err == nil || !strings.Contains(err.Error(), `did you mean "kiln.example"`) {
		t.Errorf("got %v", err)
	}
}

// A version that was moved to another date says so at its old address and leads to the new one.
func TestRescheduled(t *testing.T) {
	w := fernhollow(t)
	for _, file := range []string{"en.md", "practices.yaml", "changes.yaml"} {
		w.files["content/privacy/2026-10-15/"+file] = w.files["content/privacy/2026-09-01/"+file]
	}
	w.move("privacy@2026-09-01", "privacy@2026-10-15")
	pages := w.build()
	page := pages["fernhollow.example/privacy/2026-09-01/index.html"]
	for _, want := range []string{"It does not take effect on that date.", "It takes effect on 15 October 2026 instead.", `href="../2026-10-15/"`, "noindex"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page at the old date does not hold %q", want)
		}
	}
	if home := pages["fernhollow.example/privacy/index.html"]; !strings.Contains(home, "takes effect on 15 October 2026") || strings.Contains(home, "takes effect on 1 September") {
		t.Error("the policy does not announce the new date alone")
	}
}

// A policy that is to begin shows its first version, which is not in force yet.
func TestNotInForceYet(t *testing.T) {
	w := fernhollow(t)
	w.o.Today = day(t, "2024-04-15")
	page := w.build()["fernhollow.example/privacy/index.html"]
	for _, want := range []string{"This policy takes effect on 1 May 2024. It is not in force yet.", "We keep your address for 6 months."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

// The banner for other pages says what is announced, and nothing where nothing is.
func TestNotices(t *testing.T) {
	pages := built(t)
	var got struct {
		Notices []struct {
			Policy, Version, Until, First string
			In                            map[string]struct{ Title, Text, URL, Dir string }
		}
	}
	if err := json.Unmarshal([]byte(pages["fernhollow.example/notice.json"]), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Notices) != 1 || got.Notices[0].Until != "2026-08-31T23:00:00Z" || got.Notices[0].First != "en" ||
		got.Notices[0].In["de"].Text != "Der Webstuhl wird Stunden zählen." || got.Notices[0].In["ar"].Dir != "rtl" ||
		got.Notices[0].In["en"].URL != "https://fernhollow.example/privacy/2026-09-01/changes/" {
		t.Errorf("notice.json says %+v", got)
	}
	js := pages["fernhollow.example/notice.js"]
	if !strings.Contains(js, `"text":"The loom will count hours."`) || !strings.Contains(js, `Datenschutzerkl\u00e4rung`) {
		t.Error("notice.js does not announce the change in ASCII")
	}
	if s := pages["kiln.example/notice.js"]; !strings.Contains(s, "})([], document.currentScript)") {
		t.Error("notice.js announces a change that is none there")
	}
	if len(js) > 3000 { // with what it announces, in three languages
		t.Errorf("notice.js has %d bytes, want at most 3 kB", len(js))
	}
}

// Progress counts up to the total, one step at a time.
func TestProgress(t *testing.T) {
	w := fernhollow(t)
	var seen []int
	total := 0
	w.o.Progress = func(done, of int) { seen, total = append(seen, done), of }
	w.build()
	if len(seen) != total || !slices.IsSorted(seen) || seen[len(seen)-1] != total {
		t.Errorf("progress was %v of %d", seen, total)
	}
}
