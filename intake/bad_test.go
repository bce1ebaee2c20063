package intake

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/txtar"
)

// wide returns a text in UTF-16.
func wide(order binary.AppendByteOrder, mark bool, s string) []byte {
	if mark {
		s = "\ufeff" + s
	}
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

// bomb is a Word file of some kilobytes that unpacks to more than any text has.
func bomb(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := bytes.Repeat([]byte(" "), 1<<20)
	for range 300 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func document(body string) []txtar.File {
	return []txtar.File{{Name: "word/document.xml", Data: []byte(`<w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`)}}
}

// TestBadInput reads what is no policy: one mistake per case, with the words
// that must be said of it.
func TestBadInput(t *testing.T) {
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	locked := ole + string(wide(binary.LittleEndian, false, "EncryptedPackage"))
	good := packed(t, document(`<w:p><w:r><w:t>Words.</w:t></w:r></w:p>`))
	for name, c := range map[string]struct {
		file string
		data string
		want string
	}{
		"password":      {"a.docx", locked, "behind a password"},
		"old word":      {"a.doc", ole, "of an old kind"},
		"broken":        {"a.docx", string(good[:len(good)-30]), "the file is broken"},
		"broken xml":    {"a.docx", string(packed(t, document(`<w:p><w:r>`))), "the file is broken"},
		"no document":   {"a.docx", string(packed(t, []txtar.File{{Name: "x", Data: []byte("x")}})), "no Word document"},
		"text as docx":  {"a.docx", "Just words.", "the file is broken"},
		"empty docx":    {"a.docx", string(packed(t, document(""))), "no text in it"},
		"zip bomb":      {"a.docx", string(bomb(t)), "unpacks to more than 24 MB"},
		"nested docx":   {"a.docx", string(packed(t, document(strings.Repeat("<w:sdt>", 5000)))), "nested too deeply"},
		"pdf":           {"a.pdf", "%PDF-1.7 ...", "PDF"},
		"rtf":           {"a.rtf", "{\\rtf1 x}", "RTF"},
		"rubbish":       {"a.md", strings.Repeat("\x01\x02\xff\xfe\x03\x9d", 300), "no text"},
		"picture":       {"a.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + strings.Repeat("\x00\x01", 100), "no text"},
		"empty":         {"a.md", " \n\n", "no text in it"},
		"empty page":    {"a.html", "<html><body><script>1</script></body></html>", "no text in it"},
		"only a title":  {"a.md", "# Privacy Policy\n", "only a title"},
		"many tags":     {"a.html", strings.Repeat("<p>", 200_000), "more than 100000 tags"},
		"deep tags":     {"a.html", strings.Repeat("<div>", 50_000), "save the article alone"},
		"much text":     {"a.html", "<p>" + strings.Repeat("words and ", 500_000), "more than 2 MB of text"},
		"thirty MB":     {"a.html", "<p>" + strings.Repeat("<i>x</i>", 30<<17), "more than 100000 tags"},
		"forty MB":      {"a.html", strings.Repeat("<!-- x -->", 4<<20), "40 MB"},
		"brackets":      {"a.md", strings.Repeat("[](", 50_000), "50000 brackets"},
		"much Markdown": {"a.md", strings.Repeat("words and words\n", 200_000), "more than 2 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(c.file, []byte(c.data))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it says %v, want %q", err, c.want)
			}
		})
	}
}

// TestEncodings reads one page in the encodings that pages are found in.
func TestEncodings(t *testing.T) {
	page := "<html><head><meta charset=\"CHARSET\"></head><body><h1>Datenschutzerklärung</h1><p>Fünf Tage – “genug” für Müller.</p></body></html>"
	latin := func(s string) string {
		return strings.NewReplacer("ä", "\xe4", "ü", "\xfc", "–", "\x96", "“", "\x93", "”", "\x94").Replace(s)
	}
	for name, data := range map[string]string{
		"utf-8":                    strings.Replace(page, "CHARSET", "utf-8", 1),
		"utf-8 with a mark":        "\ufeff" + page,
		"windows-1252":             latin(strings.Replace(page, "CHARSET", "windows-1252", 1)),
		"it says latin1":           latin(strings.Replace(page, "CHARSET", "iso-8859-1", 1)),
		"it says utf-8 and is not": latin(strings.Replace(page, "CHARSET", "utf-8", 1)),
		"it says nothing":          latin(strings.Replace(page, `<meta charset="CHARSET">`, "", 1)),
		"utf-16le":                 string(wide(binary.LittleEndian, true, page)),
		"utf-16be":                 string(wide(binary.BigEndian, true, page)),
		"utf-16 without a mark":    string(wide(binary.LittleEndian, false, page)),
	} {
		t.Run(name, func(t *testing.T) {
			for _, file := range []string{"p.html", "p"} {
				got, err := Read(file, []byte(data))
				if err != nil {
					t.Fatal(err)
				}
				if want := "Fünf Tage – “genug” für Müller.\n"; got.Body != want || got.Title != "Datenschutzerklärung" {
					t.Errorf("%s reads %q, %q", file, got.Title, got.Body)
				}
			}
		})
	}
}

// TestBoundedTime reads pages that are made to be slow; each must be done long
// before the test's own end.
func TestBoundedTime(t *testing.T) {
	for name, data := range map[string]string{
		"brackets":  strings.Repeat("[", 9_000),
		"links":     strings.Repeat("[[a](b)", 4_000),
		"stars":     strings.Repeat("**a ", 10_000),
		"empty":     strings.Repeat("[](", 3_000),
		"headings":  strings.Repeat("#\n\n", 10_000),
		"fences":    strings.Repeat("```\n~~~\n", 5_000),
		"quotes":    strings.Repeat("> ", 2_000) + "x",
		"lists":     strings.Repeat("  1. 1.x\n", 5_000),
		"breaks":    strings.Repeat("**a  \n** b", 5_000),
		"protected": strings.Repeat("[](/cdn-cgi/l/email-protection#41313328) ", 3_000),
		"bold":      strings.Repeat("**A Heading Here**\n\nwords\n\n", 2_000),
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				if got, err := Read("a.md", []byte(data)); err == nil {
					got.Identify(nil, NewIDs())
				}
			}()
			select {
			case <-done:
			case <-time.After(2 * time.Minute):
				t.Fatal("it takes longer than two minutes")
			}
		})
	}
}
