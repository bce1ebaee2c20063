package text_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"proviso/text"
)

// A file is UTF-8. What is not is an error in a text of ours, and replaced in
// two plain files that are compared; only what is no text at all is refused there.
func TestEncoding(t *testing.T) {
	tests := []struct {
		name, src     string
		strict, plain string // problems
		words         string
	}{
		{"NUL", "ab\nc\x00d", "x.md:2:2: the file is not text: it holds a NUL byte; save it as plain text in UTF-8",
			"x.md:2:2: the file is not text: it holds a NUL byte; save it as plain text in UTF-8", ""},
		{"Latin-1", "é\nGr\xf6\xdfe", "x.md:2:3: the byte 0xf6 is not UTF-8; save the file as UTF-8", "", "é Gr\ufffde\n"},
		{"control character", "a\n\n\u00e9b\x07", "x.md:3:3: the control character U+0007 stands in the text; remove it", "", "a\n\néb\ufffd\n"},
		{"byte order mark", "\ufeff## A {#A}", `x.md:1:7: "A" is not an id; use small letters, digits, - . and _, beginning with a letter or digit`,
			"", "A {#A}\n"},
		{"line ends", "a\r\nb\rc {{\r\n", `x.md:3:3: {{ is not closed on its line; write \{{ if braces are meant`, "", "a b c {{\n"},
		{"nothing", "", "", "", ""},
		{"blanks", " \n\t\n", "", "", ""},
		{"no-break space", "12\u00a0months&nbsp;", "", "", "12\u00a0months\u00a0\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := text.Parse("x.md", []byte(tt.src), text.Options{})
			if got := problems.Error(); got != tt.strict {
				t.Errorf("a text of ours: %s, want %s", got, tt.strict)
			}
			doc, problems := text.Parse("x.md", []byte(tt.src), text.Options{Plain: true})
			if got := problems.Error(); got != tt.plain {
				t.Errorf("a plain file: %s, want %s", got, tt.plain)
			}
			if got := doc.Normal(); got != tt.words {
				t.Errorf("words %q, want %q", got, tt.words)
			}
		})
	}
}

// Broken front matter is refused in a text of ours and passed over in a plain file.
func TestBrokenFrontMatter(t *testing.T) {
	src := "---\ntitle: [\n---\nWords.\n"
	if _, problems := text.Parse("x.md", []byte(src), text.Options{}); problems.Err() == nil {
		t.Error("broken front matter is not reported")
	}
	doc, problems := text.Parse("x.md", []byte(src), text.Options{Plain: true})
	if len(problems) > 0 || doc.Normal() != "Words.\n" {
		t.Errorf("a plain file: %v, %q", problems, doc.Normal())
	}
}

// Every product and site that is written can be looked up where it stands.
func TestScopes(t *testing.T) {
	doc, problems := text.Parse("x.md", []byte("## A {products=\"a b\"}\n\n- ::: sites=x.example\n  W\n  :::\n"), text.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, u := range doc.Scopes() {
		got = append(got, fmt.Sprintf("%s %s %s", u.Key, u.ID, u.Pos))
	}
	want := []string{"products a x.md:1:17", "products b x.md:1:19", "sites x.example x.md:3:13"}
	if !slices.Equal(got, want) {
		t.Errorf("scopes %q, want %q", got, want)
	}
}

// A list that is left out means all; two lists that share nothing, nobody.
func TestIntersect(t *testing.T) {
	products := func(s string) text.Scope { return text.Scope{Products: strings.Fields(s)} }
	tests := []struct {
		a, b, want string
		ok         bool
	}{
		{"", "", "", true},
		{"a b", "", "a b", true},
		{"", "a", "a", true},
		{"a b c", "c b", "b c", true},
		{"a", "b", "", false},
	}
	for _, tt := range tests {
		got, ok := products(tt.a).Intersect(products(tt.b))
		if ok != tt.ok || !got.Equal(products(tt.want)) {
			t.Errorf("%q and %q: %v, %v", tt.a, tt.b, got, ok)
		}
	}
}

// A parsed text is shared: many sites are made of it at the same time.
func TestShared(t *testing.T) {
	src := strings.Join(corpus(t), "\n")
	doc, _ := text.Parse("x.md", []byte(src), text.Options{})
	want := site(doc)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			text.Parse("x.md", []byte(src), text.Options{})
			if got := site(doc); got != want {
				t.Error("two sites differ")
			}
		})
	}
	wg.Wait()
}

func site(doc *text.Document) string {
	var w bytes.Buffer
	shown, _ := doc.For(view("x.example", []string{"vault"}))
	text.WriteSections(&w, shown.Sections)
	return w.String() + shown.Normal()
}

// What a view has no function for stays open.
func TestForLeavesOpen(t *testing.T) {
	doc, _ := text.Parse("x.md", []byte("{{org.name}} [x](policy:security)\n\n{{practices.data}}\n"), text.Options{})
	shown, problems := doc.For(text.View{Site: "x.example"})
	if len(problems) > 0 || shown.Normal() != "{{org.name}} x\n\n{{practices.data}}\n" {
		t.Errorf("%v, %q", problems, shown.Normal())
	}
	if got := shown.Section("intro").Blocks[0].Spans; got[2].Link != "policy:security" {
		t.Errorf("spans %+v", got)
	}
}
