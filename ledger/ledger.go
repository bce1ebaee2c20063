// Package ledger remembers who must be told of what, what was tried, and what
// came of it. It is the only memory of a notice: whoever runs next, after a
// crash too, reads it and carries on.
//
// # Words
//
// A Notice is one announcement by one controller. A row stands for one mail to
// one address; it is known by keyed hashes of the holder's id and address, so
// that the ledger holds no name and no address (see Keys). An Attempt is one
// try to hand the mail to a server, and what the server said.
//
// # States
//
//	            ┌────────────────────────────── released: never tried ─┐
//	            v                                                      │
//	enrol → pending ──claim──> sending ──outcome──> accepted ──news──> bounced
//	   │        ^                 │  │  └─────────> rejected
//	   │        │                 │  └────────────> deferred ──claim──> sending
//	   v        │                 └── dead sender ─> ambiguous ─claim─> sending
//	skipped ────┘ no longer excluded
//
// Accepted means that a server took the mail over, never that it was received.
// Ambiguous means that nobody can know whether the server took it. Rejected is
// for good, until the holder has another address. News comes later and from
// elsewhere: a report says that a mail came back, or a relay's log settles an
// ambiguous row, which is then accepted, bounced, or deferred.
//
// # What happens in which order
//
// A sender takes the lock, so that there is one of them; takes over what a dead
// sender left in the state sending, which is ambiguous; and enrols the
// audience, of which only those not known yet are added. Then it claims rows:
// the state sending is on the disk before the mail goes. The outcome is on the
// disk after it. Claims and outcomes of many mails are gathered for a
// millisecond and committed together; a call returns when its part is durable.
//
// What is told is kept too: each Letter once, before the first mail of it goes.
// While the ledger is on hold no row can be claimed, by whomever.
//
// After years a notice is purged: rows, attempts and letters are deleted, and
// what they added up to is kept. With them its key is destroyed, so that no
// copy of the rows, wherever it lies, can be linked to anybody again.
//
// # One machine and several
//
// SQLite is the ledger of one machine. There is no lease in it: the lock of the
// operating system says who sends, and it is gone when its holder is. Package
// ledger/postgres is the ledger of several, where many send at a time and
// what each has claimed is held by a lease. Package ledger/ledgertest holds both
// to one list of promises.
//
// # What is left out
//
// There is no queue here: rows that are open are the queue. The ledger never
// asks what time it is: it is told.
package ledger

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"
)

// A State of a row; the same word in the column, the output and the docs.
type State string

const (
	Pending   State = "pending"   // not tried yet
	Sending   State = "sending"   // claimed; the mail may go at any moment
	Accepted  State = "accepted"  // a server took it over
	Deferred  State = "deferred"  // not taken this time; to be tried again
	Ambiguous State = "ambiguous" // nobody can know whether the server took it
	Rejected  State = "rejected"  // refused for good
	Bounced   State = "bounced"   // accepted first, returned later
	Skipped   State = "skipped"   // not to be told, with a reason
)

// States are all states in the order in which they are listed.
var States = []State{Pending, Sending, Accepted, Deferred, Ambiguous, Rejected, Bounced, Skipped}

// A Notice is one announcement by one controller.
type Notice struct {
	ID         string    // such as "privacy@2026-12-20"
	Controller string    // legal entity that gives it
	Policies   []string  // ids of the policies it tells of
	Effective  string    // civil date, YYYY-MM-DD
	Deadline   string    // civil date; empty: none
	DeadlineAt time.Time // the instant at which the deadline begins; zero: none
	KeyPrint   string    // fingerprint of the key its hashes are made with
	Purged     time.Time // when its rows, attempts and letters were forgotten; zero: they are there
}

// TellsOf reports whether the notice tells of a version, POLICY@VERSION: that it
// will take effect, or (ID~withdrawn) that it will not.
func (n Notice) TellsOf(version string) bool {
	id, _, _ := strings.Cut(n.ID, "#")
	return n.ID == version || slices.ContainsFunc(strings.Split(id, "+"), func(s string) bool {
		told, _, _ := strings.Cut(s, "~")
		return told == version
	})
}

// An Entry is one holder to enrol.
type Entry struct {
	Holder  Hash   // of the holder's id
	Address Hash   // of the normalised address
	Skip    string // not to be told, and why; empty: to be told
	Late    bool   // joined after the deadline: told, but nobody waits for it
}

// A Letter is what all holders of one variant are told: a mail as it was
// rendered, with holes. The ledger does not look into it.
type Letter struct {
	Number int // set by the ledger
	Body   []byte
}

