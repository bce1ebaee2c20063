package outcome

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"proviso/delivery"
	"proviso/ledger"
	"proviso/notify"
	"proviso/policy"
	"proviso/source"
)

// A Standing is how far one notice is, as the ledger has it: what notice.yaml
// would say if it were closed now, and what keeps it open.
type Standing struct {
	Record
	Waiting int // holders who are still to be told
	Queued  int // accepted by our own relay, and not known to be out
	Waves   []ledger.Wave
}

// Standings returns how far the notices are that tell of POLICY@VERSION, one
// for each controller: of several by one controller the one furthest on. None
// were begun if there are none. zone is where the version's dates begin.
func (d Desk) Standings(ctx context.Context, version string, zone *time.Location, mail notify.MailConfig) ([]Standing, error) {
	all, err := d.Ledger.Notices(ctx)
	if err != nil {
		return nil, err
	}
	var out []Standing
	for _, n := range all {
		if !Tells(n.ID, version) {
			continue
		}
		waves, err := d.Ledger.Waves(ctx, n.ID)
		if err != nil {
			return nil, err
		}
		if len(waves) == 0 {
			continue // opened, and nobody was enrolled
		}
		s, err := d.standing(ctx, n, zone, mail)
		if err != nil {
			return nil, fmt.Errorf("notice %q: %w", n.ID, err)
		}
		i := slices.IndexFunc(out, func(x Standing) bool { return x.Controller == s.Controller })
		switch {
		case i < 0:
			out = append(out, *s)
		case s.open() < out[i].open():
			out[i] = *s
		}
	}
	return out, nil
}

func (s *Standing) open() int { return s.Waiting + s.Queued }

// Tells reports whether the notice with an id tells of POLICY@VERSION.
func Tells(notice, version string) bool {
	id, _, _ := strings.Cut(notice, "#")
	return slices.Contains(strings.Split(id, "+"), version)
}

// known returns a notice of the ledger.
func (d Desk) known(ctx context.Context, id string) (ledger.Notice, error) {
	all, err := d.Ledger.Notices(ctx)
	if err != nil {
		return ledger.Notice{}, err
	}
	i := slices.IndexFunc(all, func(n ledger.Notice) bool { return n.ID == id })
	if i < 0 {
		return ledger.Notice{}, fmt.Errorf("notice %q: %w", id, ledger.ErrUnknown)
	}
	return all[i], nil
}

