package text_test

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"proviso/text"
)

// FuzzLaws holds every text to what must be true of all texts.
func FuzzLaws(f *testing.F) {
	for _, src := range corpus(f) {
		f.Add(src)
	}
	for _, src := range []string{"", "---\n", "0\n#", "::: products=\"a\"", "{{", "## {#", "\xff\x00", "<div", "[a](", "> ::: sites=\"x\"\n", "\ufeff---\na: b\n---\n"} {
		f.Add(src)
	}
	f.Fuzz(laws)
}

func laws(t *testing.T, src string) {
	plain, problems := text.Parse("x.md", []byte(src), text.Options{Plain: true})
	if strings.IndexByte(src, 0) < 0 && len(problems) > 0 {
		t.Fatalf("a plain text is refused: %v", problems)
	}
	hold(t, plain)
	sameWords(t, src, plain)
	strict, problems := text.Parse("x.md", []byte(src), text.Options{RawHTML: true})
	hold(t, strict)
	if fresh, _ := text.Parse("x.md", []byte(src), text.Options{RawHTML: true}); !reflect.DeepEqual(strict, fresh) {
		t.Fatal("For, or a writer, changed the document")
	}
	remembered(t, src, text.Options{RawHTML: true})
	remembered(t, src, text.Options{})
	lines := 1 + strings.Count(strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n"), "\n")
	for _, p := range problems {
		if p.File != "x.md" || p.Line < 1 || p.Line > lines || p.Column < 1 || p.Rule == "" || p.Message == "" {
			t.Fatalf("a problem without its place: %#v", p)
		}
	}
	again, _ := text.Parse("x.md", []byte(src), text.Options{RawHTML: true})
	if len(again.Inherit(strict)) > 0 && len(problems) == 0 {
		t.Fatalf("a text is no translation of itself: %v", again.Inherit(strict))
	}
	if again.Normal() != strict.Normal() {
		t.Fatal("Inherit changed the words")
	}
}

// remembered checks that a text reads the same for whoever knows its
// paragraphs, its lines as paragraphs, or its parts in another order.
func remembered(t *testing.T, src string, options text.Options) {
	fresh, problems := text.Parse("x.md", []byte(src), options)
	options.Memory = &text.Memory{}
	parts := strings.SplitAfter(src, "\n")
	text.Parse("lines.md", []byte("moved\n\n"+strings.Join(parts, "\n")), options)
	slices.Reverse(parts)
	text.Parse("reversed.md", []byte(strings.Join(parts, "")), options)
	for range 2 {
		doc, again := text.Parse("x.md", []byte(src), options)
		if !reflect.DeepEqual(doc, fresh) || !reflect.DeepEqual(again, problems) {
			t.Fatalf("with a memory it reads\n%s%v\nwant\n%s%v", doc.Normal(), again, fresh.Normal(), problems)
		}
	}
}

// hold checks the laws of one document.
func hold(t *testing.T, doc *text.Document) {
	normal := doc.Normal()
	if !utf8.ValidString(normal) {
		t.Fatalf("not UTF-8: %q", normal)
	}
	all, problems := doc.For(text.View{})
	if got := all.Normal(); got != normal || len(problems) > 0 {
		t.Fatalf("the view of everything is\n%s\nwant\n%s\n%v", got, normal, problems)
	}
	filled, problems := doc.For(text.View{
		Variable:  func(string) (string, bool) { return "VALUE", true },
		Policy:    func(string, string) (string, bool) { return "../", true },
		Practices: func(string) *text.Block { return nil },
	})
	for _, p := range problems {
		if p.Rule == "unknown-variable" {
			t.Fatal(p)
		}
	}
	for _, s := range filled.Sections {
		everySpan(s, func(s *text.Span) {
			if s.Open() {
				t.Fatalf("{{%s}} is still open", s.Variable)
			}
		})
	}
	ids := map[string]bool{}
	for _, s := range doc.Sections {
		if s.ID == "" || ids[s.ID] || s.Level == 1 || s.Level > 6 {
			t.Fatalf("section %q of level %d", s.ID, s.Level)
		}
		ids[s.ID] = true
	}
	var page, mail bytes.Buffer
	text.WriteSections(&page, doc.Sections)
	for _, s := range doc.Sections {
		text.WritePlain(&mail, s.Blocks, 72)
	}
	nested(t, page.String(), doc)
}

func everySpan(s *text.Section, visit func(*text.Span)) {
	var blocks func(list []*text.Block)
	blocks = func(list []*text.Block) {
		for _, b := range list {
			for i := range b.Spans {
				visit(&b.Spans[i])
			}
			blocks(b.Children)
		}
	}
	for i := range s.Heading {
		visit(&s.Heading[i])
	}
	blocks(s.Blocks)
}

var (
	element = regexp.MustCompile(`<(/?)([a-z0-9]+)[^<>]*>`)
	unsafe  = regexp.MustCompile(`(?i)(?:href|src)="\s*(?:javascript|data|vbscript|policy):`)
	isVoid  = map[string]bool{"br": true, "hr": true, "img": true}
)

// nested checks that every element of a page is closed inside the one around it.
func nested(t *testing.T, page string, doc *text.Document) {
	raw := false
	for _, s := range doc.Sections {
		everySpan(s, func(s *text.Span) { raw = raw || s.Raw })
	}
	if raw {
		return // raw HTML may be anything
	}
	var open []string
	for _, m := range element.FindAllStringSubmatch(page, -1) {
		switch name := m[2]; {
		case isVoid[name]:
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("%s closes %v in\n%s", m[0], open, page)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 || unsafe.MatchString(page) {
		t.Fatalf("%v is open, or a link is not safe, in\n%s", open, page)
	}
}

// corpus returns the texts of testdata.
func corpus(t testing.TB) []string {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	var out []string
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(src))
	}
	return out
}

// shared returns real policies, which are no part of this project.
func shared(t testing.TB) map[string][]byte {
	dir := os.Getenv("PROVISO_SHARED")
	if dir == "" {
		dir = "../../shared"
	}
	out := map[string][]byte{}
	for _, pattern := range []string{"seeds/*", "materiality/dev-pairs/*"} {
		files, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			out[file] = src
		}
	}
	if len(out) == 0 {
		t.Skip("no real policies in " + dir)
	}
	return out
}

