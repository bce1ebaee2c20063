package text

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// inline gathers the spans of one leaf. White space runs become one blank, as
// in a browser.
type inline struct {
	spans []Span // finished
	words []byte // of the span being written
	at    Span   // the span being written, without its text
	begun bool   // a span is being written
	gap   bool   // the last character is white space, or there is none yet
	tags  []tag  // open HTML tags, in plain texts
}

// spans returns the words of a leaf.
func (p *parse) spans(n ast.Node) []Span {
	in := &p.inline
	in.begin()
	p.inlines(n, Span{})
	return in.end()
}

func (in *inline) begin() {
	*in = inline{spans: in.spans[:0], words: in.words[:0], gap: true, tags: in.tags[:0]}
}

func (in *inline) end() []Span {
	in.trim()
	in.flush()
	return append([]Span(nil), in.spans...)
}

// flush finishes the span being written.
func (in *inline) flush() {
	if in.begun && len(in.words) > 0 {
		in.at.Text = string(in.words)
		in.spans = append(in.spans, in.at)
	}
	in.begun, in.words = false, in.words[:0]
}

// trim drops the blank at the end of what is written.
func (in *inline) trim() {
	if n := len(in.words); n > 0 {
		if in.words[n-1] == ' ' {
			in.words = in.words[:n-1]
		}
		return
	}
	n := len(in.spans)
	if n == 0 || in.spans[n-1].Variable != "" || in.spans[n-1].Image != "" || in.spans[n-1].Raw {
		return
	}
	last := &in.spans[n-1]
	if last.Text = strings.TrimSuffix(last.Text, " "); last.Text == "" {
		in.spans = in.spans[:n-1]
	}
}

// same reports whether words with the style of t go on in the span being written.
func (in *inline) same(t *Span) bool {
	return in.begun && in.at.Marks == t.Marks && in.at.Link == t.Link && in.at.Title == t.Title && in.at.fill == t.fill
}

// write adds words in a style; style.Pos is where they begin.
func (in *inline) write(text []byte, style *Span) {
	if !in.same(style) {
		in.flush()
		in.at, in.begun = *style, true
	}
	for len(text) > 0 {
		n := 0
		for n < len(text) && text[n] != ' ' && (text[n] < '\t' || text[n] > '\f') {
			n++
		}
		if n > 0 {
			in.words = append(in.words, text[:n]...)
			in.gap = false
		}
		if n < len(text) {
			if !in.gap {
				in.words = append(in.words, ' ')
				in.gap = true
			}
			n++
		}
		text = text[n:]
	}
}

// lineBreak adds a hard line break.
func (in *inline) lineBreak(style *Span) {
	if in.gap && len(in.spans) == 0 && len(in.words) == 0 {
		return // nothing stands before it
	}
	in.trim()
	if !in.same(style) {
		in.flush()
		in.at, in.begun = *style, true
	}
	in.words = append(in.words, '\n')
	in.gap = true
}

// put adds a span that is no run of words.
func (in *inline) put(s Span) {
	in.flush()
	in.spans = append(in.spans, s)
	in.gap = in.gap && s.Raw
}

// inlines adds the children of n.
func (p *parse) inlines(n ast.Node, style Span) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		p.one(c, style)
	}
}

func (p *parse) one(n ast.Node, style Span) {
	in := &p.inline
	if len(in.tags) > 0 {
		style = in.within(style)
	}
	if at := n.Pos(); at >= 0 {
		style.Pos = p.lines.at(at)
	}
	switch n := n.(type) {
	case *ast.Text:
		p.text(n, &style)
	case *ast.String:
		in.write(n.Value, &style)
	case *ast.CodeSpan:
		p.codeSpan(n, style)
	case *ast.Emphasis:
		mark := Emphasis
		if n.Level == 2 {
			mark = Strong
		}
		style.Marks |= mark
		p.inlines(n, style)
	case *ast.Link:
		p.target(&style, &style.Link, n.Destination, n.Pos())
		p.title(&style, n.Title, n.Pos())
		p.inlines(n, style)
	case *ast.Image:
		p.target(&style, &style.Image, n.Destination, n.Pos())
		p.title(&style, n.Title, n.Pos())
		p.alternative(&style, n)
		in.put(style)
	case *ast.AutoLink:
		p.autoLink(n, style)
	case *ast.RawHTML:
		p.rawHTML(n, style)
	case *variable:
		p.variable(n, style)
	default:
		p.inlines(n, style)
	}
}

func (p *parse) text(n *ast.Text, style *Span) {
	in := &p.inline
	value := n.Segment.Value(p.src)
	if !n.IsRaw() {
		value = unescape(value)
	}
	in.write(value, style)
	switch {
	case n.HardLineBreak():
		in.lineBreak(style)
	case n.SoftLineBreak():
		in.write([]byte(" "), style)
	}
}

func (p *parse) codeSpan(n *ast.CodeSpan, style Span) {
	style.Marks |= CodeSpan
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			p.inline.write(t.Segment.Value(p.src), &style)
		}
	}
}

