//go:build unix

package release

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// patience is how long one waits for another who writes: far longer than any
// command needs.
const patience = time.Minute

func lock(ctx context.Context, file string) (func() error, error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the folder cannot be written: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f.Close, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(fmt.Errorf("locking %s: %w", file, err), f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(errors.New("another proviso is changing this folder; run it again when that has ended"), f.Close())
		case <-again.C:
		}
	}
}
