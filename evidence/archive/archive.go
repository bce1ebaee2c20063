// Package archive writes and reads a zip whose last files vouch for all others:
// a manifest with the SHA-256 of each, and what somebody says of the manifest,
// such as a signature or a time stamp.
//
// A Writer gives the same bytes for the same files in the same order. Open reads
// files that anybody may have made: it takes a bounded amount of memory and time,
// refuses names that lead elsewhere or mean two files, and leaves it to Manifest
// to say what was changed, added or removed.
package archive

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

// ManifestName is the file that lists all others, as sha256sum writes it. The
// two files beside it vouch for it and are not in it.
const (
	ManifestName  = "manifest.sha256"
	SignatureName = ManifestName + ".sig"
	StampName     = ManifestName + ".tsr"
)

// A Writer is a zip that is being written. Its bytes depend on its files and
// their order only.
type Writer struct {
	zip  *zip.Writer
	at   time.Time // of every file
	open func()    // notes the hash of the file that is being written
	sums map[string]string
}

// NewWriter begins an archive whose files have a time.
func NewWriter(w io.Writer, at time.Time) *Writer {
	return &Writer{zip: zip.NewWriter(w), at: at, open: func() {}, sums: map[string]string{}}
}

// Create begins a file; it ends where the next one begins.
func (a *Writer) Create(name string) (io.Writer, error) {
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

// Write adds a file.
func (a *Writer) Write(name string, data []byte) error {
	w, err := a.Create(name)
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

// WriteJSON adds a value as a file.
func (a *Writer) WriteJSON(name string, v any) error {
	data, err := JSON(v)
	if err != nil {
		return err
	}
	return a.Write(name, data)
}

// JSON returns a value as WriteJSON writes it.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// A Voucher answers bytes with what somebody says of them.
type Voucher func(manifest []byte) ([]byte, error)

// Close writes the manifest and what vouches for it.
func (a *Writer) Close(sign, stamp Voucher) error {
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
	if err := a.Write(ManifestName, manifest.Bytes()); err != nil {
		return err
	}
	for _, v := range []struct {
		name  string
		vouch Voucher
	}{{SignatureName, sign}, {StampName, stamp}} {
		if v.vouch == nil {
			continue
		}
		said, err := v.vouch(manifest.Bytes())
		if err == nil {
			err = a.Write(v.name, said)
		}
		if err != nil {
			return err
		}
	}
	return a.zip.Close()
}
