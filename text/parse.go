package text

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"proviso/source"
)

// Options says how a file is read.
type Options struct {
	// Plain is for files that belong to no organisation, such as two that are
	// compared. Nothing in them is refused while they can be read: {{…}}, :::
	// and attributes we do not know are words like others, HTML tags are
	// dropped and their words kept, and front matter is passed over.
	Plain bool
	// RawHTML keeps raw HTML, which is an error otherwise.
	RawHTML bool
	// Memory saves work where many versions of one text are read; it may be nil.
	Memory *Memory
}

// Parse reads a text. The Document holds what could be read also where there
// are errors; it is never nil. Positions are those of the file as it stands.
func Parse(file string, src []byte, o Options) (*Document, source.Problems) {
	p := &parse{Options: o, doc: &Document{File: file}}
	p.lines.file = file
	p.lines.src = src // so that positions found while cleaning are right
	if p.src = p.clean(src); p.src == nil {
		return p.doc, p.problems
	}
	p.lines.reset(p.src)
	p.masked = p.mask(p.frontMatter())
	if o.Plain && isHTML(file, p.src) {
		p.tags(p.src, 0, place{}, p.section)
	} else {
		p.markdown()
		p.remember()
	}
	p.doc.Sections = p.sections
	p.shift()
	p.identify()
	p.problems.Sort()
	return p.doc, p.problems
}

// A parse is the state of reading one file.
type parse struct {
	Options
	doc      *Document
	src      []byte // the file with "\n" at the ends of lines
	masked   []byte // as long as src: without front matter, see mask
	lines    lines
	problems source.Problems

	sections []*Section
	stranded *Section // the last one that a warning says has text of a wider scope
	outline  []level  // headings around the place being read
	inline   inline

	learning bool // see remembers
	new      []novelty
	key      []byte // see paragraphKey
}

// errorf adds an error at an offset.
func (p *parse) errorf(at int, rule, hint, format string, args ...any) {
	p.problems.Errorf(p.lines.at(at), rule, hint, format, args...)
}

// clean returns src with "\n" at the ends of lines and in valid UTF-8, or nil
// if it is not text.
func (p *parse) clean(src []byte) []byte {
	if i := bytes.IndexByte(src, 0); i >= 0 {
		p.errorf(i, "binary", "save it as plain text in UTF-8", "the file is not text: it holds a NUL byte")
		return nil
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if !utf8.Valid(src) {
		p.invalid(src)
		src = bytes.ToValidUTF8(src, []byte("\ufffd"))
	}
	if bytes.IndexByte(src, '\r') >= 0 {
		src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
		src = bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
	}
	if i := slices.IndexFunc(src, func(c byte) bool { return isControl(rune(c)) }); i >= 0 { // all of them are ASCII
		p.control(src, i)
		src = bytes.Map(func(r rune) rune {
			if isControl(r) {
				return utf8.RuneError
			}
			return r
		}, src)
	}
	if i, r := source.Turned(string(src)); i >= 0 && !p.Plain {
		p.lines.reset(src)
		p.errorf(i, "direction", "remove it; the language sets the direction", "the mark U+%04X turns the direction of what follows, so that readers see something else than is compared", r)
	}
	if src == nil {
		src = []byte{}
	}
	return src
}

func isControl(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' && r != '\f' && r != '\v' || r == 0x7f
}

// invalid reports the first byte that is not UTF-8.
func (p *parse) invalid(src []byte) {
	if p.Plain {
		return
	}
	i := 0
	for i < len(src) {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	p.lines.reset(src)
	p.errorf(i, "encoding", "save the file as UTF-8", "the byte %#x is not UTF-8", src[i])
}

// control reports the first control character.
func (p *parse) control(src []byte, i int) {
	if p.Plain {
		return
	}
	p.lines.reset(src)
	p.errorf(i, "control-character", "remove it", "the control character U+%04X stands in the text", src[i])
}

// frontMatter reads the YAML between two lines of --- at the top and returns
// how long it is.
func (p *parse) frontMatter() int {
	yaml, end := cutFrontMatter(p.src)
	if end == 0 {
		return 0
	}
	var head struct {
		Title   string `yaml:"title"`
		Summary string `yaml:"summary"`
	}
	var problems source.Problems
	source.DecodeAt(p.doc.File, yaml, 1, &head, &problems)
	p.doc.Title, p.doc.Summary = strings.TrimSpace(head.Title), strings.TrimSpace(head.Summary)
	if p.Plain {
		return end
	}
	p.problems = append(p.problems, problems...)
	if i := variableIn(yaml); i >= 0 {
		p.errorf(bytes.IndexByte(p.src, '\n')+1+i, "front-matter", "write the value itself", "variables are not filled in here")
	}
	return end
}

// variableIn returns where front matter has a variable that is not in a remark, or -1.
func variableIn(yaml []byte) int {
	at := 0
	for line := range bytes.Lines(yaml) {
		if i := bytes.Index(line, []byte("{{")); i >= 0 && !bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
			return at + i
		}
		at += len(line)
	}
	return -1
}

// cutFrontMatter returns what stands between the lines of --- and where the
// text begins, or 0. A text may begin with a thematic break: front matter is
// only what begins with a key on the next line.
func cutFrontMatter(src []byte) (yaml []byte, end int) {
	first, rest, ok := bytes.Cut(src, []byte("\n"))
	if !ok || string(bytes.TrimRight(first, " \t")) != "---" {
		return nil, 0
	}
	start := len(first) + 1
	for at := start; len(rest) > 0; {
		line, after, found := bytes.Cut(rest, []byte("\n"))
		next := at + len(line)
		if found {
			next++
		}
		if string(bytes.TrimRight(line, " \t")) == "---" {
			if yaml = src[start:at]; !beginsWithKey(yaml) {
				return nil, 0
			}
			return yaml, next
		}
		at, rest = next, after
	}
	return nil, 0
}

func beginsWithKey(yaml []byte) bool {
	for line := range bytes.Lines(yaml) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] == '#' {
			continue
		}
		key, _, ok := bytes.Cut(line, []byte(":"))
		return ok && !bytes.ContainsAny(key, " \t")
	}
	return true // nothing at all
}
