package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"
)

// manifestName is the file that lists all others, as sha256sum writes it. The
// two files beside it vouch for it and are not in it.
const (
	manifestName  = "manifest.sha256"
	signatureName = manifestName + ".sig"
	stampName     = manifestName + ".tsr"
)

// An archive is a zip that is being written. Its bytes depend on its files and
// their order only.
type archive struct {
	zip  *zip.Writer
	at   time.Time // of every file
	open func()    // notes the hash of the file that is being written
	sums map[string]string
}

func newArchive(w io.Writer, at time.Time) *archive {
	return &archive{zip: zip.NewWriter(w), at: at, open: func() {}, sums: map[string]string{}}
}

// create begins a file; it ends where the next one begins.
func (a *archive) create(name string) (io.Writer, error) {
	a.open()
	a.open = func() {}
	if _, ok := a.sums[name]; ok {
		return nil, fmt.Errorf("%s would be in the evidence twice", name)
	}
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.at})
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	a.sums[name] = ""
	a.open = func() { a.sums[name] = digits(sum) }
	return io.MultiWriter(w, sum), nil
}

func digits(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

func (a *archive) write(name string, data []byte) error {
	w, err := a.create(name)
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

func (a *archive) writeJSON(name string, v any) error {
	data, err := asJSON(v)
	if err != nil {
		return err
	}
	return a.write(name, data)
}

func asJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// A Voucher answers bytes with what somebody says of them.
type Voucher func(manifest []byte) ([]byte, error)

// close writes the manifest and what vouches for it.
func (a *archive) close(sign, stamp Voucher) error {
	a.open()
	var manifest bytes.Buffer
	var names []string
	for name := range a.sums {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&manifest, "%s  %s\n", a.sums[name], name)
	}
	if err := a.write(manifestName, manifest.Bytes()); err != nil {
		return err
	}
	for _, v := range []struct {
		name  string
		vouch Voucher
	}{{signatureName, sign}, {stampName, stamp}} {
		if v.vouch == nil {
			continue
		}
		said, err := v.vouch(manifest.Bytes())
		if err == nil {
			err = a.write(v.name, said)
		}
		if err != nil {
			return err
		}
	}
	return a.zip.Close()
}
