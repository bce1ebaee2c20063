package reading

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

// A File is the file that a text was parsed from. It finds places in it,
// and holds what a reader of the page does not see: markup and blanks.
type File struct {
	file   string
	Src    []byte
	Prose  []byte // src with front matter and code blanked out, as long as src
	Starts []int  // offset of each line
	Dated  bool   // the front matter gives a date
	last   mark
}

func newFile(file string, src []byte) *File {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	src = bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
	f := &File{file: file, Src: src, Prose: bytes.Clone(src), Starts: []int{0}}
	for i, c := range src {
		if c == '\n' {
			f.Starts = append(f.Starts, i+1)
		}
	}
	f.blankFrontMatter()
	return f
}

func (f *File) blankFrontMatter() {
	if !bytes.HasPrefix(f.Src, []byte("---")) {
		return
	}
	for i := 1; i < len(f.Starts); i++ {
		line := f.Line(i)
		if i == 1 && !strings.Contains(line, ":") {
			return
		}
		if strings.TrimRight(line, " \t") == "---" {
			end := f.Starts[i] + len(line)
			f.Dated = headDate.Match(f.Src[:end])
			f.blank(0, end)
			return
		}
	}
}

var headDate = regexp.MustCompile(`(?im)^[\w-]*(?:date|effective|updated|modified|revised)[\w-]*:.*\d{4}`)

// blankCode blanks out code, so that rules on markup do not see what stands in it.
func (f *File) blankCode(doc *text.Document) {
	var walk func(blocks []*text.Block)
	walk = func(blocks []*text.Block) {
		for _, b := range blocks {
			if b.Kind == text.Code || b.Kind == text.HTML {
				lines := strings.Count(text.Words(b.Spans), "\n") + 1
				from := min(max(b.Pos.Line-1, 0), len(f.Starts)-1)
				to := min(from+lines+1, len(f.Starts)-1)
				f.blank(f.Starts[from], f.Starts[to])
			}
			walk(b.Children)
		}
	}
	for _, s := range doc.Sections {
		walk(s.Blocks)
	}
	for from := 0; ; {
		i := bytes.IndexByte(f.Prose[from:], '`')
		if i < 0 {
			return
		}
		from += i
		end := bytes.IndexByte(f.Prose[from+1:], '`')
		line := bytes.IndexByte(f.Prose[from+1:], '\n')
		if end < 0 || line >= 0 && line < end {
			from++
			continue
		}
		f.blank(from, from+end+2)
		from += end + 2
	}
}

// blank overwrites what no rule shall read; the ends of lines stay.
func (f *File) blank(from, to int) {
	for i := from; i < min(to, len(f.Prose)); i++ {
		if f.Prose[i] != '\n' {
			f.Prose[i] = 'x'
		}
	}
}

// fenced reports whether a block of code that begins at pos has a fence.
func (f *File) fenced(pos source.Position) bool {
	for _, n := range []int{pos.Line - 2, pos.Line - 1} {
		if n >= 0 && n < len(f.Starts) {
			if line := strings.TrimLeft(f.Line(n), " >-*+0123456789.)"); strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~") {
				return true
			}
		}
	}
	return false
}

// first returns where the words of a line begin.
func (f *File) first(line int) source.Position {
	if line < 1 || line > len(f.Starts) {
		return source.Position{File: f.file, Line: line, Column: 1}
	}
	s := f.Line(line - 1)
	return source.Position{File: f.file, Line: line, Column: len(s) - len(strings.TrimLeft(s, " \t")) + 1}
}

// Line returns a line, counted from 0, of the prose.
func (f *File) Line(i int) string {
	end := len(f.Prose)
	if i+1 < len(f.Starts) {
		end = f.Starts[i+1] - 1
	}
	return string(f.Prose[f.Starts[i]:end])
}

// At returns the place of an offset.
func (f *File) At(offset int) source.Position {
	offset = min(max(offset, 0), len(f.Src))
	line := sort.SearchInts(f.Starts, offset+1) - 1
	from, column := f.Starts[line], 1
	if f.last.column > 0 && f.last.line == line && f.last.offset <= offset {
		from, column = f.last.offset, f.last.column
	}
	column += utf8.RuneCount(f.Src[from:offset])
	f.last = mark{line, offset, column}
	return source.Position{File: f.file, Line: line + 1, Column: column}
}

// A mark is a place that was looked up, so that the next one behind it on a
// long line is found from there.
type mark struct{ line, offset, column int }

// offset returns where a place is in the file.
func (f *File) offset(pos source.Position) int {
	if pos.Line < 1 || pos.Line > len(f.Starts) {
		return len(f.Src)
	}
	at, column := f.Starts[pos.Line-1], 1
	if f.last.line == pos.Line-1 && f.last.column > 0 && f.last.column <= pos.Column {
		at, column = f.last.offset, f.last.column
	}
	for ; column < pos.Column && at < len(f.Src) && f.Src[at] != '\n'; column++ {
		_, n := utf8.DecodeRune(f.Src[at:])
		at += n
	}
	f.last = mark{pos.Line - 1, at, column}
	return at
}

// reach is how much markup may stand between two characters that follow one
// another for a reader.
const reach = 400

// follow returns the offset behind the words passed, which begin at from. What
// the file has and a reader does not see is stepped over.
func (f *File) follow(from int, passed string) int {
	for _, r := range passed {
		if !unicode.IsSpace(r) {
			from = f.step(from, r, true)
		}
	}
	return from
}

// reached returns the offset of the words then, which come next.
func (f *File) reached(from int, then string) int {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(then, " \n"))
	if then == "" {
		return from
	}
	return f.step(from, r, false)
}

// step returns the offset of the next r, or behind it, or from itself if there is none near.
func (f *File) step(from int, r rune, behind bool) int {
	i := bytes.IndexRune(f.Src[from:min(from+reach, len(f.Src))], r)
	if i < 0 {
		return from
	}
	if behind {
		i += utf8.RuneLen(r)
	}
	return from + i
}
