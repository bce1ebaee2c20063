package publish

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A File is a file of a site as it is published.
type File struct {
	Path   string `json:"path"`   // below the site's address, with slashes
	SHA256 string `json:"sha256"` // of the content, 64 hexadecimal digits
	Size   int64  `json:"size"`   // bytes
	Type   string `json:"content_type"`
	Cache  string `json:"cache_control"`
}

// A Manifest is a release: every file of a site at one time.
type Manifest struct {
	Site      string    `json:"site"`
	Release   string    `json:"release"`          // its id; they sort by time
	Published time.Time `json:"published"`        // UTC, whole seconds
	Before    string    `json:"before,omitempty"` // the release that rollback goes to
	Hash      string    `json:"manifest"`         // "sha256:…" of Files as JSON
	Files     []File    `json:"files"`            // sorted by path, without PointerFile
	Gone      []Gone    `json:"gone,omitempty"`   // what a bucket still holds of earlier releases
}

// Gone is a file that is in the release no more but still there for readers
// who came just before.
type Gone struct {
	Path  string    `json:"path"`
	Since time.Time `json:"since"`
}

// PointerFile is the file, at the top of a published site, that says which
// release it is. No page has this name.
const PointerFile = "release.json"

// A Pointer is the content of PointerFile.
type Pointer struct {
	Site      string    `json:"site"`
	Release   string    `json:"release"` // "": nothing is live yet
	Published time.Time `json:"published"`
	Hash      string    `json:"manifest"`
	Next      *Claim    `json:"next,omitempty"` // in a bucket, while somebody publishes
}

// A Claim says that somebody is putting a release in place.
type Claim struct {
	Release string    `json:"release"`
	Owner   string    `json:"owner"` // a random name; says nothing of who it is
	Since   time.Time `json:"since"`
}

func (m *Manifest) pointer() Pointer {
	return Pointer{Site: m.Site, Release: m.Release, Published: m.Published, Hash: m.Hash}
}

// Scan reads the tree of a site into a manifest that is no release yet.
func Scan(site, dir string) (*Manifest, error) {
	m := &Manifest{Site: site, Files: []File{}}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		file := filepath.ToSlash(rel)
		if file == PointerFile {
			return nil
		}
		if !e.Type().IsRegular() {
			return fmt.Errorf("%s is no regular file; remove it and build again", name)
		}
		sum, size, err := hashFile(name)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, File{file, sum, size, typeOf(file), cacheOf(file)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the pages of %s: %w", site, err)
	}
	return m, m.seal()
}

// seal sorts the files and hashes the list.
func (m *Manifest) seal() error {
	slices.SortFunc(m.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	data, err := json.Marshal(m.Files)
	if err != nil {
		return err
	}
	m.Hash = "sha256:" + hashBytes(data)
	return nil
}

// named gives a manifest the identity of a release that takes the place of the
// live one, after it in time even if the clock was set back.
func (m *Manifest) named(now time.Time, live *Manifest, before string) *Manifest {
	out := *m
	out.Published, out.Before = now.UTC().Truncate(time.Second), before
	if live != nil && !out.Published.After(live.Published) {
		out.Published = live.Published.Add(time.Second)
	}
	out.Release = out.Published.Format("20060102T150405Z") + "-" + strings.TrimPrefix(m.Hash, "sha256:")[:8]
	return &out
}

// files returns the files by path; of no manifest there are none.
func (m *Manifest) files() map[string]File {
	out := map[string]File{}
	if m != nil {
		for _, f := range m.Files {
			out[f.Path] = f
		}
	}
	return out
}

// id is the release of a manifest that may be nil.
func (m *Manifest) id() string {
	if m == nil {
		return ""
	}
	return m.Release
}

func encode(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", " ")
	return append(data, '\n'), err
}

func decodeManifest(data []byte) (*Manifest, error) {
	m := &Manifest{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, err
	}
	was := m.Hash
	if err := m.seal(); err != nil {
		return nil, err
	}
	if m.Hash != was {
		return nil, fmt.Errorf("the list of files does not have the hash %s that it names", was)
	}
	return m, nil
}

// A dated page is the page of a version: <policy>/<date>/, in any locale. Its
// redline and what is compared with it stand beside it and are not meant.
var dated = regexp.MustCompile(`^(?:.+/)?\d{4}-\d{2}-\d{2}(?:\.\d+)?/index\.html$`)

// Lost returns the addresses of versions, such as "de/privacy/2026-01-15/",
// that are in one release and not in the next.
func Lost(live, next *Manifest) []string {
	out, has := []string{}, next.files()
	if live == nil {
		return out
	}
	for _, f := range live.Files {
		if _, ok := has[f.Path]; !ok && dated.MatchString(f.Path) {
			out = append(out, strings.TrimSuffix(f.Path, "index.html"))
		}
	}
	return out
}

// back is the release before with the addresses of versions that have come
// since: going back loses none.
func back(live, before *Manifest) (m *Manifest, carried bool, err error) {
	out := *before
	out.Files = slices.Clone(before.Files)
	lost, has := Lost(live, before), before.files()
	for _, f := range live.Files {
		if _, ok := has[f.Path]; !ok && slices.ContainsFunc(lost, func(at string) bool { return strings.HasPrefix(f.Path, at) }) {
			out.Files = append(out.Files, f)
		}
	}
	return &out, len(lost) > 0, out.seal()
}

func hashBytes(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func hashFile(name string) (sum string, size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
