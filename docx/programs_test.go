package docx_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"proviso/docx"
)

// stamp makes every change look like one of a person on one day.
var stamp = docx.Options{Title: "Privacy Policy", Author: "Counsel", Date: time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC), Lang: "en"}

// need finds a program or skips the test by name.
func need(t *testing.T, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts programs")
	}
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("PROVISO_REQUIRE_ALL") == "1" {
		t.Fatal(err)
	}
	t.Skip(err)
	return ""
}

// allPairs are the cases and the real texts, both in both directions.
func allPairs(t *testing.T) []pair {
	var out []pair
	for _, p := range append(casePairs(t), realPairs(t)...) {
		out = append(out, p, p.back())
	}
	return out
}

// LibreOffice accepts all changes and has the new text, rejects all and has the
// old one: paragraphs with their styles, the numbers of lists, and cells.
func TestLibreOffice(t *testing.T) {
	need(t, "soffice")
	python := systemPython(t)
	dir := t.TempDir()
	list := allPairs(t)
	for _, p := range list {
		if err := os.WriteFile(filepath.Join(dir, p.name+".docx"), p.write(t, stamp), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "testdata/office.py", dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it ends LibreOffice
	cmd.WaitDelay = 30 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, p := range list {
		t.Run(p.name, func(t *testing.T) {
			accepted := compareOffice(t, filepath.Join(dir, p.name+".accept.json"), expected(p.new))
			rejected := compareOffice(t, filepath.Join(dir, p.name+".reject.json"), expected(p.old))
			if slices.Contains(looking, p.name) {
				compare(t, "accepted", accepted[0].Looks, expectedLooks(p.new))
				compare(t, "rejected", rejected[0].Looks, expectedLooks(p.old))
			}
		})
	}
}

// systemPython finds the Python that Debian's python3-uno belongs to.
func systemPython(t *testing.T) string {
	const debian = "/usr/bin/python3"
	if exec.Command(debian, "-c", "import uno").Run() == nil {
		return debian
	}
	python := need(t, "python3")
	if out, err := exec.Command(python, "-c", "import uno").CombinedOutput(); err != nil {
		if os.Getenv("PROVISO_REQUIRE_ALL") == "1" {
			t.Fatalf("python3-uno is missing: %s", out)
		}
		t.Skip("python3-uno is missing")
	}
	return python
}

// compareOffice compares what LibreOffice wrote down. It does not know that
// columns are tracked: a column of the other text is left empty.
func compareOffice(t *testing.T, file string, want []shown) []shown {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Items []shown
		Left  int // how many changes are still tracked
	}
	if err := json.Unmarshal(src, &got); err != nil {
		t.Fatal(err)
	}
	if got.Left > 0 {
		t.Errorf("%s: %d changes are still tracked", filepath.Base(file), got.Left)
	}
	compare(t, filepath.Base(file), lines(withoutEmptyColumns(got.Items)), lines(withoutEmptyColumns(want)))
	return got.Items
}

// pandoc has the same words in the same order.
func TestPandoc(t *testing.T) {
	pandoc := need(t, "pandoc")
	dir := t.TempDir()
	for _, p := range append(casePairs(t), realPairs(t)...) {
		t.Run(p.name, func(t *testing.T) {
			file := filepath.Join(dir, p.name+".docx")
			if err := os.WriteFile(file, p.write(t, stamp), 0o644); err != nil {
				t.Fatal(err)
			}
			for how, doc := range map[string][]string{"accept": expectedWords(p.new), "reject": expectedWords(p.old)} {
				out, err := exec.Command(pandoc, "-f", "docx", "-t", "json", "--track-changes="+how, file).Output()
				if err != nil {
					t.Fatal(err)
				}
				var tree any
				if err := json.Unmarshal(out, &tree); err != nil {
					t.Fatal(err)
				}
				var words strings.Builder
				pandocWords(&words, tree.(map[string]any)["blocks"])
				compare(t, how, strings.Fields(words.String()), doc)
			}
		})
	}
}
