package redline

import "proviso/text"

// Compare says what became of each part of old in new.
func Compare(old, new *text.Document) *Redline {
	c := &comparison{codes: codes{}, old: old, new: new, sectionPair: map[*text.Section]int{}}
	a, b := nodes(leaves(old)), nodes(leaves(new))
	for _, l := range c.match(a, b) {
		if l.new.rows != nil {
			c.alignTable(l)
		}
	}
	r := &Redline{Old: old, New: new, Sections: c.sections(a, b)}
	return r
}
