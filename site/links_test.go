package site_test

import (
	"html"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	linkAttribute = regexp.MustCompile(`(?:href|src)="([^"]*)"|content="0; url=([^"]*)"`)
	idAttribute   = regexp.MustCompile(` id="([^"]*)"`)
)

// Every link from a page to its own site leads to a file that is there, and
// every #fragment to an id on that page. Links are relative, and name folders
// rather than their index.html.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	for _, pagesOnly := range []bool{false, true} {
		w := fernhollow(t)
		w.o.NoRedlines = pagesOnly
		files := w.build()
		checked := 0
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if !strings.HasSuffix(name, ".html") {
				continue
			}
			for _, m := range linkAttribute.FindAllStringSubmatch(files[name], -1) {
				link := html.UnescapeString(m[1] + m[2])
				u, err := url.Parse(link)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				if u.IsAbs() {
					continue
				}
				checked++
				if problem := follow(files, name, u); problem != "" {
					t.Errorf("%s: the link %q %s", name, link, problem)
				}
			}
		}
		if checked < 500 {
			t.Errorf("only %d links were found; is the pattern right?", checked)
		}
	}
}

func follow(files map[string]string, from string, u *url.URL) string {
	to := from
	if u.Path != "" {
		to = path.Join(path.Dir(from), u.Path)
		if strings.HasSuffix(u.Path, "/") {
			to = path.Join(to, "index.html")
		} else if path.Base(to) == "index.html" {
			return "names index.html"
		}
	}
	page, ok := files[to]
	switch {
	case strings.HasPrefix(u.Path, "/"):
		return "is not relative"
	case strings.Split(to, "/")[0] != strings.Split(from, "/")[0]:
		return "leaves the site"
	case !ok:
		return "leads to " + to + ", which is not there"
	case u.Fragment == "":
		return ""
	}
	for _, m := range idAttribute.FindAllStringSubmatch(page, -1) {
		if html.UnescapeString(m[1]) == u.Fragment {
			return ""
		}
	}
	return "names no id of its page"
}

// An id stands on a page once, and a page has one h1.
func TestIDsAndHeadings(t *testing.T) {
	level := regexp.MustCompile(`<h([1-6])[ >]`)
	for name, page := range built(t) {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		seen := map[string]bool{}
		for _, m := range idAttribute.FindAllStringSubmatch(page, -1) {
			if seen[m[1]] {
				t.Errorf("%s has the id %q twice", name, m[1])
			}
			seen[m[1]] = true
		}
		last := "0"
		for _, m := range level.FindAllStringSubmatch(page, -1) {
			if m[1] > last && m[1][0]-last[0] > 1 || m[1] == "1" && last != "0" {
				t.Errorf("%s: h%s follows h%s", name, m[1], last)
			}
			last = m[1]
		}
	}
}

// A reader with many tabs open can tell pages of one language apart by their titles.
func TestTitlesDiffer(t *testing.T) {
	title := regexp.MustCompile(`<html lang="([^"]*)"[^>]*>(?s:.*?)<title>(.*?)</title>`)
	seen := map[string]string{} // by site, language and title
	for _, name := range slices.Sorted(maps.Keys(built(t))) {
		page := built(t)[name]
		if !strings.HasSuffix(name, ".html") || strings.Contains(page, `http-equiv="refresh"`) {
			continue
		}
		m := title.FindStringSubmatch(page)
		if m == nil {
			t.Errorf("%s has no language or no title", name)
			continue
		}
		key := strings.Split(name, "/")[0] + " " + m[1] + " " + m[2]
		if other := seen[key]; other != "" {
			t.Errorf("%s and %s have the title %q", other, name, m[2])
		}
		seen[key] = name
	}
}

// A page runs nothing and brings no style of its own, so that the strictest
// content security policy lets it through.
func TestNothingInline(t *testing.T) {
	bad := regexp.MustCompile(`(?i) style=| on[a-z]+=|<style|<script>|<script (type="[^a]|src)`)
	for name, page := range built(t) {
		if m := bad.FindString(page); strings.HasSuffix(name, ".html") && m != "" {
			t.Errorf("%s holds %q", name, m)
		}
	}
}

// Every page in one language names the others, and they name it.
func TestLanguagesNameEachOther(t *testing.T) {
	alternate := regexp.MustCompile(`<link rel="alternate" hreflang="([^"]+)" href="https://fernhollow.example/([^"]*)">`)
	files := built(t)
	found := 0
	for name, page := range files {
		for _, m := range alternate.FindAllStringSubmatch(page, -1) {
			found++
			other := files["fernhollow.example/"+m[2]+"index.html"]
			back := "https://fernhollow.example/" + strings.TrimSuffix(strings.TrimPrefix(name, "fernhollow.example/"), "index.html")
			if !strings.Contains(other, `href="`+back+`"`) {
				t.Errorf("%s names %s, which does not name it", name, m[2])
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d alternates were found", found)
	}
}
