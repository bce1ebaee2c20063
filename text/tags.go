package text

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A tag is an HTML tag in a plain text.
type tag struct {
	name    string // small letters
	closing bool
	written string // the tag itself
}

var pagePattern = regexp.MustCompile(`(?is)^\s*(?:<!--.*?-->\s*|<\?.*?>\s*)*<(?:!doctype\s+html|html|head|body)\b`)

// isHTML reports whether a plain file is an HTML page and no Markdown.
func isHTML(file string, src []byte) bool {
	return strings.HasSuffix(file, ".html") || strings.HasSuffix(file, ".htm") || pagePattern.Match(src)
}

var tagPattern = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)|<[!?][^>]*>|</?([A-Za-z][A-Za-z0-9-]*)(?:[^"'<>]|"[^"]*"|'[^']*')*>`)

// nextTag returns the first tag or comment in src behind an offset and where
// it ends, or 0.
func nextTag(src []byte, from int) (tag, int) {
	m := tagPattern.FindSubmatchIndex(src[from:])
	if m == nil {
		return tag{}, 0
	}
	t := tag{written: string(src[from+m[0] : from+m[1]])}
	if m[2] >= 0 {
		t.name = strings.ToLower(string(src[from+m[2] : from+m[3]]))
		t.closing = strings.HasPrefix(t.written, "</")
	}
	return t, from + m[1]
}

var attributePattern = regexp.MustCompile(`(?is)\s(href|src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)

// attribute returns the value of href, src or alt.
func (t tag) attribute(name string) string {
	for _, m := range attributePattern.FindAllStringSubmatch(t.written, -1) {
		if strings.EqualFold(m[1], name) {
			return html.UnescapeString(m[2] + m[3] + m[4])
		}
	}
	return ""
}

// inlineTag takes account of a tag among words. It reports whether it is one.
func (p *parse) inlineTag(t tag, style *Span) bool {
	in := &p.inline
	switch t.name {
	case "br":
		in.lineBreak(style)
	case "img":
		s := *style
		s.Image, s.Text = t.attribute("src"), t.attribute("alt")
		in.put(s)
	case "b", "strong", "i", "em", "code", "a":
		if !t.closing {
			in.tags = append(in.tags, t)
			break
		}
		for i := len(in.tags) - 1; i >= 0; i-- {
			if in.tags[i].name == t.name {
				in.tags = slices.Delete(in.tags, i, i+1)
				break
			}
		}
	case "":
	default:
		return slices.Contains(inlineTags, t.name)
	}
	return true
}

var inlineTags = strings.Fields("abbr acronym bdi bdo big cite data del dfn font ins kbd label mark q s samp small span strike sub sup time tt u var wbr button")

// within adds to a style what the open tags say.
func (in *inline) within(style Span) Span {
	for _, t := range in.tags {
		switch t.name {
		case "b", "strong":
			style.Marks |= Strong
		case "i", "em":
			style.Marks |= Emphasis
		case "code":
			style.Marks |= CodeSpan
		case "a":
			if href := t.attribute("href"); href != "" {
				style.Link = href
			}
		}
	}
	return style
}

// A tagReader makes blocks of HTML. It follows no standard: it finds the words
// and the blocks they stand in, in HTML as it is found in policies.
type tagReader struct {
	*parse
	in     place
	add    func(*Block)
	stack  []*Block // open quotes, lists, items, tables, rows and cells
	tables int      // how many tables are open
	level  int      // of the open heading
	at     int      // offset
}

// tags reads HTML that stands at an offset.
func (p *parse) tags(src []byte, offset int, in place, add func(*Block)) {
	r := &tagReader{parse: p, in: in, add: add, at: offset}
	p.inline.begin()
	for pos := 0; pos < len(src); {
		t, end := nextTag(src, pos)
		if end == 0 {
			r.words(src[pos:])
			break
		}
		r.words(src[pos : end-len(t.written)])
		r.at = offset + end
		pos = end
		if p.inlineTag(t, r.style()) {
			continue
		}
		r.leaf()
		if hidden := slices.Contains(hiddenTags, t.name); (hidden || t.name == "pre") && !t.closing {
			rest := src[pos:]
			n := closing(rest, t.name)
			if !hidden {
				r.pre(rest[:n])
			}
			pos += n
			continue
		}
		r.tag(t)
	}
	r.leaf()
	r.close(0)
}

var hiddenTags = strings.Fields("head script style template svg iframe object noscript textarea select")

// closing returns where the closing tag begins, or the length of src.
func closing(src []byte, name string) int {
	for from := 0; ; {
		t, end := nextTag(src, from)
		if end == 0 {
			return len(src)
		}
		if t.closing && t.name == name {
			return end - len(t.written)
		}
		from = end
	}
}

func (r *tagReader) style() *Span {
	s := r.inline.within(Span{})
	s.Pos = r.lines.at(r.at)
	return &s
}

func (r *tagReader) words(text []byte) {
	if len(text) > 0 {
		r.inline.write([]byte(html.UnescapeString(string(text))), r.style())
	}
}

// leaf ends the run of words being read.
func (r *tagReader) leaf() {
	spans := r.inline.end()
	r.inline.begin()
	if len(spans) == 0 {
		return
	}
	if cell := r.top(Cell); cell != nil {
		if len(cell.Spans) > 0 {
			spans[0].Text = "\n" + spans[0].Text
		}
		cell.Spans = append(cell.Spans, spans...)
		return
	}
	if r.level > 0 && len(r.stack) == 0 {
		r.enter(&Section{Level: r.level, Heading: spans, Pos: spans[0].Pos}, Scope{}, r.at, r.in)
		return
	}
	b := r.block(Paragraph)
	b.Spans, b.Pos = spans, spans[0].Pos
	r.put(b)
}

func (r *tagReader) block(k Kind) *Block {
	return &Block{Kind: k, Scope: r.scope(), Pos: r.lines.at(r.at)}
}

// top returns the innermost open block if it has the kind.
func (r *tagReader) top(k Kind) *Block {
	if n := len(r.stack); n > 0 && r.stack[n-1].Kind == k {
		return r.stack[n-1]
	}
	return nil
}

// put adds a finished block to what is around it. Words in a table outside
// its cells stand before it, words in a list outside its items make an item.
func (r *tagReader) put(b *Block) {
	n := len(r.stack)
	for n > 0 && (r.stack[n-1].Kind == Table && b.Kind != Row || r.stack[n-1].Kind == Row && b.Kind != Cell) {
		n--
	}
	if n == 0 {
		r.add(b)
		return
	}
	around := r.stack[n-1]
	if around.Kind == List && b.Kind != Item {
		b = &Block{Kind: Item, Children: []*Block{b}, Scope: b.Scope, Pos: b.Pos}
	}
	around.Children = append(around.Children, b)
}

func (r *tagReader) push(k Kind) *Block {
	b := r.block(k)
	if r.stack = append(r.stack, b); k == Table {
		r.tables++
	}
	return b
}

// close closes the open blocks from the nth on. Empty ones vanish.
func (r *tagReader) close(n int) {
	for len(r.stack) > n {
		b := r.stack[len(r.stack)-1]
		if r.stack = r.stack[:len(r.stack)-1]; b.Kind == Table {
			r.tables--
		}
		if len(b.Children) > 0 || b.Kind == Cell {
			r.put(b)
		}
	}
}

// innermost returns the place on the stack of the innermost block of a kind
// that no block of the kind around stands above, or -1.
func (r *tagReader) innermost(k, around Kind) int {
	for i := len(r.stack) - 1; i >= 0; i-- {
		if r.stack[i].Kind == k {
			return i
		}
		if r.stack[i].Kind == around {
			break
		}
	}
	return -1
}

var blockTags = map[string]struct{ kind, around Kind }{
	"blockquote": {Quote, Table}, "ul": {List, Table}, "ol": {List, Table}, "li": {Item, List},
	"table": {Table, Rule}, "tr": {Row, Table}, "td": {Cell, Row}, "th": {Cell, Row},
}

// tag opens or closes a block.
func (r *tagReader) tag(t tag) {
	if r.level = 0; len(t.name) == 2 && t.name[0] == 'h' && t.name[1] >= '1' && t.name[1] <= '6' && !t.closing {
		r.level, _ = strconv.Atoi(t.name[1:])
	}
	if t.name == "hr" && r.top(Cell) == nil {
		r.put(r.block(Rule))
	}
	b, ok := blockTags[t.name]
	inTable := r.tables > 0
	if !ok || inTable && (b.kind < Table || b.kind == Table && !t.closing) {
		return // in a table, all but rows and cells is words
	}
	open := r.innermost(b.kind, b.around)
	switch {
	case t.closing && open >= 0:
		r.close(open)
	case t.closing:
	case b.kind == Item:
		r.item(open)
	case b.kind == Row || b.kind == Cell:
		r.cell(b.kind, t.name == "th", open)
	default:
		r.push(b.kind).Ordered = t.name == "ol"
		if t.name == "ol" {
			r.stack[len(r.stack)-1].Start = 1
		}
	}
}

func (r *tagReader) item(open int) {
	if open >= 0 {
		r.close(open)
	}
	if r.top(List) == nil {
		r.push(List)
	}
	r.stack[len(r.stack)-1].Tight = true
	r.push(Item)
}

func (r *tagReader) cell(k Kind, header bool, open int) {
	if open >= 0 {
		r.close(open)
	}
	if r.tables == 0 {
		r.push(Table)
	}
	if k == Row {
		r.push(Row)
		return
	}
	row := r.top(Row)
	if row == nil {
		row = r.push(Row)
	}
	if table := r.stack[len(r.stack)-2]; header && len(row.Children) == 0 && len(table.Children) == 0 {
		row.Header = true
	}
	r.push(Cell)
}

// pre adds a block of code.
func (r *tagReader) pre(src []byte) {
	words := html.UnescapeString(string(tagPattern.ReplaceAll(src, nil)))
	words = strings.TrimPrefix(words, "\n")
	if strings.TrimSpace(words) == "" {
		return
	}
	b := r.block(Code)
	b.Spans = []Span{{Text: strings.TrimRight(words, "\n") + "\n", Pos: b.Pos}}
	if cell := r.top(Cell); cell != nil {
		cell.Spans = append(cell.Spans, b.Spans...)
		return
	}
	r.put(b)
}
