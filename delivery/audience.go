package delivery

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"proviso/account"
	"proviso/ledger"
	"proviso/notify"
	"proviso/spool"
)

// A member is one address of an audience.
type member struct {
	holder, address ledger.Hash
	late            bool
	skip            string // why nothing is sent; empty: it is
	variant         int    // of those of the audience
	email, name     string
}

func (m member) append(b []byte) []byte {
	b = append(append(b, m.holder[:]...), m.address[:]...)
	late := 0
	if m.late {
		late = 1
	}
	b = spool.AppendNumber(spool.AppendNumber(b, late), m.variant)
	return spool.AppendText(spool.AppendText(spool.AppendText(b, m.skip), m.email), m.name)
}

func readMember(b []byte) (m member, err error) {
	if len(b) < 2*len(m.holder) {
		return m, errors.New("reading the spool: a record is too short")
	}
	copy(m.holder[:], b)
	copy(m.address[:], b[len(m.holder):])
	f := spool.NewFields(string(b[2*len(m.holder):]))
	m.late, m.variant = f.Number() > 0, f.Number()
	m.skip, m.email, m.name = f.Text(), f.Text(), f.Text()
	return m, f.Err()
}

// An audience is everyone whom a notice concerns, ordered by the hash of the
// holder: that is quick for the ledger, and tells nothing of the order in the
// source. It may be larger than memory.
type audience struct {
	variants []*notify.Variant
	tells    map[int]bool   // the variants that anybody is told
	told     int            // members that are not skipped
	skipped  map[string]int // how many are, by reason
	sorted   *spool.Sorter  // as long as there is no file
	file     *spool.File    // what a killed sender leaves, so that the next one can go on at once
}

// gather finds out whom a notice concerns.
func (s *Sender) gather(n *notify.Notice, key ledger.Key, h *account.Holders) (_ *audience, err error) {
	a := &audience{tells: map[int]bool{}, skipped: map[string]int{}, sorted: spool.NewSorter(s.Spool, 0)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	deadline, hash := n.DeadlineAt(), key.Hasher()
	numbers := map[*notify.Variant]int{}
	var record []byte
	for r, err := range spool.Ahead(n.Audience(h)) {
		if err != nil {
			return nil, err
		}
		number, ok := numbers[r.Variant]
		if !ok {
			number = len(a.variants)
			numbers[r.Variant], a.variants = number, append(a.variants, r.Variant)
		}
		m := member{hash.Holder(r.Holder.ID), hash.Address(r.Address), !deadline.IsZero() && !r.Holder.Joined.Before(deadline),
			r.Skip, number, strings.TrimSpace(r.Holder.Email), r.Holder.Name}
		if m.skip == "" {
			a.told++
			a.tells[number] = true
		} else {
			a.skipped[m.skip]++
			m.email, m.name = "", "" // need not be anywhere
		}
		record = m.append(record[:0])
		if err := a.sorted.Add(record); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// members returns the members by holder hash.
func (a *audience) members() iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		for b, err := range a.records() {
			var m member
			if err == nil {
				m, err = readMember(b)
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

func (a *audience) records() iter.Seq2[[]byte, error] {
	if a.file == nil {
		return a.sorted.Records()
	}
	return func(yield func([]byte, error) bool) {
		first := true // that one says what the others are
		for b, err := range a.file.Records() {
			if first && err == nil {
				first = false
				continue
			}
			if !yield(b, err) {
				return
			}
		}
	}
}

// exclusions says how many are not told, by reason.
func (a *audience) exclusions() (out []ledger.Exclusion) {
	for _, reason := range slices.Sorted(maps.Keys(a.skipped)) {
		out = append(out, ledger.Exclusion{Reason: reason, Holders: a.skipped[reason]})
	}
	return out
}

// close removes what there is of the audience on the disk.
func (a *audience) close() (err error) {
	if a.sorted != nil {
		err = a.sorted.Close()
	}
	if a.file != nil {
		err = errors.Join(err, a.file.Remove())
	}
	return err
}

// A heading is the first record of the file of an audience.
type heading struct {
	Notice   string
	At       time.Time // of the wave
	Told     int
	Variants []*notify.Variant
}

// keep begins to bring the audience into a file, where there is a folder for
// it. What it returns waits until that is done.
func (a *audience) keep(h heading, folder string) (kept func() error, err error) {
	if folder == "" {
		return func() error { return nil }, nil
	}
	h.Told, h.Variants = a.told, a.variants
	first, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	file, err := spool.Create(filepath.Join(folder, fileName(h.Notice)))
	if err != nil {
		return nil, err
	}
	done, records := make(chan error, 1), a.sorted.Records()
	go func() { done <- write(file, first, records) }()
	return func() error {
		a.file = file
		return errors.Join(<-done, a.sorted.Close())
	}, nil
}

func write(file *spool.File, first []byte, records iter.Seq2[[]byte, error]) error {
	if err := file.Add(first); err != nil {
		return err
	}
	for b, err := range records {
		if err == nil {
			err = file.Add(b)
		}
		if err != nil {
			return err
		}
	}
	return file.Finish()
}

// fileName is the name of the file of a notice's audience.
func fileName(notice string) string {
	sum := sha256.Sum256([]byte(notice))
	return hex.EncodeToString(sum[:8]) + ".audience"
}

// clean removes what a sender left that was killed.
func clean(folder string) error {
	if folder == "" {
		return nil
	}
	var err error
	for _, ending := range []string{"*.audience", "*.audience" + spool.Unfinished} {
		files, _ := filepath.Glob(filepath.Join(folder, ending))
		for _, f := range files {
			err = errors.Join(err, os.Remove(f))
		}
	}
	return err
}

// left returns the audience that a killed sender left of a notice, if it is the
// one of the last wave and that was not long ago.
func (s *Sender) left(ctx context.Context, n *notify.Notice) (*audience, error) {
	waves, err := s.Ledger.Waves(ctx, n.ID)
	if errors.Is(err, ledger.ErrUnknown) || err == nil && len(waves) == 0 {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	f, err := spool.Open(filepath.Join(s.Spool, fileName(n.ID)))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var h heading
	for b, err := range f.Records() {
		if err == nil {
			err = json.NewDecoder(bytes.NewReader(b)).Decode(&h)
		}
		if err != nil { // it can be done without
			return nil, f.Remove()
		}
		break
	}
	last := waves[len(waves)-1]
	if h.Notice != n.ID || !h.At.Equal(last.At) || h.Told != last.Audience || s.Now().Sub(h.At) > goneOnWith {
		return nil, f.Remove()
	}
	return &audience{variants: h.Variants, told: h.Told, file: f}, nil
}

// goneOnWith is how long an audience is gone on with. Who closed an account or moved
// since is treated as they were; later they are looked up again first.
const goneOnWith = time.Hour
