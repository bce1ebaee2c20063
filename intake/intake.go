// Package intake takes in policies that were written elsewhere: a web page, a
// Word file, Markdown or plain text becomes a text as this program keeps it.
//
// # What happens in which order
//
// Read finds out what a file is and turns it into Markdown (packages page and
// word do that for pages and for Word files). It then repairs what capturing
// and converting did to the text: protected e-mail addresses, links without
// words or inside each other, bold type that encloses nothing, doubled numbers,
// blanks that nobody sees, headings that are none. The title and the date that
// the text declares are taken out, because pages show them from the policy and
// the version. Every repair is counted in Text.Repairs.
//
// Identify then writes an id into every heading: the one that the same section
// has in the version before, else one made of the heading's words.
//
// # What is not repaired
//
// Words are never corrected: a slip of the pen was published, and stays. What
// may be a mistake and may be meant is left for check to find.
//
// # Trust
//
// Files come from anywhere. Sizes, nesting and time are bounded; what cannot be
// read is refused with a sentence that says what to do, and nothing panics.
package intake

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"proviso/intake/page"
	"proviso/intake/word"
	"proviso/policy"
	"proviso/text"
)

// MaxBytes is how large a file may be.
const MaxBytes = page.MaxBytes

// A Text is a policy that was taken in.
type Text struct {
	Form     string // "HTML", "Word" or "Markdown"
	Title    string // "" if none was found
	Language string // as a page says it, such as "en"; "" if it does not
	Body     string // Markdown, without title and date

	// Declared is the date from which the text says it holds, else the date on
	// which it says it was last changed; zero if it gives none.
	Declared policy.Date
	// Captured is the day on which an archive took the text; zero if not known.
	Captured policy.Date
	Repairs  []Repair
}

// A Repair is something that was done to a text.
type Repair struct {
	What  string
	Times int
}

func (r Repair) String() string {
	if r.Times > 1 {
		return fmt.Sprintf("%s (%d times)", r.What, r.Times)
	}
	return r.What
}

// repaired counts a repair.
func (t *Text) repaired(times int, format string, args ...any) {
	if times == 0 {
		return
	}
	what := fmt.Sprintf(format, args...)
	i := slices.IndexFunc(t.Repairs, func(r Repair) bool { return r.What == what })
	if i < 0 {
		t.Repairs = append(t.Repairs, Repair{What: what})
		i = len(t.Repairs) - 1
	}
	t.Repairs[i].Times += times
}

// Read reads a file. The name says what it is where the bytes do not.
func Read(name string, data []byte) (*Text, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("the file has %d MB; save the text alone, without pictures", len(data)>>20)
	}
	t := &Text{}
	var err error
	switch ext := strings.ToLower(path.Ext(name)); {
	case word.Old(data):
		return nil, word.Refuse(data)
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return nil, errors.New("a PDF file keeps no text in order; take the page or the Word file that it was made from")
	case bytes.HasPrefix(data, []byte("{\\rtf")):
		return nil, errors.New("the file is RTF; open it in Word and save it as .docx")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")) || ext == ".docx" || ext == ".docm":
		err = t.word(data)
	default:
		err = t.page(ext, data)
	}
	if err != nil {
		return nil, err
	}
	if len(strings.Fields(t.Body)) == 0 {
		return nil, errors.New("there is no text in it")
	}
	if err := t.repair(); err != nil {
		return nil, err
	}
	if len(strings.Fields(t.Body)) == 0 {
		return nil, errors.New("there is no text in it, only a title")
	}
	return t, nil
}

func (t *Text) word(data []byte) error {
	html, repairs, err := word.HTML(data)
	if err != nil {
		return err
	}
	if err := t.convert([]byte(html), page.Options{Fragment: true}); err != nil {
		return err
	}
	t.Form = "Word"
	for _, r := range repairs {
		t.repaired(1, "%s", r)
	}
	return nil
}

var (
	pageForm = regexp.MustCompile(`(?is)^\s*(?:<!--.*?-->\s*|<\?.*?>\s*)*<(?:!doctype\s+html|html|head|body)\b`)
	wideForm = regexp.MustCompile(`(?i)^(\xff\xfe|\xfe\xff|<\x00|\x00<)`)
)

// page reads a web page, Markdown or plain text.
func (t *Text) page(ext string, data []byte) error {
	isPage := slices.Contains([]string{".html", ".htm", ".xhtml"}, ext)
	if isPage || pageForm.Match(data) {
		t.Form = "HTML"
		return t.convert(data, page.Options{})
	}
	utf8, name, err := page.UTF8(data)
	if err != nil {
		return err
	}
	if wideForm.Match(data) && pageForm.Match(utf8) {
		t.Form = "HTML"
		return t.convert(data, page.Options{})
	}
	if rubbish(string(utf8)) {
		return errors.New("it is no text; give a web page, a Word file (.docx), Markdown or plain text")
	}
	if name != "" {
		t.repaired(1, "the file was written in %s and is UTF-8 now", name)
	}
	t.Form, t.Body = "Markdown", string(utf8)
	if bytes.Count(utf8, []byte("\n")) > 100_000 || len(utf8) > page.MaxWords {
		return fmt.Errorf("the text has more than %d MB; save the policy alone", page.MaxWords>>20)
	}
	if n := bytes.Count(utf8, []byte("[")); n > maxBrackets {
		return fmt.Errorf("the text has %d brackets, and links take time; save the policy alone", n)
	}
	return nil
}

// maxBrackets bounds the time that Markdown with links that never end takes.
const maxBrackets = 10_000

// rubbish reports whether one character in ten or more is none that texts have.
func rubbish(s string) bool {
	bad, total := 0, 0
	for _, r := range s {
		total++
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' && r != '\f' || r == '\ufffd' || r >= 0x80 && r < 0xa0 {
			bad++
		}
	}
	return 10*bad > total
}

func (t *Text) convert(data []byte, o page.Options) error {
	p, err := page.Convert(data, o)
	if err != nil {
		return err
	}
	t.Body, t.Language = p.Markdown, p.Language
	if t.Title == "" {
		t.Title = p.Title
	}
	for _, r := range p.Repairs {
		t.repaired(1, "%s", r)
	}
	return nil
}

// parse reads the body as the program will.
func (t *Text) parse() *text.Document {
	doc, _ := text.Parse("", []byte(t.Body), text.Options{})
	return doc
}
