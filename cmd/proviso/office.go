package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"proviso/desk"
	"proviso/notify"
	"proviso/policy"
	"proviso/release"
	"proviso/site"
	"proviso/source"
)

// Folder returns the folder as the stage has read it.
func (s *stage) Folder() (*policy.Folder, source.Problems) {
	s.look()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.folder, s.problems
}

// Today is the day in the organisation's time zone.
func (s *stage) Today(f *policy.Folder) policy.Date { return s.today(f) }

// Pages lists where the drafts stand on the sites.
func (s *stage) Pages() []site.DraftPage {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []site.DraftPage
	for _, domain := range s.folder.Organisation.Sites.Keys() {
		v, err := s.preview(domain)
		if err != nil {
			return nil // the page that is missing says why
		}
		out = append(out, v.Drafts()...)
	}
	return out
}

// Findings is what check finds.
func (s *stage) Findings() source.Problems {
	f, ps, err := s.load()
	if err != nil {
		ps.Errorf(source.Position{}, "folder", "", "%v", err)
		return ps
	}
	return s.everything(f, ps)
}

// quiet is the program with what it prints kept.
func (p *program) quiet() (*program, *bytes.Buffer) {
	q, printed := *p, &bytes.Buffer{}
	q.stdout, q.stderr = printed, printed
	return &q, printed
}

// refusal turns what the program answers, with what it printed, into the desk's.
func refusal(err error, printed *bytes.Buffer) error {
	var a *answer
	var no *release.Refusal
	var ps source.Problems
	var reasons []string
	switch {
	case errors.As(err, &no):
		reasons = no.Reasons
	case errors.As(err, &ps):
		reasons = lines(ps)
	case errors.As(err, &a):
		reasons = strings.Split(strings.TrimSpace(printed.String()+a.text), "\n")
	default:
		return err
	}
	return &desk.Refusal{Reasons: reasons}
}

// work does what changes the folder, as the commands do.
func (s *stage) work(ctx context.Context, ref string, do func(*program, *release.Desk, *policy.Version) error) error {
	q, printed := s.quiet()
	return refusal(q.working(ctx, func(d *release.Desk) error {
		v, err := openVersion(d.Folder, ref)
		if err != nil {
			return err
		}
		return do(q, d, v)
	}), printed)
}

// Copy does what proviso draft does.
func (s *stage) Copy(ctx context.Context, id string) error {
	q, printed := s.quiet()
	return refusal(q.working(ctx, func(d *release.Desk) error {
		base, err := draftBase(d.Folder, id, "")
		if err != nil {
			return err
		}
		_, err = d.Copy(base, "draft")
		return refused(err)
	}), printed)
}

// Decide does what proviso decide does.
func (s *stage) Decide(ctx context.Context, ref string, x policy.Decision) error {
	return s.work(ctx, ref, func(_ *program, d *release.Desk, v *policy.Version) error {
		_, err := d.Decide(v, []policy.Decision{x})
		return err
	})
}

// Amend edits changes.yaml of a draft.
func (s *stage) Amend(ctx context.Context, ref string, edit func([]byte) ([]byte, error)) error {
	return s.work(ctx, ref, func(_ *program, d *release.Desk, v *policy.Version) error { return d.Amend(v, edit) })
}

// candidate considers a draft for a date; the zero Date is the earliest lawful one.
func candidate(ctx context.Context, d *release.Desk, draft *policy.Version, date policy.Date) *release.Candidate {
	if !date.IsZero() {
		return d.Consider(ctx, draft, date)
	}
	at := d.Today
	for _, v := range draft.Policy.Versions {
		if v.Sealed != nil && v.Stands() && !v.Effective.Before(at) {
			at = v.Effective.AddDays(1)
		}
	}
	c := d.Consider(ctx, draft, at)
	if at.Before(c.Earliest) {
		c = d.Consider(ctx, draft, c.Earliest)
	}
	return c
}

// considered reads the folder and considers a draft, without changing anything.
func (p *program) considered(ctx context.Context, ref string, date policy.Date) (*policy.Folder, *release.Candidate, error) {
	f, err := p.open()
	if err != nil {
		return nil, nil, err
	}
	draft, err := openVersion(f, ref)
	if err != nil {
		return nil, nil, err
	}
	d := &release.Desk{Dir: p.dir, Folder: f, Today: p.today(f), Pace: p.pace}
	return f, candidate(ctx, d, draft, date), nil
}

// Consider finds everything that stands against a release.
func (s *stage) Consider(ctx context.Context, ref string, date policy.Date) (*desk.Release, error) {
	q, printed := s.quiet()
	_, first, err := q.considered(ctx, ref, policy.Date{})
	c := first
	if err == nil && !date.IsZero() {
		_, c, err = q.considered(ctx, ref, date)
	}
	if err != nil {
		return nil, refusal(err, printed)
	}
	out := &desk.Release{Date: c.Version.Effective, Earliest: first.Version.Effective, Refusals: c.Reasons, Problems: c.Problems}
	if v, err := c.Forecast(); err == nil { // else it is refused for that
		out.Deadline, out.State = v.Sealed.Deadline, v.Sealed.Hash
	}
	return out, nil
}

// Release does what proviso release does, if nothing has changed since it was
// considered.
func (s *stage) Release(ctx context.Context, ref string, date policy.Date, state string) (name string, err error) {
	err = s.work(ctx, ref, func(q *program, d *release.Desk, draft *policy.Version) error {
		c := d.Consider(ctx, draft, date)
		if v, err := c.Forecast(); err != nil || v.Sealed.Hash != state {
			return &desk.Refusal{Reasons: []string{fmt.Sprintf("%s is not as it was when you looked at it; look at it again", ref)}, Changed: true}
		}
		name = c.Version.ID()
		return q.putOut(d, c, false)
	})
	return name, err
}

// Notices returns the notices of a draft as if it were released today for a date.
func (s *stage) Notices(ctx context.Context, ref string, date policy.Date) ([]*notify.Notice, notify.Writer, error) {
	q, printed := s.quiet()
	f, c, err := q.considered(ctx, ref, date)
	var ns []*notify.Notice
	if err == nil {
		ns, err = q.foretold(f, c)
	}
	if err != nil {
		return nil, notify.Writer{}, refusal(err, printed)
	}
	conf, _ := q.readConfig() // what is wrong in it is for check
	w := notify.Writer{Templates: q.templates(), From: conf.Mail.From, ReplyTo: conf.Mail.ReplyTo}
	for key, value := range map[string]*string{"mail.from": &w.From, "mail.reply_to": &w.ReplyTo} {
		if *value, err = q.expand(key, *value); err != nil {
			return nil, w, &desk.Refusal{Reasons: []string{err.Error()}}
		}
	}
	return ns, w, nil
}

// foretold returns the notices of a version as it would be sealed.
func (p *program) foretold(f *policy.Folder, c *release.Candidate) ([]*notify.Notice, error) {
	if c.Changes == nil { // the texts cannot be compared
		if err := p.refuse(c.Problems); err != nil {
			return nil, err
		}
	}
	if !c.Owed() {
		return nil, no("no notice is owed of %s: nothing in it is material", c.Draft.ID())
	}
	v, err := c.Forecast()
	if err != nil {
		return nil, err
	}
	sub, ps := subject(f, v)
	if err := p.refuse(ps); err != nil {
		return nil, err
	}
	ns, err := notify.Notices([]notify.Subject{sub})
	if err != nil {
		return nil, no("%v", err)
	}
	return ns, nil
}
