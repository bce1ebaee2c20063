package outcome

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"proviso/ledger"
	"proviso/relaylog"
)

// Reconciled counts what a relay's log settled.
type Reconciled struct {
	Accepted  int // nobody knew whether the relay took them: it did
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
// log tells of all the time in which it can have been tried, was not.
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

func (d Desk) reconcile(ctx context.Context, n opened, log *relaylog.Log, out *Reconciled) error {
	waves, err := d.Ledger.Waves(ctx, n.ID)
	if err != nil {
		return err
	}
	var news []ledger.Attempt
	passed := map[ledger.Hash]time.Time{}
	for row, err := range d.Ledger.Rows(ctx, n.ID, ledger.Ambiguous, ledger.Accepted) {
		if err != nil {
			return err
		}
		m, found := log.Mail(n.local(row.Holder))
		if found && !m.Out.IsZero() {
			passed[row.Holder] = m.Out
		}
		switch a := (ledger.Attempt{Holder: row.Holder, QueueID: m.QueueID, Text: "the relay's log: " + m.Code + " " + m.Text}); {
		case found && !m.Bounced.IsZero():
			a.State, a.Ended = ledger.Bounced, m.Bounced
			news = append(news, a)
			out.Bounced++
		case row.State == ledger.Accepted:
		case found:
			a.State, a.Ended, a.Text = ledger.Accepted, m.Taken, "the relay's log says that it was taken"
			news = append(news, a)
			out.Accepted++
		default:
			settled, err := d.missing(ctx, n, row, waves, log)
			if err != nil {
				return err
			}
			if !settled {
				out.Ambiguous++
				continue
			}
			a.State, a.Ended, a.Due, a.Text = ledger.Deferred, d.Now(), d.Now(), "the relay's log does not have it: it was not taken"
			news = append(news, a)
			out.Again++
		}
	}
	if _, err := d.Ledger.Learn(ctx, n.ID, news...); err != nil {
		return err
	}
	changed, err := d.Ledger.PassedOn(ctx, n.ID, passed)
	out.Out += changed
	return err
}

// missing reports whether a log in which a mail is not found proves that the
// relay never took it: it must tell of the time of every ambiguous try.
func (d Desk) missing(ctx context.Context, n opened, row ledger.Row, waves []ledger.Wave, log *relaylog.Log) (bool, error) {
	tries, err := d.Ledger.Attempts(ctx, n.ID, row.Holder)
	if err != nil {
		return false, err
	}
	for _, a := range tries {
		if a.State != ledger.Ambiguous {
			continue
		}
		from := a.Started
		if from.IsZero() { // a sender that died noted none; it began after it had enrolled
			for _, w := range waves {
				if !w.At.After(a.Ended) {
					from = w.At
				}
			}
		}
		if !log.Covers(from, a.Ended) {
			return false, nil
		}
	}
	return true, nil
}
