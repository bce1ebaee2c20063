package docx_test

import (
	"fmt"
	"strings"

	"proviso/text"
)

// shown is a paragraph or a table as a word processor shows it.
type shown struct {
	Style string
	Label string     // of a list's item: "3." or "•"
	Text  string     // line breaks are line feeds
	Rows  [][]string // of a table
	Looks []string   // the stretches of words that are set off alike: "bold italic code |TARGET|WORDS"
}

func (s shown) String() string {
	if s.Rows != nil {
		return fmt.Sprintf("table %q", s.Rows)
	}
	return fmt.Sprintf("%s|%s|%q", s.Style, s.Label, s.Text)
}

// lines writes what is shown, to be compared. An empty paragraph that stands in
// where there must be one, before and after tables or in an empty text, is left out.
func lines(list []shown) []string {
	out := make([]string, 0, len(list))
	text := func(i int) bool { return i >= 0 && i < len(list) && list[i].Rows == nil }
	for i, s := range list {
		empty := text(i) && s.Text == "" && s.Label == ""
		if empty && (s.Style == "Gap" || s.Style == "Standard" && !text(i-1) && !text(i+1)) {
			continue
		}
		out = append(out, s.String())
	}
	return out
}

// expected works out from a text alone how it must be shown.
func expected(doc *text.Document) []shown {
	e := &expectation{}
	for _, s := range doc.Sections {
		if s.Level > 0 {
			e.add(fmt.Sprintf("Heading %d", s.Level), text.Words(s.Heading))
		}
		for _, b := range s.Blocks {
			e.block(b, "Standard")
		}
	}
	return e.list
}

// expectedLooks works out how the words of a text's only paragraph are set off.
func expectedLooks(doc *text.Document) []string {
	var out []string
	for _, s := range doc.Sections[0].Blocks[0].Spans {
		target := s.Link
		if s.Image != "" {
			target = s.Image
		}
		out = appendLook(out, s.Marks&text.Strong != 0, s.Marks&text.Emphasis != 0, s.Marks&text.CodeSpan != 0, target, s.Text)
	}
	return out
}

func appendLook(out []string, bold, italic, code bool, target, words string) []string {
	start := "|" + target + "|"
	if code {
		start = "code " + start
	}
	if italic {
		start = "italic " + start
	}
	if bold {
		start = "bold " + start
	}
	if n := len(out); n > 0 && strings.HasPrefix(out[n-1], start) {
		out[n-1] += words
		return out
	}
	return append(out, start+words)
}

type expectation struct {
	list  []shown
	label string // of the next paragraph
}

func (e *expectation) add(style, words string) {
	e.list = append(e.list, shown{Style: style, Label: e.label, Text: possible(words)})
	e.label = ""
}

func (e *expectation) block(b *text.Block, style string) {
	switch b.Kind {
	case text.Quote:
		e.blocks(b, "Quote")
	case text.List:
		if style == "Standard" {
			style = "List Paragraph"
		}
		for i, item := range b.Children {
			e.label = "•"
			if b.Ordered {
				e.label = fmt.Sprintf("%d.", b.Start+i)
			}
			e.blocks(item, style)
			e.label = ""
		}
	case text.Table:
		e.label = ""
		e.list = append(e.list, shown{Rows: rows(b)})
	case text.Code, text.HTML:
		e.add("Code", strings.TrimRight(text.Words(b.Spans), "\n"))
	case text.Rule:
		e.add("Horizontal Line", "")
	default:
		e.add(style, text.Words(b.Spans))
	}
}

func (e *expectation) blocks(b *text.Block, style string) {
	for _, child := range b.Children {
		e.block(child, style)
	}
	if len(b.Children) == 0 {
		e.add(style, "")
	}
}

// rows returns the words of a table's cells.
func rows(table *text.Block) [][]string {
	out := [][]string{}
	for _, r := range table.Children {
		var cells []string
		for _, c := range r.Children {
			cells = append(cells, possible(text.Words(c.Spans)))
		}
		out = append(out, cells)
	}
	return out
}

// possible leaves out characters that XML cannot hold.
func possible(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

// withoutEmptyColumns leaves out the columns of tables in which no cell has words.
func withoutEmptyColumns(list []shown) []shown {
	for i, s := range list {
		used := map[int]bool{}
		for _, r := range s.Rows {
			for k, c := range r {
				used[k] = used[k] || c != ""
			}
		}
		for j, r := range s.Rows {
			cells := []string{}
			for k, c := range r {
				if used[k] {
					cells = append(cells, c)
				}
			}
			list[i].Rows[j] = cells
		}
	}
	return list
}

// expectedWords are the words of a text in their order, whatever they stand in.
func expectedWords(doc *text.Document) []string {
	var b strings.Builder
	for _, s := range doc.Sections {
		b.WriteString(possible(text.Words(s.Heading)) + "\n")
		for _, block := range s.Blocks {
			blockWords(&b, block)
		}
	}
	return strings.Fields(b.String())
}

func blockWords(b *strings.Builder, block *text.Block) {
	b.WriteString(possible(text.Words(block.Spans)) + "\n")
	for _, child := range block.Children {
		blockWords(b, child)
	}
}

// pandocWords collects the words of pandoc's tree.
func pandocWords(b *strings.Builder, x any) {
	switch x := x.(type) {
	case []any:
		for _, child := range x {
			pandocWords(b, child)
		}
	case map[string]any:
		switch content := x["c"]; x["t"] {
		case "Str":
			b.WriteString(content.(string))
		case "Code", "CodeBlock":
			b.WriteString(content.([]any)[1].(string))
		case "Space", "SoftBreak", "LineBreak":
			b.WriteByte(' ')
		case "Link", "Image", "Span", "Quoted":
			pandocWords(b, content.([]any)[1:])
		default:
			pandocWords(b, content)
		}
		switch x["t"] {
		case "Para", "Plain", "Header", "CodeBlock":
			b.WriteByte('\n')
		}
	}
}
