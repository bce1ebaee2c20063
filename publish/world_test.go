package publish_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"proviso/publish"
	"proviso/publish/bucket"
)

var ctx = context.Background()

const domain = "acme.example"

// noon is when release 1 is published; each later one comes a minute later.
var noon = time.Date(2026, 12, 20, 12, 0, 0, 0, time.UTC)

func at(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

// A site has the same pages in every release, each with the number of the
// release in it, one look that never changes, and one version more each time
// until there are three.
func writeSite(t testing.TB, dir string, n int) string {
	t.Helper()
	files := map[string]string{"style.css": "body { margin: 0 }", "sitemap.xml": page("sitemap", n), "privacy/feed.atom": page("feed", n),
		"policies.json": page("policies", n), "index.html": page("index", n), "privacy/index.html": page("privacy", n), "_headers": "/*\n"}
	for v := 1; v <= min(n, 3); v++ {
		files[fmt.Sprintf("privacy/2026-01-%02d/index.html", v)] = page(fmt.Sprint("version ", v), n)
	}
	for name, data := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(name), 0o755))
		must(t, os.WriteFile(name, []byte(data), 0o644))
	}
	return dir
}

// changing are the pages that are another in every release.
var changing = []string{"index.html", "privacy/index.html", "privacy/feed.atom", "policies.json", "sitemap.xml", "privacy/2026-01-01/index.html"}

func page(what string, n int) string {
	return fmt.Sprintf("<p>%s of release %d</p>%s<p>end of release %d</p>", what, n, strings.Repeat(" ", 4000), n)
}

var number = regexp.MustCompile(`of release (\d+)</p>`)

// releaseOf returns the number that a page carries; it fails on a page that is
// not whole.
func releaseOf(data []byte) (string, error) {
	all := number.FindAllSubmatch(data, -1)
	if len(all) != 2 || string(all[0][1]) != string(all[1][1]) {
		return "", fmt.Errorf("a page that is not whole: %q", data)
	}
	return string(all[0][1]), nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put publishes release n from what is live.
func put(t testing.TB, target publish.Target, n int) (*publish.Outcome, error) {
	t.Helper()
	return putTree(target, writeSite(t, t.TempDir(), n), at(n))
}

func putTree(target publish.Target, dir string, now time.Time) (*publish.Outcome, error) {
	files, err := publish.Scan(domain, dir)
	if err != nil {
		return nil, err
	}
	state, err := target.State(ctx)
	if err != nil {
		return nil, err
	}
	r := publish.Release{Files: files, Dir: dir, Now: now}
	if state.Live != nil {
		r.Base = state.Live.Release
	}
	return target.Publish(ctx, r)
}

// program returns where a program is; the test is skipped without it.
func program(t testing.TB, name string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin", goBin()) {
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found
		}
	}
	if os.Getenv("PROVISO_REQUIRE_ALL") == "1" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

func goBin() string {
	out, _ := exec.Command("go", "env", "GOPATH").Output()
	return filepath.Join(strings.TrimSpace(string(out)), "bin")
}

// A child is a publisher in a process of its own, to be killed.
type child struct {
	Dir      string // target folder
	Endpoint string // or bucket
	Tree     string
	Now      time.Time
	DieAt    int // it kills itself before this step, counted from 1; 0: never
}

const childVariable = "PROVISO_TEST_PUBLISHER"

func TestMain(m *testing.M) {
	if data := os.Getenv(childVariable); data != "" {
		os.Exit(childMain(data))
	}
	os.Exit(m.Run())
}

func childMain(data string) int {
	var c child
	if err := json.Unmarshal([]byte(data), &c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	steps := 0
	step := func(publish.Step) {
		if steps++; steps == c.DieAt {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // nothing may happen after it
		}
	}
	var target publish.Target = &publish.Dir{Path: c.Dir, Keep: 3, Step: step}
	if c.Endpoint != "" {
		target = bucketAt(c.Endpoint, "one")
	}
	if _, err := putTree(target, c.Tree, c.Now); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// run reports whether the child was killed; any other failure is the test's.
func (c child) run(t *testing.T) (killed bool) {
	t.Helper()
	cmd := c.command(t)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == -1 {
		return true
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return false
}

func (c child) command(t *testing.T) *exec.Cmd {
	t.Helper()
	data, err := json.Marshal(c)
	must(t, err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(data))
	return cmd
}

const key, secret, bucketName = "test", "secretsecret", "policies"

func bucketAt(endpoint, owner string) *publish.S3 {
	b, err := bucket.Open(bucket.Options{Endpoint: endpoint, Name: bucketName, Key: key, Secret: secret, Attempts: 1})
	if err != nil {
		panic(err)
	}
	return &publish.S3{Site: domain, Bucket: b, Prefix: "legal/", Owner: owner, Keep: 3, Grace: 0}
}
