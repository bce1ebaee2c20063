package spool_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"proviso/spool"
)

// The laws of sorting, for any records in any order and whatever fits into
// memory: what comes out is what went in, in order, each time it is read.
func FuzzSorter(f *testing.F) {
	f.Add([]byte("b\na\n\nab\na\nabcdefgh1\nabcdefgh0\nabcdefg"), 1)
	f.Add(bytes.Repeat([]byte("same\n"), 50), 20)
	f.Add([]byte("x\x00\ny\xff\nx"), 1000)
	f.Fuzz(func(t *testing.T, all []byte, memory int) {
		records := bytes.Split(all, []byte("\n"))
		s := spool.NewSorter(t.TempDir(), max(memory, 1))
		for _, r := range records {
			if err := s.Add(slices.Clone(r)); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortFunc(records, bytes.Compare)
		for range 2 {
			if got := read(t, s); got != fmt.Sprintf("%q", records) {
				t.Fatalf("got %s, want %q", got, records)
			}
		}
		if s.Len() != len(records) || s.Add(nil) == nil {
			t.Errorf("%d records, and one more after they were read", s.Len())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		for _, err := range s.Records() {
			if err == nil {
				t.Error("a closed sorter has records")
			}
		}
	})
}

func read(t *testing.T, s *spool.Sorter) string {
	t.Helper()
	var got [][]byte
	for r, err := range s.Records() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, bytes.Clone(r))
	}
	return fmt.Sprintf("%q", got)
}

// While a sorter works, its file has no name that anybody could open: after a
// kill nothing is left.
func TestSorterLeavesNoFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s := spool.NewSorter(dir, 100)
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		if err := s.Add(fmt.Appendf(nil, "%d@x.example", random.Int())); err != nil {
			t.Fatal(err)
		}
	}
	for range s.Records() {
		files, err := os.ReadDir(dir)
		if err != nil || len(files) > 0 {
			t.Errorf("%v %v", files, err)
		}
		break
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestSorterSaysWhereItCannotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := spool.NewSorter(file, 1)
	if err := s.Add([]byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := s.Add([]byte("b")); err == nil || !strings.Contains(err.Error(), "making the folder of the spool") {
		t.Errorf("got %v", err)
	}
}

// A file is the owner's, has its name only when it is whole, and is gone after
// Remove. One that is cut off says so.
func TestFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "spool", "x.audience")
	f, err := spool.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if err := f.Add(spool.AppendText(spool.AppendNumber(nil, i*1000), "jo@x.example")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := spool.Open(name); err == nil {
		t.Error("an unfinished file can be opened")
	}
	if err := f.Finish(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	again, err := spool.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*spool.File{f, again, again} {
		i := 0
		for r, err := range f.Records() {
			fields := spool.NewFields(string(r))
			if n, text := fields.Number(), fields.Text(); err != nil || n != i*1000 || text != "jo@x.example" || fields.Err() != nil {
				t.Fatalf("%d %q %v %v", n, text, err, fields.Err())
			}
			if fields.Text(); fields.Err() == nil {
				t.Error("a field more than there are")
			}
			i++
		}
		if i != 100 {
			t.Errorf("%d records", i)
		}
	}
	if err := os.Truncate(name, 500); err != nil {
		t.Fatal(err)
	}
	var last error
	for _, last = range again.Records() {
	}
	if last == nil || !strings.Contains(last.Error(), "reading the spool") {
		t.Errorf("a file that is cut off: %v", last)
	}
	if err := again.Remove(); err != nil {
		t.Error(err)
	}
	if err := f.Remove(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(filepath.Dir(name)); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
