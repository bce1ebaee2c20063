package spool

import (
	"encoding/binary"
	"errors"
	"io"
)

// AppendText appends a text to a record, in a way that Fields can read it.
func AppendText(record []byte, text string) []byte {
	return append(binary.AppendUvarint(record, uint64(len(text))), text...)
}

// AppendNumber appends a number that is not negative.
func AppendNumber(record []byte, n int) []byte { return binary.AppendUvarint(record, uint64(n)) }

// Fields reads numbers and texts out of a record, in the order in which they
// were appended. A text is a piece of the record. What is not there is zero, and
// Err says so.
type Fields struct {
	rest string
	err  error
}

// NewFields reads a record, or what is left of it.
func NewFields(record string) Fields { return Fields{rest: record} }

// Number reads a number.
func (f *Fields) Number() int {
	n, shift := uint64(0), 0
	for i := 0; i < len(f.rest) && i < binary.MaxVarintLen64; i++ {
		c := f.rest[i]
		n |= uint64(c&0x7f) << shift
		if shift += 7; c < 0x80 {
			f.rest = f.rest[i+1:]
			return int(n)
		}
	}
	f.fail()
	return 0
}

// Text reads a text.
func (f *Fields) Text() string {
	n := f.Number()
	if n < 0 || n > len(f.rest) {
		f.fail()
		return ""
	}
	text := f.rest[:n]
	f.rest = f.rest[n:]
	return text
}

func (f *Fields) fail() {
	f.err, f.rest = errors.Join(errors.New("reading the spool: a record is cut off"), io.ErrUnexpectedEOF), ""
}

// Err says whether something that was read was not there.
func (f *Fields) Err() error { return f.err }
