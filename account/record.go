package account

import (
	"strings"
	"time"
)

// A record is a holder in as little memory as can be: forty bytes beside the
// letters of id, address and name. What many holders have in common is kept
// once, as their class.
type record struct {
	text       string // id, email, name, and the key where it is another text; one after the other
	idEnd      uint32
	emailEnd   uint32
	nameEnd    uint32
	class      uint32
	joinedUnix int64 // seconds since the year 1; 0: not known
}

func (r *record) id() string    { return r.text[:r.idEnd] }
func (r *record) email() string { return r.text[r.idEnd:r.emailEnd] }
func (r *record) name() string  { return r.text[r.emailEnd:r.nameEnd] }

// key returns the normal address, which mostly is the address as it stands; of
// one without a usable address, its id.
func (r *record) key(unusable bool) string {
	switch {
	case unusable:
		return r.id()
	case int(r.nameEnd) == len(r.text):
		return r.email()
	}
	return r.text[r.nameEnd:]
}

// yearOne is the zero time, in seconds before 1970.
var yearOne = time.Time{}.Unix()

func (r *record) joinedAt() time.Time { return time.Unix(r.joinedUnix+yearOne, 0).UTC() }

// A class is what many holders have in common.
type class struct {
	Holder
	unknown bool // has ids that nobody knows
}

// traits are what makes a class, as the source has them.
type traits struct {
	locale, status, products, sites string
	unusable                        bool // the address
}

// records is a list that grows without being copied, because a copy of millions
// would need room beside them.
type records struct {
	pages [][]record
	chunk *strings.Builder // takes texts until it is full; what was cut from it stays
}

const (
	pageSize  = 1 << 12
	chunkSize = 1 << 16
)

func (l *records) len() int {
	if len(l.pages) == 0 {
		return 0
	}
	return (len(l.pages)-1)*pageSize + len(l.pages[len(l.pages)-1])
}

func (l *records) at(i uint32) *record { return &l.pages[i/pageSize][i%pageSize] }

func (l *records) add(r record) {
	last := len(l.pages) - 1
	if last < 0 || len(l.pages[last]) == pageSize {
		l.pages = append(l.pages, make([]record, 0, pageSize))
		last++
	}
	l.pages[last] = append(l.pages[last], r)
}

// keep copies texts, one after the other, to where they cost no more than their
// letters.
func (l *records) keep(parts ...string) string {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if l.chunk == nil || l.chunk.Cap()-l.chunk.Len() < size {
		l.chunk = new(strings.Builder)
		l.chunk.Grow(max(size, chunkSize))
	}
	start := l.chunk.Len()
	for _, p := range parts {
		l.chunk.WriteString(p)
	}
	return l.chunk.String()[start:]
}
