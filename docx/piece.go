package docx

import (
	"sort"
	"strings"

	"proviso/redline"
	"proviso/text"
)

// A piece is words of one fate that are shown alike.
type piece struct {
	track   string // "": both texts have it; else the element that says which has it: "w:ins", "w:del", "w:moveFrom", "w:moveTo"
	text    string
	form    look   // in the new text, of what only the old one has there
	was     look   // in the old text, if both have it
	passage string // name of the move it is a part of
}

// common is the side of a piece that both texts have.
const common = 2

// side returns which text has the piece.
func (p piece) side() int {
	switch p.track {
	case "w:del", "w:moveFrom":
		return old
	case "w:ins", "w:moveTo":
		return new
	}
	return common
}

// joined returns the words of pieces, without blanks around them.
func joined(list []piece) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.text)
	}
	return strings.TrimSpace(b.String())
}

// A look is how words are set off.
type look struct {
	marks         text.Mark
	target, title string // of a link
}

// sameLink reports whether words of both looks are in one link.
func (l look) sameLink(m look) bool { return l.target == m.target && l.title == m.title }

// A ribbon tells how each of a leaf's words is set off.
type ribbon []struct {
	end int // where in the leaf's words the look ends
	look
}

func ribbonOf(l *redline.Leaf) ribbon {
	var r ribbon
	if l == nil {
		return r
	}
	end := 0
	for _, s := range l.Spans {
		end += len(s.Text)
		k := look{marks: s.Marks, target: address(s.Link), title: s.Title}
		if s.Image != "" && s.Link == "" {
			k.target = address(s.Image)
		}
		if k.target == "" {
			k.title = ""
		}
		r = append(r, struct {
			end int
			look
		}{end, k})
	}
	return r
}

// at returns the look of what stands at i, and where that look ends, at most end.
func (r ribbon) at(i, end int) (look, int) {
	k := sort.Search(len(r), func(k int) bool { return r[k].end > i })
	if k == len(r) {
		return look{}, end
	}
	return r[k].look, min(r[k].end, end)
}

// A shred is the state of cutting a part into pieces.
type shred struct {
	part   *part
	ribbon [2]ribbon
	at     [2]int // how far the words of each leaf have been read
	end    [2]int // where they end
	pieces []piece
}

// pieces cuts a part into pieces. Passages that moved have names.
func pieces(p *part, names map[int]string) []piece {
	c := &shred{part: p, at: p.from}
	for side := range c.end {
		if p.in[side] {
			l := p.leaf(side)
			c.ribbon[side], c.end[side] = ribbonOf(l), len(l.Text)
			if p.place[side].style == "Code" {
				c.end[side] = len(strings.TrimRight(l.Text, "\n"))
			}
		}
	}
	for _, r := range runsOf(p.block) {
		switch {
		case p.both():
			c.run(r, names[r.Moved])
		case p.in[old]:
			c.one(old, len(r.Old), c.leaves(r.Op == redline.Deleted), "")
		default:
			c.one(new, len(r.New), c.comes(r.Op == redline.Inserted), "")
		}
	}
	return c.pieces
}

// runsOf returns the runs of a block, as a block of one text may go without.
func runsOf(b *redline.Block) []redline.Run {
	if b.Runs != nil {
		return b.Runs
	}
	return []redline.Run{{Old: b.OldText(), New: b.NewText()}}
}

// leaves returns how words are tracked that only the old text has here.
func (c *shred) leaves(edited bool) string {
	if c.part.move > 0 && !edited {
		return "w:moveFrom"
	}
	return "w:del"
}

// comes returns how words are tracked that only the new text has here.
func (c *shred) comes(edited bool) string {
	if c.part.move > 0 && !edited {
		return "w:moveTo"
	}
	return "w:ins"
}

// run adds a run of words that stay where they are, or are deleted or inserted here.
func (c *shred) run(r redline.Run, passage string) {
	from, to := "w:del", "w:ins"
	if passage != "" {
		from, to = "w:moveFrom", "w:moveTo"
	}
	switch {
	case r.Op == redline.Same && r.Old == r.New:
		c.same(len(r.Old))
	case r.Op == redline.Same:
		c.retyped(r)
	default:
		c.one(old, len(r.Old), from, passage)
		c.one(new, len(r.New), to, passage)
	}
}

// retyped adds words that differ in blanks, quotes or invisible characters
// alone: only the tokens and blanks that do so are tracked.
func (c *shred) retyped(r redline.Run) {
	a, b := redline.Tokens(r.Old), redline.Tokens(r.New)
	i, j := 0, 0
	both := func(oldEnd, newEnd int) {
		if r.Old[i:oldEnd] == r.New[j:newEnd] {
			c.same(oldEnd - i)
		} else {
			c.one(old, oldEnd-i, "w:del", "")
			c.one(new, newEnd-j, "w:ins", "")
		}
		i, j = oldEnd, newEnd
	}
	for k := 0; k < len(a) && k < len(b) && a[k].Key == b[k].Key; k++ {
		both(a[k].Start, b[k].Start)
		both(a[k].End, b[k].End)
	}
	both(len(r.Old), len(r.New))
}

// one adds n bytes that one text has.
func (c *shred) one(side, n int, track, passage string) {
	s := c.part.leaf(side).Text
	for end := c.at[side] + n; c.at[side] < end; {
		l, to := c.ribbon[side].at(c.at[side], end)
		if from := c.at[side]; from < c.end[side] {
			c.add(piece{track: track, text: s[from:min(to, c.end[side])], form: l, passage: passage})
		}
		c.at[side] = to
	}
}

// same adds n bytes that both texts have. Where their links differ, the words
// are deleted and inserted.
func (c *shred) same(n int) {
	for end := c.at[new] + n; c.at[new] < end; {
		left := end - c.at[new]
		was, i := c.ribbon[old].at(c.at[old], c.at[old]+left)
		is, j := c.ribbon[new].at(c.at[new], end)
		n := min(i-c.at[old], j-c.at[new])
		shown := [2]int{c.end[old] - c.at[old], c.end[new] - c.at[new]}
		if shown[old] > 0 && shown[new] > 0 {
			n = min(n, shown[old], shown[new])
		}
		if !was.sameLink(is) || shown[old] <= 0 || shown[new] <= 0 {
			c.one(old, n, "w:del", "")
			c.one(new, n, "w:ins", "")
			continue
		}
		words := c.part.block.New.Text[c.at[new] : c.at[new]+n]
		c.add(piece{text: words, form: is, was: was})
		c.at[old], c.at[new] = c.at[old]+n, c.at[new]+n
	}
}

// add adds a piece, to the last one if it differs in nothing but the words.
func (c *shred) add(p piece) {
	if n := len(c.pieces); n > 0 {
		like := c.pieces[n-1]
		like.text = p.text
		if like == p {
			c.pieces[n-1].text += p.text
			return
		}
	}
	c.pieces = append(c.pieces, p)
}
