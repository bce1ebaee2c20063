package main

import (
	"os"
	"sync"

	"proviso/delivery"
	"proviso/notify"
	"proviso/policy"
	"proviso/release"
)

// standing has senders notice when a version that they tell of is withdrawn or
// gets another date while they are at it.
func (p *program) standing() delivery.Standing {
	var mu sync.Mutex
	watches := map[policy.Link]*release.Watch{}
	return func(n *notify.Notice) error {
		mu.Lock()
		defer mu.Unlock()
		for _, s := range n.Subjects {
			id := policy.Link{Version: s.Version.ID(), Seal: s.Version.Sealed.Hash}
			if watches[id] == nil {
				watches[id] = release.NewWatch(os.DirFS(p.dir), s.Version)
			}
			if err := watches[id].Stands(); err != nil {
				return err
			}
		}
		return nil
	}
}
