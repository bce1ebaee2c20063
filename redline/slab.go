package redline

// A slab hands out values that lie next to each other.
type slab[T any] struct {
	rows [][]T
	used int
}

// row is how many values lie next to each other.
const row = 64

// next returns a value that nobody has.
func (s *slab[T]) next() *T {
	if s.used == row*len(s.rows) {
		s.rows = append(s.rows, make([]T, row))
	}
	x := &s.rows[s.used/row][s.used%row]
	s.used++
	return x
}

// reset takes all values back, and lets go of what they refer to.
func (s *slab[T]) reset() {
	for _, r := range s.rows[:(s.used+row-1)/row] {
		clear(r)
	}
	s.used = 0
}
