package outcome

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"

	"proviso/delivery"
	"proviso/ledger"
	"proviso/notify"
	"proviso/policy"
	"proviso/schema"
	"proviso/source"
)

// An Announcement is the file notice.yaml: that the notices of a version were
// given. It stands beside the seal, in version control, and names nobody. Who
// has no ledger at hand takes it as the proof, so it ends with its own hash.
type Announcement struct {
	Format  int      `yaml:"format"`
	Version string   `yaml:"version"` // POLICY@VERSION
	Seal    string   `yaml:"seal"`    // of the version
	Closed  string   `yaml:"closed"`  // instant in UTC
	Notices []Record `yaml:"notices"`

	// Hash is the last line of the file: the SHA-256 of all that stands before it.
	Hash string `yaml:"hash,omitempty"`
}

// A Record is one notice of an Announcement, by one controller.
type Record struct {
	ID         string          `yaml:"id"`
	Controller string          `yaml:"controller"`
	Deadline   string          `yaml:"deadline"`            // civil date before whose beginning mail had to be accepted
	First      string          `yaml:"first,omitempty"`     // instant at which the first mail was accepted
	Last       string          `yaml:"last,omitempty"`      // and the last one
	LastLate   string          `yaml:"last_late,omitempty"` // and the last one that was accepted too late
	Audience   int             `yaml:"audience"`            // holders to be told, at the last enrolment
	Digest     string          `yaml:"digest"`              // SHA-256 over the sorted keyed hashes of that audience
	Chain      string          `yaml:"chain"`               // seal of the last enrolment, which ties it to those before
	Excluded   source.Map[int] `yaml:"excluded,omitempty"`  // holders who are not told, by reason
	Letters    []string        `yaml:"letters"`             // SHA-256 of what was told, by variant
	Counts     source.Map[int] `yaml:"counts"`              // rows by state; late ones are accepted too
	Exceptions []Exception     `yaml:"exceptions,omitempty"`

	Live      string     `yaml:"live,omitempty"`      // instant at which the version was first seen on every site that proviso publishes
	Offline   []string   `yaml:"offline,omitempty"`   // why sending began though it was not seen there
	Unreached *Unreached `yaml:"unreached,omitempty"` // before the change took effect; nil: nobody
	Posted    *Posted    `yaml:"posted,omitempty"`    // the last list for post; nil: none was written
}

// Unreached are the holders whom no mail has reached: rejected, bounced, or
// put off for so long that somebody excepted them.
type Unreached struct {
	Holders int    `yaml:"holders"`
	Last    string `yaml:"last"` // instant at which the last of them was known
}

// Posted is a list for post.
type Posted struct {
	Holders int    `yaml:"holders"`
	At      string `yaml:"at"` // instant
}

// An Exception is why a notice was closed though some were not told.
type Exception struct {
	Reason  string `yaml:"reason"`
	By      string `yaml:"by"`
	Holders int    `yaml:"holders"`
}

const announcementFormat = 2

const announcementHead = "# Written by proviso notify close: that account holders were told of this version. It names nobody.\n"

// Encode writes the announcement as the file notice.yaml.
func (a *Announcement) Encode() ([]byte, error) {
	open := *a
	open.Hash = ""
	data, err := source.Encode(&open)
	if err != nil {
		return nil, err
	}
	head := schema.Modeline(path.Join("content", strings.Replace(a.Version, "@", "/", 1), "notice.yaml")) + announcementHead
	data = append([]byte(head), data...)
	a.Hash = policy.Hash(data)
	return fmt.Appendf(data, "hash: %s\n", a.Hash), nil
}

// ReadAnnouncement reads the file notice.yaml. One that was changed after it
// was written is an error.
func ReadAnnouncement(file string, data []byte) (*Announcement, source.Problems) {
	a := &Announcement{}
	var ps source.Problems
	source.Decode(file, data, a, &ps)
	if len(ps) == 0 && a.Format != announcementFormat {
		ps.Errorf(source.Position{File: file}, "notice", "use the proviso that wrote it, or write it anew with notify close", "the form %d is unknown", a.Format)
	}
	if i := bytes.LastIndex(data, []byte("\nhash: ")); len(ps) == 0 && (i < 0 || a.Hash != policy.Hash(data[:i+1])) {
		ps.Errorf(source.Position{File: file}, "notice", "restore it from version control, or write it anew with notify close", "the file was changed after it was written")
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
		known, err := d.known(ctx, n.ID)
		if err != nil {
			return nil, err
		}
		s, err := d.standing(ctx, known, n.Zone, mail)
		if err != nil {
			return nil, fmt.Errorf("notice %q: %w", n.ID, err)
		}
		records = append(records, s.Record)
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