// standing gathers what is known of one notice.
func (d Desk) standing(ctx context.Context, n ledger.Notice, zone *time.Location, mail notify.MailConfig) (*Standing, error) {
	waves, err := d.Ledger.Waves(ctx, n.ID)
	if err == nil {
		err = ledger.VerifyWaves(waves)
	}
	if err != nil {
		return nil, err
	}
	last := waves[len(waves)-1]
	s := &Standing{Waves: waves, Record: Record{ID: n.ID, Controller: n.Controller, Deadline: n.Deadline,
		Audience: last.Audience, Digest: last.Digest, Chain: last.Seal}}
	for _, x := range last.Exclusions {
		s.Excluded = append(s.Excluded, source.Entry[int]{Key: x.Reason, Value: x.Holders})
	}
	letters, err := d.Ledger.Letters(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	for _, l := range letters {
		sum := sha256.Sum256(l.Body)
		s.Letters = append(s.Letters, "sha256:"+hex.EncodeToString(sum[:]))
	}
	slices.Sort(s.Letters)
	if err := d.count(ctx, n.ID, s, mail); err != nil {
		return nil, err
	}
	effective, err := policy.ParseDate(n.Effective)
	if err != nil {
		return nil, err
	}
	if err := d.times(ctx, n, s, effective.In(zone)); err != nil {
		return nil, err
	}
	return s, d.remarks(ctx, n.ID, s)
}

// count adds how many rows are in which state.
func (d Desk) count(ctx context.Context, notice string, s *Standing, mail notify.MailConfig) error {
	c, err := d.Ledger.Counts(ctx, notice)
	if err != nil {
		return err
	}
	s.Waiting = c.Waiting
	if mail.Relay == delivery.Own {
		s.Queued = c.Accepted - c.Out
	}
	for _, x := range []struct {
		name string
		n    int
	}{{"accepted", c.Accepted}, {"late", c.Late}, {"deferred", c.Deferred}, {"rejected", c.Rejected}, {"bounced", c.Bounced}, {"skipped", c.Skipped}} {
		if x.n > 0 || x.name == "accepted" {
			s.Counts = append(s.Counts, source.Entry[int]{Key: x.name, Value: x.n})
		}
	}
	return nil
}

// times adds when the first and the last were told, who was not reached before
// the change took effect, and the exceptions.
func (d Desk) times(ctx context.Context, n ledger.Notice, s *Standing, effective time.Time) error {
	var first, last, late, lost time.Time
	unreached := 0
	for row, err := range d.Ledger.Rows(ctx, n.ID, s.telling(effective)...) {
		switch {
		case err != nil:
			return err
		case s.newcomer(row, effective):
			s.spare(row, n.DeadlineAt)
			continue
		case row.State == ledger.Pending, row.State == ledger.Sending, row.State == ledger.Ambiguous:
			continue // still to be told
		case row.State == ledger.Accepted:
			if first.IsZero() || row.At.Before(first) {
				first = row.At
			}
			last = latest(last, row.At)
			if !row.Late && !n.DeadlineAt.IsZero() && !row.At.Before(n.DeadlineAt) {
				late = latest(late, row.At)
			}
			continue
		case row.State == ledger.Deferred && row.Reason == "":
			continue // still to be told
		case row.State == ledger.Deferred:
			s.except(row.Reason)
		}
		if row.At.Before(effective) {
			unreached, lost = unreached+1, latest(lost, row.At)
		}
	}
	s.First, s.Last, s.LastLate = stamp(first), stamp(last), stamp(late)
	if unreached > 0 {
		s.Unreached = &Unreached{unreached, stamp(lost)}
	}
	return nil
}

// Unlisted reports whether somebody was not reached by mail and no list for
// post was written since that is known.
func (r *Record) Unlisted() bool {
	return r.Unreached != nil && (r.Posted == nil || r.Posted.At < r.Unreached.Last)
}

// telling returns the states whose rows have something to tell: those that were
// tried, and all others too if somebody was enrolled after the change took effect.
func (s *Standing) telling(effective time.Time) []ledger.State {
	if s.Waves[len(s.Waves)-1].At.Before(effective) {
		return []ledger.State{ledger.Accepted, ledger.Deferred, ledger.Rejected, ledger.Bounced}
	}
	return []ledger.State{ledger.Accepted, ledger.Deferred, ledger.Rejected, ledger.Bounced, ledger.Pending, ledger.Sending, ledger.Ambiguous}
}

// newcomer reports whether a row came to be known only after the change took
// effect. Nobody could have told it in time, and what is in force stays so.
func (s *Standing) newcomer(row ledger.Row, effective time.Time) bool {
	return row.Wave > 0 && row.Wave <= len(s.Waves) && !s.Waves[row.Wave-1].At.Before(effective)
}

// spare takes a newcomer out of what was counted.
func (s *Standing) spare(row ledger.Row, deadline time.Time) {
	switch {
	case row.State == ledger.Accepted:
		if row.Out.IsZero() && s.Queued > 0 {
			s.Queued--
		}
		for i := range s.Counts {
			if c := &s.Counts[i]; c.Key == "late" && !row.Late && !deadline.IsZero() && !row.At.Before(deadline) {
				c.Value--
			}
		}
	case row.Late, row.State == ledger.Rejected, row.State == ledger.Bounced, row.State == ledger.Deferred && row.Reason != "":
		// they are not waited for anyway
	default:
		s.Waiting--
	}
}

// remarks adds what was done besides mailing.
func (d Desk) remarks(ctx context.Context, notice string, s *Standing) error {
	said, err := d.Ledger.Remarks(ctx, notice)
	for _, r := range said {
		switch r.Kind {
		case ledger.Live:
			if s.Live == "" {
				s.Live = stamp(r.At)
			}
		case ledger.Offline:
			s.Offline = append(s.Offline, r.Text)
		case ledger.Posted:
			if s.Unreached == nil {
				continue
			}
			s.Posted = &Posted{r.Holders, stamp(r.At)}
		}
	}
	return err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// except counts one holder under an exception, which the ledger has as REASON (NAME).
func (r *Record) except(reason string) {
	x := Exception{Reason: reason, Holders: 1}
	if i := strings.LastIndex(reason, " ("); i >= 0 && strings.HasSuffix(reason, ")") {
		x.Reason, x.By = reason[:i], reason[i+2:len(reason)-1]
	}
	for i := range r.Exceptions {
		if e := &r.Exceptions[i]; e.Reason == x.Reason && e.By == x.By {
			e.Holders++
			return
		}
	}
	r.Exceptions = append(r.Exceptions, x)
}

// stamp writes an instant for the record; "" if it is none. It is never later
// than the instant.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}
