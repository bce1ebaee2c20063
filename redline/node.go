package redline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"proviso/text"
)

// A node is what is matched with what: a leaf, a table, or a row of one.
type node struct {
	leaf    *Leaf
	rows    []*node // of a table
	cells   []*node // of a row
	column  int     // of a cell, among the columns of both tables
	section *text.Section
	key     string // equal keys: equal words, apart from the number in front
	id      int32  // of the key
	at      int    // place among the nodes it is matched with
	size    int    // number of words
	from    int    // of a sentence: its first token
	words   []int32
	tokens  []Token
	codes   []int32
	links   []*link
	first   [1]*link // what links begins as
	known   *known   // of a leaf; may be nil
}

// A link says that the tokens a of an old leaf became the tokens b of a new
// one. Tables and rows are linked as wholes.
type link struct {
	old, new *node
	part     bool   // not all of both: a and b say which tokens
	a, b     [2]int // from and to
	exact    bool   // equal keys
	moved    bool
	pair     int
}

// effectiveKey stands for the date on which a version takes effect.
const effectiveKey = "\x00effective"

func (n *node) heading() bool { return n.leaf != nil && n.leaf.Heading() }

// kind tells headings, paragraphs, list items and so on apart.
func (n *node) kind() text.Kind {
	switch l := n.leaf; {
	case l == nil:
		return text.Table
	case l.Block == nil:
		return 255
	case len(l.Path) > 0:
		return l.Path[len(l.Path)-1].Block.Kind
	}
	return n.leaf.Block.Kind
}

// read sets the tokens of a leaf.
func (c *comparison) read(n *node) {
	if n.tokens != nil || n.leaf == nil {
		return
	}
	if n.leaf.dated() {
		n.tokens = n.leaf.tokens()
		n.codes = c.codes.of(n.tokens)
		return
	}
	s := c.sequenceOf(n)
	n.tokens, n.codes = s.tokens, s.codes
}

// sequenceOf returns the tokens of a leaf that is not dated.
func (c *comparison) sequenceOf(n *node) *sequence {
	if n.known == nil {
		return c.sequence(n.leaf.Text)
	}
	if n.known.read == nil {
		n.known.read = c.sequence(n.leaf.Text)
	}
	return n.known.read
}

// tokens cuts a leaf into tokens. The date of a version is one token that is always the same.
func (l *Leaf) tokens() []Token {
	if !l.dated() {
		return Tokens(l.Text)
	}
	out := []Token{}
	at := 0
	for _, s := range l.Spans {
		if s.Variable == effective {
			out = append(out, Token{Start: at, End: at + len(s.Text), Key: effectiveKey, Word: true})
		} else {
			for _, t := range Tokens(s.Text) {
				t.Start, t.End = t.Start+at, t.End+at
				out = append(out, t)
			}
		}
		at += len(s.Text)
	}
	return out
}

// bag returns the codes of a node's words, sorted.
func (c *comparison) bag(n *node) []int32 {
	if n.words != nil {
		return n.words
	}
	if n.leaf != nil && !n.leaf.dated() {
		n.words = c.sequenceOf(n).bag
		return n.words
	}
	n.words = []int32{}
	for _, part := range [][]*node{n.rows, n.cells} {
		for _, x := range part {
			n.words = append(n.words, c.bag(x)...)
		}
	}
	c.read(n)
	n.words = bagged(n.words, n.tokens, n.codes)
	return n.words
}

// bagged adds the codes of words to a list and sorts it.
func bagged(list []int32, tokens []Token, codes []int32) []int32 {
	for i, t := range tokens {
		if t.Word {
			list = append(list, codes[i])
		}
	}
	slices.Sort(list)
	return list
}

// common counts the elements that two sorted lists share.
func common(a, b []int32) int {
	n, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// alike returns how many words two nodes share, and which part of their words that is.
func (c *comparison) alike(o, n *node) (int, float64) {
	a, b := c.bag(o), c.bag(n)
	if len(a)+len(b) == 0 {
		return 0, 0
	}
	shared := common(a, b)
	return shared, 2 * float64(shared) / float64(len(a)+len(b))
}

// leafNode makes the node of a leaf.
func (x *Lexicon) leafNode(n *node, l *Leaf) *node {
	*n = node{leaf: l, section: l.Section, column: l.Column}
	if l.dated() || l.Heading() {
		n.key, n.size = l.key(), Count(l.Text)
		n.id = x.keys.code(n.key)
		return n
	}
	k := x.known[l.Text]
	if k == nil {
		k = &known{key: l.key(), size: Count(l.Text)}
		k.id = x.keys.code(k.key)
		x.known[l.Text] = k
	}
	n.key, n.id, n.size, n.known, l.known = k.key, k.id, k.size, k, k
	return n
}

// key returns what is equal for leaves with the same words.
func (l *Leaf) key() string {
	s := l.Text
	if l.dated() {
		var b strings.Builder
		for _, span := range l.Spans {
			if span.Variable == effective {
				b.WriteString(effectiveKey)
			} else {
				b.WriteString(span.Text)
			}
		}
		s = b.String()
	}
	_, number := l.numbered()
	if rest := normal(s[number:]); rest != "" {
		return rest
	}
	return normal(s)
}

// normal returns a text in the form in which whole leaves are compared:
// characters as in Token.Key, every stretch of blanks one blank.
func normal(s string) string {
	tidy := true
	for i := 0; i < len(s) && tidy; i++ {
		tidy = s[i] < utf8.RuneSelf && s[i] != '\n' && s[i] != '\t' && (s[i] != ' ' || i > 0 && s[i-1] != ' ')
	}
	if tidy && !strings.HasSuffix(s, " ") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	blank := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			blank = true
			continue
		}
		if r = plain(r); r < 0 {
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(r)
	}
	return b.String()
}

// shows reports whether there is anything to see in a text, and so in its normal form.
func shows(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && plain(r) >= 0 })
}

// nodesOf makes the nodes of a text; the cells of a table are under its rows.
func (x *Lexicon) nodesOf(list []*Leaf) []*node {
	out := make([]*node, 0, len(list))
	room := make([]node, len(list))
	for i := 0; i < len(list); {
		table := list[i].table()
		if table == nil {
			out = append(out, x.leafNode(&room[i], list[i]))
			i++
			continue
		}
		end := i
		for end < len(list) && list[end].table() == table {
			end++
		}
		out = append(out, x.tableNode(list[i:end], room[i:end]))
		i = end
	}
	number(out)
	return out
}

func (x *Lexicon) tableNode(cells []*Leaf, room []node) *node {
	t := &node{section: cells[0].Section}
	var row *text.Block
	for i, l := range cells {
		if r := l.Path[len(l.Path)-1].Block; r != row {
			t.rows = append(t.rows, &node{section: l.Section})
			row = r
		}
		last := t.rows[len(t.rows)-1]
		last.cells = append(last.cells, x.leafNode(&room[i], l))
	}
	number(t.rows)
	for _, r := range t.rows {
		var keys []string
		for _, n := range r.cells {
			keys = append(keys, n.key)
			r.size += n.size
		}
		r.key = strings.Join(keys, "\x00")
		r.id = x.keys.code(r.key)
		t.key += "\x00" + r.key
		t.size += r.size
	}
	t.id = x.keys.code(t.key)
	return t
}

func number(list []*node) {
	for i, n := range list {
		n.at = i
	}
}
