package text

import "strconv"

// Normal returns the words of the document as a reader sees them. Seals are
// computed from it, so its form never changes:
//
//   - Blocks follow one another with an empty line between them; the last one
//     ends with a line feed. A document without blocks is empty.
//   - A heading, and a paragraph, is its words. A hard line break is a line
//     feed, all other white space one blank.
//   - A list's item is its blocks; the first one begins with "- ", or in a
//     numbered list with the number and ". ".
//   - A quote is its blocks.
//   - A table is a block; each row is a line, with a tab between its cells.
//     Line breaks in a cell are blanks.
//   - Code, and raw HTML, is as it is written, without empty lines at its end.
//   - A thematic break is "---". An image is its alternative text.
//   - What is still open reads {{name}}.
//
// Emphasis, link targets, ids and scopes are not words; they are not in it.
func (d *Document) Normal() string {
	n := &normal{out: make([]byte, 0, 16<<10)}
	for _, s := range d.Sections {
		if s.Level > 0 {
			n.begin()
			n.out = appendWords(n.out, s.Heading)
		}
		n.blocks(s.Blocks)
	}
	if len(n.out) > 0 {
		n.out = append(n.out, '\n')
	}
	return string(n.out)
}

type normal struct {
	out    []byte
	marker string // of the item that begins
}

// begin begins a block.
func (n *normal) begin() {
	if len(n.out) > 0 {
		n.out = append(n.out, "\n\n"...)
	}
	n.out = append(n.out, n.marker...)
	n.marker = ""
}

func (n *normal) blocks(list []*Block) {
	for _, b := range list {
		n.block(b)
	}
}

func (n *normal) block(b *Block) {
	switch b.Kind {
	case List:
		n.list(b)
	case Quote, Item:
		n.blocks(b.Children)
	case Table:
		n.begin()
		for i, row := range b.Children {
			if i > 0 {
				n.out = append(n.out, '\n')
			}
			n.row(row)
		}
	case Row:
		n.begin()
		n.row(b)
	case Rule:
		n.begin()
		n.out = append(n.out, "---"...)
	case Practices:
		n.begin()
		n.out = append(n.out, "{{"+practicesPrefix+b.Category+"}}"...)
	default:
		n.begin()
		n.out = appendWords(n.out, b.Spans)
		if b.Kind == Code || b.Kind == HTML {
			for len(n.out) > 0 && n.out[len(n.out)-1] == '\n' {
				n.out = n.out[:len(n.out)-1]
			}
		}
	}
}

func (n *normal) list(b *Block) {
	for i, item := range b.Children {
		n.marker += marker(b, i)
		n.blocks(item.Children)
		if n.marker != "" { // an empty item
			n.begin()
		}
	}
}

// marker returns what stands before the ith item of a list.
func marker(list *Block, i int) string {
	if list.Ordered {
		return strconv.Itoa(list.Start+i) + ". "
	}
	return "- "
}

func (n *normal) row(b *Block) {
	for i, cell := range b.Children {
		if i > 0 {
			n.out = append(n.out, '\t')
		}
		start := len(n.out)
		n.out = appendWords(n.out, cell.Spans)
		for j := start; j < len(n.out); j++ {
			if n.out[j] == '\n' {
				n.out[j] = ' '
			}
		}
	}
}
