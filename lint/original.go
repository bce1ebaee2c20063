package lint

import (
	"bytes"
	"regexp"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"proviso/source"
	"proviso/text"
)

// An original is the file that a text was parsed from. It finds places in it,
// and holds what a reader of the page does not see: markup and blanks.
type original struct {
	file   string
	src    []byte
	prose  []byte // src with front matter and code blanked out, as long as src
	starts []int  // offset of each line
	dated  bool   // the front matter gives a date
	last   mark
}

func newOriginal(file string, src []byte) *original {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	src = bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
	o := &original{file: file, src: src, prose: bytes.Clone(src), starts: []int{0}}
	for i, c := range src {
		if c == '\n' {
			o.starts = append(o.starts, i+1)
		}
	}
	o.blankFrontMatter()
	return o
}

func (o *original) blankFrontMatter() {
	if !bytes.HasPrefix(o.src, []byte("---")) {
		return
	}
	for i := 1; i < len(o.starts); i++ {
		line := o.line(i)
		if i == 1 && !strings.Contains(line, ":") {
			return
		}
		if strings.TrimRight(line, " \t") == "---" {
			end := o.starts[i] + len(line)
			o.dated = headDate.Match(o.src[:end])
			o.blank(0, end)
			return
		}
	}
}

var headDate = regexp.MustCompile(`(?im)^[\w-]*(?:date|effective|updated|modified|revised)[\w-]*:.*\d{4}`)

// blankCode blanks out code, so that rules on markup do not see what stands in it.
func (o *original) blankCode(doc *text.Document) {
	var walk func(blocks []*text.Block)
	walk = func(blocks []*text.Block) {
		for _, b := range blocks {
			if b.Kind == text.Code || b.Kind == text.HTML {
				lines := strings.Count(text.Words(b.Spans), "\n") + 1
				from := min(max(b.Pos.Line-1, 0), len(o.starts)-1)
				to := min(from+lines+1, len(o.starts)-1)
				o.blank(o.starts[from], o.starts[to])
			}
			walk(b.Children)
		}
	}
	for _, s := range doc.Sections {
		walk(s.Blocks)
	}
	for from := 0; ; {
		i := bytes.IndexByte(o.prose[from:], '`')
		if i < 0 {
			return
		}
		from += i
		end := bytes.IndexByte(o.prose[from+1:], '`')
		line := bytes.IndexByte(o.prose[from+1:], '\n')
		if end < 0 || line >= 0 && line < end {
			from++
			continue
		}
		o.blank(from, from+end+2)
		from += end + 2
	}
}

// blank overwrites what no rule shall read; the ends of lines stay.
func (o *original) blank(from, to int) {
	for i := from; i < min(to, len(o.prose)); i++ {
		if o.prose[i] != '\n' {
			o.prose[i] = 'x'
		}
	}
}

// fenced reports whether a block of code that begins at pos has a fence.
func (o *original) fenced(pos source.Position) bool {
	for _, n := range []int{pos.Line - 2, pos.Line - 1} {
		if n >= 0 && n < len(o.starts) {
			if line := strings.TrimLeft(o.line(n), " >-*+0123456789.)"); strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~") {
				return true
			}
		}
	}
	return false
}

// first returns where the words of a line begin.
func (o *original) first(line int) source.Position {
	if line < 1 || line > len(o.starts) {
		return source.Position{File: o.file, Line: line, Column: 1}
	}
	s := o.line(line - 1)
	return source.Position{File: o.file, Line: line, Column: len(s) - len(strings.TrimLeft(s, " \t")) + 1}
}

// line returns a line, counted from 0, of the prose.
func (o *original) line(i int) string {
	end := len(o.prose)
	if i+1 < len(o.starts) {
		end = o.starts[i+1] - 1
	}
	return string(o.prose[o.starts[i]:end])
}

// at returns the place of an offset.
func (o *original) at(offset int) source.Position {
	offset = min(max(offset, 0), len(o.src))
	line := sort.SearchInts(o.starts, offset+1) - 1
	from, column := o.starts[line], 1
	if o.last.column > 0 && o.last.line == line && o.last.offset <= offset {
		from, column = o.last.offset, o.last.column
	}
	column += utf8.RuneCount(o.src[from:offset])
	o.last = mark{line, offset, column}
	return source.Position{File: o.file, Line: line + 1, Column: column}
}

// A mark is a place that was looked up, so that the next one behind it on a
// long line is found from there.
type mark struct{ line, offset, column int }

// offset returns where a place is in the file.
func (o *original) offset(pos source.Position) int {
	if pos.Line < 1 || pos.Line > len(o.starts) {
		return len(o.src)
	}
	at, column := o.starts[pos.Line-1], 1
	if o.last.line == pos.Line-1 && o.last.column > 0 && o.last.column <= pos.Column {
		at, column = o.last.offset, o.last.column
	}
	for ; column < pos.Column && at < len(o.src) && o.src[at] != '\n'; column++ {
		_, n := utf8.DecodeRune(o.src[at:])
		at += n
	}
	o.last = mark{pos.Line - 1, at, column}
	return at
}

// reach is how much markup may stand between two characters that follow one
// another for a reader.
const reach = 400

// follow returns the offset behind the words passed, which begin at from. What
// the file has and a reader does not see is stepped over.
func (o *original) follow(from int, passed string) int {
	for _, r := range passed {
		if !unicode.IsSpace(r) {
			from = o.step(from, r, true)
		}
	}
	return from
}

// reached returns the offset of the words then, which come next.
func (o *original) reached(from int, then string) int {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(then, " \n"))
	if then == "" {
		return from
	}
	return o.step(from, r, false)
}

// step returns the offset of the next r, or behind it, or from itself if there is none near.
func (o *original) step(from int, r rune, behind bool) int {
	i := bytes.IndexRune(o.src[from:min(from+reach, len(o.src))], r)
	if i < 0 {
		return from
	}
	if behind {
		i += utf8.RuneLen(r)
	}
	return from + i
}
