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
	"proviso/source"
)

// An Announcement is the file notice.yaml: that the notices of a version were
// given. It stands beside the seal, in version control, and names nobody.
type Announcement struct {
	Format  int      `yaml:"format"`
	Version string   `yaml:"version"` // POLICY@VERSION
	Seal    string   `yaml:"seal"`    // of the version
	Closed  string   `yaml:"closed"`  // instant in UTC
	Notices []Record `yaml:"notices"`
}

// A Record is one notice of an Announcement, by one controller.
type Record struct {
	ID         string          `yaml:"id"`
	Controller string          `yaml:"controller"`
	Deadline   string          `yaml:"deadline"`           // civil date before whose beginning mail had to be accepted
	First      string          `yaml:"first,omitempty"`    // instant at which the first mail was accepted
	Last       string          `yaml:"last,omitempty"`     // and the last one
	Audience   int             `yaml:"audience"`           // holders to be told, at the last enrolment
	Digest     string          `yaml:"digest"`             // SHA-256 over the sorted keyed hashes of that audience
	Chain      string          `yaml:"chain"`              // seal of the last enrolment, which ties it to those before
	Excluded   source.Map[int] `yaml:"excluded,omitempty"` // holders who are not told, by reason
	Letters    []string        `yaml:"letters"`            // SHA-256 of what was told, by variant
	Counts     source.Map[int] `yaml:"counts"`             // rows by state; late ones are accepted too
	Exceptions []Exception     `yaml:"exceptions,omitempty"`
}

// An Exception is why a notice was closed though some were not told.
type Exception struct {
	Reason  string `yaml:"reason"`
	By      string `yaml:"by"`
	Holders int    `yaml:"holders"`
}

const announcementFormat = 1

const announcementHead = "# Written by proviso notify close: that account holders were told of this version. It names nobody.\n"

// Encode writes the announcement as the file notice.yaml.
func (a *Announcement) Encode() ([]byte, error) {
	data, err := source.Encode(a)
	return append([]byte(announcementHead), data...), err
}

// ReadAnnouncement reads the file notice.yaml.
func ReadAnnouncement(file string, data []byte) (*Announcement, source.Problems) {
	a := &Announcement{}
	var ps source.Problems
	source.Decode(file, data, a, &ps)
	if len(ps) == 0 && a.Format != announcementFormat {
		ps.Errorf(source.Position{File: file}, "notice", "use the proviso that wrote it", "the form %d is unknown", a.Format)
	}
	return a, ps
}

// A Waiver lets a notice be closed though some holders could not be reached for
// five days.
type Waiver struct{ Reason, By string }

// Incomplete is the error of Close while somebody is still to be told.
type Incomplete struct{ Missing []string }

func (e *Incomplete) Error() string {
	return "the notice is not complete: " + strings.Join(e.Missing, "; ")
}

// Close returns what notice.yaml says of each version, in the order of the
// notice's subjects. It refuses while somebody is still to be told; a waiver
// excepts those who were put off for five days, and is recorded.
func (d Desk) Close(ctx context.Context, notices []*notify.Notice, mail notify.MailConfig, waiver Waiver) ([]*Announcement, error) {
	if waiver != (Waiver{}) {
		if err := d.except(ctx, notices, waiver); err != nil {
			return nil, err
		}
	}
	status, err := delivery.StatusOf(ctx, d.Ledger, notices, mail, d.Now())
	if err != nil {
		return nil, err
	}
	if !status.Complete {
		missing, err := d.missingOf(ctx, notices, status)
		if err != nil {
			return nil, err
		}
		return nil, &Incomplete{missing}
	}
	var records []Record
	for _, n := range notices {
		if !n.Owed() {
			continue
		}
		r, err := d.record(ctx, n)
		if err != nil {
			return nil, fmt.Errorf("notice %q: %w", n.ID, err)
		}
		records = append(records, *r)
	}
	var out []*Announcement
	for _, s := range notices[0].Subjects {
		out = append(out, &Announcement{Format: announcementFormat, Version: s.Version.ID(), Seal: s.Version.Sealed.Hash,
			Closed: stamp(d.Now()), Notices: records})
	}
	return out, nil
}

