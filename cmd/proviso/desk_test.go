package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const deskURL = "http://localhost:8080"

// reviewed is the example with a draft that waits for a person: one change
// that the rules cannot judge, and one that is material.
func reviewed(t *testing.T) *story {
	s := example(t, "2026-12-21")
	s.must("draft", "privacy")
	for locale, edits := range map[string][2]string{
		"en": {"only as a salted hash", "only as a carefully salted hash"},
		"de": {"Das Passwort speichern wir nur", "Das Passwort speichern wir sorgsam und nur"},
	} {
		s.edit("content/privacy/draft/"+locale+".md", edits[0], edits[1])
	}
	s.edit("content/privacy/draft/en.md", "deleted after 30 days", "deleted after 60 days")
	s.edit("content/privacy/draft/de.md", "nach 30 Tagen", "nach 60 Tagen")
	s.write("content/privacy/draft/changes.yaml", `# Kept by counsel.
summary: {en: "Logs stay longer."}   # to be polished

# decided in the meeting
decisions:
  retention: {verdict: material, reason: "an older text", by: "counsel", on: 2026-12-20, of: "sha256:0"} # look again
`)
	return s
}

// post sends a form as a browser does that shows a page of the desk.
func (s *stage) post(t *testing.T, path string, form url.Values, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, deskURL+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", deskURL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

var (
	formToken  = regexp.MustCompile(`name="token" value="([^"]+)"`)
	judgedHash = regexp.MustCompile(`name="section" value="([^"]+)">\s*<input type="hidden" name="of" value="([^"]+)"`)
	stateHash  = regexp.MustCompile(`name="state" value="([^"]+)"`)
)

// decision is the form that a page shows for a section, filled in.
func decision(t *testing.T, page, section string) url.Values {
	t.Helper()
	form := url.Values{"token": {formToken.FindStringSubmatch(page)[1]}, "section": {section}, "verdict": {"editorial"},
		"reason": {"an adverb; \"it\" says # nothing"}, "by": {"Ada Counsel"}}
	for _, m := range judgedHash.FindAllStringSubmatch(page, -1) {
		if m[1] == section {
			form.Set("of", m[2])
		}
	}
	if !form.Has("of") {
		t.Fatalf("there is no form for %s", section)
	}
	return form
}

const reviewPath = "/desk/privacy@draft/review"

// Nothing is taken from another page, through another name, or without the
// token, and nothing of it is written.
func TestDeskTakesFormsOfItsOwnOnly(t *testing.T) {
	s := reviewed(t)
	stage := s.stage()
	before := s.read("content/privacy/draft/changes.yaml")
	form := decision(t, body(t, stage.get(t, deskURL+reviewPath)), "account-data")
	for name, header := range map[string][]string{
		"foreign origin":          {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"},
		"origin of a site":        {"Origin", "http://quillhost.example.localhost:8080", "Sec-Fetch-Site", "same-site"},
		"another port":            {"Origin", "http://localhost:9999", "Sec-Fetch-Site", "same-site"},
		"opaque origin":           {"Origin", "null"},
		"no origin":               {"Origin", ""},
		"cross-site all the same": {"Sec-Fetch-Site", "cross-site"},
		"foreign host":            {"Host", "evil.example:8080", "Origin", "http://evil.example:8080"},
		"a site as host":          {"Host", "quillhost.example.localhost:8080", "Origin", "http://quillhost.example.localhost:8080"},
	} {
		if r := stage.post(t, reviewPath, form, header...); r.StatusCode != http.StatusForbidden && r.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d", name, r.StatusCode)
		}
	}
	for _, token := range []string{"", "wrong", form.Get("token") + "x"} {
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		bad.Set("token", token)
		for _, path := range []string{reviewPath, "/desk/privacy@draft/words", "/desk/privacy@draft/release"} {
			if r := stage.post(t, path, bad); r.StatusCode != http.StatusForbidden {
				t.Errorf("token %q at %s: status %d", token, path, r.StatusCode)
			}
		}
	}
	if r := stage.post(t, reviewPath, url.Values{"token": {form.Get("token")}, "reason": {strings.Repeat("x", 2<<20)}}); r.StatusCode != http.StatusBadRequest {
		t.Errorf("a form of 2 MB: status %d", r.StatusCode)
	}
	if got := s.read("content/privacy/draft/changes.yaml"); got != before {
		t.Errorf("something was written:\n%s", got)
	}
	if r := stage.post(t, reviewPath, form); r.StatusCode != http.StatusSeeOther {
		t.Errorf("its own form: status %d\n%s", r.StatusCode, body(t, r))
	}
}

// Every page has a strict policy, may not be framed, and has nothing inline;
// none leads out of the folder.
func TestDeskPagesAreClosed(t *testing.T) {
	s := reviewed(t)
	s.write("secret.txt", "nobody")
	stage := s.stage()
	inline := regexp.MustCompile(`(?i)<script>|<style|\sstyle=|\son[a-z]+=|javascript:`)
	for path, want := range map[string]int{"/": 200, reviewPath: 200, "/desk/privacy@draft/words": 200, "/desk/privacy@draft/mail": 200,
		"/desk/privacy@draft/release": 200, "/findings": 200, "/source?file=content/privacy/draft/en.md&line=7": 200,
		"/desk/privacy@2026-12-20/review": 404, "/desk/nothing@draft/review": 404, "/nothing": 404, "/~desk/words.yaml": 404,
		"/source?file=secret.txt": 404, "/source?file=../x": 404, "/source?file=content/../secret.txt": 404, "/source?file=/etc/passwd": 404} {
		r := stage.get(t, deskURL+path)
		policy, page := r.Header.Get("Content-Security-Policy"), body(t, r)
		if r.StatusCode != want {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if at := inline.FindString(page); at != "" {
			t.Errorf("%s holds %q", path, at)
		}
	}
	r := stage.get(t, deskURL+"/desk/privacy@draft/letter?locale=en&all=yes")
	if policy := r.Header.Get("Content-Security-Policy"); r.StatusCode != 200 || !strings.HasPrefix(policy, "sandbox;") || !strings.Contains(body(t, r), "Alex Example") {
		t.Errorf("the mail: status %d, policy %q", r.StatusCode, policy)
	}
}

// What was judged, replaced or released must be what its reader saw.
func TestDeskOverwritesNothingUnseen(t *testing.T) {
	s := reviewed(t)
	stage := s.stage()
	page := body(t, stage.get(t, deskURL+reviewPath))
	if !strings.Contains(page, "counsel decided material on another change") {
		t.Error("a void decision is not shown")
	}
	form := decision(t, page, "account-data")
	s.edit("content/privacy/draft/en.md", "a carefully salted", "a salted or unsalted")
	r := stage.post(t, reviewPath, form)
	if page := body(t, r); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "is not the one that was judged") || !strings.Contains(page, "an adverb;") {
		t.Errorf("a decision on what is gone: status %d\n%s", r.StatusCode, page)
	}
	s.edit("content/privacy/draft/en.md", "a salted or unsalted", "a carefully salted")
	for field, want := range map[string]string{"reason": "needs a reason", "by": "needs the name", "verdict": "Choose material or editorial"} {
		bad := decision(t, page, "account-data")
		bad.Set(field, " ")
		if r := stage.post(t, reviewPath, bad); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body(t, r), want) {
			t.Errorf("without %s: status %d", field, r.StatusCode)
		}
	}
	const wordsPath, field = "/desk/privacy@draft/words", "summary|en"
	words := url.Values{"token": form["token"], "now|" + field: {"Mine."}, "was|" + field: {"Logs stay longer."}}
	s.edit("content/privacy/draft/changes.yaml", "Logs stay longer.", "Theirs.")
	r = stage.post(t, wordsPath, words)
	if page := body(t, r); r.StatusCode != http.StatusConflict || !strings.Contains(page, "Mine.") || !strings.Contains(page, "<q>Theirs.</q>") {
		t.Errorf("words that another wrote: status %d\n%s", r.StatusCode, page)
	}
	if got := s.read("content/privacy/draft/changes.yaml"); !strings.Contains(got, "Theirs.") || strings.Contains(got, "Mine.") {
		t.Errorf("changes.yaml is\n%s", got)
	}
	words.Set("was|"+field, "Theirs.")
	words.Set("now|why|de", "Wegen\r\n\r\nder Angriffe.")
	if r = stage.post(t, wordsPath, words); r.StatusCode != http.StatusSeeOther {
		t.Errorf("words: status %d", r.StatusCode)
	}
	const want = `# Kept by counsel.
summary: {en: "Mine."} # to be polished

# decided in the meeting
decisions:
  retention: {verdict: material, reason: "an older text", by: "counsel", on: 2026-12-20, of: "sha256:0"} # look again
why:
  de: |-
    Wegen

    der Angriffe.
`
	if got := s.read("content/privacy/draft/changes.yaml"); got != want {
		t.Errorf("changes.yaml is\n%s", got)
	}
}

