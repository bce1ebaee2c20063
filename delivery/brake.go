package delivery

import (
	"context"
	"sync"
	"time"
)

const (
	firstPause = 250 * time.Millisecond
	mostPause  = 30 * time.Second
	// widenAfter is how many mails in a row a server must take before one more
	// connection is tried again.
	widenAfter = 50
)

// A brake slows a pool down while the server as a whole takes nothing: half of
// the connections are left, and those that are left pause, twice as long each
// time. What goes well widens it again, one connection at a time.
type brake struct {
	mu     sync.Mutex
	open   int // connections that may be used
	most   int
	well   int           // mails in a row that the server answered
	pause  time.Duration // before the next try
	widens chan struct{} // closed when a connection more may be used
	gone   bool          // nothing is held back any more
}

func newBrake(connections int) *brake {
	return &brake{open: connections, most: connections, widens: make(chan struct{})}
}

// trouble narrows the brake and returns how long to pause.
func (b *brake) trouble() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open, b.well = max(1, b.open/2), 0
	b.pause = min(max(2*b.pause, firstPause), mostPause)
	return b.pause
}

// answered notes that the server answered for one mail.
func (b *brake) answered() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pause = 0
	if b.open == b.most {
		return
	}
	if b.well++; b.well >= widenAfter {
		b.well = 0
		b.widen(b.open + 1)
	}
}

// release lets every connection go on: there is nothing left to hold back.
func (b *brake) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone = true
	b.widen(b.most)
}

func (b *brake) widen(open int) {
	b.open = open
	close(b.widens)
	b.widens = make(chan struct{})
}

// free reports whether a connection may be used; if not, the channel is closed
// when it is worth asking again.
func (b *brake) free(connection int) (bool, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.gone || connection < b.open, b.widens
}

// sleep waits, and reports false if ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
