package text

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var parseKey = parser.NewContextKey() // of the *parse in goldmark's context

var (
	strictParser = newParser(util.Prioritized(fenceParser{}, 50), util.Prioritized(variableParser{}, 150))
	plainParser  = newParser()
)

// newParser returns a parser for CommonMark with tables and what is added.
func newParser(added ...util.PrioritizedValue) parser.Parser {
	blocks, inlines := parser.DefaultBlockParsers(), parser.DefaultInlineParsers()
	for i, b := range blocks {
		switch b.Priority {
		case 100, 600: // setext and ATX headings
			blocks[i].Value = headingParser{b.Value.(parser.BlockParser)}
		case 1000:
			blocks[i].Value = paragraphParser{b.Value.(parser.BlockParser)}
		}
	}
	for _, a := range added {
		if _, ok := a.Value.(parser.BlockParser); ok {
			blocks = append(blocks, a)
		} else {
			inlines = append(inlines, a)
		}
	}
	paragraphs := append(parser.DefaultParagraphTransformers(), util.Prioritized(extension.NewTableParagraphTransformer(), 200))
	return parser.NewParser(
		parser.WithBlockParsers(blocks...),
		parser.WithInlineParsers(inlines...),
		parser.WithParagraphTransformers(paragraphs...),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
}

// A place is what holds around a block: the scope of the fences around it, what
// the innermost of them says, and where that one begins.
type place struct {
	scope, own Scope
	at         int
}

// markdown reads the sections of a Markdown text.
func (p *parse) markdown() {
	pc := parser.NewContext()
	pc.Set(parseKey, p)
	p.learning = p.remembers()
	md := strictParser
	if p.Plain {
		md = plainParser
	}
	p.flow(md.Parse(gmtext.NewReader(p.masked), parser.WithContext(pc)), place{})
}

// flow reads what stands on the page itself or in a fence on it.
func (p *parse) flow(n ast.Node, in place) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Heading:
			p.heading(c, in)
		case *fence:
			outline := len(p.outline)
			outer := append([]level(nil), p.outline...)
			p.flow(c, p.fenced(c, in))
			p.outline = append(p.outline[:0], outer[:outline]...) // what begins in a fence ends with it
		default:
			p.block(c, in, p.section)
		}
	}
}

// fenced returns the place inside a fence.
func (p *parse) fenced(f *fence, in place) place {
	if f.stray {
		return in
	}
	p.use(f.attributes)
	own := f.attributes.scope
	return place{p.narrow(in.scope, own, f.Pos()), own, f.Pos()}
}

// section adds a block to the section being read, or begins the intro.
func (p *parse) section(b *Block) {
	if len(p.sections) == 0 {
		p.sections = append(p.sections, &Section{ID: "intro", Pos: b.Pos})
	}
	s := p.sections[len(p.sections)-1]
	if p.stranded != s && !b.Scope.inside(s.Scope) {
		p.stranded = s
		p.problems.Warnf(b.Pos, "text-after-fence", "begin it with a heading, or close the fence after it",
			"the text behind the fence continues a section that is only for %s", s.Scope)
	}
	s.Blocks = append(s.Blocks, b)
}

// blocks reads what stands inside a quote or an item.
func (p *parse) blocks(n ast.Node, in place) []*Block {
	var out []*Block
	add := func(b *Block) { out = append(out, b) }
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Heading:
			p.nestedHeading(c, in, add)
		case *fence:
			out = append(out, p.blocks(c, p.fenced(c, in))...)
		default:
			p.block(c, in, add)
		}
	}
	return out
}

// nestedHeading reads a heading inside a quote or an item, which opens no
// section: it is a paragraph in bold.
func (p *parse) nestedHeading(n *ast.Heading, in place, add func(*Block)) {
	if v, ok := n.AttributeString(attributesKey); ok && !p.Plain {
		p.errorf(v.(*attributes).at, "nested-heading", "move the heading out of the list or quote",
			"a heading inside a list or a quote opens no section and takes no attributes")
	} else if !p.Plain {
		p.problems.Warnf(p.lines.at(n.Pos()), "nested-heading", "move it out of the list or quote",
			"a heading inside a list or a quote opens no section")
	}
	b := p.newBlock(Paragraph, n, in)
	b.Spans = p.spans(n)
	for i := range b.Spans {
		b.Spans[i].Marks |= Strong
	}
	add(b)
}

func (p *parse) newBlock(k Kind, n ast.Node, in place) *Block {
	return &Block{Kind: k, Scope: p.narrow(p.scope(), in.scope, in.at), Own: in.own, Pos: p.lines.at(n.Pos())}
}