// A Claim says that a row's mail may go at any moment, and what it says.
type Claim struct {
	Holder Hash
	Tries  int // of the row, when it was looked at: one that was tried since is not claimed
	Letter int // number of a kept letter; 0: none was kept
}

// A Stop keeps everyone from sending.
type Stop struct {
	At     time.Time
	Reason string // may be empty
}

// A Row is one mail of a notice.
type Row struct {
	Holder, Address Hash
	State           State
	Reason          string    // why it is skipped; of a deferred one: why nobody waits for it
	Due             time.Time // when a deferred one is worth trying again
	Tries           int       // attempts so far
	Wave            int       // enrolment that was the first to have it told, counted from 1; 0: none yet
	Late            bool      // the holder joined after the deadline
	At              time.Time // of the last outcome; zero: none yet
	Out             time.Time // when our own relay passed an accepted one on; zero: not known
}

// An Attempt is one try to hand a mail over and what came of it, or later news
// of it.
type Attempt struct {
	Holder  Hash
	State   State // Accepted, Deferred, Ambiguous, Rejected, Bounced; Pending: nothing was tried, the claim is given back
	Code    int   // SMTP reply code; 0: the server did not say
	Text    string
	QueueID string // the server's name for the mail, the key to its log
	Server  string // host and port
	TLS     string // version of TLS; empty: none
	Started time.Time
	Ended   time.Time
	Due     time.Time // of a deferred one
	Number  int       // counts from 1; set by the ledger
	News    bool      // nothing was tried: somebody else said so later; set by the ledger
	Letter  int       // what the mail said; 0: not known; set by the ledger
}

// Counts says how many rows of a notice are in which state.
type Counts struct {
	Pending   int `json:"pending"`
	Sending   int `json:"sending"`
	Accepted  int `json:"accepted"`
	Deferred  int `json:"deferred"`
	Ambiguous int `json:"ambiguous"`
	Rejected  int `json:"rejected"`
	Bounced   int `json:"bounced"`
	Skipped   int `json:"skipped"`
	Late      int `json:"late"` // accepted after the deadline, holders who joined after it apart; counted in Accepted too

	// Waiting are those of pending, sending, deferred and ambiguous that hold
	// the notice open: all but holders who joined after the deadline, and
	// deferred ones that somebody excepted.
	Waiting int `json:"-"`
	Out     int `json:"-"` // of the accepted, those that our own relay passed on
}

// Count counts a row of a notice whose deadline begins at an instant; a zero
// one is none.
func (c *Counts) Count(r Row, deadline time.Time) {
	c.Add(r.State, 1)
	if r.State == Accepted && !r.Out.IsZero() {
		c.Out++
	}
	switch {
	case r.Late:
	case r.State == Accepted && !deadline.IsZero() && !r.At.Before(deadline):
		c.Late++
	case r.State == Pending, r.State == Sending, r.State == Ambiguous, r.State == Deferred && r.Reason == "":
		c.Waiting++
	}
}

// Rows returns how many rows were counted.
func (c Counts) Rows() int {
	return c.Pending + c.Sending + c.Accepted + c.Deferred + c.Ambiguous + c.Rejected + c.Bounced + c.Skipped
}

// ErrUnknown is returned for a notice that the ledger does not have.
var ErrUnknown = errors.New("the ledger knows no such notice")

// ErrPurged is returned for a notice whose rows were forgotten.
var ErrPurged = errors.New("its rows were purged; nobody can be told by it any more")

// ErrLocked is returned where another sender has the ledger.
var ErrLocked = errors.New("another proviso is sending from this ledger; wait until it has ended")

// ErrLost is returned where a sender was taken for dead and others have taken
// over what it had claimed.
var ErrLost = errors.New("the ledger took this sender for dead, because it was not heard of for too long; others carry on with what it had begun: run it again")

// ErrHeld is returned while nobody may send.
var ErrHeld = errors.New("sending is on hold; proviso notify resume lets it go on")

