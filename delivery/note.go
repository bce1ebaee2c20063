package delivery

import (
	"fmt"
	"sync"

	"proviso/courier"
	"proviso/ledger"
)

// Notes are outcomes that wait for being recorded: what comes while some are
// being recorded goes together next.
type notes struct {
	mu     sync.Mutex
	list   []ledger.Attempt
	closed bool
	more   chan struct{} // has something when there is more, or nothing will come
}

func newNotes() *notes { return &notes{more: make(chan struct{}, 1)} }

func (n *notes) add(a ledger.Attempt) {
	n.mu.Lock()
	n.list = append(n.list, a)
	n.mu.Unlock()
	n.wake()
}

// close says that nothing will come any more.
func (n *notes) close() {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.wake()
}

func (n *notes) wake() {
	select {
	case n.more <- struct{}{}:
	default:
	}
}

// take waits for notes and takes them all; it returns none when none will come.
func (n *notes) take() []ledger.Attempt {
	for range n.more {
		n.mu.Lock()
		list, closed := n.list, n.closed
		n.list = nil
		n.mu.Unlock()
		if len(list) > 0 {
			if closed {
				n.wake() // to be asked once more
			}
			return list
		}
		if closed {
			return nil
		}
	}
	return nil
}

// note has an attempt recorded while the worker goes on. The token is free
// when it is durable.
func (p *pool) note(j job, a ledger.Attempt) {
	a.Holder = j.holder
	p.notes.add(a)
}

// records records what is noted until nothing will come.
func (p *pool) records() {
	for {
		list := p.notes.take()
		if len(list) == 0 {
			return
		}
		if p.Ledger.Record(p.record, p.round.notice.ID, list...) == nil {
			p.recorded(list, nil)
			continue
		}
		// One of them may be somebody else's now: that is no reason to lose the others.
		var apart sync.WaitGroup
		for _, a := range list {
			apart.Go(func() { p.recorded([]ledger.Attempt{a}, p.Ledger.Record(p.record, p.round.notice.ID, a)) })
		}
		apart.Wait()
	}
}

// recorded counts what was recorded, or ends the pass where it could not be.
func (p *pool) recorded(list []ledger.Attempt, err error) {
	if err != nil {
		p.stop(fmt.Errorf("a mail was tried and its outcome could not be recorded: %w", err))
	}
	for _, a := range list {
		switch {
		case err != nil:
		case a.State == ledger.Pending:
			p.unspend(1)
		default:
			p.tally.count(courier.Result(a.State))
		}
	}
	p.release(len(list))
}
