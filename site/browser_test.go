package site_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// program returns where a program is that a test cannot do without. Where it
// is missing the test is skipped, and fails if nothing may be skipped.
func program(t *testing.T, names ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("not in a short run")
	}
	for _, name := range names {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	missing(t, strings.Join(names, " or "))
	return ""
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("PROVISO_REQUIRE_ALL") == "1" {
		t.Fatalf("%s is missing", what)
	}
	t.Skipf("%s is missing", what)
}

// module returns a file of the packages that npm ci puts into testdata/browser.
func module(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join("testdata/browser/node_modules", name)
	if _, err := os.Stat(file); err != nil {
		missing(t, file+" (npm ci in site/testdata/browser)")
	}
	return file
}

// published serves a built site as a server does that follows _headers.
func published(t *testing.T, files map[string]string, domain string) string {
	t.Helper()
	headers := map[string][]string{} // by path; "/*" is for all
	at := ""
	for line := range strings.Lines(files[domain+"/_headers"]) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && line[0] == ' ' {
			headers[at] = append(headers[at], name, value)
		} else {
			at = "/" + path.Base(strings.TrimSpace(line))
		}
	}
	types := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path
		if strings.HasSuffix(name, "/") {
			name += "index.html"
		}
		data, ok := files[domain+name]
		if name == "/favicon.ico" { // which browsers ask for by themselves
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		for _, list := range [][]string{headers["/*"], headers[r.URL.Path]} {
			for i := 0; i < len(list); i += 2 {
				w.Header().Set(list[i], list[i+1])
			}
		}
		w.Header().Set("Content-Type", types[path.Ext(name)])
		fmt.Fprint(w, data)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// In a real browser pages of each kind can be used by everybody: axe finds
// nothing in light, in dark, in print and at 320 px; the keyboard reaches
// everything; the banner works on a page of somebody else under a strict
// policy; and words that try to be markup do nothing.
func TestInABrowser(t *testing.T) {
	chromium, node := program(t, "chromium", "chromium-browser"), program(t, "node")
	module(t, "playwright-core/package.json")
	module(t, "axe-core/axe.min.js")
	files := built(t)
	fernhollow, kiln := published(t, files, "fernhollow.example"), published(t, files, "kiln.example")
	evil := fernhollowOfHostileWords(t).build()
	hostile := published(t, evil, "fernhollow.example")
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src "+fernhollow)
		fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>A shop</title><script src="%s/notice.js" async></script></head>`+
			`<body><main><h1>A shop</h1></main></body></html>`, fernhollow)
	}))
	defer foreign.Close()
	plan := struct {
		Chromium string   `json:"chromium"`
		Pages    []string `json:"pages"`
		Read     []string `json:"read"`
		Keyboard []string `json:"keyboard"`
		Foreign  string   `json:"foreign"`
		Day      string   `json:"day"`
	}{Chromium: chromium, Foreign: foreign.URL, Day: "2026-08-01"}
	for _, page := range []string{"/", "/privacy/", "/privacy/2026-09-01/", "/privacy/2025-03-10/changes/", "/privacy/changes/", "/ar/conditions/",
		"/de/privacy/2024-05-01/", "/privacy/compare/2024-05-01...2026-09-01/"} {
		if _, ok := files["fernhollow.example"+page+"index.html"]; ok {
			plan.Pages = append(plan.Pages, fernhollow+page)
		}
	}
	crowded := published(t, fernhollowOfMuch(t).build(), "fernhollow.example")
	plan.Read = []string{crowded + "/data/"}
	plan.Pages = append(plan.Pages, crowded+"/data/", crowded+"/data/2026-03-01/changes/", crowded+"/ar/data/")
	plan.Pages = append(plan.Pages, kiln+"/privacy/2025-08-01/", hostile+"/privacy/", hostile+"/privacy/2025-03-10/changes/")
	plan.Keyboard = []string{fernhollow + "/privacy/", fernhollow + "/privacy/2025-03-10/changes/", fernhollow + "/"}
	input, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "check.mjs")
	cmd.Dir = "testdata/browser"
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var wrong []string
	if err != nil || json.Unmarshal(out, &wrong) != nil {
		t.Fatalf("%v\n%s%s", err, out, stderr.String())
	}
	for _, w := range wrong {
		t.Error(w)
	}
}

// Every page is valid.
func TestValidHTML(t *testing.T) {
	java := program(t, "java")
	vnu := module(t, "vnu-jar/build/dist/vnu.jar")
	w := fernhollow(t)
	w.build()
	out, err := exec.Command(java, "-jar", vnu, "--errors-only", "--skip-non-html", w.out).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// fernhollowOfMuch is the folder with more of everything than fits: policies, sections, columns and long words.
func fernhollowOfMuch(t *testing.T) *world {
	w := fernhollow(t)
	long := strings.Repeat("We keep what you tell us for as long as we need it to send you what you ordered, and no longer than that. ", 6)
	word := strings.Repeat("Rindfleischetikettierung", 6)
	write := func(name, format string, args ...any) {
		w.files[name] = &fstest.MapFile{Data: fmt.Appendf(nil, format, args...)}
	}
	for i := range 7 {
		write(fmt.Sprintf("content/rules-%d/policy.yaml", i), "title: Rules for the use of the %d. kiln\nrequire: [en]\n", i)
		write(fmt.Sprintf("content/rules-%d/2024-01-01/en.md", i), "Be careful.\n")
	}
	write("content/data/policy.yaml", "title: %s\nrequire: [en]\n", word)
	w.edit("content/organisation.yaml", "privacy: privacy@", "privacy: the-department-that-answers-all-questions-on-personal-data@")
	for year := 2005; year <= 2025; year++ {
		write(fmt.Sprintf("content/data/%d-02-01/en.md", year), "%s\n", long)
	}
	text := long + "\n\n"
	for i := range 12 {
		text += fmt.Sprintf("## Section %d, %s\n\n%s\n\n", i, word, long)
	}
	table := func(columns int, cell string) string {
		row := strings.Repeat("| "+cell+" ", columns) + "|\n"
		return row + strings.Repeat("|---", columns) + "|\n" + row + row + "\n"
	}
	text += "## Tables\n\n" + table(4, "Address of delivery") + table(6, "Address of delivery") + table(11, "Address") + "```\n" + word + "\n```\n\n" + word + "\n"
	write("content/data/2026-02-01/en.md", "%s", text)
	write("content/data/2026-03-01/en.md", "%s", strings.ReplaceAll(text, "no longer than that", "never longer"))
	return w
}

// fernhollowOfHostileWords is the folder with markup wherever words can be.
func fernhollowOfHostileWords(t *testing.T) *world {
	w := fernhollow(t)
	yaml, err := json.Marshal(hostileWords) // a JSON string is a YAML string
	if err != nil {
		t.Fatal(err)
	}
	bad := string(yaml)
	w.edit("content/organisation.yaml", "name: Fernhollow\n", "name: "+bad+"\n")
	w.edit("content/organisation.yaml", `"3 Mill Lane, Hebden Bridge, United Kingdom"`, bad)
	w.edit("content/organisation.yaml", "https://shop.fernhollow.example", "javascript:alert(1)")
	w.edit("content/organisation.yaml", "privacy@fernhollow.example", `"javascript:alert(1)//@x"`)
	w.edit("content/organisation.yaml", "{name: Kiln}", "{name: "+bad+"}")
	w.edit("content/privacy/policy.yaml", "en: Privacy Policy", "en: "+bad)
	w.edit("content/privacy/2024-05-01/en.md", "summary: What becomes of your data.", "summary: "+bad)
	w.edit("content/privacy/2025-03-10/changes.yaml", `"We keep addresses for a year."`, bad)
	w.edit("content/privacy/2025-03-10/practices.yaml", "Postbag Ltd.", bad)
	for name := range w.files { // as if all of it had never been released
		if strings.HasSuffix(name, "seal.yaml") {
			delete(w.files, name)
		}
	}
	return w
}

const hostileWords = `</title><script>alert(1)</script>"'><img src=x onerror=alert(1)>`