// A release is confirmed for what was shown, and refused for anything else.
func TestDeskReleasesWhatWasShown(t *testing.T) {
	s := reviewed(t)
	stage := s.stage()
	page := body(t, stage.get(t, deskURL+reviewPath))
	token := formToken.FindStringSubmatch(page)[1]
	const path = "/desk/privacy@draft/release"
	early := body(t, stage.get(t, deskURL+path+"?effective=2027-01-15"))
	for _, want := range []string{"The earliest lawful date is 2027-01-21.", "&#34;account-data&#34; is undecided", "gdpr asks for 30 days of notice", "2027-01-15 is too early"} {
		if !strings.Contains(early, want) {
			t.Errorf("what stands against an early date lacks %q", want)
		}
	}
	if strings.Contains(early, `name="sure"`) {
		t.Error("a refused release can be confirmed")
	}
	if r := stage.post(t, path, url.Values{"token": {token}, "effective": {"2027-01-15"}, "sure": {"yes"}, "state": {stateOf(t, stage, path)}}); r.StatusCode == http.StatusSeeOther {
		t.Error("a refused date is released")
	}
	if r := stage.post(t, reviewPath, decision(t, page, "account-data")); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", r.StatusCode)
	}
	form := url.Values{"token": {token}, "effective": {"2027-02-01"}, "sure": {"yes"}, "state": {stateOf(t, stage, path)}}
	s.edit("content/privacy/draft/en.md", "after 60 days", "after 90 days")
	s.edit("content/privacy/draft/de.md", "nach 60 Tagen", "nach 90 Tagen")
	r := stage.post(t, path, form)
	if page := body(t, r); r.StatusCode != http.StatusConflict || !strings.Contains(page, "is not as it was when you looked at it") {
		t.Errorf("a draft that was edited meanwhile: status %d\n%s", r.StatusCode, page)
	}
	form.Set("state", stateOf(t, stage, path))
	form.Del("sure")
	if r := stage.post(t, path, form); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("not confirmed: status %d", r.StatusCode)
	}
	form.Set("sure", "yes")
	r = stage.post(t, path, form)
	if to := r.Header.Get("Location"); r.StatusCode != http.StatusSeeOther || to != "/?released=privacy%402027-02-01" {
		t.Fatalf("status %d, to %q\n%s", r.StatusCode, to, body(t, r))
	}
	if home := body(t, stage.get(t, deskURL+"/?released=privacy%402027-02-01")); !strings.Contains(home, "privacy@2027-02-01 is released and takes effect on 1 February 2027.") {
		t.Error("the release is not told")
	}
	s.must("verify")
	if _, err := os.Stat(filepath.Join(s.dir, "content/privacy/draft")); !os.IsNotExist(err) {
		t.Error("the draft is still there")
	}
}

