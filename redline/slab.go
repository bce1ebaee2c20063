package redline

// A slab hands out values that lie next to each other.
type slab[T any] []T

// next returns a value that nobody has.
func (s *slab[T]) next() *T {
	if len(*s) == 0 {
		*s = make([]T, 64)
	}
	x := &(*s)[0]
	*s = (*s)[1:]
	return x
}
