package docx

import (
	"cmp"
	"slices"

	"proviso/redline"
)

// A story is a redline in the form of a Word document.
type story struct {
	items     []item
	numbering []*numbering       // in the order of first use, without bullets
	tracked   [2]map[string]bool // words that only one text has at some place
}

// An item is a table, or else a paragraph.
type item struct {
	paragraph *paragraph
	table     *table
}

// arrange makes the story of a redline.
func arrange(r *redline.Redline) (*story, error) {
	parts, err := partsOf(r)
	if err != nil {
		return nil, err
	}
	groups := weave(parts, byTable)
	s := &story{}
	s.number(groups)
	s.cut(groups)
	var region []*part
	for _, g := range groups {
		if g.parts[0].cell(old) || g.parts[0].cell(new) {
			s.region(region, len(s.items) > 0)
			s.items = append(s.items, item{table: newTable(g.parts)})
			region = nil
		} else {
			region = append(region, g.parts...)
		}
	}
	s.region(region, true)
	return s, nil
}

// cut cuts all parts into pieces, and takes down the words of which only one
// text has a stretch at some place.
func (s *story) cut(groups []*group) {
	names := passages(groups)
	s.tracked = [2]map[string]bool{{}, {}}
	for p := range partsIn(groups) {
		p.pieces = pieces(p, names)
		for list := p.pieces; len(list) > 0; {
			side := list[0].side()
			n := count(list, func(x piece) bool { return x.side() == side })
			if side != common {
				s.tracked[side][joined(list[:n])] = true
			}
			list = list[n:]
		}
	}
}

// number pairs the numberings that are one list in both texts, and gives all of
// them their ids.
func (s *story) number(groups []*group) {
	type couple [2]*numbering
	var couples []couple
	votes := map[couple]int{}
	for p := range partsIn(groups) {
		if !p.both() {
			continue
		}
		c := couple{p.place[old].label, p.place[new].label}
		if c[old] == nil || c[new] == nil || c[old].bullet || c[new].bullet || c[old].start != c[new].start || c[old].level != c[new].level {
			continue
		}
		if votes[c] == 0 {
			couples = append(couples, c)
		}
		votes[c]++
	}
	slices.SortStableFunc(couples, func(x, y couple) int { return cmp.Compare(votes[y], votes[x]) })
	for _, c := range couples {
		if c[old].twin == nil && c[new].twin == nil {
			c[old].twin, c[new].twin = c[new], c[old]
		}
	}
	for p := range partsIn(groups) {
		for _, at := range p.place {
			if at != nil && at.label != nil {
				s.use(at.label)
			}
		}
	}
}

// use gives a numbering and its twin their id.
func (s *story) use(n *numbering) {
	if n.id > 0 {
		return
	}
	s.numbering = append(s.numbering, n)
	n.id = bulleted + len(s.numbering)
	if n.twin != nil {
		n.twin.id = n.id
	}
}