// block reads one block and hands it to add, or several for HTML in a plain text.
func (p *parse) block(n ast.Node, in place, add func(*Block)) {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		p.paragraph(n, in, add)
	case *recollection:
		add(p.recall(n, in))
	case *ast.List:
		add(p.list(n, in))
	case *ast.Blockquote:
		b := p.newBlock(Quote, n, in)
		b.Children = p.blocks(n, in)
		add(b)
	case *ast.ThematicBreak:
		add(p.newBlock(Rule, n, in))
	case *ast.CodeBlock:
		add(p.code(n, "", in))
	case *ast.FencedCodeBlock:
		add(p.code(n, string(unescape(n.Language(p.src))), in))
	case *ast.HTMLBlock:
		p.htmlBlock(n, in, add)
	case *tables.Table:
		add(p.table(n, in))
	}
}

func (p *parse) paragraph(n ast.Node, in place, add func(*Block)) {
	if v, ok := n.FirstChild().(*variable); ok && n.ChildCount() == 1 && strings.HasPrefix(v.name, practicesPrefix) {
		b := p.newBlock(Practices, n, in)
		b.Category = p.category(v)
		add(b)
		return
	}
	b := p.newBlock(Paragraph, n, in)
	if b.Spans = p.spans(n); p.learning && len(b.Spans) > 0 {
		p.learn(n.Lines(), b.Spans)
	}
	if len(b.Spans) > 0 {
		add(b)
	}
}

func (p *parse) list(n *ast.List, in place) *Block {
	b := p.newBlock(List, n, in)
	b.Ordered, b.Tight = n.IsOrdered(), n.IsTight
	if b.Ordered {
		b.Start = n.Start
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		item := p.newBlock(Item, c, in)
		item.Children = p.blocks(c, in)
		b.Children = append(b.Children, item)
	}
	return b
}

func (p *parse) code(n ast.Node, info string, in place) *Block {
	b := p.newBlock(Code, n, in)
	b.Info = info
	b.Spans = []Span{{Text: string(p.lineText(n.Lines())), Pos: b.Pos}}
	return b
}

func (p *parse) table(n *tables.Table, in place) *Block {
	b := p.newBlock(Table, n, in)
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		row := p.newBlock(Row, r, in)
		_, row.Header = r.(*tables.TableHeader)
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			cell := p.newBlock(Cell, c, in)
			if c.Pos() < 0 { // a cell that the row leaves out
				cell.Pos = row.Pos
			}
			cell.Align = aligns[c.(*tables.TableCell).Alignment]
			cell.Spans = p.spans(c)
			row.Children = append(row.Children, cell)
		}
		b.Children = append(b.Children, row)
	}
	return b
}

var aligns = map[tables.Alignment]Align{tables.AlignLeft: AlignLeft, tables.AlignCenter: AlignCenter, tables.AlignRight: AlignRight}

// htmlBlock reads a block of raw HTML. Comments are never shown: they are
// notes among writers.
func (p *parse) htmlBlock(n *ast.HTMLBlock, in place, add func(*Block)) {
	html := p.lineText(n.Lines())
	if n.HasClosure() {
		html = append(html, n.ClosureLine.Value(p.src)...)
	}
	switch {
	case p.Plain:
		p.tags(html, n.Pos(), in, add)
	case !p.RawHTML || bytes.Contains(html, []byte("{{")):
		p.rawHTMLError(n.Pos(), html)
	case n.HTMLBlockType != ast.HTMLBlockType2:
		b := p.newBlock(HTML, n, in)
		b.Spans = []Span{{Text: string(html), Raw: true, Pos: b.Pos}}
		add(b)
	}
}

// rawHTML reads a tag among words.
func (p *parse) rawHTML(n *ast.RawHTML, style Span) {
	html := p.lineText(n.Segments)
	switch {
	case p.Plain:
		if t, end := nextTag(html, 0); end > 0 {
			p.inlineTag(t, &style)
		}
	case !p.RawHTML || bytes.Contains(html, []byte("{{")):
		p.rawHTMLError(n.Pos(), html)
	case !bytes.HasPrefix(html, []byte("<!--")):
		p.inline.put(Span{Text: string(html), Raw: true, Pos: style.Pos})
	}
}

func (p *parse) rawHTMLError(at int, html []byte) {
	if i := bytes.Index(html, []byte("{{")); p.RawHTML {
		p.errorf(at+i, "raw-html", "write the value itself", "variables are not filled in inside raw HTML")
		return
	}
	html, _, _ = bytes.Cut(html, []byte("\n"))
	hint := `write Markdown, or \< for the sign itself; raw_html: true in organisation.yaml allows it`
	if bytes.HasPrefix(html, []byte("<!--")) {
		hint = "remove the comment: it would be published"
	}
	p.errorf(at, "raw-html", hint, "raw HTML %q", truncate(string(html), 40))
}

func truncate(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
