package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"
)

// checkout is where the sources lie.
const checkout = "../.."

var (
	// inProse is a command line between backticks; it may run over a line's end.
	inProse = regexp.MustCompile("`(?:[A-Z_]+=\\S+\\s)?proviso\\s([a-z][^`]+)`")
	// inScript is a command where a shell, a unit or a workflow would run it.
	inScript = regexp.MustCompile(`(?m)(?:^\s*(?:\$ |- |- run: |run: )?|&& |; |\$\(|\|\| |/bin/)proviso ([a-z].*)$`)
	// afterwards is where a command line ends.
	afterwards = regexp.MustCompile(`\s*(?:[;&|)>]|\s#|  ).*$`)
)

// commandLines lists the command lines of proviso that a file shows; of a
// document, those between backticks and in blocks of code.
func commandLines(file, text string) (out []string) {
	if strings.HasSuffix(file, ".md") {
		for _, m := range inProse.FindAllStringSubmatch(text, -1) {
			out = append(out, strings.Join(strings.Fields(m[1]), " "))
		}
		text = code(text)
	}
	for _, m := range inScript.FindAllStringSubmatch(text, -1) {
		out = append(out, afterwards.ReplaceAllString(m[1], ""))
	}
	return out
}

// code returns the blocks of code of a Markdown text.
func code(text string) string {
	var out strings.Builder
	fenced := false
	for line := range strings.Lines(text) {
		if fence := strings.HasPrefix(strings.TrimSpace(line), "```"); fence {
			fenced = !fenced
		} else if fenced || strings.HasPrefix(line, "    ") {
			out.WriteString(line)
		}
	}
	return out.String()
}

// takes reports what is wrong with a command line: a command or a flag that
// the program does not have.
func takes(root *cobra.Command, line string) error {
	root.InitDefaultCompletionCmd()
	words := strings.Fields(strings.NewReplacer("[", "", "]", "", `"`, "").Replace(line))
	cmd, rest, err := root.Find(words)
	if err != nil {
		return err
	}
	if !cmd.Runnable() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		return errors.New("there is no such command")
	}
	for _, w := range words {
		name, _, _ := strings.Cut(strings.TrimLeft(w, "-"), "=")
		switch {
		case strings.HasPrefix(w, "--") && name != "":
			if cmd.Flag(name) == nil && name != "help" {
				return errors.New("there is no flag --" + name)
			}
		case strings.HasPrefix(w, "-") && len(name) == 1:
			if cmd.Flags().ShorthandLookup(name) == nil && cmd.InheritedFlags().ShorthandLookup(name) == nil {
				return errors.New("there is no flag -" + name)
			}
		}
	}
	return nil
}

// What people copy out of the documents names only commands and flags that
// there are.
func TestDocumentsNameWhatExists(t *testing.T) {
	var files []string
	for _, glob := range []string{"README.md", "docs/*.md", "docs/operating/*", "Dockerfile"} {
		found, err := filepath.Glob(filepath.Join(checkout, glob))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	p := &program{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}
	seen := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := commandLines(file, string(data))
		seen += len(lines)
		for _, line := range lines {
			if err := takes(p.root(), line); err != nil {
				t.Errorf("%s: proviso %s: %v", file, line, err)
			}
		}
	}
	if seen < 60 {
		t.Errorf("only %d command lines in %v; the test does not see what is there", seen, files)
	}
	for wrong, file := range map[string]string{"`proviso publsh`": "a.md", "    proviso notify sned privacy": "a.md", "```\nproviso publish --sites a\n```": "a.md",
		"  run: proviso publish --sites a": "a.yml", "x && proviso status -z": "a.sh"} {
		lines := commandLines(file, wrong)
		if len(lines) != 1 || takes(p.root(), lines[0]) == nil {
			t.Errorf("%q passes as %q", wrong, lines)
		}
	}
}

// Workflows are YAML with steps to run.
func TestWorkflowsParse(t *testing.T) {
	for _, name := range []string{"github-actions.yml", "gitlab-ci.yml"} {
		data, err := os.ReadFile(filepath.Join(checkout, "docs/operating", name))
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := yaml.Unmarshal(data, &all); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, script := range scripts(all) {
			sh(t, name, script)
		}
	}
	files, err := filepath.Glob(filepath.Join(checkout, "docs/operating/*.sh"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sh(t, file, string(data))
	}
}

// scripts lists what the steps of a workflow run.
func scripts(node any) (out []string) {
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			switch lines, list := value.([]any); {
			case list && (key == "script" || key == "before_script"):
				for _, line := range lines {
					out = append(out, line.(string))
				}
			case key == "run":
				out = append(out, value.(string))
			default:
				out = append(out, scripts(value)...)
			}
		}
	case []any:
		for _, value := range node {
			out = append(out, scripts(value)...)
		}
	}
	return out
}

// sh has a shell parse a script without running it.
func sh(t *testing.T, name, script string) {
	t.Helper()
	cmd := exec.Command("sh", "-n")
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v: %s\n%s", name, err, out, script)
	}
}

var (
	section = regexp.MustCompile(`^\[(Unit|Service|Timer|Install)\]$`)
	setting = regexp.MustCompile(`^[A-Z][A-Za-z]+=`)
)

// Units consist of sections and settings, and name units that there are.
func TestUnitsParse(t *testing.T) {
	dir := filepath.Join(checkout, "docs/operating")
	units, err := filepath.Glob(filepath.Join(dir, "proviso*.[st]*e*"))
	if err != nil || len(units) < 4 {
		t.Fatal(units, err)
	}
	for _, file := range units {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		within := ""
		for i, line := range bytes.Split(data, []byte("\n")) {
			switch {
			case len(line) == 0 || line[0] == '#':
			case section.Match(line):
				within = string(line)
			case within == "" || !setting.Match(line):
				t.Errorf("%s:%d: %s", file, i+1, line)
			}
		}
		for _, other := range regexp.MustCompile(`(?m)^OnFailure=(\S+)$`).FindAllSubmatch(data, -1) {
			if _, err := os.Stat(filepath.Join(dir, string(other[1]))); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
		if timer, is := strings.CutSuffix(file, ".timer"); is {
			if _, err := os.Stat(timer + ".service"); err != nil {
				t.Errorf("%s starts nothing: %v", file, err)
			}
		}
	}
}

// The image runs as nobody, and image and release set the version that the
// program prints.
func TestImageAndRelease(t *testing.T) {
	image, err := os.ReadFile(filepath.Join(checkout, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	release, err := os.ReadFile(filepath.Join(checkout, ".ci/release"))
	if err != nil {
		t.Fatal(err)
	}
	last := image[bytes.LastIndex(image, []byte("\nFROM ")):]
	if m := regexp.MustCompile(`(?m)^USER (\d+):\d+$`).FindSubmatch(last); m == nil || string(m[1]) == "0" {
		t.Error("the image does not say as whom it runs, or runs as root")
	}
	for name, data := range map[string][]byte{"Dockerfile": image, ".ci/release": release} {
		if !bytes.Contains(data, []byte("-X main.released=")) && !bytes.Contains(data, []byte("-X 'main.released=")) {
			t.Errorf("%s sets no version", name)
		}
	}
	defer func(before string) { released = before }(released)
	released = "v1.2.3"
	var out strings.Builder
	p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: io.Discard}
	if status := p.run(t.Context(), []string{"version"}); status != 0 || out.String() != "proviso v1.2.3\n" {
		t.Errorf("status %d, %q", status, out.String())
	}
}
