// Package delivery sends notices: everyone in the audience, each once, through
// kills, cuts and refusals; and says how far it is.
//
// # What happens in which order
//
// Begin makes itself the only sender, takes over what a dead one left, checks
// the size of the audience against the last one, enrols those who are not known
// yet, and writes every letter, so that nothing can be wrong with them later.
// Run then tries everyone who was not told: it claims rows in the ledger, hands
// over mails on a pool of connections, and records what each server said. A
// pass ends; another one tries again those that are left, and nobody who was
// told. Resume is Begin for who comes after a sender that was killed.
//
// # Ambiguous mails
//
// Where no answer came to the end of a text, nobody can know whether the server
// took it. mail.ambiguous says what the next pass does: resend sends again, with
// the same Message-ID; hold leaves it for a person. When a sender is killed,
// at most connections × window mails are ambiguous.
//
// # What is left out
//
// A pass spares a server that takes nothing, with fewer connections and longer
// pauses, but does not wait for better times: it ends and says so. Settle waits,
// and makes pass after pass until nobody is left. Who is in the audience and what they read is settled in
// package notify; what one server says to one mail in package courier.
package delivery

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"proviso/account"
	"proviso/courier"
	"proviso/ledger"
	"proviso/notify"
	"proviso/spool"
)

// A Sender sends notices.
type Sender struct {
	Ledger    ledger.Ledger
	Keys      ledger.Keys
	Mail      notify.MailConfig // values filled in
	Server    courier.Server
	Signer    *courier.Signer // nil: the relay signs
	Templates fs.FS           // holds mail/notice.txt and so on
	Now       func() time.Time
	Progress  func(Progress) // called after each outcome, one call at a time; may be nil
	Shares    Shares         // what all senders of the ledger keep to; nil: this is the only one
	Stands    Standing       // asked between mails; nil: no notice is taken back
	OnlyDue   bool           // leave mails that were put off until they are due
	Spool     string         // folder for addresses while they are needed; empty: the system's, and Resume finds nothing
	// Sleep waits, and reports false if ctx ended before; nil: for as long as it says.
	Sleep func(ctx context.Context, d time.Duration) bool
}

// Progress says how far a pass is.
type Progress struct{ ToTry, Accepted, Deferred, Rejected, Ambiguous int }

// Done returns how many mails have an outcome.
func (p Progress) Done() int { return p.Accepted + p.Deferred + p.Rejected + p.Ambiguous }

// A Pass is one run over everyone who is not told yet. It is to be closed.
type Pass struct {
	TakenOver int    // mails that a dead sender left; nobody knows whether they went
	Added     int    // holders not known before
	Waiting   int    // mails that were put off and are not due yet
	Held      int    // ambiguous mails that are not sent again, as mail.ambiguous says
	ToTry     int    // mails that Run will try
	Quota     bool   // the daily quota leaves some for another day
	Long      int    // bytes of the longest HTML of a letter, if that is near what mail providers cut off
	Late      string // why it cannot be done in time, where an exception allows it

	sender *Sender
	joined bool // others enrol and skip
	rounds []*round
	unlock func() error
}

// A round is the part of a pass that sends one notice.
type round struct {
	notice   *notify.Notice
	key      ledger.Key
	audience *audience
	most     int            // mails that are tried
	needed   map[int]bool   // the variants that they are of
	letters  map[int]letter // by variant
	jobs     *spool.Sorter  // nil: those that a killed sender left, which are:
	from     *ledger.Hash   // the first that was not tried yet; nil: there is none
	tried    map[ledger.Hash]int
	held     map[ledger.Hash]bool

	buffer []byte
}

// A letter is what one variant is told, and its number in the ledger.
type letter struct {
	composed *notify.Composed
	number   int
}

