package spool

import (
	"iter"
	"sync"
)

// portion is how many values Ahead hands over at a time.
const portion = 256

// Ahead returns the values of a sequence, which it reads in a goroutine of its
// own while those before are worked on. The values must be good for longer than
// until the next one.
func Ahead[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		portions, enough := make(chan []T, 2), make(chan struct{})
		var failed error
		var reading sync.WaitGroup
		defer reading.Wait()
		defer close(enough)
		reading.Go(func() {
			failed = readAhead(seq, portions, enough)
			close(portions)
		})
		for p := range portions {
			for _, v := range p {
				if !yield(v, nil) {
					return
				}
			}
		}
		if failed != nil {
			var none T
			yield(none, failed)
		}
	}
}

func readAhead[T any](seq iter.Seq2[T, error], portions chan<- []T, enough <-chan struct{}) error {
	p := make([]T, 0, portion)
	for v, err := range seq {
		if err != nil {
			return err // nobody works on what cannot be brought to an end
		}
		if p = append(p, v); len(p) < portion {
			continue
		}
		select {
		case portions <- p:
			p = make([]T, 0, portion)
		case <-enough:
			return nil
		}
	}
	select {
	case portions <- p:
	case <-enough:
	}
	return nil
}
