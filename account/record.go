package account

import (
	"encoding/binary"
	"strings"
	"time"

	"proviso/spool"
)

// A record is a holder as it is spooled: first the key by which those of one
// address come together, a zero byte, and the number of the row, so that they
// stay as read; then what is its own. What many have in common is their class.
type record struct {
	key          string // the normal address; of one without, the id
	row          uint64
	id           string // NAME:id
	email, name  string
	class        int
	joined       int64 // seconds since the year 1; 0: not known
	line, column int   // where the id stands
}

func (r record) append(b []byte) []byte {
	b = append(append(b, keyed(r.key)...), 0)
	b = binary.BigEndian.AppendUint64(b, r.row)
	b = spool.AppendNumber(b, r.class)
	b = spool.AppendText(b, r.id)
	if r.email == r.key {
		b = spool.AppendNumber(b, 0) // need not be kept twice
	} else {
		b = spool.AppendText(spool.AppendNumber(b, 1), r.email)
	}
	b = spool.AppendText(b, r.name)
	b = binary.AppendVarint(b, r.joined)
	return spool.AppendNumber(spool.AppendNumber(b, r.line), r.column)
}

// keyed is a key without zero bytes, which no address has.
func keyed(key string) string { return strings.ReplaceAll(key, "\x00", " ") }

// keyOf returns the key of a spooled record.
func keyOf(b []byte) []byte {
	for i, c := range b {
		if c == 0 {
			return b[:i]
		}
	}
	return b
}

func readRecord(b []byte) (record, error) {
	all := string(b)
	key, rest, _ := strings.Cut(all, "\x00")
	r := record{key: key}
	if len(rest) >= 8 {
		r.row, rest = binary.BigEndian.Uint64([]byte(rest[:8])), rest[8:]
	}
	f := spool.NewFields(rest)
	r.class, r.id, r.email = f.Number(), f.Text(), key
	if f.Number() != 0 {
		r.email = f.Text()
	}
	r.name = f.Text()
	zigzag := uint64(f.Number())
	r.joined = int64(zigzag>>1) ^ -int64(zigzag&1)
	r.line, r.column = f.Number(), f.Number()
	return r, f.Err()
}

// yearOne is the zero time, in seconds before 1970.
var yearOne = time.Time{}.Unix()

func (r record) joinedAt() time.Time { return time.Unix(r.joined+yearOne, 0).UTC() }

// A class is what many holders have in common.
type class struct {
	Holder
	account int  // its number
	unknown bool // has ids that nobody knows
}

// traits are what makes a class, as the source has them.
type traits struct {
	locale, status, products, sites string
	unusable                        bool // the address
}
