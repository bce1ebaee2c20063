// Package spool keeps more records than fit into memory: sorted, or as they
// come. A record is any piece of bytes; what is in it is the caller's business.
//
// What goes to disk may be addresses. Files are the owner's only (mode 0600).
// The one of a Sorter has no name from its first byte on, so that nothing of it
// is left whatever becomes of the program; where the system cannot do that, it
// is removed at the end. A File has a name for as long as it is wanted.
package spool

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
)

// Memory is how many bytes of records a Sorter keeps where it is not told.
const Memory = 8 << 20

// A Sorter sorts records by their bytes. It is for one goroutine. While records
// are added to one half of its memory, the other half is sorted and written.
type Sorter struct {
	dir    string
	memory int        // of one half
	half   half       // takes the records
	other  half       // is free, or being written
	writes chan error // nil: nothing is being written
	file   *os.File   // of the runs, one after the other; nil: there are none
	ends   []int64    // of each run
	sealed bool
	closed bool
	n      int
}

// A half of the memory.
type half struct {
	arena []byte // records, one after the other
	items []item
}

// An item is the place of a record in the arena, with its first bytes, which
// mostly say how it compares.
type item struct {
	first      uint64
	begin, end uint32
}

const itemSize = 16

func (h *half) record(i item) []byte { return h.arena[i.begin:i.end] }

func (h *half) add(record []byte) {
	begin := len(h.arena)
	h.arena = append(h.arena, record...)
	h.items = append(h.items, item{first(record), uint32(begin), uint32(len(h.arena))})
}

func (h *half) sort() {
	slices.SortFunc(h.items, func(a, b item) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return bytes.Compare(h.record(a), h.record(b))
	})
}

// NewSorter returns a sorter that keeps so many bytes of records in memory, and
// writes what is more to a file in dir, which it makes. 0 bytes are Memory.
func NewSorter(dir string, memory int) *Sorter {
	if memory <= 0 {
		memory = Memory
	}
	return &Sorter{dir: dir, memory: (memory + 1) / 2}
}

// Len returns the number of records.
func (s *Sorter) Len() int { return s.n }

// Add adds a copy of a record. After Records there can be no more.
func (s *Sorter) Add(record []byte) error {
	if s.sealed {
		return errors.New("a record comes after the records were read")
	}
	if h := &s.half; len(h.items) > 0 && len(h.arena)+len(record)+itemSize*len(h.items) > s.memory {
		if err := s.run(); err != nil {
			return err
		}
	}
	s.half.add(record)
	s.n++
	return nil
}

func first(record []byte) uint64 {
	if len(record) >= 8 {
		return binary.BigEndian.Uint64(record)
	}
	var b [8]byte
	copy(b[:], record)
	return binary.BigEndian.Uint64(b[:])
}

// run has what is in memory sorted and written to the file.
func (s *Sorter) run() (err error) {
	if err := s.wait(); err != nil {
		return err
	}
	if s.file == nil {
		if s.file, err = nameless(s.dir); err != nil {
			return err
		}
	}
	s.half, s.other = s.other, s.half
	s.writes = make(chan error, 1)
	go func() { s.writes <- s.write() }()
	return nil
}

// wait returns when nothing is being written any more.
func (s *Sorter) wait() error {
	if s.writes == nil {
		return nil
	}
	err := <-s.writes
	s.writes = nil
	return err
}

// write writes the other half as a run.
func (s *Sorter) write() error {
	h := &s.other
	h.sort()
	w := bufio.NewWriterSize(s.file, 1<<17)
	for _, i := range h.items {
		if err := write(w, h.record(i)); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return full(err)
	}
	end, err := s.file.Seek(0, io.SeekCurrent)
	s.ends = append(s.ends, end)
	h.arena, h.items = h.arena[:0], h.items[:0]
	return err
}

// Records returns the records in order, as often as it is asked. A record is
// good until the next one. What was returned may be read in any goroutine.
func (s *Sorter) Records() iter.Seq2[[]byte, error] {
	err := s.seal()
	return func(yield func([]byte, error) bool) {
		if s.closed {
			err = errors.New("the records are read after they were given up")
		}
		if err != nil {
			yield(nil, err)
			return
		}
		for _, i := range s.half.items {
			if !yield(s.half.record(i), nil) {
				return
			}
		}
		if s.file != nil {
			s.merge(yield)
		}
	}
}

// seal brings the last records to where they are read.
func (s *Sorter) seal() error {
	if s.sealed {
		return nil
	}
	s.sealed = true
	if s.file == nil {
		s.half.sort()
		return nil
	}
	err := s.run()
	if err == nil {
		err = s.wait()
	}
	s.half, s.other = half{}, half{}
	return err
}

// merge yields the records of all runs.
func (s *Sorter) merge(yield func([]byte, error) bool) {
	var h merging
	begin := int64(0)
	for _, end := range s.ends {
		r := &reader{from: bufio.NewReaderSize(io.NewSectionReader(s.file, begin, end-begin), 1<<15)}
		begin = end
		if ok, err := r.next(); err != nil {
			yield(nil, err)
			return
		} else if ok {
			h = append(h, r)
		}
	}
	heap.Init(&h)
	for len(h) > 0 {
		if !yield(h[0].record, nil) {
			return
		}
		switch ok, err := h[0].next(); {
		case err != nil:
			yield(nil, err)
			return
		case ok:
			heap.Fix(&h, 0)
		default:
			heap.Pop(&h)
		}
	}
}

// merging is a heap of runs: the one with the least record is the first.
type merging []*reader

func (m merging) Len() int { return len(m) }
func (m merging) Less(i, j int) bool {
	if m[i].first != m[j].first {
		return m[i].first < m[j].first
	}
	return bytes.Compare(m[i].record, m[j].record) < 0
}
func (m merging) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *merging) Push(x any)   { *m = append(*m, x.(*reader)) }
func (m *merging) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

// Close gives back the room of the records.
func (s *Sorter) Close() error {
	_ = s.wait() // nobody wants it any more
	s.half, s.other, s.sealed, s.closed = half{}, half{}, true, true
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name()) // it has no name any more, but where the system needs one
	s.file, s.ends = nil, nil
	return err
}

// nameless makes a file in dir and takes its name away.
func nameless(dir string) (*os.File, error) {
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("making the folder of the spool: %w", err)
		}
	}
	f, err := os.CreateTemp(dir, "sort-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("making a file of the spool: %w", err)
	}
	_ = os.Remove(f.Name()) // where an open file cannot be removed, Close does it
	return f, nil
}

// write writes a record with its length before it.
func write(w *bufio.Writer, record []byte) error {
	var length [binary.MaxVarintLen64]byte
	if _, err := w.Write(length[:binary.PutUvarint(length[:], uint64(len(record)))]); err != nil {
		return full(err)
	}
	_, err := w.Write(record)
	return full(err)
}

func full(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("writing to the spool: %w; make room on its disk and run it again", err)
}

// A reader reads what write wrote.
type reader struct {
	from   *bufio.Reader
	record []byte
	first  uint64
}

// next reads the next record, and reports false at the end.
func (r *reader) next() (bool, error) {
	n, err := binary.ReadUvarint(r.from)
	if err == io.EOF {
		return false, nil
	}
	if err == nil && n > 1<<30 {
		err = errors.New("a record is too long")
	}
	if err == nil {
		r.record = slices.Grow(r.record[:0], int(n))[:n]
		_, err = io.ReadFull(r.from, r.record)
	}
	if err != nil {
		return false, fmt.Errorf("reading the spool: %w", err)
	}
	r.first = first(r.record)
	return true, nil
}
