package courier

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// names stand for holes where a skeleton is kept.
var names = []string{
	toHeader: "to", idHeader: "id", dateHeader: "date",
	nameInText: "name-in-text", addressInText: "address-in-text", nameInHTML: "name-in-html", addressInHTML: "address-in-html",
}

// Bytes returns the skeleton as it is kept: the mail with the name of each hole
// between two zero bytes in its place. No mail has zero bytes of its own.
func (s *Skeleton) Bytes() []byte {
	var b bytes.Buffer
	for i, p := range s.pieces {
		b.Write(p)
		if i < len(s.holes) {
			b.WriteString("\x00" + names[s.holes[i]] + "\x00")
		}
	}
	return b.Bytes()
}

// ReadSkeleton reads what Bytes wrote.
func ReadSkeleton(b []byte) (*Skeleton, error) {
	parts := bytes.Split(b, []byte{0})
	if len(parts)%2 == 0 {
		return nil, errors.New("the kept mail is cut off")
	}
	s := &Skeleton{size: len(b)}
	for i, p := range parts {
		if i%2 == 0 {
			s.pieces = append(s.pieces, p)
			continue
		}
		h := slices.Index(names, string(p))
		if h < 0 {
			return nil, fmt.Errorf("the kept mail has a place %q that this program does not know", p)
		}
		s.holes = append(s.holes, hole(h))
	}
	return s, nil
}
