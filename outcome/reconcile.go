package outcome

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"proviso/ledger"
	"proviso/relaylog"
)

// Reconciled counts what a relay's log settled.
type Reconciled struct {
	Accepted  int // nobody knew whether the relay took them, or that they had been sent: it did
	Again     int // it did not; they will be sent again
	Bounced   int // the relay gave them up
	Out       int // now known to be passed on
	Ambiguous int // still not known: the log does not tell of that time
}

var ours = regexp.MustCompile(`\.[0-9a-f]{32}$`)

// ReadLog returns the options with which Postfix's log is read for Reconcile.
func (d Desk) ReadLog(zone *time.Location) relaylog.Options {
	return relaylog.Options{Wanted: ours.MatchString, Zone: zone, Now: d.Now()}
}

// Reconcile settles rows from the log of the relay that the mails were given to.
// An ambiguous one that is in the log was accepted; one that is not, though the
// log tells of all the time in which it can have been tried, was not. One that
// is still to be told and is in the log was sent by a ledger that is lost: this
// one is a copy of it from before.
func (d Desk) Reconcile(ctx context.Context, log *relaylog.Log) (Reconciled, error) {
	var out Reconciled
	notices, err := d.open(ctx)
	if err != nil {
		return out, err
	}
	for _, n := range notices {
		if err := d.reconcile(ctx, n, log, &out); err != nil {
			return out, fmt.Errorf("notice %q: %w", n.ID, err)
		}
	}
	return out, nil
}

// A reconciliation is one notice with the log that settles its rows.
type reconciliation struct {
	Desk
	notice opened
	waves  []ledger.Wave
	log    *relaylog.Log
	out    *Reconciled
}

func (d Desk) reconcile(ctx context.Context, n opened, log *relaylog.Log, out *Reconciled) error {
	waves, err := d.Ledger.Waves(ctx, n.ID)
	if err != nil {
		return err
	}
	r := reconciliation{d, n, waves, log, out}
	var news []ledger.Attempt
	passed := map[ledger.Hash]time.Time{}
	var sent []ledger.Row
	for row, err := range d.Ledger.Rows(ctx, n.ID, ledger.Ambiguous, ledger.Accepted, ledger.Pending, ledger.Deferred) {
		if err != nil {
			return err
		}
		m, found := log.Mail(n.local(row.Holder))
		if found && (row.State == ledger.Pending || row.State == ledger.Deferred) {
			sent = append(sent, row)
		}
		if found && !m.Out.IsZero() {
			passed[row.Holder] = m.Out
		}
		if found && (row.State != ledger.Accepted || !m.Bounced.IsZero()) {
			news = append(news, r.found(row, m))
		} else if row.State == ledger.Ambiguous {
			a, ok, err := r.lost(ctx, row)
			if err != nil {
				return err
			} else if ok {
				news = append(news, a)
			}
		}
	}
	if err := r.enter(ctx, sent); err != nil {
		return err
	}
	if _, err := d.Ledger.Learn(ctx, n.ID, news...); err != nil {
		return err
	}
	changed, err := d.Ledger.PassedOn(ctx, n.ID, passed)
	out.Out += changed
	return err
}

// enter records mails that were sent though this ledger has them still to be
// told, as a sender would have. It is refused while one is at work.
func (r reconciliation) enter(ctx context.Context, rows []ledger.Row) (err error) {
	if len(rows) == 0 {
		return nil
	}
	unlock, err := r.Ledger.Lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	for part := range slices.Chunk(rows, mostEntered) {
		claims := make([]ledger.Claim, len(part))
		for i, row := range part {
			claims[i] = ledger.Claim{Holder: row.Holder, Tries: row.Tries}
		}
		claimed, err := r.Ledger.Claim(ctx, r.notice.ID, len(claims), claims)
		if err != nil {
			return err
		}
		var tries []ledger.Attempt
		for _, c := range claimed {
			m, _ := r.log.Mail(r.notice.local(c.Holder))
			tries = append(tries, ledger.Attempt{Holder: c.Holder, State: ledger.Accepted, QueueID: m.QueueID,
				Started: m.Taken, Ended: m.Taken, Text: "the relay's log says that it was taken"})
		}
		if err := r.Ledger.Record(ctx, r.notice.ID, tries...); err != nil {
			return err
		}
	}
	return nil
}

// mostEntered bounds what is claimed at a time.
const mostEntered = 1000

// found is the news of a row whose mail is in the log.
func (r reconciliation) found(row ledger.Row, m relaylog.Mail) ledger.Attempt {
	a := ledger.Attempt{Holder: row.Holder, QueueID: m.QueueID}
	if !m.Bounced.IsZero() {
		r.out.Bounced++
		a.State, a.Ended, a.Text = ledger.Bounced, m.Bounced, "the relay's log: "+m.Code+" "+m.Text
		return a
	}
	r.out.Accepted++
	a.State, a.Ended, a.Text = ledger.Accepted, m.Taken, "the relay's log says that it was taken"
	return a
}

// lost is the news of an ambiguous row whose mail is not in the log: it was not
// taken, if the log tells of the time of every ambiguous try.
func (r reconciliation) lost(ctx context.Context, row ledger.Row) (ledger.Attempt, bool, error) {
	tries, err := r.Ledger.Attempts(ctx, r.notice.ID, row.Holder)
	if err != nil {
		return ledger.Attempt{}, false, err
	}
	for _, a := range tries {
		if a.State == ledger.Ambiguous && !r.log.Covers(r.begun(a), a.Ended) {
			r.out.Ambiguous++
			return ledger.Attempt{}, false, nil
		}
	}
	r.out.Again++
	now := r.Now()
	return ledger.Attempt{Holder: row.Holder, State: ledger.Deferred, Ended: now, Due: now, Text: "the relay's log does not have it: it was not taken"}, true, nil
}

// begun returns when a try began at the earliest. A sender that died noted
// nothing, but it had enrolled before it began.
func (r reconciliation) begun(a ledger.Attempt) time.Time {
	from := a.Started
	for _, w := range r.waves {
		if a.Started.IsZero() && !w.At.After(a.Ended) {
			from = w.At
		}
	}
	return from
}
