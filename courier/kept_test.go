package courier

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// What is kept of a letter writes the very same mail years later.
func TestSkeletonCanBeKept(t *testing.T) {
	s, err := Compose(letter)
	if err != nil {
		t.Fatal(err)
	}
	kept := s.Bytes()
	again, err := ReadSkeleton(kept)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range hostile {
		r := Recipient{name, "jo+x@example.com", "privacy-2026-12-20.00ff@northgate.example", time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)}
		if !bytes.Equal(s.For(r), again.For(r)) {
			t.Errorf("%q: the mail of the kept letter differs", name)
		}
	}
	if !bytes.Equal(kept, again.Bytes()) {
		t.Error("kept twice, it is another one")
	}
}

func TestReadSkeletonRefuses(t *testing.T) {
	for kept, want := range map[string]string{"To: \x00to": "cut off", "To: \x00cc\x00\r\n": `a place "cc"`} {
		if _, err := ReadSkeleton([]byte(kept)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", kept, err, want)
		}
	}
}
