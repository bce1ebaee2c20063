package mailbox

import (
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// A Fault is a way to fail with one mail.
type Fault int

const (
	None       Fault = iota
	Shut             // 421 to MAIL (by recipient: to RCPT), and the connection is of no use any more
	Later            // 450 to RCPT
	Never            // 550 to RCPT
	NoRoom           // 452 to RCPT: the server has no room for any mail
	Full             // 452 to RCPT: this mailbox is full
	Closed           // 454 to MAIL: the server lets nobody in for now
	LaterAtEnd       // 451 to the end of the text
	NeverAtEnd       // 554 to the end of the text
	CutInside        // the connection breaks inside the text; nothing is taken
	CutLost          // it breaks after the end of the text; nothing is taken
	CutTaken         // it breaks after the end of the text; the mail is taken
	Slow             // the answer to the end of the text takes Delay
)

// Faults say how often a server fails, and with whom.
type Faults struct {
	Seed   uint64
	Odds   map[Fault]float64 // share of mails, from 0 to 1, that meet a fault
	Always map[string]Fault  // by recipient
	First  []Fault           // what the first mails meet, in order; then the odds
	Delay  time.Duration     // of Slow
}

type faults struct {
	mu sync.Mutex
	Faults
	random *rand.Rand
	healed chan struct{}
	met    map[Fault]int
}

func newFaults(f Faults) faults {
	return faults{Faults: f, random: rand.New(rand.NewPCG(f.Seed, 1)), healed: make(chan struct{}), met: map[Fault]int{}}
}

// draw returns the fault of the next mail.
func (f *faults) draw() (drawn Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() { f.met[drawn]++ }()
	if len(f.First) > 0 {
		fault := f.First[0]
		f.First = f.First[1:]
		return fault
	}
	x := f.random.Float64()
	for fault := Shut; fault <= Slow; fault++ {
		if x -= f.Odds[fault]; x < 0 && f.Odds[fault] > 0 {
			return fault
		}
	}
	return None
}

// of returns the fault that a recipient always meets.
func (f *faults) of(to string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Always[strings.ToLower(to)]
}

// wait is how long a slow answer takes; a healed server is not slow any more.
func (f *faults) wait() {
	select {
	case <-time.After(f.Delay):
	case <-f.healed:
	}
}

func (f *faults) heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Odds, f.Always, f.First = nil, nil, nil
	select {
	case <-f.healed:
	default:
		close(f.healed)
	}
}
