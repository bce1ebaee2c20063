package site

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"io"
	"os"
	"path/filepath"

	"proviso/policy"
	"proviso/site/tree"
	"proviso/source"
)

// A record is what a build leaves for the next. Its file holds the recordHead
// and a siteRecord for each site; and then the rest, which a build that has
// nothing to do does not look at: a toldRecord for each site, and Checks. It
// ends with the SHA-256 of all that, so that what a disk garbled is not believed.
type record struct {
	recordHead
	Sites  map[policy.Domain]map[string]part            // by name of the part
	Told   map[policy.Domain]map[string]map[string]told // by part and locale
	Checks map[string]checkRecord                       // by version
	rest   *gob.Decoder                                 // nil: it is read, or there is none
}

type recordHead struct {
	Program string
	Whole   string // everything that the build rested on
	Report  []SiteReport
	Found   source.Problems // in all versions
	Sites   int             // how many follow
}

type siteRecord struct {
	Site  policy.Domain
	Parts map[string]part
}

type toldRecord struct {
	Site policy.Domain
	Told map[string]map[string]told
}

func newRecord() record {
	return record{Sites: map[policy.Domain]map[string]part{}, Told: map[policy.Domain]map[string]map[string]told{}, Checks: map[string]checkRecord{}}
}

// file is where the record of an output folder is kept.
func (o Options) file() string {
	out, err := filepath.Abs(o.Out)
	if err != nil {
		out = o.Out
	}
	return filepath.Join(o.Cache, "build-"+sum([]byte(out))[:16])
}

// readRecord reads what the same program left, but for the rest.
func readRecord(name, program string) (record, error) {
	r := newRecord()
	data, err := os.ReadFile(name)
	if err != nil {
		return r, err
	}
	if n := len(data) - sha256.Size; n < 0 || sha256.Sum256(data[:n]) != [sha256.Size]byte(data[n:]) {
		return r, errors.New("it is not what was written")
	}
	r.rest = gob.NewDecoder(bytes.NewReader(data))
	if err := r.rest.Decode(&r.recordHead); err != nil {
		return r, err
	}
	if r.Program != program {
		return r, errors.New("another program left it")
	}
	for range r.recordHead.Sites {
		var s siteRecord
		if err := r.rest.Decode(&s); err != nil {
			return r, err
		}
		r.Sites[s.Site] = s.Parts
	}
	return r, nil
}

// readRest reads the rest.
func (r *record) readRest() error {
	if r.rest == nil {
		return nil
	}
	dec := r.rest
	r.rest = nil
	for range r.recordHead.Sites {
		var s toldRecord
		if err := dec.Decode(&s); err != nil {
			return err
		}
		r.Told[s.Site] = s.Told
	}
	return dec.Decode(&r.Checks)
}

// write puts the record in the place of the one before. It goes by sites, and
// asks for what is told of those that were built, so that it takes little memory.
func (r *record) write(name string, tell map[policy.Domain]func() map[string]map[string]told) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := os.Create(name + ".tmp")
	if err != nil {
		return err
	}
	w, all := bufio.NewWriterSize(file, 64<<10), sha256.New()
	err = r.encode(gob.NewEncoder(io.MultiWriter(w, all)), tell)
	_, _ = w.Write(all.Sum(nil)) // Flush says it again
	if err := errors.Join(err, w.Flush(), file.Close()); err != nil {
		return err
	}
	return os.Rename(name+".tmp", name)
}

func (r *record) encode(enc *gob.Encoder, tell map[policy.Domain]func() map[string]map[string]told) error {
	r.recordHead.Sites = len(r.Sites)
	if err := enc.Encode(r.recordHead); err != nil {
		return err
	}
	for site, parts := range r.Sites {
		if err := enc.Encode(siteRecord{site, parts}); err != nil {
			return err
		}
	}
	for site := range r.Sites {
		told := toldRecord{site, r.Told[site]}
		if tell[site] != nil {
			told.Told = tell[site]()
		}
		if err := enc.Encode(told); err != nil {
			return err
		}
	}
	return enc.Encode(r.Checks)
}

// files returns the files of a site as they were left.
func (r *record) files(site policy.Domain) map[string]tree.Stamp {
	out := map[string]tree.Stamp{}
	for _, p := range r.Sites[site] {
		for i, name := range p.Names {
			out[name] = tree.Stamp{Size: p.Size[i], Time: p.Time[i]}
		}
	}
	return out
}