// stateOf reads the state of the draft from the page that asks for a
// confirmation, or one of nothing.
func stateOf(t *testing.T, stage *stage, path string) string {
	t.Helper()
	m := stateHash.FindStringSubmatch(body(t, stage.get(t, deskURL+path+"?effective=2027-02-01")))
	if m == nil {
		return "none"
	}
	return m[1]
}

// Sources that cannot be read are shown with their places on every page.
func TestDeskShowsWhatIsBroken(t *testing.T) {
	s := reviewed(t)
	stage := s.stage()
	s.write("content/privacy/draft/changes.yaml", "sumary: {en: x}\n")
	r := stage.get(t, deskURL+reviewPath)
	if page := body(t, r); r.StatusCode != http.StatusInternalServerError || !strings.Contains(page, "content/privacy/draft/changes.yaml:1:1") ||
		!strings.Contains(page, `href="/source?file=content%2fprivacy%2fdraft%2fchanges.yaml&amp;line=1#L1"`) {
		t.Errorf("status %d\n%s", r.StatusCode, page)
	}
	source := body(t, stage.get(t, deskURL+"/source?file=content%2fprivacy%2fdraft%2fchanges.yaml&line=1"))
	if !strings.Contains(source, `<li id="L1" class="wanted"`) || !strings.Contains(source, "unknown key") {
		t.Errorf("the source is\n%s", source)
	}
	s.write("content/organisation.yaml", "name: [\n")
	for _, path := range []string{"/", reviewPath, "/findings", "/source?file=content/organisation.yaml"} {
		if page := body(t, stage.get(t, deskURL+path)); !strings.Contains(page, "content/organisation.yaml") {
			t.Errorf("%s does not say what is broken:\n%s", path, page)
		}
	}
}

