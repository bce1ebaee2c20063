package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"maps"
	"slices"

	"proviso/source"
)

// KnownSeals are what seals were found to say, by file, and the hash of the
// bytes that said it. A seal is believed to say the same only while its file
// has these bytes, so whoever loads a folder with them gets what Load gives.
type KnownSeals map[string]knownSeal

// A knownSeal is a seal as it was decoded without a problem, before anything
// that came later changed it.
type knownSeal struct {
	Hash string
	Seal *Seal
}

// copy returns the seal for a version, which may add what came later.
func (k knownSeal) copy() *Seal {
	s := *k.Seal
	s.Files = slices.Clip(s.Files)
	return &s
}

// Known returns the seals of the folder.
func (f *Folder) Known() KnownSeals { return f.seals }

// Reload is LoadKnowing with the seals of f.
func (f *Folder) Reload() (*Folder, source.Problems) { return LoadKnowing(f.FS, f.seals) }

// Same reports whether both know the same seals.
func (k KnownSeals) Same(other KnownSeals) bool {
	return maps.EqualFunc(k, other, func(a, b knownSeal) bool { return a.Hash == b.Hash })
}

// Encode writes the seals for DecodeKnown of the same program, which is named.
func (k KnownSeals) Encode(program string) ([]byte, error) {
	var out bytes.Buffer
	enc := gob.NewEncoder(&out)
	err := errors.Join(enc.Encode(program), enc.Encode(map[string]knownSeal(k)))
	all := sha256.Sum256(out.Bytes())
	return append(out.Bytes(), all[:]...), err
}

// DecodeKnown reads what Encode of the same program has written. Of anything
// else it knows no seals.
func DecodeKnown(data []byte, program string) KnownSeals {
	n := len(data) - sha256.Size
	if n < 0 || sha256.Sum256(data[:n]) != [sha256.Size]byte(data[n:]) {
		return nil
	}
	dec := gob.NewDecoder(bytes.NewReader(data[:n]))
	var by string
	var out map[string]knownSeal
	if dec.Decode(&by) != nil || by != program || dec.Decode(&out) != nil {
		return nil
	}
	return out
}
