package release

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"proviso/policy"
	"proviso/regime"
	"proviso/source"
	"proviso/whole"
)

// hidden begins the names of what is not finished.
const hidden = ".release-"

func (d *Desk) path(name string) string { return filepath.Join(d.Dir, filepath.FromSlash(name)) }

// Release seals a candidate and puts it in its place. It refuses one that
// something stands against.
func (d *Desk) Release(c *Candidate) error {
	if c.Refused() > 0 {
		return errors.Join(c.Problems.Err(), &Refusal{c.Draft.ID(), c.Reasons})
	}
	if c.Done {
		c.Seal = c.Version.Sealed
		return d.clear(c)
	}
	c.Seal = c.drawn()
	if err := d.draw(c); err != nil {
		return err
	}
	data, err := c.Seal.Encode()
	if err != nil {
		return err
	}
	from := d.path(c.Draft.Dir)
	to := filepath.Join(filepath.Dir(from), c.Version.Name)
	if from == to { // it has its date, and lacks only the seal
		return writeFile(filepath.Join(to, "seal.yaml"), data)
	}
	if err := d.put(c, from, to, data); err != nil || c.Moves {
		return err
	}
	return d.clear(c)
}

// draw fills in the seal, of the files that were judged.
func (d *Desk) draw(c *Candidate) error {
	draw := d.Folder.Draw
	if c.Moves {
		draw = func(s *policy.Seal, v *policy.Version) source.Problems { return d.Folder.Redraw(s, c.Draft, v) }
	}
	if err := draw(c.Seal, c.Version).Err(); err != nil {
		return err
	}
	return unchanged(c.Draft, c.Seal.Files, c.files)
}

// unchanged refuses files that are not those that were judged.
func unchanged(v *policy.Version, now, judged source.Map[string]) error {
	for _, e := range now {
		if was, ok := judged.Get(e.Key); !ok || was != e.Value {
			return fmt.Errorf("%s/%s was changed while it was being released; run it again", v.Dir, e.Key)
		}
	}
	for _, e := range judged {
		if _, ok := now.Get(e.Key); !ok {
			return fmt.Errorf("%s/%s went away while it was being released; run it again", v.Dir, e.Key)
		}
	}
	return nil
}

// drawn is the part of the seal that the release decides.
func (c *Candidate) drawn() *policy.Seal {
	s := &policy.Seal{State: policy.Released, Released: c.desk.Today, Verdict: policy.None}
	for _, x := range c.Regimes {
		s.Regimes = append(s.Regimes, policy.SealedRegime{ID: x.ID, Lead: x.Lead, Strength: x.Strength, Medium: x.Medium,
			Durable: x.Durable, Source: x.Source, Grounds: x.Grounds, AsOf: x.AsOf})
	}
	if c.Changes != nil {
		s.Verdict, s.Changes = c.Changes.Verdict, c.Changes.Seal()
	}
	if c.Owed() {
		s.Deadline = regime.Deadline(c.Version.Effective, c.bound())
	}
	return s
}

// put writes a version under a hidden name, and renames it when it is whole.
func (d *Desk) put(c *Candidate, from, to string, seal []byte) error {
	tmp, err := os.MkdirTemp(filepath.Dir(from), hidden)
	if err != nil {
		return unwritten(to, err)
	}
	defer os.RemoveAll(tmp)
	for _, e := range c.Seal.Files {
		data, err := os.ReadFile(filepath.Join(from, e.Key))
		if err != nil {
			return err
		}
		if policy.Hash(data) != e.Value {
			return fmt.Errorf("%s/%s was changed while it was being released; run it again", c.Draft.Dir, e.Key)
		}
		if err := writeFile(filepath.Join(tmp, e.Key), data); err != nil {
			return unwritten(to, err)
		}
	}
	if err := writeFile(filepath.Join(tmp, "seal.yaml"), seal); err != nil {
		return unwritten(to, err)
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return unwritten(to, err)
	}
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("%s is there already; move it away", to)
	}
	if err := os.Rename(tmp, to); err != nil {
		return unwritten(to, err)
	}
	return whole.SyncFolder(filepath.Dir(to))
}

// clear removes the draft of a released version, if it still holds what was released.
func (d *Desk) clear(c *Candidate) error {
	if unchanged(c.Draft, d.Folder.FileHashes(c.Draft), c.Seal.Files) != nil {
		c.Stays = true
		return nil
	}
	dir := d.path(c.Draft.Dir)
	gone := filepath.Join(filepath.Dir(dir), hidden+"gone-"+filepath.Base(dir))
	if err := os.RemoveAll(gone); err != nil {
		return err
	}
	if err := os.Rename(dir, gone); err != nil {
		return err
	}
	return os.RemoveAll(gone)
}

// supplement writes a later seal of a version.
func (d *Desk) supplement(v *policy.Version, s *policy.Supplement) error {
	data, err := s.Encode()
	if err != nil {
		return err
	}
	return writeFile(d.path(v.Dir+"/"+s.File), data)
}

// Sweep removes what those left who were killed. It needs the Lock.
func Sweep(dir string) error {
	content := filepath.Join(dir, "content")
	return filepath.WalkDir(content, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil // reading the folder will say what is wrong
		}
		if strings.HasPrefix(e.Name(), hidden) {
			if err := os.RemoveAll(name); err != nil {
				return err
			}
			if e.IsDir() {
				return filepath.SkipDir
			}
		}
		return nil
	})
}

// writeFile writes a file whole, and has it on the disk under its name.
func writeFile(name string, data []byte) error {
	if err := whole.Write(name, 0o644, hidden, data); err != nil {
		return unwritten(name, err)
	}
	return whole.SyncFolder(filepath.Dir(name))
}

// unwritten says that nothing could be written, without the hidden names that
// mean nothing to a reader.
func unwritten(name string, err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	var hid *unwrittenError
	switch {
	case errors.As(err, &hid):
		err = hid.err
	case errors.As(err, &pe):
		err = pe.Err
	case errors.As(err, &le):
		err = le.Err
	}
	return &unwrittenError{name, err}
}

type unwrittenError struct {
	name string
	err  error
}

// Error says what cannot be written and why.
func (e *unwrittenError) Error() string {
	return fmt.Sprintf("%s cannot be written: %v; nothing was changed", e.name, e.err)
}

// Unwrap returns why.
func (e *unwrittenError) Unwrap() error { return e.err }
