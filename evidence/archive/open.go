package archive

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"unicode"
)

// What evidence may be at most. A file that says more of itself is not read.
const (
	maxDirectory = 16 << 20 // bytes of the zip's list of files
	maxFiles     = 20_000
	maxFile      = 64 << 20 // bytes of a file that is read as a whole
	maxYAML      = 4 << 20  // and of one that is taken apart, which takes many times its length
	maxYAMLs     = 48 << 20 // of all of these together
	maxGrowth    = 200      // bytes that a byte of the zip may unpack to
	maxLine      = 64 << 10
)

// A File is evidence that is open for reading.
type File struct {
	zip  *zip.Reader
	sums map[string]string // hash of each file by name, as it is
}

// Open lists the files and reads each once. Its error says why this cannot be
// evidence at all; bad says which files cannot be read.
func Open(r io.ReaderAt, size int64) (f *File, bad []string, err error) {
	if err := checkEnd(r, size); err != nil {
		return nil, nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, nil, fmt.Errorf("this is not a whole zip file: %w", err)
	}
	f = &File{zip: z, sums: map[string]string{}}
	if err := f.list(size); err != nil {
		return nil, nil, err
	}
	for _, x := range z.File {
		sum := sha256.New()
		if err := f.copy(sum, x); err != nil {
			bad = append(bad, fmt.Sprintf("%s cannot be read: %v", x.Name, err))
		}
		f.sums[x.Name] = hex.EncodeToString(sum.Sum(nil))
	}
	return f, bad, nil
}

// checkEnd looks at the end of a zip before it is read: the list of files is
// held in memory, and must not be of any size.
func checkEnd(r io.ReaderAt, size int64) error {
	const length, comment = 22, 1<<16 - 1
	tail := make([]byte, min(size, length+comment))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return fmt.Errorf("reading the evidence: %w", err)
	}
	at := strings.LastIndex(string(tail), "PK\x05\x06")
	if at < 0 || at+length > len(tail) {
		return errors.New("this is not a whole zip file: its end is missing; copy it again")
	}
	end := tail[at:]
	number := func(i int) (n int64) {
		for k := range 4 {
			n |= int64(end[i+k]) << (8 * k)
		}
		return n
	}
	endAt := size - int64(len(tail)-at)
	if listed, from := number(12), number(16); listed > maxDirectory || endAt-from > maxDirectory || number(8)>>16 > maxFiles {
		return fmt.Errorf("this is no evidence: its list of files is longer than that of %d files", maxFiles)
	}
	return nil
}

// list refuses names that could lead elsewhere or mean two files, and files
// that would unpack to more than evidence is.
func (f *File) list(size int64) error {
	if len(f.zip.File) > maxFiles {
		return fmt.Errorf("this is no evidence: it has %d files", len(f.zip.File))
	}
	seen := map[string]bool{}
	var total, yaml uint64
	for _, x := range f.zip.File {
		switch {
		case !fs.ValidPath(x.Name) || strings.ContainsFunc(x.Name, func(r rune) bool { return r == '\\' || r == ':' || unicode.IsControl(r) }):
			return fmt.Errorf("this is no evidence: the name %q is not that of a file in it", x.Name)
		case !x.Mode().IsRegular():
			return fmt.Errorf("this is no evidence: %q is not a plain file", x.Name)
		case seen[strings.ToLower(x.Name)]:
			return fmt.Errorf("this is no evidence: %q is in it twice, so that nobody can say which is meant", x.Name)
		case !isTable(x.Name) && x.UncompressedSize64 > maxFile, isYAML(x.Name) && x.UncompressedSize64 > maxYAML:
			return fmt.Errorf("this is no evidence: %q says that it is %d bytes long", x.Name, x.UncompressedSize64)
		}
		seen[strings.ToLower(x.Name)] = true
		if isYAML(x.Name) {
			yaml += x.UncompressedSize64
		}
		if total += x.UncompressedSize64; total > uint64(size)*maxGrowth+maxFile || x.UncompressedSize64 > 1<<50 || yaml > maxYAMLs {
			return fmt.Errorf("this is no evidence: %d bytes would unpack to more than %d", size, total)
		}
	}
	for name := range seen { // a file cannot be a folder too
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if seen[dir] {
				return fmt.Errorf("this is no evidence: %q is a file and a folder", dir)
			}
		}
	}
	return nil
}

func isTable(name string) bool { return strings.HasSuffix(name, ".tsv") }

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".json")
}

// copy unpacks a file. It ends where the file says that it ends, whatever comes
// out of it.
func (f *File) copy(w io.Writer, x *zip.File) error {
	r, err := x.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	n, err := io.Copy(w, io.LimitReader(r, int64(x.UncompressedSize64)+1))
	if err == nil && n != int64(x.UncompressedSize64) {
		err = fmt.Errorf("it has another length than it says")
	}
	return err
}

// FS returns the files as a folder.
func (f *File) FS() fs.FS { return f.zip }

// Has reports whether a file is there.
func (f *File) Has(name string) bool {
	_, ok := f.sums[name]
	return ok
}

// Read returns a whole file.
func (f *File) Read(name string) ([]byte, error) {
	r, err := f.zip.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s is missing", name)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// ReadJSON decodes a whole file.
func (f *File) ReadJSON(name string, into any) error {
	data, err := f.Read(name)
	if err == nil {
		if err = json.Unmarshal(data, into); err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
	}
	return err
}

// Lines returns the fields of every line of a table below its head, which must
// be the one given. The first error ends it.
func (f *File) Lines(name, head string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		r, err := f.zip.Open(name)
		if err != nil {
			yield(nil, fmt.Errorf("%s is missing", name))
			return
		}
		defer r.Close()
		s := bufio.NewScanner(r)
		s.Buffer(make([]byte, 0, 4096), maxLine)
		want := strings.Count(head, "\t") + 1
		for n := 1; s.Scan(); n++ {
			fields := strings.Split(s.Text(), "\t")
			switch {
			case n == 1 && s.Text() != head:
				yield(nil, fmt.Errorf("%s:1: these are not the columns %q", name, head))
				return
			case n == 1:
				continue
			case len(fields) != want:
				yield(nil, fmt.Errorf("%s:%d: %d fields, want %d", name, n, len(fields), want))
				return
			}
			if !yield(fields, nil) {
				return
			}
		}
		if err := s.Err(); err != nil {
			yield(nil, fmt.Errorf("%s: %w", name, err))
		}
	}
}

// Manifest compares the manifest with the files that are there, and returns what
// is wrong and how many files it lists.
func (f *File) Manifest() (wrong []string, n int) {
	data, err := f.Read(ManifestName)
	if err != nil {
		return []string{err.Error()}, 0
	}
	listed := map[string]bool{}
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		sum, name, ok := strings.Cut(line, "  ")
		has, there := f.sums[name]
		switch {
		case !ok || len(sum) != 2*sha256.Size || listed[name]:
			wrong = append(wrong, fmt.Sprintf("%s:%d: this is no line of a manifest", ManifestName, i+1))
		case !there:
			wrong = append(wrong, fmt.Sprintf("%s is missing", name))
		case has != sum:
			wrong = append(wrong, fmt.Sprintf("%s was changed: its SHA-256 is %s, not %s", name, has, sum))
		}
		listed[name] = true
	}
	for name := range f.sums {
		if !listed[name] && name != ManifestName && name != SignatureName && name != StampName {
			wrong = append(wrong, fmt.Sprintf("%s is not in the manifest: it was added", name))
		}
	}
	slices.Sort(wrong)
	return wrong, len(listed)
}