// except waives those who were put off for five days.
func (d Desk) except(ctx context.Context, notices []*notify.Notice, w Waiver) error {
	for _, n := range notices {
		var holders []ledger.Hash
		for row, err := range d.Ledger.Rows(ctx, n.ID, ledger.Deferred) {
			if err != nil {
				return err
			}
			tries, err := d.Ledger.Attempts(ctx, n.ID, row.Holder)
			if err != nil {
				return err
			}
			if len(tries) > 0 && d.Now().Sub(tries[0].Ended) >= delivery.GiveUp && row.Reason == "" {
				holders = append(holders, row.Holder)
			}
		}
		if err := d.Ledger.Except(ctx, n.ID, holders, w.Reason+" ("+w.By+")"); err != nil {
			return err
		}
	}
	return nil
}

// missingOf says what stands in the way of closing, and what to do about it.
func (d Desk) missingOf(ctx context.Context, notices []*notify.Notice, s *delivery.Status) ([]string, error) {
	var out []string
	for _, n := range notices {
		if _, err := d.Ledger.Counts(ctx, n.ID); err != nil {
			return append(out, "nobody was told of "+n.ID+"; run notify send"), nil
		}
	}
	c := s.Counts
	for _, x := range []struct {
		n    int
		what string
	}{
		{c.Pending, "%d pending; run notify send"},
		{c.Sending, "%d sending; wait until notify send has ended, or run it again"},
		{c.Ambiguous, "%d ambiguous; settle them with notify reconcile, or set mail.ambiguous to resend and run notify send"},
		{c.Deferred, "%d deferred; run notify send, or after five days except them with --except REASON --by NAME"},
		{s.Queued, "%d accepted by our own relay and not known to be out; run notify reconcile with its log"},
	} {
		if x.n > 0 {
			out = append(out, fmt.Sprintf(x.what, x.n))
		}
	}
	return out, nil
}

// record gathers what is known of one notice.
func (d Desk) record(ctx context.Context, n *notify.Notice) (*Record, error) {
	waves, err := d.Ledger.Waves(ctx, n.ID)
	if err == nil {
		err = ledger.VerifyWaves(waves)
	}
	if err != nil {
		return nil, err
	}
	last := waves[len(waves)-1]
	r := &Record{ID: n.ID, Controller: n.Controller, Deadline: n.Deadline().String(), Audience: last.Audience, Digest: last.Digest, Chain: last.Seal}
	for _, x := range last.Exclusions {
		r.Excluded = append(r.Excluded, source.Entry[int]{Key: x.Reason, Value: x.Holders})
	}
	letters, err := d.Ledger.Letters(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	for _, l := range letters {
		sum := sha256.Sum256(l.Body)
		r.Letters = append(r.Letters, "sha256:"+hex.EncodeToString(sum[:]))
	}
	slices.Sort(r.Letters)
	if err := d.count(ctx, n.ID, r); err != nil {
		return nil, err
	}
	return r, nil
}

// count adds to a record how many rows are in which state, the first and the
// last acceptance, and the exceptions.
func (d Desk) count(ctx context.Context, notice string, r *Record) error {
	c, err := d.Ledger.Counts(ctx, notice)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		name string
		n    int
	}{{"accepted", c.Accepted}, {"late", c.Late}, {"deferred", c.Deferred}, {"rejected", c.Rejected}, {"bounced", c.Bounced}, {"skipped", c.Skipped}} {
		if x.n > 0 || x.name == "accepted" {
			r.Counts = append(r.Counts, source.Entry[int]{Key: x.name, Value: x.n})
		}
	}
	var first, last time.Time
	for row, err := range d.Ledger.Rows(ctx, notice, ledger.Accepted, ledger.Deferred) {
		switch {
		case err != nil:
			return err
		case row.State == ledger.Deferred && row.Reason != "":
			r.except(row.Reason)
		case row.State == ledger.Accepted:
			if first.IsZero() || row.At.Before(first) {
				first = row.At
			}
			if row.At.After(last) {
				last = row.At
			}
		}
	}
	if !first.IsZero() {
		r.First, r.Last = stamp(first), stamp(last)
	}
	return nil
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

func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
