package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// quay is a folder with a draft whose sections nobody has decided on.
func quay(t *testing.T, sections int) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var old, now strings.Builder
	for i := range sections {
		fmt.Fprintf(&old, "## S%d\n\nLe bureau est rouge.\n\n", i)
		fmt.Fprintf(&now, "## S%d\n\nLe bureau est grand.\n\n", i)
	}
	write("content/organisation.yaml", "name: Quay\ntime_zone: UTC\nlocales: [en]\nsites: {quay.example: {}}\n")
	write("content/privacy/policy.yaml", "title: Privacy Policy\n")
	write("content/privacy/draft/en.md", old.String())
	if out, err := ours(dir, "release", "privacy", "--effective", "2095-01-15"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	write("content/privacy/draft/en.md", now.String())
	return dir
}

// ours runs the program, which TestMain has put on the path, in a process of its own.
func ours(dir string, args ...string) (string, error) {
	cmd := exec.Command("proviso", append([]string{"-C", dir, "--as-of", "2095-02-01"}, args...)...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestManyDecideAtOnce: processes that decide at the same moment lose no decision.
func TestManyDecideAtOnce(t *testing.T) {
	const people = 12
	dir := quay(t, people)
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() {
			if out, err := ours(dir, "decide", "privacy", fmt.Sprintf("s%d", i), "editorial", "--reason", "the same", "--by", fmt.Sprintf("p%d", i)); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	all.Wait()
	data, err := os.ReadFile(filepath.Join(dir, "content/privacy/draft/changes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range people {
		if !strings.Contains(string(data), fmt.Sprintf("  s%d: {verdict: editorial, reason: \"the same\", by: \"p%d\"", i, i)) {
			t.Errorf("the decision of p%d is lost:\n%s", i, data)
		}
	}
	if out, err := ours(dir, "release", "privacy", "--effective", "2095-03-15"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestKilled kills every command that writes at moments spread over its run.
// Whatever is there afterwards verifies, and the same command again ends where
// it would have ended.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills for some seconds")
	}
	for _, w := range writers {
		t.Run(w.name, func(t *testing.T) {
			const rounds = 6
			took := 40 * time.Millisecond
			for i := range rounds {
				dir := quay(t, 2)
				w.ready(t, dir)
				args := strings.Fields(strings.ReplaceAll(w.args, "DIR", dir))
				took = killed(t, dir, took*time.Duration(i+1)/rounds, args...)
				if out, err := ours(dir, "verify"); err != nil {
					t.Fatalf("after the kill: %s", out)
				}
				again, err := ours(dir, args...)
				if _, missing := os.Stat(filepath.Join(dir, w.done)); missing != nil {
					t.Fatalf("not done: %v\n%s", err, again)
				}
				if err != nil && !strings.Contains(again, "already") && !strings.Contains(again, "has no draft") {
					t.Fatalf("%s", again)
				}
				if left, _ := filepath.Glob(filepath.Join(dir, "content/.release-*")); len(left) > 0 {
					t.Errorf("left over: %v", left)
				}
				if left, _ := filepath.Glob(filepath.Join(dir, "content/*/.release-*")); len(left) > 0 {
					t.Errorf("left over: %v", left)
				}
				if out, err := ours(dir, "verify"); err != nil {
					t.Fatalf("at the end: %s", out)
				}
			}
		})
	}
}

// killed runs the program and kills it after a while; it returns how long a
// run takes, as far as it got.
func killed(t *testing.T, dir string, after time.Duration, args ...string) time.Duration {
	t.Helper()
	cmd := exec.Command("proviso", append([]string{"-C", dir, "--as-of", "2095-02-01"}, args...)...)
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Wait()
	if took := time.Since(begun); err == nil || took > after {
		return max(took, 10*time.Millisecond)
	}
	return after
}
