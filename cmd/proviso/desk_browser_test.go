package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A draft goes from the first look to its release in a real browser, with and
// without scripts, by mouse and by keyboard; axe finds nothing on any page in
// light, in dark or at 320 px. Then the files say what was done, and comments
// and order in changes.yaml are as they were.
func TestDeskInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("not in a short run")
	}
	const dir = "../../site/testdata/browser"
	chromium, node := browserProgram(t, "chromium"), browserProgram(t, "node")
	if _, err := os.Stat(filepath.Join(dir, "node_modules/playwright-core/package.json")); err != nil {
		lacking(t, "playwright-core (npm ci in site/testdata/browser)")
	}
	s := reviewed(t)
	s.edit("content/privacy/draft/en.md", "We have appointed a data protection", "We have duly appointed a data protection")
	s.edit("content/privacy/draft/de.md", "Wir haben einen Datenschutzbeauftragten bestellt", "Wir haben ordnungsgemäß einen Datenschutzbeauftragten bestellt")
	listener, err := loopback("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.stage().run(ctx, listener) }()
	input, err := json.Marshal(map[string]string{"chromium": chromium, "draft": filepath.Join(s.dir, "content/privacy/draft"), "shots": os.Getenv("PROVISO_SHOTS"),
		"url": fmt.Sprintf("http://localhost:%d/", listener.Addr().(*net.TCPAddr).Port)})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "desk.mjs")
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	var wrong []string
	if err != nil || json.Unmarshal(out, &wrong) != nil {
		t.Fatalf("%v\n%s%s", err, out, stderr.String())
	}
	for _, w := range wrong {
		t.Error(w)
	}
	s.released()
}

// released looks at what the review has left on disk.
func (s *story) released() {
	s.t.Helper()
	s.must("verify")
	changes := s.read("content/privacy/2027-01-21/changes.yaml")
	rest := changes
	for _, want := range []string{"# Kept by counsel.\n", "summary: {en: \"We keep logs of our web servers for 60 days.\", de: \"Wir bewahren Protokolle <60> Tage auf.\"} # to be polished\n",
		"\n# decided in the meeting\ndecisions:\n", "retention: {verdict: material, reason: \"an older text\"", "# look again\n",
		"reason: \"nobody reads it otherwise\", by: \"Ada Counsel\", on: 2026-12-21", "reason: \"it must be told\", by: \"Ada Counsel\""} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			s.t.Fatalf("changes.yaml lacks %q in its place:\n%s", want, changes)
		}
		rest = after
	}
	if seal := s.read("content/privacy/2027-01-21/seal.yaml"); !strings.Contains(seal, "state: released") || !strings.Contains(seal, `deadline: "2026-12-22"`) {
		s.t.Error("the seal is not that of a release that owes a notice")
	}
	s.must("build")
	err := filepath.WalkDir(filepath.Join(s.dir, "public"), func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		for _, private := range []string{"~desk", "~stage", "Ada Counsel", "nobody reads it otherwise"} {
			if bytes.Contains(data, []byte(private)) {
				s.t.Errorf("%s holds %q", name, private)
			}
		}
		return err
	})
	if err != nil {
		s.t.Error(err)
	}
}

// browserProgram returns where a program is that the test cannot do without.
func browserProgram(t *testing.T, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		lacking(t, name)
	}
	return p
}

// lacking skips the test, or fails it where nothing may be skipped.
func lacking(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("PROVISO_REQUIRE_ALL") == "1" {
		t.Fatalf("%s is missing", what)
	}
	t.Skipf("%s is missing", what)
}