// A Ledger keeps notices, rows and attempts. Its methods may be called at the
// same time. What they wrote is durable when they return.
type Ledger interface {
	// Lock makes the caller the only sender, or returns ErrLocked.
	Lock() (unlock func() error, err error)

	// Open registers a notice, or takes note of its dates if it is known. A
	// known notice with another KeyPrint is refused, and a purged one with
	// ErrPurged.
	Open(ctx context.Context, n Notice) error

	// Enrol adds the entries that are not known yet, neither by holder nor by
	// address, and returns how many of them are to be told. Known ones change
	// state only where their entry says so: from pending or deferred to
	// skipped, from skipped to pending, and from rejected or bounced to
	// pending where the address is another one now. The entries come by holder
	// hash. A purged notice is refused with ErrPurged.
	Enrol(ctx context.Context, notice string, w Wave, entries iter.Seq[Entry]) (added int, err error)

	// Notices returns all notices, oldest first.
	Notices(ctx context.Context) ([]Notice, error)

	// Waves returns the enrolments of a notice, oldest first.
	Waves(ctx context.Context, notice string) ([]Wave, error)

	// LastAudience returns the size of the audience at the last wave of the
	// notice, or, if it had none, of the controller's last other notice of one
	// of its policies. It returns false if there was none either.
	LastAudience(ctx context.Context, notice string) (int, bool, error)

	// TakeOver turns rows that a dead sender left in sending into ambiguous
	// ones, and returns how many. Where there is one sender at a time, only who
	// has the lock may call it.
	TakeOver(ctx context.Context, notice string, at time.Time) (int, error)

	// Rows returns the rows in the given states by holder hash, or all rows.
	Rows(ctx context.Context, notice string, states ...State) iter.Seq2[Row, error]

	// Find returns the row of a holder or, where there is none, of an address.
	Find(ctx context.Context, notice string, holder, address Hash) (Row, bool, error)

	// Keep stores a letter of a notice once, and returns its number.
	Keep(ctx context.Context, notice string, body []byte) (int, error)

	// Letters returns the letters of a notice.
	Letters(ctx context.Context, notice string) ([]Letter, error)

	// Remark adds something that was done about a notice besides mailing it;
	// Remarks returns what was added, oldest first.
	Remark(ctx context.Context, notice string, r Remark) error
	Remarks(ctx context.Context, notice string) ([]Remark, error)

	// Hold keeps everyone from sending until Resume. Held says whether it is so,
	// or returns ErrLost to a sender who may not go on for another reason.
	Hold(ctx context.Context, s Stop) error
	Resume(ctx context.Context) error
	Held(ctx context.Context) (Stop, bool, error)

	// Claim moves rows to sending, before their mail goes: of those it is asked
	// for, in their order and so many at the most, those that are pending,
	// deferred or ambiguous and were not tried meanwhile. It returns which these are; the others are somebody
	// else's, or settled. While the ledger is on hold none moves, which is ErrHeld.
	Claim(ctx context.Context, notice string, most int, claims []Claim) ([]Claim, error)

	// Record writes the outcome of rows that this ledger claimed. One that is
	// given back has the state it had before it was claimed. Where others have
	// taken a row over meanwhile, it is ErrLost and nothing is written.
	Record(ctx context.Context, notice string, attempts ...Attempt) error

	// Skip excludes rows that are pending, deferred or ambiguous.
	Skip(ctx context.Context, notice string, holders []Hash, reason string) error

	// Except records that nobody waits for deferred rows any more, and why.
	Except(ctx context.Context, notice string, holders []Hash, reason string) error

	// Learn takes in news of mails that were tried before, and returns how many
	// rows it changed. Ambiguous rows become accepted, bounced or deferred, and
	// accepted ones bounced; rows in other states stay as they are.
	Learn(ctx context.Context, notice string, news ...Attempt) (changed int, err error)

	// PassedOn records when our own relay passed accepted mails on, and returns
	// how many rows it did not know of.
	PassedOn(ctx context.Context, notice string, at map[Hash]time.Time) (changed int, err error)

	// Attempts returns what was tried for one holder, oldest first.
	Attempts(ctx context.Context, notice string, holder Hash) ([]Attempt, error)

	// History returns the attempts of all holders of a notice, by holder hash,
	// and of one holder oldest first.
	History(ctx context.Context, notice string) iter.Seq2[Attempt, error]

	// TriedSince counts the tries of all notices that ended after t, and
	// returns when the first of these ended. News are no tries.
	TriedSince(ctx context.Context, t time.Time) (n int, first time.Time, err error)

	// Counts counts the rows of a notice, or returns ErrUnknown. Of a purged
	// notice it returns what was counted then.
	Counts(ctx context.Context, notice string) (Counts, error)

	// Purge forgets who the notices told: rows, attempts and letters go, and the
	// room they took is given back. Notices, waves and counts stay. A notice
	// purged before is left as it is; without any, what an interrupted purge
	// left behind is cleaned up. Only who has the lock may call it.
	Purge(ctx context.Context, at time.Time, notices ...string) error

	// Close waits for what is being written and closes the ledger.
	Close() error
}
