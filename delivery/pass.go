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
// told.
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
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"proviso/account"
	"proviso/courier"
	"proviso/ledger"
	"proviso/notify"
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
	OnlyDue   bool           // leave mails that were put off until they are due
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
	Late      string // why it cannot be done in time, where an exception allows it

	sender *Sender
	joined bool // others enrol and skip
	rounds []*round
	unlock func() error
}

// A round is the part of a pass that sends one notice.
type round struct {
	notice  *notify.Notice
	key     ledger.Key
	jobs    []job
	letters map[*notify.Variant]letter
}

// A letter is what one variant is told, and its number in the ledger.
type letter struct {
	composed *notify.Composed
	number   int
}

// A job is one mail to try.
type job struct {
	row       ledger.Row
	recipient *notify.Recipient
}

// Begin prepares a pass over the notices and sends nothing. expect names the
// size of the audience where it is empty or much smaller than the last one;
// nil: it is not expected to be.
func (s *Sender) Begin(ctx context.Context, notices []*notify.Notice, h *account.Holders, expect *int) (_ *Pass, err error) {
	unlock, err := s.Ledger.Lock()
	if err != nil {
		return nil, err
	}
	own := *s
	if s = &own; s.Sleep == nil {
		s.Sleep = sleep
	}
	p := &Pass{sender: s, unlock: unlock}
	defer func() {
		if err != nil {
			err = errors.Join(err, unlock())
		}
	}()
	if err := held(ctx, s.Ledger); err != nil {
		return nil, err
	}
	audiences, err := p.admit(ctx, notices, h, expect)
	if err != nil {
		return nil, err
	}
	for i, r := range p.rounds {
		if err := p.prepare(ctx, r, audiences[i], h.Query); err != nil {
			return nil, err
		}
	}
	return p, p.limit(ctx)
}

// admit returns the audience of each notice, if it is of a size to be believed
// and can be told in time.
func (p *Pass) admit(ctx context.Context, notices []*notify.Notice, h *account.Holders, expect *int) ([][]notify.Recipient, error) {
	audiences := make([][]notify.Recipient, len(notices))
	for i, n := range notices {
		audiences[i] = n.Audience(h)
		r, err := p.sender.register(ctx, n)
		if err != nil {
			return nil, err
		}
		p.rounds = append(p.rounds, r)
	}
	if err := p.sender.checkSize(ctx, notices, audiences, expect); err != nil {
		return nil, err
	}
	begun, err := p.sender.begun(ctx, notices)
	if err == nil && !begun {
		err = p.feasible(notices, audiences)
	}
	return audiences, err
}