// A text that is written once for all locales stays where it is when another
// locale gets its own, and a text that is emptied goes.
func TestDeskWordsOfOneText(t *testing.T) {
	s := reviewed(t)
	stage := s.stage()
	const file, path = "content/privacy/draft/changes.yaml", "/desk/privacy@draft/words"
	s.write(file, "# all of it\nsummary: One for all. # of us\nwhy: {en: Because., de: Darum.}\n")
	token := formToken.FindStringSubmatch(body(t, stage.get(t, deskURL+path)))[1]
	for _, edit := range []url.Values{
		{"now|summary|de": {"Eines für alle."}, "was|summary|de": {""}},
		{"now|why|de": {""}, "was|why|de": {"Darum."}},
	} {
		edit.Set("token", token)
		if r := stage.post(t, path, edit); r.StatusCode != http.StatusSeeOther {
			t.Fatalf("status %d\n%s", r.StatusCode, body(t, r))
		}
	}
	if got, want := s.read(file), "# all of it\nsummary: # of us\n  en: \"One for all.\"\n  de: \"Eines für alle.\"\nwhy: {en: Because.}\n"; got != want {
		t.Errorf("changes.yaml is\n%s\nwant\n%s", got, want)
	}
}

// The desk begins a draft where there is none, and copies over none that is there.
func TestDeskBeginsADraft(t *testing.T) {
	s := example(t, "2026-12-21")
	stage := s.stage()
	page := body(t, stage.get(t, deskURL+"/"))
	token := formToken.FindStringSubmatch(page)
	if token == nil || !strings.Contains(page, `action="/desk/privacy/draft"`) {
		t.Fatalf("there is nothing to begin a draft with:\n%s", page)
	}
	form := url.Values{"token": {token[1]}}
	if r := stage.post(t, "/desk/privacy/draft", form); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", r.StatusCode, body(t, r))
	}
	s.edit("content/privacy/draft/en.md", "only as a salted hash", "only as a carefully salted hash")
	kept := s.read("content/privacy/draft/en.md")
	if r := stage.post(t, "/desk/privacy/draft", form); r.StatusCode == http.StatusSeeOther || !strings.Contains(body(t, r), "is there already") {
		t.Errorf("a second time: status %d", r.StatusCode)
	}
	if s.read("content/privacy/draft/en.md") != kept {
		t.Error("the draft was written over")
	}
	if r := stage.post(t, "/desk/nothing/draft", form); r.StatusCode == http.StatusSeeOther {
		t.Error("there is a draft of a policy that does not exist")
	}
}
