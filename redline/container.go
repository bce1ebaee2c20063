package redline

import (
	"strconv"

	"proviso/text"
)

// A container is being written.
type container struct {
	*text.Block
	state int // of a table: head or body; of a row: columns written; of an item: leaves written
}

// twins finds which lists and tables of both texts are the same: those around
// the same blocks.
func (r *Redline) twins() map[*text.Block]*text.Block {
	twin := map[*text.Block]*text.Block{}
	for b := range r.each {
		if b.Fate == MovedFrom || b.Fate == MovedTo || b.Old == nil || b.New == nil {
			continue
		}
		for i := 0; i < len(b.Old.Path) && i < len(b.New.Path); i++ {
			o, n := b.Old.Path[i].Block, b.New.Path[i].Block
			if o.Kind != n.Kind || twin[o] != nil && twin[o] != n {
				break
			}
			twin[o] = n
		}
	}
	return twin
}

// path returns what a block stands in; what was deleted stands in what became
// of the lists and tables around it.
func (p *page) path(b *Block) []Container {
	if leaf := p.leaf(b); leaf == b.New || p.side == oldSide || len(leaf.Path) == 0 {
		return leaf.Path
	}
	if p.twin == nil {
		p.twin = p.redline.twins()
	}
	path := make([]Container, len(b.Old.Path))
	copy(path, b.Old.Path)
	for i := range path {
		n := p.twin[path[i].Block]
		if n == nil {
			break
		}
		path[i].Block = n
	}
	return path
}

// within closes and opens containers until those of path are open.
func (p *page) within(path []Container) {
	keep := 0
	for keep < len(path) && keep < len(p.open) && p.open[keep].Block == path[keep].Block {
		keep++
	}
	for i := len(p.open) - 1; i >= keep; i-- {
		p.close(p.open[i])
	}
	p.open = p.open[:keep]
	for _, c := range path[keep:] {
		p.enter(c)
		p.open = append(p.open, container{c.Block, 0})
	}
}

// States of a table.
const (
	inHead = 1 + iota
	inBody
)

func (p *page) enter(c Container) {
	switch c.Block.Kind {
	case text.Quote:
		p.WriteString("<blockquote>\n")
	case text.List:
		if c.Block.Ordered {
			p.WriteString("<ol>\n")
		} else {
			p.WriteString("<ul>\n")
		}
	case text.Item:
		p.WriteString("<li")
		if c.Ordinal > 0 {
			p.attribute("value", strconv.Itoa(c.Ordinal))
		}
		p.WriteString(">")
	case text.Table:
		p.WriteString("<table>\n")
	case text.Row:
		p.row(c.Block)
	}
}

// row begins a row in the head or the body of its table.
func (p *page) row(row *text.Block) {
	if len(p.open) > 0 {
		table := &p.open[len(p.open)-1]
		switch {
		case row.Header && table.state == 0:
			p.WriteString("<thead>\n")
			table.state = inHead
		case !row.Header && table.state != inBody:
			if table.state == inHead {
				p.WriteString("</thead>\n")
			}
			p.WriteString("<tbody>\n")
			table.state = inBody
		}
	}
	p.WriteString("<tr>\n")
}

func (p *page) close(c container) {
	switch c.Kind {
	case text.Quote:
		p.WriteString("</blockquote>\n")
	case text.List:
		if c.Ordered {
			p.WriteString("</ol>\n")
		} else {
			p.WriteString("</ul>\n")
		}
	case text.Item:
		p.WriteString("</li>\n")
	case text.Table:
		p.WriteString([...]string{0: "", inHead: "</thead>\n", inBody: "</tbody>\n"}[c.state] + "</table>\n")
	case text.Row:
		p.WriteString("</tr>\n")
	}
}
