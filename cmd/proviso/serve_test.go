package main

import (
	"bufio"
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// stage returns what serve answers with for the folder of a story.
func (s *story) stage() *stage {
	now, err := time.Parse(time.DateOnly, s.day)
	if err != nil {
		s.t.Fatal(err)
	}
	p := &program{dir: s.dir, now: func() time.Time { return now.Add(17 * time.Hour) }, stdout: io.Discard, stderr: io.Discard,
		env: func(name string) (string, bool) { v, ok := s.env[name]; return v, ok }}
	stage, err := p.newStage("")
	if err != nil {
		s.t.Fatal(err)
	}
	return stage
}

// get asks a stage for an address as a browser does for what stands in a frame.
func (s *stage) get(t *testing.T, url string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, url, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	var b strings.Builder
	if _, err := bufio.NewReader(r.Body).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Every file that build writes is served as it stands, and nothing is put into it.
func TestServeAsPublished(t *testing.T) {
	s := example(t, "2026-11-03")
	s.must("build", "--out", "built")
	stage := s.stage()
	root, n := filepath.Join(s.dir, "built"), 0
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		domain, file, _ := strings.Cut(filepath.ToSlash(rel), "/")
		if n++; n%5 > 0 && !strings.HasSuffix(file, "feed.atom") && strings.Count(file, "/") > 0 { // some of many
			return nil
		}
		want, err := os.ReadFile(name)
		r := stage.get(t, "http://"+domain+".localhost:8080/"+strings.TrimSuffix(file, "index.html"))
		if got := body(t, r); r.StatusCode != http.StatusOK || got != string(want) {
			t.Errorf("%s: status %d, %d bytes; want the %d of build", rel, r.StatusCode, len(got), len(want))
		}
		return err
	})
	if err != nil || n < 100 {
		t.Fatalf("%d files, %v", n, err)
	}
	r := stage.get(t, "http://quillhost.example.localhost:8080/privacy", "Sec-Fetch-Dest", "iframe")
	if r.StatusCode != http.StatusFound || r.Header.Get("Location") != "/privacy/" {
		t.Errorf("/privacy leads to %q, status %d", r.Header.Get("Location"), r.StatusCode)
	}
	r = stage.get(t, "http://quillhost.example.localhost:8080/nothing/")
	if r.StatusCode != http.StatusNotFound || !strings.Contains(body(t, r), "quillhost.example has no page /nothing/") {
		t.Errorf("a page that is not there has status %d", r.StatusCode)
	}
}

// Who writes a draft sees it and its redline side by side, each as it is on disk at the moment.
func TestServeFollowsTheDraft(t *testing.T) {
	s := example(t, "2026-11-03")
	s.must("draft", "security")
	stage := s.stage()
	home := body(t, stage.get(t, "http://localhost:8080/"))
	link := "http://quillhost.example.localhost:8080/~stage/draft?text=security%2fdraft%2f&amp;changes=security%2fdraft%2fchanges%2f"
	if !strings.Contains(home, link) {
		t.Fatalf("the draft is not on the first page:\n%s", home)
	}
	both := body(t, stage.get(t, strings.ReplaceAll(link, "&amp;", "&")))
	for _, want := range []string{`src="/security/draft/"`, `src="/security/draft/changes/"`} {
		if !strings.Contains(both, want) {
			t.Errorf("the page of the draft does not hold %s", want)
		}
	}
	const site = "http://quillhost.example.localhost:8080"
	draft := filepath.Join(s.dir, "content/security/draft/en.md")
	text, err := os.ReadFile(draft)
	if err != nil {
		t.Fatal(err)
	}
	if page := body(t, stage.get(t, site+"/security/draft/changes/")); !strings.Contains(page, "Nothing on this site changed") {
		t.Error("a draft that was only copied has changes")
	}
	s.write("content/security/draft/en.md", string(text)+"\n## Nightingales\n\nWe keep them for 14 days.\n")
	if page := body(t, stage.get(t, site+"/security/draft/")); !strings.Contains(page, "We keep them for 14 days.") || !strings.Contains(page, "This is a draft.") {
		t.Error("the draft is not shown as it is now")
	}
	if page := body(t, stage.get(t, site+"/security/draft/changes/")); !strings.Contains(page, "Nightingales") || !strings.Contains(page, "<ins>") {
		t.Error("its redline is not shown as it is now")
	}
	if page := body(t, stage.get(t, site+"/security/")); strings.Contains(page, "draft") {
		t.Error("the policy's own page tells of the draft")
	}
	s.write("content/security/draft/en.md", string(text)+"\nSee {{vars.nobody}}.\n")
	r := stage.get(t, site+"/security/draft/")
	if page := body(t, r); r.StatusCode != http.StatusInternalServerError || !strings.Contains(page, "content/security/draft/en.md:") || !strings.Contains(page, "vars.nobody") {
		t.Errorf("a mistake is not shown with its place: status %d", r.StatusCode)
	}
	if r := stage.get(t, site+"/privacy/"); r.StatusCode != http.StatusOK {
		t.Error("a mistake in a draft keeps other pages from being seen")
	}
	s.write("content/security/policy.yaml", "titel: Security\n")
	if page := body(t, stage.get(t, "http://localhost:8080/")); !strings.Contains(page, "content/security/policy.yaml:1:1") {
		t.Error("a mistake in policy.yaml is not on the first page")
	}
}