// register makes a notice known to the ledger.
func (s *Sender) register(ctx context.Context, n *notify.Notice) (*round, error) {
	key, err := s.key(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	policies, _ := n.Names()
	return &round{notice: n, key: key, letters: map[*notify.Variant]letter{}}, s.Ledger.Open(ctx, ledger.Notice{
		ID: n.ID, Controller: n.Controller, Policies: strings.Fields(policies), Effective: n.Effective().String(),
		Deadline: n.Deadline().String(), DeadlineAt: n.DeadlineAt(), KeyPrint: key.Print(),
	})
}

// key returns the notice's key. A notice that is known must have one: a new
// key would know nobody again, and everyone would be told twice.
func (s *Sender) key(ctx context.Context, notice string) (ledger.Key, error) {
	_, err := s.Ledger.Counts(ctx, notice)
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
func (s *Sender) checkSize(ctx context.Context, notices []*notify.Notice, audiences [][]notify.Recipient, expect *int) error {
	total := 0
	var doubts []string
	for i, n := range notices {
		size := tell(audiences[i])
		total += size
		last, known, err := s.Ledger.LastAudience(ctx, n.ID)
		if err != nil {
			return err
		}
		if known && size*100 < last*95 {
			doubts = append(doubts, fmt.Sprintf("%d holders would be told of %s, after %d the last time", size, n.ID, last))
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

// tell counts the recipients that are not skipped.
func tell(audience []notify.Recipient) (n int) {
	for _, r := range audience {
		if r.Skip == "" {
			n++
		}
	}
	return n
}

// prepare takes over, enrols, finds who is left to try and writes their letters.
func (p *Pass) prepare(ctx context.Context, r *round, audience []notify.Recipient, query string) error {
	s := p.sender
	taken, err := s.Ledger.TakeOver(ctx, r.notice.ID, s.Now())
	if err != nil {
		return err
	}
	added, err := s.enrol(ctx, r, audience, query)
	if err != nil {
		return err
	}
	p.TakenOver += taken
	p.Added += added
	if err := p.find(ctx, r, audience); err != nil {
		return err
	}
	return s.write(ctx, r)
}

// write writes every letter that is needed, and keeps it in the ledger before
// the first mail of it goes.
func (s *Sender) write(ctx context.Context, r *round) error {
	w := notify.Writer{Templates: s.Templates, From: s.Mail.From, ReplyTo: s.Mail.ReplyTo}
	for _, j := range r.jobs {
		v := j.recipient.Variant
		if _, ok := r.letters[v]; ok {
			continue
		}
		c, err := w.Compose(r.notice, v)
		if err != nil {
			return err
		}
		number, err := s.Ledger.Keep(ctx, r.notice.ID, c.Skeleton.Bytes())
		if err != nil {
			return err
		}
		r.letters[v] = letter{c, number}
	}
	return nil
}

// enrol adds the audience to the ledger, ordered by hash: that is quick, and
// tells nothing of the order in the source.
func (s *Sender) enrol(ctx context.Context, r *round, audience []notify.Recipient, query string) (int, error) {
	deadline := r.notice.DeadlineAt()
	entries := make([]ledger.Entry, len(audience))
	for i, a := range audience {
		entries[i] = ledger.Entry{Holder: r.key.Holder(a.Holder.ID), Address: r.key.Address(a.Address), Skip: a.Skip,
			Late: !deadline.IsZero() && !a.Holder.Joined.Before(deadline)}
	}
	slices.SortFunc(entries, func(a, b ledger.Entry) int { return bytes.Compare(a.Holder[:], b.Holder[:]) })
	digest := sha256.New()
	for _, e := range entries {
		if e.Skip == "" {
			digest.Write(e.Holder[:])
		}
	}
	wave := ledger.Wave{At: s.Now(), Audience: tell(audience), Query: query, Digest: "sha256:" + hex.EncodeToString(digest.Sum(nil)), Exclusions: exclusions(audience)}
	return s.Ledger.Enrol(ctx, r.notice.ID, wave, slices.Values(entries))
}

// exclusions counts who is not told, by reason.
func exclusions(audience []notify.Recipient) (out []ledger.Exclusion) {
	count := map[string]int{}
	for _, r := range audience {
		if r.Skip != "" {
			count[r.Skip]++
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(count)) {
		out = append(out, ledger.Exclusion{Reason: reason, Holders: count[reason]})
	}
	return out
}

// find lists the rows to try. Who is not in the audience any more is skipped.
func (p *Pass) find(ctx context.Context, r *round, audience []notify.Recipient) error {
	byHash := make(map[ledger.Hash]*notify.Recipient, 2*len(audience))
	for i := range audience {
		if a := &audience[i]; a.Skip == "" {
			byHash[r.key.Address(a.Address)] = a
			byHash[r.key.Holder(a.Holder.ID)] = a
		}
	}
	var gone []ledger.Hash
	for row, err := range p.sender.Ledger.Rows(ctx, r.notice.ID, ledger.Pending, ledger.Deferred, ledger.Ambiguous) {
		if err != nil {
			return err
		}
		to := cmp.Or(byHash[row.Holder], byHash[row.Address])
		switch {
		case to == nil:
			gone = append(gone, row.Holder)
		case row.State == ledger.Ambiguous && p.sender.Mail.Ambiguous == "hold":
			p.Held++
		case p.sender.OnlyDue && dueAt(row).After(p.sender.Now()):
			p.Waiting++
		default:
			r.jobs = append(r.jobs, job{row, to})
		}
	}
	p.ToTry += len(r.jobs)
	if p.joined {
		return nil
	}
	return p.sender.Ledger.Skip(ctx, r.notice.ID, gone, "no longer in the audience")
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
		n := min(left, len(r.jobs))
		r.jobs, left = r.jobs[:n], left-n
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

// Close lets others send.
func (p *Pass) Close() error { return p.unlock() }

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
