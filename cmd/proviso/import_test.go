package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors says what each package may import of ours: only what lies below it.
var floors = map[string]string{
	"source":           "",
	"text":             "source",
	"schema":           "",
	"policy":           "schema source text",
	"redline":          "source text",
	"change/words":     "redline",
	"change/unit":      "text",
	"change/verdict":   "change/unit change/words policy redline",
	"change":           "change/unit change/verdict change/words policy redline source text",
	"regime":           "policy source",
	"lint/words":       "",
	"lint/rule":        "source",
	"lint/reading":     "lint/rule lint/words policy source text",
	"lint/date":        "lint/reading policy source text",
	"lint/form":        "lint/date lint/reading source text",
	"lint/law":         "lint/reading lint/rule policy source text",
	"lint/slip":        "lint/reading text",
	"lint/term":        "lint/date lint/reading lint/words text",
	"lint":             "lint/date lint/form lint/law lint/reading lint/rule lint/slip lint/term lint/words policy source text",
	"intake/page":      "lint/form",
	"intake/word":      "",
	"intake/history":   "",
	"intake":           "intake/page intake/word lint/date lint/form policy redline source text",
	"intake/lineage":   "intake policy text",
	"intake/accession": "change intake intake/lineage policy schema source text whole",

	"founding":           "policy schema source",
	"release":            "change lint policy regime schema source whole",
	"docx":               "redline text",
	"site/press":         "",
	"site/tree":          "",
	"site/bench/edit":    "",
	"site/bench/seal":    "policy",
	"site":               "policy redline site/press site/tree source text",
	"watch":              "",
	"whole":              "",
	"desk":               "account change courier mailbox notify policy redline site source",
	"database":           "",
	"spool":              "",
	"ledger":             "database",
	"account":            "database source spool",
	"mailbox":            "",
	"courier":            "",
	"notify":             "account change change/verdict courier policy source text",
	"delivery":           "account courier ledger notify policy spool",
	"bounce":             "",
	"relaylog":           "",
	"evidence":           "account change courier evidence/archive ledger outcome policy regime source",
	"evidence/archive":   "",
	"evidence/signature": "",
	"evidence/timestamp": "",
	"outcome":            "account bounce courier delivery ledger notify policy relaylog schema source",
	"board":              "policy",
	"gate":               "ledger notify outcome policy regime",
	"publish/bucket":     "",
	"publish":            "publish/bucket",
	"cmd/proviso":        "intake intake/accession intake/history intake/lineage account board bounce change courier delivery desk docx evidence founding evidence/signature evidence/timestamp gate ledger lint mailbox notify outcome policy publish publish/bucket redline regime relaylog release schema site source text watch whole ledger/postgres metrics progress queue .",
	".":                  "",

	"ledger/postgres": "database ledger",
	"queue":           "database",
	"progress":        "",
	"metrics":         "",
}

// outside says which one package imports an outside library; tests apart.
var outside = map[string]string{
	"github.com/yuin/goldmark":       "text",
	"github.com/sergi/go-diff":       "redline",
	"github.com/wneessen/go-mail":    "courier",
	"gopkg.in/yaml.v3":               "source",
	"modernc.org/sqlite":             "database",
	"github.com/jackc/pgx":           "database",
	"github.com/go-sql-driver/mysql": "database",
	"github.com/emersion/go-smtp":    "mailbox",
	"github.com/emersion/go-ical":    "board",
	"github.com/emersion/go-sasl":    "mailbox",
	"github.com/fsnotify/fsnotify":   "watch",
	"github.com/minio/minio-go":      "publish/bucket",
	"github.com/spf13/cobra":         "cmd/proviso",
	"github.com/hiddeco/sshsig":      "evidence/signature",
	"golang.org/x/crypto/ssh":        "evidence/signature",
	"github.com/digitorus/timestamp": "evidence/timestamp",
	"github.com/digitorus/pkcs7":     "evidence/timestamp",

	"github.com/riverqueue/river":         "queue",
	"github.com/schollz/progressbar":      "progress",
	"github.com/prometheus/client_golang": "metrics",

	"github.com/JohannesKaufmann/html-to-markdown": "intake/page",
	"golang.org/x/net/html":                        "intake/page",
	"golang.org/x/net/idna":                        "account",
	"github.com/go-git/go-git":                     "intake/history",
}

// TestImports holds the floors of ARCHITECTURE.md: imports point down, and
// each outside library is known to one package.
func TestImports(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() && (strings.HasPrefix(e.Name(), ".") && e.Name() != ".." && e.Name() != "." || e.Name() == "testdata") {
			if err == nil && file != root {
				return filepath.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		seen[pkg] = true
		checkImports(t, pkg, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range floors {
		if !seen[pkg] {
			t.Errorf("package %s is gone; take it off the floors", pkg)
		}
	}
}

func checkImports(t *testing.T, pkg, file string) {
	t.Helper()
	if strings.HasSuffix(pkg, "test") { // suites and stories that several tests share
		return
	}
	below, ok := floors[pkg]
	if !ok {
		t.Errorf("package %s has no floor; give it one here and in ARCHITECTURE.md", pkg)
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, imp := range f.Imports {
		name, _ := strconv.Unquote(imp.Path.Value)
		switch own, isOurs := strings.CutPrefix(name, "proviso/"); {
		case name == "proviso":
			if !slices.Contains(strings.Fields(below), ".") {
				t.Errorf("%s imports the embedded files", file)
			}
		case isOurs && !slices.Contains(strings.Fields(below), own):
			t.Errorf("%s imports %s, which does not lie below %s", file, own, pkg)
		case !isOurs && strings.Contains(strings.SplitN(name, "/", 2)[0], "."):
			if owner := ownerOf(name); owner == "" {
				t.Errorf("%s imports %s, which belongs to no package", file, name)
			} else if owner != pkg {
				t.Errorf("%s imports %s, which belongs to %s", file, name, owner)
			}
		}
	}
}

func ownerOf(name string) string {
	for library, owner := range outside {
		if name == library || strings.HasPrefix(name, library+"/") {
			return owner
		}
	}
	return ""
}
