package queue

import "github.com/riverqueue/river"

// passes is the queue of the tokens that take long: one at a time on a machine.
const passes = "passes"

// A pass is a token to work on a notice. There are several of each notice, so
// that several machines have one at a time.
type pass struct {
	Notice string `json:"notice"`
	Share  int    `json:"share"`
}

func (pass) Kind() string { return "pass" }

func (pass) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: passes, UniqueOpts: once()} }

// A sweep is a token to see who joined since.
type sweep struct {
	Notice string `json:"notice"`
}

func (sweep) Kind() string { return "sweep" }

func (sweep) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: once()} }

// A look is a token to see whether anything is due.
type look struct {
	Notice string `json:"notice"`
}

func (look) Kind() string { return "look" }

func (look) InsertOpts() river.InsertOpts { return river.InsertOpts{UniqueOpts: once()} }

// once says that a token which is still there is not made again.
func once() (o river.UniqueOpts) {
	o.ByArgs = true
	o.ByState = append(o.ByState, "available", "pending", "retryable", "running", "scheduled")
	return o
}
