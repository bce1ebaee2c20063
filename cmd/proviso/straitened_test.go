package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"proviso/release"
)

// straitened is the program on a machine where it may not do all it wants:
// with FILE_SIZE no file may become larger than so many bytes, as on a disk
// that is full, and with NOBODY=1 it has not the rights of root.
func straitened() {
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "straitened:", err)
			os.Exit(3)
		}
	}
	if size := os.Getenv("FILE_SIZE"); size != "" {
		var limit syscall.Rlimit
		_, err := fmt.Sscan(size, &limit.Cur)
		fail(err)
		limit.Max = limit.Cur
		signal.Ignore(syscall.SIGXFSZ)
		fail(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	}
	if os.Getenv("NOBODY") != "" && os.Getuid() == 0 {
		fail(syscall.Setgid(65534))
		fail(syscall.Setuid(65534))
	}
	main()
}

// A writer is a command that writes into content/, and where it can.
type writer struct {
	name  string
	ready func(t *testing.T, dir string)
	args  string
	done  string // a file that is there then
}

// next is a folder with a version that is upcoming.
func next(t *testing.T, dir string) {
	decided(t, dir)
	if out, err := ours(dir, "release", "privacy", "--effective", "2095-03-15"); err != nil {
		t.Fatal(out)
	}
}

// decided is a folder with a draft that nothing stands against.
func decided(t *testing.T, dir string) {
	for _, section := range []string{"s0", "s1"} {
		if out, err := ours(dir, "decide", "privacy", section, "editorial", "--reason", "the same", "--by", "counsel"); err != nil {
			t.Fatal(out)
		}
	}
}

// translated is a folder with a version whose translation has come late.
func translated(t *testing.T, dir string) {
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("content/organisation.yaml", "name: Quay\ntime_zone: UTC\nlocales: [en, de]\nsites: {quay.example: {}}\n")
	put("content/privacy/policy.yaml", "title: Privacy Policy\nrequire: [en]\n")
	put("content/privacy/2095-01-15/de.md", "## S0\n\nDas Büro ist rot.\n\n## S1\n\nDas Büro ist rot.\n")
}

