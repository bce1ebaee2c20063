package text

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A fence is a block between ::: products="…" and :::. It holds any blocks.
type fence struct {
	ast.BaseBlock
	attributes *attributes
	stray      bool // a ::: that closes nothing
	closed     bool
}

var kindFence = ast.NewNodeKind("ProvisoFence")

func (*fence) Kind() ast.NodeKind { return kindFence }

func (f *fence) Dump(source []byte, level int) { ast.DumpHelper(f, source, level, nil, nil) }

// A fenceParser parses fences as goldmark parses quotes.
type fenceParser struct{}

func (fenceParser) Trigger() []byte             { return []byte{':'} }
func (fenceParser) CanInterruptParagraph() bool { return true }
func (fenceParser) CanAcceptIndentedLine() bool { return false }

func (fenceParser) Open(_ ast.Node, r gmtext.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := r.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	list, ok := cutColons(line[pos:])
	if !ok {
		return nil, parser.NoChildren
	}
	at := segment.Start - segment.Padding + len(line) - len(list)
	r.AdvanceToEOL()
	if util.IsBlank(list) {
		return &fence{stray: true}, parser.NoChildren
	}
	return &fence{attributes: parseAttributes(strings.TrimRight(string(list), blanks), at, false)}, parser.HasChildren
}

func (fenceParser) Continue(n ast.Node, r gmtext.Reader, pc parser.Context) parser.State {
	f := n.(*fence)
	if f.stray {
		return parser.Close
	}
	line, _ := r.PeekLine()
	width, pos := util.IndentWidth(line, r.LineOffset())
	if list, ok := cutColons(line[min(pos, len(line)):]); ok && util.IsBlank(list) && width < 4 && closes(f, width, pc) {
		f.closed = true
		r.AdvanceToEOL()
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}

func (fenceParser) Close(n ast.Node, _ gmtext.Reader, pc parser.Context) {
	f := n.(*fence)
	p := pc.Get(parseKey).(*parse)
	switch {
	case f.stray:
		p.errorf(f.Pos(), "stray-fence", `a part begins with ::: products="…" or ::: sites="…"`, "::: closes nothing")
	case !f.closed:
		p.errorf(f.Pos(), "open-fence", "write ::: on a line of its own where the part ends", "::: is never closed")
	}
}

func cutColons(line []byte) (rest []byte, ok bool) {
	n := 0
	for n < len(line) && line[n] == ':' {
		n++
	}
	return line[n:], n >= 3
}

// closes reports whether a ::: with this indentation closes f: it does unless
// it belongs to a fence or to code inside.
func closes(f *fence, width int, pc parser.Context) bool {
	inside := false
	for _, b := range pc.OpenedBlocks() {
		if !inside {
			inside = b.Node == ast.Node(f)
			continue
		}
		switch n := b.Node.(type) {
		case *ast.ListItem:
			if width -= n.Offset; width < 0 {
				return true
			}
		case *ast.Blockquote:
			return true
		case *fence:
			return n.stray
		case *ast.FencedCodeBlock:
			return false
		case *ast.HTMLBlock:
			return n.HTMLBlockType >= ast.HTMLBlockType6
		}
	}
	return true
}
