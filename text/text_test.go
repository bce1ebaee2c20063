package text_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"proviso/source"
	"proviso/text"
)

var update = flag.Bool("update", false, "write what is found into the files of testdata")

// TestRules reads testdata/*.txt. Each file shows one rule: the reason on top,
// then a text, and what comes of it in the parts that the file has:
//
//	text.md     the text; a first line "options: plain raw" sets options
//	source.md   the text it is a translation of
//	problems    what is reported by Parse and Inherit; no such part: nothing
//	outline     sections and blocks with their scopes
//	html        the page
//	plain       the mail
//	normal      the normal form
//	for SITE P… the page on a site with the products P…; SITE * shows all
//
// Where a file has no part named for what is found, nothing is compared.
func TestRules(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { rule(t, file) })
	}
}

func rule(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, problems := readRule(archive)
	found := false
	for i, part := range archive.Files {
		var got string
		switch name := part.Name; {
		case name == "problems":
			found = true
			got = report(problems)
		case strings.HasSuffix(name, ".md"):
			continue
		default:
			got = show(name, doc)
		}
		if *update {
			archive.Files[i].Data = []byte(got)
		} else if got != string(part.Data) {
			t.Errorf("%s is\n%s\nwant\n%s", part.Name, got, part.Data)
		}
	}
	if !found && len(problems) > 0 {
		t.Errorf("unexpected problems:\n%s", report(problems))
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// readRule parses the texts of a rule.
func readRule(archive *txtar.Archive) (*text.Document, source.Problems) {
	docs := map[string]*text.Document{}
	var problems source.Problems
	for _, part := range archive.Files {
		if !strings.HasSuffix(part.Name, ".md") {
			continue
		}
		var o text.Options
		if first, rest, ok := strings.Cut(string(part.Data), "\n"); ok && strings.HasPrefix(first, "options:") {
			o.Plain, o.RawHTML = strings.Contains(first, "plain"), strings.Contains(first, "raw")
			part.Data = []byte(rest)
		}
		doc, ps := text.Parse(part.Name, part.Data, o)
		docs[part.Name] = doc
		problems = append(problems, ps...)
	}
	if src := docs["source.md"]; src != nil {
		problems = append(problems, docs["text.md"].Inherit(src)...)
	}
	return docs["text.md"], problems
}

func report(ps source.Problems) string {
	if len(ps) == 0 {
		return ""
	}
	var b strings.Builder
	for _, p := range ps {
		fmt.Fprintf(&b, "%s [%s]\n", p.Error(), p.Rule)
	}
	return b.String()
}

func show(name string, doc *text.Document) string {
	var w bytes.Buffer
	switch words := strings.Fields(name); words[0] {
	case "html":
		text.WriteSections(&w, doc.Sections)
	case "outline":
		outline(&w, doc)
	case "normal":
		w.WriteString(doc.Normal())
	case "plain":
		for _, s := range doc.Sections {
			text.WritePlain(&w, s.Blocks, 72)
		}
	case "for":
		site := strings.TrimPrefix(words[1], "*")
		doc, ps := doc.For(view(site, words[2:]))
		w.WriteString(report(ps))
		text.WriteSections(&w, doc.Sections)
	default:
		panic("testdata: what is " + name)
	}
	return w.String()
}

// outline lists the sections with id, level and scope, and their blocks.
func outline(w *bytes.Buffer, doc *text.Document) {
	if doc.Title != "" || doc.Summary != "" {
		fmt.Fprintf(w, "title %q summary %q\n", doc.Title, doc.Summary)
	}
	for _, s := range doc.Sections {
		how := ""
		if s.Explicit {
			how = "#"
		}
		fmt.Fprintln(w, strings.TrimSpace(fmt.Sprintf("%s%s h%d %s %s", how, s.ID, s.Level, s.Scope, strings.Join(s.Covers, ","))))
		outlineBlocks(w, s.Blocks, "  ")
	}
}

var kinds = [...]string{"paragraph", "quote", "list", "item", "code", "table", "row", "cell", "rule", "html", "practices"}

func outlineBlocks(w *bytes.Buffer, blocks []*text.Block, indent string) {
	for _, b := range blocks {
		fmt.Fprintf(w, "%s%s", indent, strings.TrimSpace(kinds[b.Kind]+" "+b.Scope.String()))
		if !b.Own.IsZero() {
			fmt.Fprintf(w, " (fence %s)", b.Own)
		}
		fmt.Fprintf(w, " %d:%d\n", b.Pos.Line, b.Pos.Column)
		outlineBlocks(w, b.Children, indent+"  ")
	}
}

// view is an organisation with a few variables, two policies and one list.
func view(site string, products []string) text.View {
	variables := map[string]string{
		"org.legal_name": "Northgate <Systems> *Inc.*", "contacts.privacy": "privacy@northgate.example", "site.domain": "northgate.example",
		"vars.support_url": "https://support.northgate.example/a b", "vars.query": "a&b=c #1", "vars.evil": "javascript:alert(1)",
		"org.address": "1 Harbour Road\r\nWilmington", "vars.empty": " ",
	}
	return text.View{
		Site: site, Products: products,
		Variable: func(name string) (string, bool) { v, ok := variables[name]; return v, ok },
		Policy: func(id, fragment string) (string, bool) {
			if fragment != "" {
				fragment = "#" + fragment
			}
			return "../" + id + "/" + fragment, id == "security"
		},
		Practices: func(category string) *text.Block {
			if category != "sharing" {
				return nil
			}
			return &text.Block{Kind: text.Table, Children: []*text.Block{
				row("", "Name"), row("kernelguard", "Acme Mail"), row("vault", "Acme Store"),
			}}
		},
	}
}

func row(product, words string) *text.Block {
	b := &text.Block{Kind: text.Row, Header: product == "", Children: []*text.Block{{Kind: text.Cell, Spans: []text.Span{{Text: words}}}}}
	if product != "" {
		b.Scope.Products = []string{product}
	}
	return b
}
