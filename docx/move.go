package docx

import (
	"strconv"

	"proviso/redline"
)

// passages names the passages that moved. Both ends must be in paragraphs that
// stayed: a move in a move, or in a row, is not for Word.
func passages(groups []*group) map[int]string {
	ends := map[int][2]int{}
	for p := range partsIn(groups) {
		if !p.both() || p.cell(old) || p.cell(new) {
			continue
		}
		for _, r := range p.block.Runs {
			n := ends[r.Moved]
			switch r.Op {
			case redline.Deleted:
				n[old]++
			case redline.Inserted:
				n[new]++
			}
			ends[r.Moved] = n
		}
	}
	names := map[int]string{}
	for moved, n := range ends {
		if moved > 0 && n == [2]int{1, 1} {
			names[moved] = "passage" + strconv.Itoa(moved)
		}
	}
	return names
}