// brought is a folder with a page beside it that is to be imported.
func brought(t *testing.T, dir string) {
	page := "# Terms of Use\n\nEffective 1 May 2094\n\n## Use\n\n" + strings.Repeat("You may use the quay by day. ", 20) + "\n"
	if err := os.WriteFile(filepath.Join(dir, "terms.md"), []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
}

var writers = []writer{
	{"draft", func(t *testing.T, dir string) {
		if err := os.RemoveAll(filepath.Join(dir, "content/privacy/draft")); err != nil {
			t.Fatal(err)
		}
	}, "draft privacy", "content/privacy/draft/en.md"},
	{"decide", func(*testing.T, string) {}, "decide privacy s0 editorial --reason same --by counsel", "content/privacy/draft/changes.yaml"},
	{"release", decided, "release privacy --effective 2095-03-15", "content/privacy/2095-03-15/seal.yaml"},
	{"reschedule", next, "reschedule privacy@2095-03-15 2095-04-15", "content/privacy/2095-04-15/seal.yaml"},
	{"withdraw", next, "withdraw privacy@2095-03-15", "content/privacy/2095-03-15/seal.withdrawn.yaml"},
	{"seal", translated, "seal privacy@2095-01-15 --locale de", "content/privacy/2095-01-15/seal.de.yaml"},
	{"import", brought, "import DIR/terms.md", "content/terms/2094-05-01/seal.yaml"},
	{"import --draft", brought, "import DIR/terms.md --draft", "content/terms/draft/en.md"},
}

// under runs a command of the program as straitened, with some variables.
func (w writer) under(dir string, env ...string) (string, error) {
	args := strings.Fields(strings.ReplaceAll(w.args, "DIR", dir))
	cmd := exec.Command("straitened", append([]string{"-C", dir, "--as-of", "2095-02-01"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestWhereNothingCanBeWritten has every command that writes do so in a folder
// that cannot be written, and on a full disk: it says so, changes nothing, and
// does its work once it can.
func TestWhereNothingCanBeWritten(t *testing.T) {
	for _, w := range writers {
		for name, c := range map[string]struct{ env, says string }{
			"read-only": {"NOBODY=1", "permission denied"},
			"full":      {"FILE_SIZE=10", "file too large"},
		} {
			t.Run(w.name+" "+name, func(t *testing.T) {
				dir := quay(t, 2)
				w.ready(t, dir)
				reachable(t, dir)
				before := contents(t, dir)
				if name == "read-only" {
					lockUp(t, filepath.Join(dir, "content"))
				}
				out, err := w.under(dir, c.env)
				if err == nil || !strings.Contains(out, c.says) {
					t.Errorf("%v; it says %s", err, out)
				}
				if strings.Contains(out, ".release-") || strings.Contains(out, ".new-") {
					t.Errorf("it tells of a file that nobody knows: %s", out)
				}
				if after := contents(t, dir); after != before {
					t.Errorf("it left something behind:\n%s\nbefore:\n%s", after, before)
				}
				unlock(t, filepath.Join(dir, "content"))
				if out, err := w.under(dir); err != nil {
					t.Fatalf("once it can: %v\n%s", err, out)
				}
				if _, err := os.Stat(filepath.Join(dir, w.done)); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// reachable lets everybody into a test's folder, and take its lock.
func reachable(t *testing.T, dir string) {
	t.Helper()
	own := filepath.Join(dir, ".proviso")
	for _, at := range []struct {
		name string
		mode fs.FileMode
	}{{filepath.Dir(dir), 0o755}, {dir, 0o755}, {own, 0o777}, {filepath.Join(own, "content.lock"), 0o666}} {
		if err := os.Chmod(at.name, at.mode); err != nil {
			t.Fatal(err)
		}
	}
}

// lockUp makes every folder below one read-only; unlock undoes it.
func lockUp(t *testing.T, dir string) { chmodFolders(t, dir, 0o555) }

func unlock(t *testing.T, dir string) { chmodFolders(t, dir, 0o755) }

func chmodFolders(t *testing.T, dir string, mode fs.FileMode) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			err = os.Chmod(name, mode)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// contents lists everything below content/ with its bytes.
func contents(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(filepath.Join(dir, "content"), func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			fmt.Fprintln(&b, name)
			return err
		}
		data, err := os.ReadFile(name)
		fmt.Fprintf(&b, "%s %x\n", name, sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestWritersWaitForEachOther has every command that writes find another one at
// work, and not wait any longer: it has changed nothing.
func TestWritersWaitForEachOther(t *testing.T) {
	closing := writer{"notify close", next, "notify close privacy@2095-03-15", ""}
	for _, w := range append(slices.Clone(writers), closing) {
		t.Run(w.name, func(t *testing.T) {
			dir := quay(t, 2)
			w.ready(t, dir)
			before := contents(t, dir)
			free, err := release.Lock(context.Background(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = free() }()
			impatient, cancel := context.WithCancel(context.Background())
			cancel()
			var errs strings.Builder
			p := &program{stdin: strings.NewReader(""), stdout: &strings.Builder{}, stderr: &errs,
				now: time.Now, env: os.LookupEnv}
			args := strings.Fields(strings.ReplaceAll(w.args, "DIR", dir))
			if status := p.run(impatient, append([]string{"-C", dir, "--as-of", "2095-02-01"}, args...)); status != 1 ||
				!strings.Contains(errs.String(), "another proviso is changing this folder; run it again when that has ended") {
				t.Errorf("status %d\n%s", status, &errs)
			}
			if after := contents(t, dir); after != before {
				t.Errorf("it changed something:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}
