package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const docs = "../../docs"

var (
	block    = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$|^<!-- today: (\\S+) -->$|^!\\[[^\\]]+\\]\\(screenshots/(\\w+)\\.png\\)$")
	quoted   = regexp.MustCompile(`"[^"]*"|\S+`)
	pictures = map[string]struct {
		path   string // behind the desk's address, or behind SITE
		height int
	}{
		"desk":     {"/", 740},
		"draft":    {"DRAFT", 860},
		"review":   {"/desk/privacy@draft/review", 1000},
		"mail":     {"/desk/privacy@draft/mail", 1280},
		"upcoming": {"SITE/privacy/", 700},
		"changes":  {"SITE/privacy/2027-03-01/changes/", 1150},
	}
)

// Whoever follows docs/first-policy.md word by word gets what it says. With
// PROVISO_SCREENSHOTS set, its pictures are taken anew; docs/screenshots/make.sh
// does that.
func TestFirstPolicy(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(docs, "first-policy.md"))
	if err != nil {
		t.Fatal(err)
	}
	n := &newcomer{story: story{t: t, dir: t.TempDir()}}
	for _, m := range block.FindAllStringSubmatch(string(data), -1) {
		switch kind, body, day, picture := m[1], m[2], m[3], m[4]; {
		case day != "":
			n.day = day
		case picture != "":
			n.picture(picture)
		case kind == "sh":
			n.follow(body)
		case kind == "diff":
			n.change(body)
		case kind == "yaml":
			n.append("content/privacy/draft/changes.yaml", body)
		case kind == "text":
			for _, q := range questions {
				if !strings.Contains(body, "\n"+q.text) {
					t.Errorf("init asks %q, which the text does not show", q.text)
				}
			}
		}
	}
	if n.commands < 10 || n.pictures != len(pictures) {
		t.Errorf("%d commands and %d pictures were found", n.commands, n.pictures)
	}
}

// A newcomer follows the text.
type newcomer struct {
	story
	commands, pictures int
}

// follow types each line behind a $, and holds the answer to what stands below.
func (n *newcomer) follow(body string) {
	for _, part := range strings.Split("\n"+body, "\n$ ")[1:] {
		line, want, _ := strings.Cut(part, "\n")
		args := quoted.FindAllString(line, -1)
		for i := range args {
			args[i] = strings.Trim(args[i], `"`)
		}
		n.commands++
		switch {
		case args[0] == "cd":
			n.dir = filepath.Join(n.dir, args[1])
			continue
		case args[1] == "serve": // which does not end; the pictures are of it
			continue
		}
		status, out, errs := n.run(args[1:]...)
		if refused := strings.Contains(want, "is not released"); status != 0 && !refused || status != 1 && refused {
			n.t.Fatalf("%s: status %d\n%s%s", line, status, out, errs)
		}
		n.says(line, strings.ReplaceAll(errs+out, n.dir+string(filepath.Separator), ""), want)
	}
}

// says holds an answer to what the text shows; … stands for any lines.
func (n *newcomer) says(line, got, want string) {
	n.t.Helper()
	var parts []string
	for _, part := range strings.Split(strings.TrimSuffix(want, "\n"), "…") {
		parts = append(parts, regexp.QuoteMeta(strings.TrimSpace(part)))
	}
	form := regexp.MustCompile(`(?s)^` + strings.Join(parts, ".*") + `$`)
	if !form.MatchString(strings.TrimSpace(got)) {
		n.t.Errorf("%s: the answer is\n%s\nthe text says\n%s", line, got, want)
	}
}

// change makes an edit as the text describes it.
func (n *newcomer) change(body string) {
	lines := strings.Split(strings.TrimSpace(body), "\n")
	if len(lines) != 3 {
		n.t.Fatalf("an edit has a file, a line with - and a line with +, not\n%s", body)
	}
	n.edit(lines[0], strings.TrimPrefix(lines[1], "- "), strings.TrimPrefix(lines[2], "+ "))
}

func (n *newcomer) append(name, words string) { n.write(name, n.read(name)+words) }

// picture looks at a page at the desk, and takes its picture where that is asked for.
func (n *newcomer) picture(name string) {
	at, ok := pictures[name]
	if !ok {
		n.t.Fatalf("nobody knows of what screenshots/%s.png is", name)
	}
	n.pictures++
	file, err := filepath.Abs(filepath.Join(docs, "screenshots", name+".png"))
	if err != nil {
		n.t.Fatal(err)
	}
	if os.Getenv("PROVISO_SCREENSHOTS") != "" {
		n.shoot(at.path, file, at.height)
	} else if r := n.stage().get(n.t, address(at.path, 8080)); r.StatusCode != http.StatusOK {
		n.t.Errorf("%s: status %d", at.path, r.StatusCode)
	}
	if info, err := os.Stat(file); err != nil || info.Size() > 150_000 {
		n.t.Errorf("%s.png is missing or larger than 150 kB (%v)", name, err)
	}
}

// address is where a page stands that a picture is of.
func address(path string, port int) string {
	if path == "DRAFT" {
		path = "SITE/~stage/draft?text=privacy%2fdraft%2f&changes="
	}
	if rest, ok := strings.CutPrefix(path, "SITE"); ok {
		return fmt.Sprintf("http://harbourlight.example.localhost:%d%s", port, rest)
	}
	return fmt.Sprintf("http://localhost:%d%s", port, path)
}

func (n *newcomer) shoot(path, file string, height int) {
	listener, err := loopback("127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(n.t.Context())
	done := make(chan error, 1)
	go func() { done <- n.stage().run(ctx, listener) }()
	url := address(path, listener.Addr().(*net.TCPAddr).Port)
	plan, err := json.Marshal(map[string]any{"chromium": browserProgram(n.t, "chromium"), "shots": []map[string]any{{"url": url, "file": file, "height": height}}})
	if err != nil {
		n.t.Fatal(err)
	}
	cmd := exec.Command(browserProgram(n.t, "node"), "shoot.mjs")
	cmd.Dir, cmd.Stdin = "../../site/testdata/browser", bytes.NewReader(plan)
	if out, err := cmd.CombinedOutput(); err != nil {
		n.t.Errorf("%s: %v\n%s", url, err, out)
	}
	stop()
	if err := <-done; err != nil {
		n.t.Error(err)
	}
}
