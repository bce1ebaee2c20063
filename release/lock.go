package release

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// patience is how long one waits for another who writes: far longer than any
// command needs.
const patience = time.Minute

// errBusy is what try says while another has the lock.
var errBusy = errors.New("another proviso is changing this folder; run it again when that has ended")

// Lock makes the caller the only one who changes the content of a folder. It
// waits for who does already; the operating system lets go for one that is killed.
func Lock(ctx context.Context, dir string) (unlock func() error, err error) {
	own := filepath.Join(dir, ".proviso")
	if err := os.MkdirAll(own, 0o700); err != nil {
		return nil, fmt.Errorf("the folder cannot be written: %w", err)
	}
	file := filepath.Join(own, "content.lock")
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		unlock, err := try(file)
		if !errors.Is(err, errBusy) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-again.C:
		}
	}
}
