package docx

import (
	"slices"
	"strconv"
)

// A table is the rows of both texts, in the columns of both.
type table struct {
	columns []column
	rows    []*row
}

// A column tells which texts have it.
type column struct{ in [2]bool }

// A row has a cell for each column of the table.
type row struct {
	in     [2]bool
	header bool
	cells  []*paragraph
}

// newTable makes a table of its cells.
func newTable(cells []*part) *table {
	t := &table{}
	groups := weave(cells, byRow)
	var at [2]map[int]int // where a text's columns are among those of the table
	t.columns, at = columnsOf(cells)
	for _, g := range groups {
		r := &row{in: [2]bool{g.key[old] != nil, g.key[new] != nil}, cells: make([]*paragraph, len(t.columns))}
		for i := range r.cells {
			r.cells[i] = &paragraph{mark: shared}
		}
		for _, p := range g.parts {
			side := new
			if !p.in[new] {
				side = old
			}
			c := r.cells[at[side][p.leaf(side).Column]]
			c.parts = append(c.parts, p)
			r.header = p.place[side].style == "TableHeading"
		}
		for _, c := range r.cells {
			if c.shape(); len(c.parts) == 0 {
				c.form = [2]form{{style: "TableText"}, {style: "TableText"}}
			}
		}
		t.rows = append(t.rows, r)
	}
	return t
}

// columnsOf finds the columns of a table that stands in both texts. Where the
// redline has a cell of each column says which columns are the same.
func columnsOf(cells []*part) ([]column, [2]map[int]int) {
	at := [2]map[int]int{{}, {}}
	var used []int
	both := slices.ContainsFunc(cells, (*part).both)
	for _, p := range cells {
		for side := range p.in {
			if !p.in[side] {
				continue
			}
			i := p.leaf(side).Column
			if _, ok := at[side][i]; ok && !p.both() {
				continue
			}
			at[side][i] = i
			if both && (p.both() || p.leaf(1-side) == nil) {
				at[side][i] = p.block.Column
			}
		}
	}
	for side := range at {
		for _, c := range at[side] {
			used = append(used, c)
		}
	}
	slices.Sort(used)
	used = slices.Compact(used)
	columns := make([]column, len(used))
	for side := range at {
		for i, c := range at[side] {
			k, _ := slices.BinarySearch(used, c)
			at[side][i] = k
			columns[k].in[side] = true
		}
	}
	return columns, at
}

// width is the width of the page between its margins, in twentieths of a point.
const width = 9026

func (b *body) table(t *table) {
	each := strconv.Itoa(width / max(len(t.columns), 1))
	b.open("w:tbl")
	b.open("w:tblPr")
	b.empty("w:tblStyle", "w:val", "TableGrid")
	b.empty("w:tblW", "w:w", strconv.Itoa(width), "w:type", "dxa")
	b.close("w:tblPr")
	b.open("w:tblGrid")
	for range t.columns {
		b.empty("w:gridCol", "w:w", each)
	}
	b.close("w:tblGrid")
	for _, r := range t.rows {
		b.row(t, r, each)
	}
	b.close("w:tbl")
}

func (b *body) row(t *table, r *row, width string) {
	b.open("w:tr")
	if r.header || r.in != shared {
		b.open("w:trPr")
		if r.header {
			b.empty("w:tblHeader")
		}
		if track := only(r.in, "w:del", "w:ins"); track != "" {
			b.tracked(track)
		}
		b.close("w:trPr")
	}
	for i, c := range r.cells {
		b.open("w:tc")
		b.open("w:tcPr")
		b.empty("w:tcW", "w:w", width, "w:type", "dxa")
		if track := only(t.columns[i].in, "w:cellDel", "w:cellIns"); track != "" && only(r.in, "w:cellDel", "w:cellIns") != track {
			b.tracked(track)
		}
		b.close("w:tcPr")
		b.paragraph(c)
		b.close("w:tc")
	}
	b.close("w:tr")
}

// only returns how a thing is tracked that one text has, or "" for both.
func only(in [2]bool, gone, come string) string {
	switch in {
	case [2]bool{true, false}:
		return gone
	case [2]bool{false, true}:
		return come
	}
	return ""
}
