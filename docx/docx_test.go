package docx_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"proviso/docx"
	"proviso/redline"
	"proviso/text"
)

var update = flag.Bool("update", false, "write what is found into the files of testdata")

// A pair is two texts.
type pair struct {
	name     string
	old, new *text.Document
}

func read(src []byte) *text.Document {
	doc, _ := text.Parse("text.md", src, text.Options{Plain: true})
	return doc
}

// back is the pair in the other direction.
func (p pair) back() pair { return pair{p.name + "-back", p.new, p.old} }

func (p pair) write(t testing.TB, o docx.Options) []byte {
	t.Helper()
	var w bytes.Buffer
	if err := docx.Write(&w, redline.Compare(p.old, p.new), o); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// cases reads testdata/cases: each file shows one thing, with the reason on top
// and then two texts.
func cases(t testing.TB) map[string]*txtar.Archive {
	t.Helper()
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata/cases", err)
	}
	out := map[string]*txtar.Archive{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(file), ".txtar")] = a
	}
	return out
}

func casePairs(t testing.TB) []pair {
	var out []pair
	for name, a := range cases(t) {
		out = append(out, pair{name, read(a.Files[0].Data), read(a.Files[1].Data)})
	}
	slices.SortFunc(out, func(x, y pair) int { return strings.Compare(x.name, y.name) })
	return out
}

// realPairs reads the development pairs, which are not part of the project.
func realPairs(t testing.TB) []pair {
	t.Helper()
	shared := os.Getenv("PROVISO_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "shared")
	}
	files, _ := filepath.Glob(filepath.Join(shared, "materiality", "dev-pairs", "*.old.md"))
	var out []pair
	for _, f := range files {
		older, err1 := os.ReadFile(f)
		newer, err2 := os.ReadFile(strings.Replace(f, ".old.", ".new.", 1))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		out = append(out, pair{strings.TrimSuffix(filepath.Base(f), ".old.md"), read(older), read(newer)})
	}
	return out
}

// The document of each case is the one its file shows.
func TestCases(t *testing.T) {
	for name, a := range cases(t) {
		t.Run(name, func(t *testing.T) {
			p := pair{name, read(a.Files[0].Data), read(a.Files[1].Data)}
			got := open(t, p.write(t, docx.Options{})).files["word/document.xml"]
			_, got, _ = strings.Cut(got, "<w:body>\n")
			got, _, _ = strings.Cut(got, "<w:sectPr>")
			got = strings.NewReplacer(` w:author="proviso"`, "", ` xml:space="preserve"`, "").Replace(got)
			if *update {
				a.Files = append(a.Files[:2], txtar.File{Name: "document.xml", Data: []byte(got)})
				if err := os.WriteFile("testdata/cases/"+name+".txtar", txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if len(a.Files) < 3 || got != string(a.Files[2].Data) {
				t.Errorf("the document is\n%s", got)
			}
		})
	}
}

// laws holds a document to its promise: accepted it is the new text, rejected the old one.
func laws(t testing.TB, p pair) {
	t.Helper()
	w := open(t, p.write(t, docx.Options{}))
	compare(t, "accepted", lines(w.settle(true)), lines(expected(p.new)))
	compare(t, "rejected", lines(w.settle(false)), lines(expected(p.old)))
}

// compare reports the first line that differs.
func compare(t testing.TB, what string, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("%s: line %d is missing: %s", what, i, want[i])
		case i >= len(want):
			t.Errorf("%s: line %d is too many: %s", what, i, got[i])
		case got[i] != want[i]:
			t.Errorf("%s: line %d is\n%s\nwant\n%s", what, i, got[i], want[i])
		default:
			continue
		}
		return
	}
}

func TestLaws(t *testing.T) {
	for _, p := range append(casePairs(t), realPairs(t)...) {
		t.Run(p.name, func(t *testing.T) {
			laws(t, p)
			laws(t, p.back())
			if w := open(t, pair{p.name, p.new, p.new}.write(t, docx.Options{})); strings.Contains(w.files["word/document.xml"], "w:id") {
				t.Error("a text differs from itself")
			}
		})
	}
}

// Accepted or rejected, the words of these cases are set off as in the text.
var looking = []string{"emphasis", "image", "link-deleted", "link-edited", "link-inserted", "link-target"}

func TestLooks(t *testing.T) {
	for _, p := range casePairs(t) {
		if !slices.Contains(looking, p.name) {
			continue
		}
		w := open(t, p.write(t, docx.Options{}))
		compare(t, p.name+" accepted", w.settle(true)[0].Looks, expectedLooks(p.new))
		compare(t, p.name+" rejected", w.settle(false)[0].Looks, expectedLooks(p.old))
	}
}

func FuzzLaws(f *testing.F) {
	for _, a := range cases(f) {
		f.Add(a.Files[0].Data, a.Files[1].Data)
	}
	f.Fuzz(func(t *testing.T, older, newer []byte) {
		laws(t, pair{"fuzz", read(older), read(newer)})
	})
}

// The same redline gives the same bytes, whose parts stand in a fixed order.
func TestBytes(t *testing.T) {
	o := docx.Options{Title: "Privacy \x02& more", Author: `R. "Red"`, Date: time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600)), Lang: "de"}
	for _, p := range casePairs(t) {
		if !bytes.Equal(p.write(t, o), p.write(t, o)) {
			t.Errorf("%s: the bytes differ", p.name)
		}
	}
	w := open(t, casePairs(t)[0].write(t, o))
	want := []string{"[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/document.xml", "word/_rels/document.xml.rels",
		"word/styles.xml", "word/numbering.xml", "word/settings.xml", "word/header.xml"}
	if !slices.Equal(w.order, want) {
		t.Errorf("the parts are %q", w.order)
	}
	for file, part := range map[string]string{
		"word/document.xml": `w:author="R. &quot;Red&quot;" w:date="2026-03-01T11:00:00Z"`,
		"word/header.xml":   "Privacy &amp; more",
		"word/styles.xml":   `<w:lang w:val="de"/>`,
		"docProps/core.xml": `<dcterms:created xsi:type="dcterms:W3CDTF">2026-03-01T11:00:00Z</dcterms:created>`,
	} {
		if !strings.Contains(w.files[file], part) {
			t.Errorf("%s has no %s", file, part)
		}
	}
}

// A redline whose blocks are from other texts than its own is refused.
func TestForeignBlock(t *testing.T) {
	r := redline.Compare(read([]byte("One.")), read([]byte("Two.")))
	r.New = read([]byte("Two."))
	err := docx.Write(new(bytes.Buffer), r, docx.Options{})
	if want := `the redline has a block that is not in its new text: "Two."`; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}
