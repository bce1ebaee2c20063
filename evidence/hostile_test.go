package evidence_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"runtime"
	"slices"
	"strings"
	"testing"

	"proviso/evidence"
)

func manifest(files map[string][]byte) []byte {
	var lines []string
	for name, data := range files {
		if !strings.HasPrefix(name, "manifest.") {
			lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name))
		}
	}
	slices.Sort(lines)
	return []byte(strings.Join(lines, ""))
}

// entries writes a zip with the headers as they are given, whatever they say.
func entries(t *testing.T, headers ...zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, h := range headers {
		f, err := w.CreateHeader(&h)
		check(t, err)
		_, err = f.Write([]byte("x"))
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes()
}

// bomb is a small zip with one file of n zero bytes that says it has claimed.
func bomb(t *testing.T, name string, n int, claimed uint64) []byte {
	t.Helper()
	var packed, whole bytes.Buffer
	w := zip.NewWriter(&packed)
	f, err := w.Create(name)
	check(t, err)
	zeros := make([]byte, 1<<20)
	for range n >> 20 {
		_, err = f.Write(zeros)
		check(t, err)
	}
	check(t, w.Close())
	z, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	check(t, err)
	raw, err := z.File[0].OpenRaw()
	check(t, err)
	h := z.File[0].FileHeader
	h.UncompressedSize64, h.CRC32, h.Flags = claimed, crc32.ChecksumIEEE(nil), 0
	out := zip.NewWriter(&whole)
	f, err = out.CreateRaw(&h)
	check(t, err)
	var body bytes.Buffer
	_, err = body.ReadFrom(raw)
	check(t, err)
	_, err = f.Write(body.Bytes())
	check(t, err)
	check(t, out.Close())
	return whole.Bytes()
}

// Each file has one thing that evidence never has, and the words that it must
// produce.
func TestNoEvidence(t *testing.T) {
	good := packed(t, nil)
	link := zip.FileHeader{Name: "content/a"}
	link.SetMode(0o777 | 1<<27) // a symbolic link
	many := make([]zip.FileHeader, 20_001)
	for i := range many {
		many[i] = zip.FileHeader{Name: fmt.Sprint(i)}
	}
	swapped := slices.Clone(good)
	copy(swapped[len(swapped)-22:], "PK\x05\x06\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00")
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"nothing":          {nil, "its end is missing"},
		"no zip":           {[]byte(strings.Repeat("no zip ", 100)), "its end is missing"},
		"cut off":          {good[:len(good)-30], "its end is missing"},
		"climbs":           {entries(t, zip.FileHeader{Name: "../../etc/passwd"}), `"../../etc/passwd" is not that of a file in it`},
		"absolute":         {entries(t, zip.FileHeader{Name: "/etc/passwd"}), "is not that of a file in it"},
		"backslash":        {entries(t, zip.FileHeader{Name: `..\x`}), "is not that of a file in it"},
		"drive":            {entries(t, zip.FileHeader{Name: `C:x`}), "is not that of a file in it"},
		"escape sequence":  {entries(t, zip.FileHeader{Name: "a\x1b[2J"}), `"a\x1b[2J" is not that of a file in it`},
		"twice":            {entries(t, zip.FileHeader{Name: "a"}, zip.FileHeader{Name: "A"}), "is in it twice"},
		"file and folder":  {entries(t, zip.FileHeader{Name: "a"}, zip.FileHeader{Name: "a/b"}), `"a" is a file and a folder`},
		"link":             {entries(t, link), "is not a plain file"},
		"many":             {entries(t, many...), "files"},
		"long list":        {swapped, "its list of files is longer"},
		"a file too large": {bomb(t, "content/a.md", 1<<20, 1<<30), "says that it is 1073741824 bytes long"},
		"bomb":             {bomb(t, "notices/1/rows.tsv", 96<<20, 96<<20), "would unpack to more"},
	} {
		_, err := evidence.Verify(bytes.NewReader(c.data), int64(len(c.data)), evidence.Trust{}, nil)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// A file that unpacks to more than it says is not unpacked further.
func TestLyingFile(t *testing.T) {
	data := bomb(t, "notices/1/rows.tsv", 128<<20, 1000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := verify(t, data, nil)
	runtime.ReadMemStats(&after)
	if r.Holds || !strings.Contains(found(r), "notices/1/rows.tsv cannot be read") {
		t.Error(found(r))
	}
	if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 32 {
		t.Errorf("%d MiB were used", grown)
	}
}

// Of a file whose beginning is lost nothing holds.
func TestBeginningGone(t *testing.T) {
	good := packed(t, nil)
	for _, left := range []int{2000, len(good) / 2, len(good) - 1} {
		part := good[len(good)-left:]
		r, err := evidence.Verify(bytes.NewReader(part), int64(len(part)), evidence.Trust{}, nil)
		if err == nil && r.Holds {
			t.Errorf("the last %d bytes hold", left)
		}
	}
}

// Lines of any length and fields of any kind are refused where they stand.
func TestHostileTables(t *testing.T) {
	data := packed(t, nil)
	for name, c := range map[string]struct{ file, text, says string }{
		"long line":    {"rows.tsv", strings.Repeat("x", 1<<20), "rows.tsv: bufio.Scanner: token too long"},
		"few fields":   {"rows.tsv", "a\tb", "rows.tsv:6: 2 fields, want 9"},
		"no hash":      {"rows.tsv", "zz\tb\t1\taccepted\t\tfalse\t1\t\t", `"zz" is no hash`},
		"no state":     {"rows.tsv", strings.Repeat("ff", 16) + "\t" + strings.Repeat("ff", 16) + "\t1\tdead\t\tfalse\t1\t\t", `"dead" is no state`},
		"other wave":   {"rows.tsv", strings.Repeat("ff", 16) + "\t" + strings.Repeat("ff", 16) + "\t9\tpending\t\tfalse\t0\t\t", "belongs to enrolment 9, of 1"},
		"out of order": {"rows.tsv", strings.Repeat("00", 16) + "\t" + strings.Repeat("ff", 16) + "\t1\tpending\t\tfalse\t0\t\t", "is out of order"},
		"no row":       {"attempts.tsv", strings.Repeat("ff", 16) + "\t1\taccepted\tfalse\t250\tok\t\t\t\t1\t\t", "has attempts but no row"},
	} {
		files := unpack(t, data)
		files["notices/1/"+c.file] = append(files["notices/1/"+c.file], c.text+"\n"...)
		files["manifest.sha256"] = manifest(files)
		if r := verify(t, pack(t, files), nil); r.Holds || !strings.Contains(found(r), c.says) {
			t.Errorf("%s: want %q\n%s", name, c.says, found(r))
		}
	}
}