// Real policies are held to the laws as well.
func TestRealPolicies(t *testing.T) {
	for file, src := range shared(t) {
		t.Run(filepath.Base(file), func(t *testing.T) { laws(t, string(src)) })
	}
}

var (
	markdown    = goldmark.New(goldmark.WithExtensions(extension.Table))
	frontMatter = regexp.MustCompile(`(?s)\A---\n\w.*?\n---\n`)
	// different is what we read in another way than goldmark renders it: HTML,
	// attributes, images that are not safe, and control characters.
	different = regexp.MustCompile(`[<{\x00-\x08\x0b-\x1f\x7f\x{feff}]|!\[|&#|\A---`)
)

// sameWords checks that no word is lost or added: the page has the words of
// the one that goldmark renders.
func sameWords(t *testing.T, src string, doc *text.Document) {
	src = frontMatter.ReplaceAllString(src, "")
	if different.MatchString(src) || !utf8.ValidString(src) {
		return
	}
	var page, want bytes.Buffer
	if err := markdown.Convert([]byte(src), &want); err != nil {
		t.Fatal(err)
	}
	text.WriteSections(&page, doc.Sections)
	if got, want := pageWords(page.String()), pageWords(want.String()); got != want {
		at := 0
		for at < min(len(got), len(want)) && got[at] == want[at] {
			at++
		}
		t.Fatalf("the words go on\n%.80s\nwant\n%.80s", got[at:], want[at:])
	}
}

var (
	inlineElement = regexp.MustCompile(`</?(?:a|em|strong|code)\b[^>]*>`)
	anyElement    = regexp.MustCompile(`<[^>]*>`)
)

func pageWords(page string) string {
	page = anyElement.ReplaceAllString(inlineElement.ReplaceAllString(page, ""), " ")
	return strings.Join(strings.Fields(html.UnescapeString(page)), " ")
}

func BenchmarkParse(b *testing.B) {
	var src []byte
	for _, text := range shared(b) {
		if len(text) > 20_000 && (src == nil || len(text) < len(src)) {
			src = text
		}
	}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		text.Parse("x.md", src, text.Options{Plain: true})
	}
}
