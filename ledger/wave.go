package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"
)

// A Wave is one enrolment of an audience. It is sealed before the first mail
// goes: afterwards nobody can say that the audience was another one.
type Wave struct {
	At         time.Time
	Audience   int    // holders to be told, known ones too
	Added      int    // of these, new in this wave; set by the ledger
	Query      string // where the holders came from, for the record
	Digest     string // SHA-256 over the sorted hashes of the audience; set by the ledger
	Roll       string // SHA-256 over the sorted hashes of the rows that it was the first to have told; set by the ledger
	Exclusions []Exclusion
	Seal       string // over all of this and the wave before; set by the ledger
}

// An Exclusion says how many holders who see a change are not told, and why.
type Exclusion struct {
	Reason  string // such as "status closed"
	Holders int
}

// Sealed returns the seal of a wave that follows one with the seal before;
// the first one of a notice follows "".
func (w Wave) Sealed(before string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %d %d %q %q %q %q", before, Millis(w.At), w.Audience, w.Added, w.Query, w.Digest, w.Roll, w.Excluded()))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// VerifyWaves reports the first wave of a notice that was changed afterwards.
func VerifyWaves(waves []Wave) error {
	before := ""
	for i, w := range waves {
		if before = w.Sealed(before); before != w.Seal {
			return fmt.Errorf("the record of enrolment %d, of %s, was changed afterwards; restore the ledger from its backup", i+1, w.At.Format(time.RFC3339))
		}
	}
	return nil
}

// A Roll is the hash of a wave's rows, which are added by holder hash.
type Roll struct{ sum hash.Hash }

// NewRoll returns the roll of no rows.
func NewRoll() Roll { return Roll{sha256.New()} }

// Add adds a row.
func (r Roll) Add(holder Hash) { r.sum.Write(holder[:]) }

// String returns the hash as a wave has it.
func (r Roll) String() string { return "sha256:" + hex.EncodeToString(r.sum.Sum(nil)) }

// Excluded writes the exclusions as the ledger has them, a line for each.
func (w Wave) Excluded() string {
	var b strings.Builder
	for _, x := range w.Exclusions {
		fmt.Fprintf(&b, "%d %s\n", x.Holders, strings.Join(strings.Fields(x.Reason), " "))
	}
	return b.String()
}

// ParseExclusions reads what Excluded wrote.
func ParseExclusions(s string) (out []Exclusion) {
	for line := range strings.Lines(s) {
		n, reason, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if count, err := strconv.Atoi(n); err == nil {
			out = append(out, Exclusion{reason, count})
		}
	}
	return out
}