func (p *parse) variable(n *variable, style Span) {
	if strings.HasPrefix(n.name, practicesPrefix) {
		p.errorf(n.Pos(), "misplaced-practices", "give it a paragraph of its own",
			"{{%s}} is a table and stands among words", n.name)
		return
	}
	style.Variable = n.name
	p.inline.put(style)
}

// autoLink adds <https://example.com>, which may hold variables.
func (p *parse) autoLink(n *ast.AutoLink, style Span) {
	label := n.Label(p.masked)
	url := n.URL(p.masked)
	if n.AutoLinkType == ast.AutoLinkEmail && !hasPrefixFold(string(url), "mailto:") {
		url = append([]byte("mailto:"), url...)
	}
	if p.Plain {
		style.Link = string(url)
		p.inline.write(label, &style)
		return
	}
	style.Link = p.open(&style, string(url), n.Pos())
	p.checkTarget(&style, style.Link, n.Pos())
	rest := string(label)
	for {
		before, name, after, ok := nextVariable(rest)
		p.inline.write([]byte(before), &style)
		if !ok {
			return
		}
		open := style
		open.Variable = name
		p.inline.put(open)
		rest = after
	}
}

// alternative sets the alternative text of an image.
func (p *parse) alternative(s *Span, n ast.Node) {
	outer := p.inline
	p.inline = inline{gap: true}
	p.inlines(n, Span{})
	spans := p.inline.end()
	p.inline = outer
	s.Text = Words(spans)
	open, braces := false, false
	for i := range spans {
		open = open || spans[i].Open()
		braces = braces || !spans[i].Open() && strings.Contains(spans[i].Text, "{{")
	}
	if s.fill = s.fill || open; open && braces {
		p.mixedBraces(n.Pos())
	}
}

func (p *parse) mixedBraces(at int) {
	p.errorf(at, "mixed-braces", "write one or the other", `a title or an alternative text cannot hold a variable and \{{`)
}

// target sets a link's or an image's target, with variables written without blanks.
func (p *parse) target(s *Span, into *string, raw []byte, at int) {
	if p.Plain {
		*into = string(unescape(raw))
		return
	}
	*into = p.open(s, string(unescape(bytes.ReplaceAll(raw, []byte(`\{`), []byte(`%7B`)))), at)
	p.checkTarget(s, *into, at)
}

// title sets a link's title, with variables written without blanks.
func (p *parse) title(s *Span, raw []byte, at int) {
	if len(raw) == 0 {
		return
	}
	if p.Plain {
		s.Title = strings.Join(strings.Fields(string(unescape(raw))), " ")
		return
	}
	const brace = "\x01" // for \{, while variables are looked for
	var own Span
	title := p.open(&own, string(unescape(bytes.ReplaceAll(raw, []byte(`\{`), []byte(brace)))), at)
	if s.fill = s.fill || own.fill; own.fill && strings.Contains(title, brace+"{") {
		p.mixedBraces(at)
	}
	s.Title = strings.Join(strings.Fields(strings.ReplaceAll(title, brace, "{")), " ")
}

// open returns a string of s that For fills in.
func (p *parse) open(s *Span, rest string, at int) string {
	if !strings.Contains(rest, "{{") {
		return rest
	}
	var b strings.Builder
	for {
		before, name, after, ok := nextVariable(rest)
		if i := strings.Index(before, "{{"); i >= 0 {
			p.badVariable([]byte(before[i:]), at)
		}
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if strings.HasPrefix(name, practicesPrefix) {
			p.errorf(at, "misplaced-practices", "give it a paragraph of its own", "{{%s}} is a table and stands in a link", name)
		}
		b.WriteString("{{" + name + "}}")
		rest, s.fill = after, true
	}
}

// unescape resolves backslashes and character references. White space that is
// written as a reference, other than a no-break space, is a blank.
func unescape(s []byte) []byte {
	if bytes.IndexByte(s, '\\') < 0 && bytes.IndexByte(s, '&') < 0 {
		return s
	}
	out := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]):
			out = append(out, s[i+1])
			i += 2
		case c == '&':
			value, n := reference(s[i:])
			out = append(out, value...)
			i += n
		default:
			out = append(out, c)
			i++
		}
	}
	return out
}

// reference returns the character that s begins with a reference to, and the
// length of the reference; or s's first byte.
func reference(s []byte) ([]byte, int) {
	end := bytes.IndexByte(s[:min(len(s), 40)], ';')
	if end < 2 || end == 2 && s[1] == '#' {
		return s[:1], 1
	}
	if s[1] != '#' {
		if e, ok := util.LookUpHTML5EntityByName(string(s[1:end])); ok {
			return e.Characters, end + 1
		}
		return s[:1], 1
	}
	digits, base, most := string(s[2:end]), 10, 7
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base, most = digits[1:], 16, 6
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if err != nil || len(digits) > most {
		return s[:1], 1
	}
	r := util.ToValidRune(rune(code))
	if isControl(r) || r == '\n' {
		r = ' '
	}
	return utf8.AppendRune(nil, r), end + 1
}

// lineText returns the text of a node's lines as they stand in the file.
func (p *parse) lineText(segments *gmtext.Segments) []byte {
	var out []byte
	for i := range segments.Len() {
		s := segments.At(i)
		out = append(out, s.Value(p.src)...)
	}
	return out
}
