package text

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// WritePlain writes blocks as plain text for mail, with lines of at most
// width characters where words allow it. Items have their markers, quotes are
// marked with >, a row of a table is its cells with the names of the columns,
// and a link's target follows its words in <…>.
func WritePlain(w *bytes.Buffer, blocks []*Block, width int) {
	p := &plain{w: w, width: width}
	p.blocks(blocks, false)
}

type plain struct {
	w      *bytes.Buffer
	width  int
	indent string // before each line
	first  string // before the next line, instead of indent, if begins is set
	begins bool
}

// blocks writes blocks with an empty line between them unless they are tight.
func (p *plain) blocks(list []*Block, tight bool) {
	for i, b := range list {
		if i > 0 && !tight {
			p.blank()
		}
		p.block(b)
	}
}

func (p *plain) blank() {
	p.w.WriteString(strings.TrimRight(p.indent, " "))
	p.w.WriteByte('\n')
}

func (p *plain) block(b *Block) {
	switch b.Kind {
	case Quote:
		p.inside("> ", "> ", func() { p.blocks(b.Children, false) })
	case List:
		p.list(b)
	case Item:
		p.blocks(b.Children, false)
	case Table:
		p.table(b)
	case Row:
		p.row(b, nil)
	case Rule:
		p.line(strings.Repeat("-", min(p.width, 20)))
	case Code:
		for _, line := range strings.Split(strings.TrimRight(Words(b.Spans), "\n"), "\n") {
			p.line("    " + line)
		}
	case HTML:
		words := tagPattern.ReplaceAllString(Words(b.Spans), " ")
		p.wrap(strings.Join(strings.Fields(words), " "))
	case Practices:
		p.wrap("{{" + practicesPrefix + b.Category + "}}")
	default:
		p.wrap(plainWords(b.Spans))
	}
}

// inside writes with a further indent; the first line has the marker instead.
func (p *plain) inside(marker, indent string, write func()) {
	outer := p.indent
	if !p.begins {
		p.first, p.begins = outer, true
	}
	p.first += marker
	p.indent += indent
	write()
	p.indent, p.begins = outer, false
}

func (p *plain) list(b *Block) {
	for i, item := range b.Children {
		if i > 0 && !b.Tight {
			p.blank()
		}
		m := marker(b, i)
		p.inside(m, strings.Repeat(" ", len(m)), func() {
			if len(item.Children) == 0 {
				p.line("")
			}
			p.blocks(item.Children, b.Tight)
		})
	}
}

// table writes each row as lines of "column: words".
func (p *plain) table(b *Block) {
	var names []string
	first := true
	for _, row := range b.Children {
		if row.Header {
			for _, c := range row.Children {
				names = append(names, plainWords(c.Spans))
			}
			continue
		}
		if !first {
			p.blank()
		}
		first = false
		p.row(row, names)
	}
}

func (p *plain) row(b *Block, names []string) {
	for i, c := range b.Children {
		words := plainWords(c.Spans)
		if words == "" {
			continue
		}
		if i < len(names) && names[i] != "" {
			words = names[i] + ": " + words
		}
		p.inside("", "  ", func() { p.wrap(words) })
	}
}

// line writes one line as it stands.
func (p *plain) line(s string) {
	before := p.indent
	if p.begins {
		before, p.begins = p.first, false
	}
	p.w.WriteString(strings.TrimRight(before+s, " "))
	p.w.WriteByte('\n')
}

// wrap writes words in lines.
func (p *plain) wrap(words string) {
	room := max(p.width-columns(p.indent), 20)
	for _, text := range strings.Split(words, "\n") {
		var line strings.Builder
		used := 0
		for _, word := range strings.Fields(text) {
			n := columns(word)
			if used > 0 && used+1+n > room {
				p.line(line.String())
				line.Reset()
				used = 0
			}
			if used > 0 {
				line.WriteByte(' ')
				used++
			}
			for n > room && !strings.Contains(word, "://") {
				head := cutColumns(word, room-used)
				line.WriteString(word[:head])
				p.line(line.String())
				line.Reset()
				used, word = 0, word[head:]
				n = columns(word)
			}
			line.WriteString(word)
			used += n
		}
		p.line(line.String())
	}
}

// plainWords returns words with the targets of their links.
func plainWords(spans []Span) string {
	var b strings.Builder
	link := 0 // where the words of the open link begin
	for i := range spans {
		s := &spans[i]
		if i == 0 || spans[i-1].Link != s.Link {
			link = b.Len()
		}
		if !s.Raw {
			b.Write(appendWords(nil, spans[i:i+1]))
		}
		if last := i == len(spans)-1 || spans[i+1].Link != s.Link; last && s.Link != "" {
			words := strings.TrimSpace(b.String()[link:])
			if target := href(s.Link); target != "" && strings.TrimPrefix(target, "mailto:") != words {
				b.WriteString(" <" + target + ">")
			}
		}
	}
	return b.String()
}

// columns returns the width of s in a terminal or mail: East Asian characters
// take two columns.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += column(r)
	}
	return n
}

func column(r rune) int {
	if r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 || r >= 0xffe0 && r <= 0xffe6 ||
		r >= 0x1f300 && r <= 0x1faff || r >= 0x20000 && r <= 0x3fffd) {
		return 2
	}
	return 1
}

// cutColumns returns how many bytes of s fit in so many columns, at least one character.
func cutColumns(s string, room int) int {
	used := 0
	for i, r := range s {
		if used += column(r); used > room && i > 0 {
			return i
		}
	}
	_, n := utf8.DecodeLastRuneInString(s)
	return max(len(s), n)
}
