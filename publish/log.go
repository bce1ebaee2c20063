package publish

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// An Entry is a line of the publish log: JSON, one object a line, appended and
// flushed, never changed. Each publication writes two: one with the state
// "begun" before anything is done, and one with "live" or "failed" after it. A
// "begun" without a successor was killed; what it came to is in the next lines
// or at the target. A "live" without a "begun" before it is what another machine
// published, seen then.
type Entry struct {
	At       time.Time `json:"at"`  // UTC
	Who      string    `json:"who"` // user of the operating system
	Site     string    `json:"site"`
	Target   string    `json:"target"` // without secrets
	Action   string    `json:"action"` // publish or rollback
	State    string    `json:"state"`  // begun, live or failed
	Release  string    `json:"release,omitempty"`
	Before   string    `json:"before,omitempty"`   // what was live until then
	Manifest string    `json:"manifest,omitempty"` // hash of the list of files
	Counts   *Counts   `json:"counts,omitempty"`
	Day      string    `json:"day,omitempty"`   // civil date for which the pages are right
	Held     []string  `json:"held,omitempty"`  // versions that are not in force because notice is owed
	Seals    []string  `json:"seals,omitempty"` // POLICY@VERSION sha256:… of what the site shows
	Error    string    `json:"error,omitempty"`
}

// Counts are the files of a plan.
type Counts struct {
	New       int   `json:"new"`
	Changed   int   `json:"changed"`
	Removed   int   `json:"removed"`
	Unchanged int   `json:"unchanged"`
	Bytes     int64 `json:"bytes"` // that travel
}

// Counts counts the files of a plan.
func (p *Plan) Counts() *Counts {
	return &Counts{len(p.New), len(p.Changed), len(p.Removed), p.Unchanged, p.Bytes()}
}

// A Log is the publish log of a folder.
type Log struct{ File string }

// Append adds an entry.
func (l Log) Append(e Entry) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(l.File), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(l.File, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("writing the publish log: %w", err)
	}
	last := []byte{'\n'}
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		_, _ = f.ReadAt(last, info.Size()-1)
	}
	if last[0] != '\n' { // a full disk cut off the line before
		data = append([]byte{'\n'}, data...)
	}
	_, err = f.Write(append(data, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing the publish log: %w", err)
	}
	return nil
}

// Read returns every entry, oldest first; without a log there is none. A line
// that a full disk cut off is left out.
func (l Log) Read() ([]Entry, error) {
	f, err := os.Open(l.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []Entry
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e Entry
		if json.Unmarshal(lines.Bytes(), &e) == nil {
			out = append(out, e)
		}
	}
	return out, lines.Err()
}

// Since returns the instant from which a site has shown a seal, as in
// "privacy@2026-12-20 sha256:…", without a break until now. A release brought
// back shows what it showed when it was published; of one that nobody recorded
// nothing is known.
func Since(entries []Entry, seal string) (at time.Time, shown bool) {
	seals := map[string][]string{} // by the tree; a bucket gives one that it brings back another release
	for _, e := range entries {
		if e.State != "live" {
			continue
		}
		if e.Action == "publish" {
			seals[e.Manifest] = e.Seals
		}
		switch has := slices.Contains(seals[e.Manifest], seal); {
		case !has:
			shown = false
		case !shown:
			at, shown = e.At, true
		}
	}
	return at, shown
}
