package site_test

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// roots are the URLs of the sites of fernhollow.
var roots = map[string]string{"https://fernhollow.example/": "fernhollow.example/", "https://kiln.example/legal/": "kiln.example/"}

// fileAt returns the built file at a whole URL, or "".
func fileAt(files map[string]string, url string) string {
	for root, dir := range roots {
		if rest, ok := strings.CutPrefix(url, root); ok {
			name := dir + rest
			if strings.HasSuffix(name, "/") {
				name += "index.html"
			}
			if _, ok := files[name]; ok {
				return name
			}
		}
	}
	return ""
}

// urlOf returns the whole URL of a built file.
func urlOf(file string) string {
	for root, dir := range roots {
		if rest, ok := strings.CutPrefix(file, dir); ok {
			return root + strings.TrimSuffix(rest, "index.html")
		}
	}
	return ""
}

// named returns the built files of a name, in order, and fails where there are none.
func named(t *testing.T, files map[string]string, name string) (out []string) {
	t.Helper()
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if path.Base(file) == name {
			out = append(out, file)
		}
	}
	if len(out) == 0 {
		t.Fatalf("no %s was built", name)
	}
	return out
}

func instant(t *testing.T, where, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Errorf("%s: %v", where, err)
	}
	return at
}

// Atom feeds hold what RFC 4287 asks for, and ids are tags of RFC 4151, whose
// date must have come when the id is made.
func TestAtomFeeds(t *testing.T) {
	files := built(t)
	for _, file := range named(t, files, "feed.atom") {
		type link struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		}
		type entry struct {
			ID        string `xml:"id"`
			Title     string `xml:"title"`
			Updated   string `xml:"updated"`
			Published string `xml:"published"`
			Summary   string `xml:"summary"`
			Links     []link `xml:"link"`
		}
		var feed struct {
			XMLName xml.Name
			Lang    string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
			entry
			Author  string  `xml:"author>name"`
			Entries []entry `xml:"entry"`
		}
		if err := xml.Unmarshal([]byte(files[file]), &feed); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if feed.XMLName.Space != "http://www.w3.org/2005/Atom" || feed.ID == "" || feed.Title == "" || feed.Author == "" || feed.Lang == "" {
			t.Errorf("%s lacks something: %+v", file, feed)
		}
		newest := time.Time{}
		seen := map[string]bool{}
		for _, e := range append(feed.Entries, feed.entry) {
			updated := instant(t, file, e.Updated)
			if e.ID != feed.ID {
				newest = later(newest, updated)
				if e.Title == "" || e.Summary == "" || instant(t, file, e.Published).After(updated) {
					t.Errorf("%s: an entry lacks something: %+v", file, e)
				}
				_, date, _ := strings.Cut(strings.Split(e.ID, ":")[1], ",")
				if instant(t, file, date+"T00:00:00Z").After(updated.Add(26 * time.Hour)) { // wherever it was
					t.Errorf("%s: the id %s is of a day to come", file, e.ID)
				}
			} else if !updated.Equal(newest) {
				t.Errorf("%s was updated %s, its newest entry %s", file, updated, newest)
			}
			if seen[e.ID] {
				t.Errorf("%s has the id %s twice", file, e.ID)
			}
			seen[e.ID] = true
			for _, l := range e.Links {
				if to := fileAt(files, l.Href); to == "" || l.Rel == "self" && to != file {
					t.Errorf("%s: the link %s (%s) leads to %q", file, l.Href, l.Rel, to)
				}
			}
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// JSON feeds hold what JSON Feed 1.1 asks for.
func TestJSONFeeds(t *testing.T) {
	files := built(t)
	for _, file := range named(t, files, "feed.json") {
		var feed struct {
			Version, Title, Language string
			HomePage                 string `json:"home_page_url"`
			FeedURL                  string `json:"feed_url"`
			Items                    []struct {
				ID, URL, Title string
				Text           string `json:"content_text"`
				Published      string `json:"date_published"`
			}
		}
		if err := json.Unmarshal([]byte(files[file]), &feed); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if feed.Version != "https://jsonfeed.org/version/1.1" || feed.Title == "" || feed.Language == "" || len(feed.Items) == 0 ||
			fileAt(files, feed.FeedURL) != file || fileAt(files, feed.HomePage) == "" {
			t.Errorf("%s lacks something: %+v", file, feed)
		}
		for _, item := range feed.Items {
			instant(t, file, item.Published)
			if item.ID == "" || item.Title == "" || item.Text == "" || fileAt(files, item.URL) == "" {
				t.Errorf("%s: an item lacks something: %+v", file, item)
			}
		}
	}
}

var (
	canonical = regexp.MustCompile(`<link rel="canonical" href="([^"]*)">`)
	hreflang  = regexp.MustCompile(`<link rel="alternate" hreflang="([^"]+)" href="([^"]*)">`)
)

// The sitemap names pages that are there, that may be shown and that are no
// copies, each with the languages that the page itself names.
func TestSitemap(t *testing.T) {
	files := built(t)
	var sitemap struct {
		XMLName xml.Name
		URLs    []struct {
			Loc   string `xml:"loc"`
			Links []struct {
				Lang string `xml:"hreflang,attr"`
				Href string `xml:"href,attr"`
			} `xml:"http://www.w3.org/1999/xhtml link"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(files["fernhollow.example/sitemap.xml"]), &sitemap); err != nil {
		t.Fatal(err)
	}
	if sitemap.XMLName.Space != "http://www.sitemaps.org/schemas/sitemap/0.9" || len(sitemap.URLs) < 10 {
		t.Errorf("the sitemap has %d URLs in %s", len(sitemap.URLs), sitemap.XMLName.Space)
	}
	for _, u := range sitemap.URLs {
		page := files[fileAt(files, u.Loc)]
		if m := canonical.FindStringSubmatch(page); m == nil || m[1] != u.Loc || strings.Contains(page, `content="noindex"`) {
			t.Errorf("the sitemap names %s, whose page says %v", u.Loc, m)
		}
		var inMap, onPage []string
		for _, l := range u.Links {
			inMap = append(inMap, l.Lang+" "+l.Href)
		}
		for _, m := range hreflang.FindAllStringSubmatch(page, -1) {
			onPage = append(onPage, m[1]+" "+m[2])
		}
		if !slices.Equal(inMap, onPage) || len(inMap) > 0 && !strings.HasPrefix(inMap[len(inMap)-1], "x-default ") {
			t.Errorf("%s has the languages %v in the sitemap and %v on the page", u.Loc, inMap, onPage)
		}
	}
	if robots := files["fernhollow.example/robots.txt"]; !strings.Contains(robots, "\nSitemap: https://fernhollow.example/sitemap.xml\n") {
		t.Errorf("robots.txt is %q", robots)
	}
}

// Whatever page a canonical link names is there and names itself; a page that
// names another one, or may not be shown, names no languages.
func TestCanonicalAddresses(t *testing.T) {
	files := built(t)
	for _, file := range named(t, files, "index.html") {
		page := files[file]
		m := canonical.FindStringSubmatch(page)
		if m == nil {
			t.Errorf("%s has no canonical address", file)
			continue
		}
		to := fileAt(files, m[1])
		if back := canonical.FindStringSubmatch(files[to]); back == nil || back[1] != m[1] {
			t.Errorf("%s is a copy of %s, which is %v", file, m[1], back)
		}
		hidden := to != file || strings.Contains(page, `content="noindex"`)
		if languages := hreflang.FindAllString(page, -1); hidden && len(languages) > 0 {
			t.Errorf("%s is no page for search engines and names the languages %v", file, languages)
		}
	}
}

// Versions name their neighbours as RFC 5829 says, and the neighbours name them.
func TestVersionRelations(t *testing.T) {
	files := built(t)
	relation := func(file, rel string) string {
		m := regexp.MustCompile(`<link rel="` + rel + `" href="([^"]*)">`).FindStringSubmatch(files[file])
		if m == nil {
			return ""
		}
		return path.Join(path.Dir(file), html.UnescapeString(m[1]), "index.html")
	}
	version := regexp.MustCompile(`/\d{4}-\d\d-\d\d(\.\d+)?/index\.html$`)
	pairs := 0
	for _, file := range named(t, files, "index.html") {
		if !version.MatchString(file) {
			continue
		}
		home := path.Join(path.Dir(path.Dir(file)), "index.html")
		if m := canonical.FindStringSubmatch(files[file]); m != nil && m[1] != urlOf(file) {
			home = fileAt(files, m[1]) // the policy has moved since
		}
		if latest := relation(file, "latest-version"); latest != home {
			t.Errorf("%s has the latest version %q", file, latest)
		}
		if history := relation(file, "version-history"); history != path.Join(path.Dir(home), "changes", "index.html") {
			t.Errorf("%s has the version history %q", file, history)
		}
		if next := relation(file, "successor-version"); next != "" && !strings.Contains(files[file], "banner withdrawn") {
			pairs++
			if back := relation(next, "predecessor-version"); back != file {
				t.Errorf("%s is followed by %s, which follows %q", file, next, back)
			}
		}
	}
	if pairs < 3 {
		t.Errorf("only %d versions are followed by another", pairs)
	}
}

// What pages say of themselves in the words of schema.org is complete and true.
func TestSchemaOrg(t *testing.T) {
	files := built(t)
	data := regexp.MustCompile(`<script type="application/ld\+json">(.*?)</script>`)
	found := 0
	for _, file := range named(t, files, "index.html") {
		m := data.FindStringSubmatch(files[file])
		if m == nil {
			continue
		}
		found++
		var page struct {
			Context    string `json:"@context"`
			Type       string `json:"@type"`
			Name       string
			URL        string
			Version    string
			InLanguage string
			Published  string `json:"datePublished"`
			Modified   string `json:"dateModified"`
			Expires    string
		}
		if err := json.Unmarshal([]byte(m[1]), &page); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if page.Context != "https://schema.org" || page.Type != "WebPage" || page.Name == "" || page.Version == "" || page.InLanguage == "" || page.URL != urlOf(file) {
			t.Errorf("%s says of itself: %+v", file, page)
		}
		dates := []string{page.Published, page.Modified}
		if page.Expires != "" {
			dates = append(dates, page.Expires)
		}
		for _, d := range dates {
			instant(t, file, d+"T00:00:00Z")
		}
		if !slices.IsSorted(dates) {
			t.Errorf("%s was published, modified, expires: %v", file, dates)
		}
	}
	if found < 10 {
		t.Errorf("only %d pages tell of themselves", found)
	}
	if page := files["fernhollow.example/privacy/index.html"]; !strings.Contains(page, `"datePublished":"2024-05-01","dateModified":"2025-01-29"`) {
		t.Error("the policy's own page does not say when it was first published and last modified")
	}
}

// policies.json names versions, seals and pages that are there.
func TestCatalogue(t *testing.T) {
	files := built(t)
	for _, file := range named(t, files, "policies.json") {
		var c struct {
			URL      string
			Policies []struct {
				ID         string
				URL, Feeds map[string]string
				InForce    string `json:"in_force"`
				Upcoming   []string
				Versions   []struct {
					Version, Effective, State, Seal string
					URL, Changes                    map[string]string
				}
			}
		}
		if err := json.Unmarshal([]byte(files[file]), &c); err != nil {
			t.Fatal(err)
		}
		if roots[c.URL] == "" || len(c.Policies) == 0 || strings.Contains(files[file], "null") {
			t.Errorf("%s is of %q, with %d policies", file, c.URL, len(c.Policies))
		}
		for _, p := range c.Policies {
			states := map[string]string{}
			urls := slices.Concat(slices.Collect(maps.Values(p.URL)), slices.Collect(maps.Values(p.Feeds)))
			for _, v := range p.Versions {
				states[v.Version] = v.State
				urls = slices.Concat(urls, slices.Collect(maps.Values(v.URL)), slices.Collect(maps.Values(v.Changes)))
				if len(v.URL) == 0 || !strings.HasPrefix(v.Seal, "sha256:") || !strings.HasPrefix(v.Version, v.Effective) {
					t.Errorf("%s: %s is %+v", file, p.ID, v)
				}
			}
			for _, u := range urls {
				if fileAt(files, u) == "" {
					t.Errorf("%s names %s, which is not there", file, u)
				}
			}
			if states[p.InForce] != "current" || slices.ContainsFunc(p.Upcoming, func(v string) bool { return states[v] != "upcoming" }) {
				t.Errorf("%s: %s is in force, %v upcoming, of %v", p.ID, p.InForce, p.Upcoming, states)
			}
		}
	}
}

// security.txt is as RFC 9116 asks: whom to tell, until when that holds (less
// than a year), and where the file stands.
func TestSecurityText(t *testing.T) {
	w := fernhollow(t)
	w.o.Sites, w.o.NoRedlines = []string{"fernhollow.example"}, true
	for _, today := range []string{"2026-08-01", "2026-12-31", "2027-01-01", "2028-02-29"} {
		w.o.Today = day(t, today)
		fields := map[string]string{}
		for line := range strings.Lines(w.build()["fernhollow.example/.well-known/security.txt"]) {
			name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			if !ok || fields[name] != "" {
				t.Errorf("the line %q", line)
			}
			fields[name] = value
		}
		left := instant(t, "security.txt", fields["Expires"]).Sub(instant(t, "today", today+"T00:00:00Z"))
		if fields["Contact"] != "https://fernhollow.example/report" || fields["Canonical"] != "https://fernhollow.example/.well-known/security.txt" ||
			fields["Preferred-Languages"] != "en, de, ar" || left < 180*24*time.Hour || left > 366*24*time.Hour {
			t.Errorf("on %s security.txt says %v", today, fields)
		}
	}
}
