package change

import "proviso/redline"

// Block finds the first block of a change in a redline of the two texts, or nil.
func (c Change) Block(r *redline.Redline) *redline.Block {
	for _, b := range r.Changes() {
		if c.NewLine > 0 && b.New != nil && b.New.Pos().Line == c.NewLine ||
			c.NewLine == 0 && b.Old != nil && b.Old.Pos().Line == c.OldLine {
			return b
		}
	}
	return nil
}
