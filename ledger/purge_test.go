package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"proviso/ledger"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	key  = ledger.Key("0123456789abcdef0123456789abcdef")
)

// filled opens a ledger in dir with n rows of one notice, some of them tried.
func filled(t *testing.T, dir string, n int) (*ledger.SQLite, []ledger.Entry) {
	t.Helper()
	l, err := ledger.Open(ctx, "sqlite:l.db", dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // some tests close it themselves
	var entries []ledger.Entry
	for i := range n {
		entries = append(entries, ledger.Entry{Holder: key.Holder(fmt.Sprint(i)), Address: key.Address(fmt.Sprint(i))})
	}
	slices.SortFunc(entries, func(a, b ledger.Entry) int { return slices.Compare(a.Holder[:], b.Holder[:]) })
	err = l.Open(ctx, ledger.Notice{ID: "n", Controller: "Northgate", KeyPrint: key.Print()})
	if err == nil {
		_, err = l.Enrol(ctx, "n", ledger.Wave{At: noon, Audience: n}, slices.Values(entries))
	}
	if err != nil {
		t.Fatal(err)
	}
	return l, entries
}

func tell(t *testing.T, l *ledger.SQLite, h ledger.Hash) {
	t.Helper()
	_, err := l.Claim(ctx, "n", 1, []ledger.Claim{{Holder: h}})
	if err == nil {
		err = l.Record(ctx, "n", ledger.Attempt{Holder: h, State: ledger.Accepted, Code: 250, Text: "queued as QUEUENAME", Ended: noon})
	}
	if err != nil {
		t.Error(err)
	}
}

// After a purge the bytes are in no file of the ledger, while it is open too.
func TestPurgeLeavesNoBytes(t *testing.T) {
	dir := t.TempDir()
	l, entries := filled(t, dir, 500)
	for _, e := range entries[:50] {
		tell(t, l, e.Holder)
	}
	found := func() (found []string) {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(data, entries[7].Holder[:]) || bytes.Contains(data, []byte("QUEUENAME")) {
				found = append(found, filepath.Base(file))
			}
		}
		return found
	}
	if len(found()) == 0 {
		t.Fatal("the test looks in the wrong place")
	}
	if err := l.Purge(ctx, noon, "n"); err != nil {
		t.Fatal(err)
	}
	if left := found(); len(left) > 0 {
		t.Errorf("the bytes are still in %v", left)
	}
}

// A copy made while rows are written is the ledger at one moment: as it stands
// in the place of the ledger, nothing in it is half done.
func TestBackupWhileWriting(t *testing.T) {
	dir := t.TempDir()
	l, entries := filled(t, dir, 400)
	var wg sync.WaitGroup
	for part := range slices.Chunk(entries, 100) {
		wg.Go(func() {
			for _, e := range part {
				tell(t, l, e.Holder)
			}
		})
	}
	var copies []string
	for i := range 3 {
		name := fmt.Sprintf("copy%d.db", i)
		if err := l.Backup(ctx, filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
		copies = append(copies, name)
	}
	wg.Wait()
	if err := l.Backup(ctx, filepath.Join(dir, "copy0.db")); err == nil || !strings.Contains(err.Error(), "copy0.db is there already") {
		t.Errorf("a second copy in the place of the first: %v", err)
	}
	for _, name := range copies {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
		restored, err := ledger.Open(ctx, "sqlite:"+name, dir)
		if err != nil {
			t.Fatal(err)
		}
		defer restored.Close()
		tries := 0
		for range restored.History(ctx, "n") {
			tries++
		}
		c, err := restored.Counts(ctx, "n")
		if err != nil || c.Accepted != tries || c.Accepted+c.Pending+c.Sending != len(entries) {
			t.Errorf("%s: %+v with %d attempts (%v)", name, c, tries, err)
		}
		for row, err := range restored.Rows(ctx, "n", ledger.Pending) { // and it goes on from there
			if err != nil {
				t.Fatal(err)
			}
			tell(t, restored, row.Holder)
			break
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".ledger-*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func TestBackupWhereNothingCanBeWritten(t *testing.T) {
	dir := t.TempDir()
	l, _ := filled(t, dir, 1)
	if err := l.Backup(ctx, filepath.Join(dir, "none", "copy.db")); err == nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a copy in a folder that is not there: %v", err)
	}
}

// A key that was destroyed is gone for good, and says so.
func TestDestroy(t *testing.T) {
	keys := ledger.Keys{Dir: filepath.Join(t.TempDir(), "keys")}
	if _, err := keys.Make("n"); err != nil {
		t.Fatal(err)
	}
	for _, on := range []string{"2033-12-21", "2034-01-01"} {
		if err := keys.Destroy("n", on); err != nil {
			t.Fatal(err)
		}
	}
	for name, get := range map[string]func(string) (ledger.Key, error){"get": keys.Get, "make": keys.Make} {
		_, err := get("n")
		if err == nil || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "was destroyed on 2033-12-21") {
			t.Errorf("%s: %v", name, err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(keys.Dir, "*"))
	if len(files) != 1 || !strings.HasSuffix(files[0], "n.destroyed") {
		t.Errorf("files %v", files)
	}
	if err := keys.Destroy("other", "2033-12-21"); err != nil { // its key is lost already
		t.Error(err)
	}
}

func TestOpenRefusesServers(t *testing.T) {
	_, err := ledger.Open(ctx, "mysql://u:hunter2@h/db", t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "a ledger is a file; write ledger: sqlite:") || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
}
