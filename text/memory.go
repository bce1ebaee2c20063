package text

import (
	"bytes"
	"slices"
	"sync"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"

	"proviso/source"
)

// A Memory keeps the paragraphs of the texts that were read with it, for
// whoever reads many versions of one text: most of their paragraphs are the
// same, and are not parsed again. It changes nothing in what is read. Several
// tasks may use it at a time. The zero Memory is empty.
type Memory struct {
	mu         sync.Mutex
	paragraphs map[string][]Span // by RawHTML and the lines; see relative
}

// Forget empties the memory.
func (m *Memory) Forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.paragraphs = nil
}

func (m *Memory) find(key []byte) ([]Span, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	spans, ok := m.paragraphs[string(key)]
	return spans, ok
}

func (m *Memory) keep(key string, spans []Span) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.paragraphs == nil {
		m.paragraphs = map[string][]Span{}
	}
	m.paragraphs[key] = spans
}

// A recollection stands for a paragraph that is known: its words are not parsed.
type recollection struct {
	ast.BaseBlock
	spans []Span
}

var kindRecollection = ast.NewNodeKind("ProvisoRecollection")

func (*recollection) Kind() ast.NodeKind { return kindRecollection }

// IsRaw has goldmark leave the words alone.
func (*recollection) IsRaw() bool { return true }

func (r *recollection) Dump(source []byte, level int) { ast.DumpHelper(r, source, level, nil, nil) }

// A novelty is a paragraph that was not known and was read.
type novelty struct {
	key         string
	spans       []Span
	first, last int // its lines in the file
}

// A paragraphParser parses paragraphs as goldmark does, and puts a recollection
// in the place of those that are known.
type paragraphParser struct{ parser.BlockParser }

func (b paragraphParser) Close(n ast.Node, r gmtext.Reader, pc parser.Context) {
	b.BlockParser.Close(n, r, pc)
	p := pc.Get(parseKey).(*parse)
	if !p.learning || n.Parent() == nil {
		return
	}
	lines := n.Lines()
	if underlined(p.masked[lines.At(lines.Len()-1).Stop:]) {
		return // it becomes a heading
	}
	if spans, ok := p.Memory.find(p.paragraphKey(lines)); ok {
		known := &recollection{spans: spans}
		known.SetLines(lines)
		known.SetBlankPreviousLines(n.HasBlankPreviousLines())
		n.Parent().ReplaceChild(n.Parent(), n, known)
	}
}

// underlined reports whether the line after the one that rest begins in may
// make a heading of what stands above it.
func underlined(rest []byte) bool {
	_, rest, _ = bytes.Cut(rest, []byte("\n"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	line = bytes.TrimLeft(line, " \t>")
	return len(line) > 0 && (line[0] == '-' || line[0] == '=')
}

// remembers reports whether paragraphs of the text can be known. What
// [brackets] mean depends on the whole text where it defines references.
func (p *parse) remembers() bool {
	return p.Memory != nil && !p.Plain && !bytes.Contains(p.masked, []byte("]:"))
}

// paragraphKey returns the lines of a paragraph, without what stands before them.
func (p *parse) paragraphKey(lines *gmtext.Segments) []byte {
	p.key = append(p.key[:0], '-')
	if p.RawHTML {
		p.key[0] = '<'
	}
	for i := range lines.Len() {
		s := lines.At(i)
		p.key = append(p.key, s.Value(p.src)...)
	}
	return p.key
}

// recall reads a known paragraph, with its places in this text.
func (p *parse) recall(r *recollection, in place) *Block {
	b := p.newBlock(Paragraph, r, in)
	b.Pos = p.lines.at(r.Lines().At(0).Start)
	b.Spans = slices.Clone(r.spans)
	line, begin := -1, source.Position{}
	for i := range b.Spans {
		at := &b.Spans[i].Pos
		if at.Line < 0 {
			*at = source.Position{}
			continue
		}
		if at.Line != line {
			line = at.Line
			begin = p.lines.at(r.Lines().At(line).Start)
		}
		*at = source.Position{File: begin.File, Line: begin.Line, Column: begin.Column + at.Column}
	}
	return b
}

// learn notes a paragraph that was read.
func (p *parse) learn(lines *gmtext.Segments, spans []Span) {
	first := p.lines.at(lines.At(0).Start).Line
	p.new = append(p.new, novelty{string(p.paragraphKey(lines)), p.relative(lines, first, spans), first, first + lines.Len() - 1})
}

// relative returns spans with places that are counted from the first line of
// their paragraph and the first character of their line; -1 for no place.
func (p *parse) relative(lines *gmtext.Segments, first int, spans []Span) []Span {
	out := slices.Clone(spans)
	line, begin := -1, 0
	for i := range out {
		at := &out[i].Pos
		if at.Line == 0 {
			at.Line = -1
			continue
		}
		if at.Line != line {
			line = at.Line
			begin = p.lines.at(lines.At(line - first).Start).Column
		}
		*at = source.Position{Line: line - first, Column: at.Column - begin}
	}
	return out
}

// remember keeps what was read and holds no problem.
func (p *parse) remember() {
	for _, n := range p.new {
		faulty := slices.ContainsFunc(p.problems, func(x source.Problem) bool { return n.first <= x.Line && x.Line <= n.last })
		if !faulty {
			p.Memory.keep(n.key, n.spans)
		}
	}
}