// Begin prepares a pass over the notices and sends nothing. expect names the
// size of the audience where it is empty or much smaller than the last one;
// nil: it is not expected to be. The holders are not needed afterwards.
func (s *Sender) Begin(ctx context.Context, notices []*notify.Notice, h *account.Holders, expect *int) (_ *Pass, err error) {
	p, err := s.pass(ctx, notices)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	if err := p.admit(ctx, notices, h, expect); err != nil {
		return nil, err
	}
	for _, r := range p.rounds {
		if err := p.prepare(ctx, r, h.Query); err != nil {
			return nil, err
		}
	}
	if err := p.limit(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// pass makes the sender the only one, if nobody has put sending on hold.
func (s *Sender) pass(ctx context.Context, notices []*notify.Notice) (*Pass, error) {
	if err := s.TakenBack(notices...); err != nil {
		return nil, err
	}
	unlock, err := s.Ledger.Lock()
	if err != nil {
		return nil, err
	}
	own := *s
	if own.Sleep == nil {
		own.Sleep = sleep
	}
	if err := held(ctx, s.Ledger); err != nil {
		return nil, errors.Join(err, unlock())
	}
	return &Pass{sender: &own, unlock: unlock}, nil
}

// admit finds out the audience of each notice, if it is of a size to be believed
// and can be told in time.
func (p *Pass) admit(ctx context.Context, notices []*notify.Notice, h *account.Holders, expect *int) error {
	if err := clean(p.sender.Spool); err != nil {
		return err
	}
	for _, n := range notices {
		r, err := p.sender.register(ctx, n)
		if err != nil {
			return err
		}
		p.rounds = append(p.rounds, r)
		if r.audience, err = p.sender.gather(n, r.key, h); err != nil {
			return err
		}
	}
	if err := p.checkSize(ctx, expect); err != nil {
		return err
	}
	begun, err := p.sender.begun(ctx, notices)
	if err == nil && !begun {
		err = p.feasible()
	}
	return err
}

// register makes a notice known to the ledger.
func (s *Sender) register(ctx context.Context, n *notify.Notice) (*round, error) {
	key, err := s.key(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	policies, _ := n.Names()
	if n.Withdrawn() { // its audience says nothing about that of other notices
		policies = ""
	}
	return &round{notice: n, key: key, needed: map[int]bool{}, letters: map[int]letter{}}, s.Ledger.Open(ctx, ledger.Notice{
		ID: n.ID, Controller: n.Controller, Policies: strings.Fields(policies), Effective: n.Effective().String(),
		Deadline: n.Deadline().String(), DeadlineAt: n.DeadlineAt(), KeyPrint: key.Print(),
	})
}

// key returns the notice's key. A notice that is known must have one: a new
// key would know nobody again, and everyone would be told twice.
func (s *Sender) key(ctx context.Context, notice string) (ledger.Key, error) {
	_, err := s.Ledger.Waves(ctx, notice)
	if errors.Is(err, ledger.ErrUnknown) {
		return s.Keys.Make(notice)
	} else if err != nil {
		return nil, err
	}
	return s.Keys.Get(notice)
}

// begun reports whether any of the notices has an audience already. Then to go
// on is better than to stop half way.
func (s *Sender) begun(ctx context.Context, notices []*notify.Notice) (bool, error) {
	for _, n := range notices {
		waves, err := s.Ledger.Waves(ctx, n.ID)
		if err != nil || len(waves) > 0 {
			return len(waves) > 0, err
		}
	}
	return false, nil
}

// checkSize refuses an audience that is empty or more than 5 % smaller than the
// last one: it is more often a broken query than the truth.
func (p *Pass) checkSize(ctx context.Context, expect *int) error {
	total := 0
	var doubts []string
	for _, r := range p.rounds {
		size := r.audience.told
		total += size
		last, known, err := p.sender.Ledger.LastAudience(ctx, r.notice.ID)
		if err != nil {
			return err
		}
		if known && size*100 < last*95 {
			doubts = append(doubts, fmt.Sprintf("%d holders would be told of %s, after %d the last time", size, r.notice.ID, last))
		}
	}
	if total == 0 {
		doubts = append(doubts, "nobody would be told")
	}
	if expect != nil && *expect != total {
		return fmt.Errorf("the audience is %d, not the expected %d", total, *expect)
	}
	if len(doubts) > 0 && expect == nil {
		return fmt.Errorf("%s; check the accounts in proviso.yaml, and if it is right say --expect %d", strings.Join(doubts, "; "), total)
	}
	return nil
}

// prepare takes over, enrols, finds who is left to try and writes their letters.
func (p *Pass) prepare(ctx context.Context, r *round, query string) error {
	taken, err := p.sender.Ledger.TakeOver(ctx, r.notice.ID, p.sender.Now())
	if err != nil {
		return err
	}
	begun, err := p.sender.begun(ctx, []*notify.Notice{r.notice})
	if err != nil {
		return err
	}
	added, err := p.sender.enrol(ctx, r, query)
	if err != nil {
		return err
	}
	p.TakenOver += taken
	p.Added += added
	if !begun {
		p.all(r)
	} else if err := p.find(ctx, r); err != nil {
		return err
	}
	return p.write(ctx, r)
}

// all has everyone tried: nobody was enrolled before.
func (p *Pass) all(r *round) {
	r.from, r.most = new(ledger.Hash), r.audience.told
	p.ToTry += r.most
	for i := range r.audience.variants {
		r.needed[i] = r.audience.tells[i]
	}
}

// write writes every letter that is needed, and keeps it in the ledger before
// the first mail of it goes.
func (p *Pass) write(ctx context.Context, r *round) error {
	s := p.sender
	w := notify.Writer{Templates: s.Templates, From: s.Mail.From, ReplyTo: s.Mail.ReplyTo}
	for i, v := range r.audience.variants {
		if !r.needed[i] {
			continue
		}
		c, err := w.Compose(r.notice, v)
		if err != nil {
			return err
		}
		if c.HTML >= courier.LongHTML {
			p.Long = max(p.Long, c.HTML)
		}
		number, err := s.Ledger.Keep(ctx, r.notice.ID, c.Skeleton.Bytes())
		if err != nil {
			return err
		}
		r.letters[i] = letter{c, number}
	}
	return nil
}

// enrol adds the audience to the ledger.
func (s *Sender) enrol(ctx context.Context, r *round, query string) (int, error) {
	a := r.audience
	wave := ledger.Wave{At: ledger.Instant(ledger.Millis(s.Now())), Audience: a.told, Query: query, Exclusions: a.exclusions()}
	kept, err := a.keep(heading{Notice: r.notice.ID, At: wave.At}, s.Spool)
	if err != nil {
		return 0, err
	}
	var broken error // then fewer are enrolled than were to be; the next pass adds them
	added, err := s.Ledger.Enrol(ctx, r.notice.ID, wave, func(yield func(ledger.Entry) bool) {
		for m, err := range a.members() {
			if broken = err; err != nil || !yield(ledger.Entry{Holder: m.holder, Address: m.address, Skip: m.skip, Late: m.late}) {
				return
			}
		}
	})
	return added, errors.Join(err, broken, kept())
}

// limit cuts the pass down to what the quota leaves.
func (p *Pass) limit(ctx context.Context) error {
	q := p.sender.Mail.Quota
	if q.IsZero() || p.ToTry == 0 {
		return nil
	}
	tried, first, err := p.sender.Ledger.TriedSince(ctx, p.sender.Now().Add(-q.Per))
	if err != nil {
		return err
	}
	left := max(q.Mails-tried, 0)
	if left == 0 {
		return &Exhausted{q, first.Add(q.Per)}
	}
	if p.ToTry > left {
		p.Quota, p.ToTry = true, left
	}
	for _, r := range p.rounds {
		r.most = min(left, r.most)
		left -= r.most
	}
	return nil
}

// Exhausted is the error of a pass for which the quota leaves nothing.
type Exhausted struct {
	Quota notify.Rate
	Until time.Time
}

func (e *Exhausted) Error() string {
	return fmt.Sprintf("the quota of %d mails is used up; send again after %s", e.Quota.Mails, e.Until.Format(time.RFC3339))
}

// Close removes the addresses, and lets others send.
func (p *Pass) Close() error {
	var err error
	for _, r := range p.rounds {
		if r.jobs != nil {
			err = errors.Join(err, r.jobs.Close())
		}
		if r.audience != nil {
			err = errors.Join(err, r.audience.close())
		}
	}
	return errors.Join(err, p.unlock())
}

// Run tries every mail of the pass once. It stops early when ctx ends, or when
// what fails is not about one mail; what was begun is brought to its end and
// recorded first. The Progress is right in every case.
func (p *Pass) Run(ctx context.Context) (Progress, error) {
	t := &tally{report: p.sender.Progress}
	t.ToTry = p.ToTry
	for _, r := range p.rounds {
		if err := newPool(ctx, p.sender, r, t).run(); err != nil {
			return t.Progress, err
		}
	}
	return t.Progress, nil
}