// A browser that opens a page gets a frame around it, which waits for changes.
func TestServeTellsOfChanges(t *testing.T) {
	s := example(t, "2026-11-03")
	stage := s.stage()
	const site = "http://quillhost.example.localhost:8080"
	frame := body(t, stage.get(t, site+"/privacy/", "Sec-Fetch-Dest", "document"))
	if !strings.Contains(frame, `<iframe title="The page as it would be published" src="/privacy/">`) || !strings.Contains(frame, "/~stage/stage.js") {
		t.Errorf("the frame is\n%s", frame)
	}
	if js := body(t, stage.get(t, site+"/~stage/stage.js")); !strings.Contains(js, "EventSource") {
		t.Error("there is no script for the frame")
	}
	server := httptest.NewServer(stage)
	defer server.Close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/~stage/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	stream := bufio.NewReader(resp.Body)
	if line, err := stream.ReadString('\n'); line != ": waiting\n" {
		t.Fatalf("the stream begins with %q, %v", line, err)
	}
	stage.look()
	s.write("content/security/2025-09-01/en.md", "All is new.\n")
	stage.look()
	for line := ""; line != "data: changed\n"; {
		if line, err = stream.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
}

// Nobody else can look at what is not published: not over the network, and not
// through a name that was made to lead here.
func TestServeIsForThisMachineOnly(t *testing.T) {
	s := example(t, "2026-11-03")
	stage := s.stage()
	for _, url := range []string{"http://evil.example/", "http://192.0.2.1:8080/", "http://localhost.evil.example/privacy/"} {
		if r := stage.get(t, url); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d", url, r.StatusCode)
		}
	}
	for _, addr := range []string{"0.0.0.0:0", "192.0.2.1:80", ":8080", "example.org:80", "127.0.0.1"} {
		if status, _, errs := s.run("serve", "--addr", addr); status != 2 || !strings.Contains(errs, "127.0.0.1") {
			t.Errorf("--addr %s: status %d, %s", addr, status, errs)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if status, _, errs := s.run("serve", "--addr", taken.Addr().String()); status != 1 || !strings.Contains(errs, "name another port with --addr") {
		t.Errorf("status %d, %s", status, errs)
	}
	if both := body(t, stage.get(t, "http://quillhost.example.localhost/~stage/draft?text=//evil.example/")); strings.Contains(both, `src="//`) {
		t.Error("the page of a draft leads to another site")
	}
}

// The command serves, and tells of edits, until it is stopped.
func TestServeRuns(t *testing.T) {
	s := example(t, "2026-11-03")
	listener, err := loopback("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.stage().run(ctx, listener) }()
	resp, err := http.Get("http://" + listener.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	if page := body(t, resp); !strings.Contains(page, "quillhost.example") {
		t.Errorf("the first page is\n%s", page)
	}
	resp.Body.Close()
	if resp, err = http.Get("http://" + listener.Addr().String() + "/~stage/events"); err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	stream := bufio.NewScanner(resp.Body)
	stream.Scan() // it waits
	s.write("content/security/2025-09-01/en.md", "All is new.\n")
	for stream.Text() != "data: changed" {
		if !stream.Scan() {
			t.Fatal("the browser is not told of an edit")
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
