package redline

// alignTable links the rows of two tables, and the cells of linked rows by column.
func (c *comparison) alignTable(table *link) {
	old, new := table.old.rows, table.new.rows
	rows := weed(settle(c.equal(old, new)))
	rows = append(rows, c.between(old, new, rows)...)
	rows = append(rows, c.elsewhere(old, new)...)
	rows = weed(settle(rows))
	setColumns(old, new, rows)
	for _, row := range rows {
		o, n := row.old.cells, row.new.cells
		for i, j := 0, 0; i < len(o) && j < len(n); {
			switch {
			case o[i].column < n[j].column:
				i++
			case o[i].column > n[j].column:
				j++
			default:
				l := c.connect(o[i], n[j], o[i].key == n[j].key)
				l.moved = row.moved || table.moved
				i, j = i+1, j+1
			}
		}
	}
}

// setColumns aligns the columns of two tables by the cells they share and
// numbers them together; a column that is gone comes before one that is new.
func setColumns(old, new []*node, rows []*link) {
	p, q := width(old), width(new)
	same := make([][]int, p+1)
	for i := range same {
		same[i] = make([]int, q+1)
	}
	for k, row := range rows {
		weight := 1
		if k == 0 {
			weight = 3 // the head
		}
		for i, o := range row.old.cells {
			for j, n := range row.new.cells {
				if o.key == n.key && o.key != "" {
					same[i][j] += weight
				}
			}
		}
	}
	twin := alignColumns(same, p, q)
	olds, news := make([]int, p), make([]int, q)
	column, i := 0, 0
	for j := range news {
		for ; twin[j] >= 0 && i < twin[j]; i++ {
			olds[i] = column
			column++
		}
		if news[j] = column; twin[j] >= 0 {
			olds[i] = column
			i++
		}
		column++
	}
	for ; i < p; i++ {
		olds[i] = column
		column++
	}
	place(old, olds)
	place(new, news)
}

// alignColumns returns for each new column the old one that it was, or -1.
func alignColumns(same [][]int, p, q int) []int {
	best := make([][]int, p+1)
	for i := range best {
		best[i] = make([]int, q+1)
	}
	for i := p - 1; i >= 0; i-- {
		for j := q - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1], same[i][j]+best[i+1][j+1])
		}
	}
	twin := make([]int, q)
	for j := range twin {
		twin[j] = -1
	}
	i, j, li, lj := 0, 0, 0, 0
	between := func() { // as many here as there: one by one
		for k := 0; i-li == j-lj && li+k < i; k++ {
			twin[lj+k] = li + k
		}
	}
	for i < p && j < q {
		switch {
		case same[i][j] > 0 && best[i][j] == same[i][j]+best[i+1][j+1]:
			between()
			twin[j] = i
			i, j = i+1, j+1
			li, lj = i, j
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
	i, j = p, q
	between()
	return twin
}

func width(rows []*node) int {
	n := 0
	for _, r := range rows {
		n = max(n, len(r.cells))
	}
	return n
}

func place(rows []*node, columns []int) {
	for _, r := range rows {
		for i, c := range r.cells {
			c.column = columns[i]
		}
	}
}

// tableBlocks shows what became of a table, row by row.
func (c *comparison) tableBlocks(table *link) []*Block {
	var out []*Block
	olds, i := table.old.rows, 0
	flush := func(before int) {
		for ; i < len(olds) && olds[i].at < before; i++ {
			if left(olds[i]) {
				out = append(out, c.gone(olds[i])...)
			}
		}
	}
	news := table.new.rows
	ahead := next(news, false)
	for k, row := range news {
		flush(ahead[k])
		if len(row.links) == 0 {
			out = append(out, c.come(row)...)
			continue
		}
		out = append(out, c.rowBlocks(row.links[0].old.cells, row.cells)...)
	}
	flush(end)
	return out
}

// rowBlocks shows the cells of a row, with those of a column that is gone.
func (c *comparison) rowBlocks(old, new []*node) []*Block {
	var out []*Block
	i := 0
	for _, n := range new {
		for ; i < len(old) && old[i].column <= n.column; i++ {
			if old[i].column < n.column {
				out = append(out, c.gone(old[i])...)
			}
		}
		out = append(out, c.come(n)...)
	}
	for ; i < len(old); i++ {
		out = append(out, c.gone(old[i])...)
	}
	return out
}
