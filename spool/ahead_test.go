package spool_test

import (
	"errors"
	"iter"
	"testing"

	"proviso/spool"
)

// What is read ahead comes in its order and whole, and an error at its end. Who
// stops early leaves nobody behind who reads.
func TestAhead(t *testing.T) {
	broken := errors.New("broken")
	for _, n := range []int{0, 1, 255, 256, 257, 2000} {
		reading := false
		numbers := func(end error) iter.Seq2[int, error] {
			return func(yield func(int, error) bool) {
				reading = true
				defer func() { reading = false }()
				for i := range n {
					if !yield(i, nil) {
						return
					}
				}
				if end != nil {
					yield(0, end)
				}
			}
		}
		for _, end := range []error{nil, broken} {
			next, failed := 0, error(nil)
			for v, err := range spool.Ahead(numbers(end)) {
				if failed = err; err == nil && v != next {
					t.Fatalf("%d comes after %d", v, next-1)
				} else if err == nil {
					next++
				}
			}
			if whole := next == n; end == nil && !whole || !errors.Is(failed, end) || next > n {
				t.Errorf("%d of %d, %v instead of %v", next, n, failed, end)
			}
		}
		for range spool.Ahead(numbers(nil)) {
			break
		}
		if reading {
			t.Error("it is still read")
		}
	}
}
