package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"proviso/board"
	"proviso/delivery"
	"proviso/gate"
	"proviso/notify"
	"proviso/policy"
	"proviso/publish"
	"proviso/site"
)

func (p *program) status() *cobra.Command {
	var format, file string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "say where every policy and site stands, what is owed, and what to do next",
		Long: `status says of every policy what is in force, what is to come, how far its notice
is and by when it must be complete, and of every site whether it is live. A version whose
notice is owed counts as not in force, as publish has it.

Exit status 1 when something is overdue, so that a timer can raise an alarm. --format ics is a
calendar of effective dates, deadlines and reviews.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains([]string{"text", "json", "html", "ics"}, format) {
				return misuse("--format: unknown format %q; write text, json, html or ics", format)
			}
			f, err := p.open()
			if err != nil {
				return err
			}
			b, err := p.board(cmd.Context(), f)
			if err != nil {
				return err
			}
			if err := p.writeBoard(b, format, file); err != nil {
				return err
			}
			if b.Overdue() {
				return &answer{status: 1}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, json, html or ics")
	cmd.Flags().StringVarP(&file, "output", "o", "", "write to this `file`")
	return cmd
}

func (p *program) writeBoard(b *board.Board, format, file string) error {
	var out bytes.Buffer
	var err error
	switch format {
	case "json":
		if file == "" {
			return p.json(b.Policies)
		}
		q := *p
		q.stdout = &out
		err = q.json(b.Policies)
	case "html":
		err = b.WriteHTML(&out)
	case "ics":
		err = b.WriteCalendar(&out)
	default:
		err = b.WriteText(&out)
	}
	if err != nil {
		return no("%v", err)
	}
	if file != "" {
		err = writeFile(file, out.Bytes())
	} else {
		_, err = p.stdout.Write(out.Bytes())
	}
	return plainly(err)
}

// board gathers where everything stands.
func (p *program) board(ctx context.Context, f *policy.Folder) (*board.Board, error) {
	report, err := p.gate(ctx, f)
	if err != nil {
		return nil, err
	}
	o := f.Organisation
	b := &board.Board{Organisation: o.Name.In("", o.Locales...), Today: p.today(f), Policies: []board.Policy{}}
	if b.Sites, err = p.siteStates(f, report); err != nil {
		return nil, err
	}
	for _, pol := range f.Policies {
		s, err := p.state(ctx, f, pol, report, b.Sites)
		if err != nil {
			return nil, err
		}
		b.Policies = append(b.Policies, s)
		b.Dates = append(b.Dates, p.dates(f, pol, report)...)
	}
	return b, nil
}

// state says where one policy stands.
func (p *program) state(ctx context.Context, f *policy.Folder, pol *policy.Policy, report *gate.Report, sites []board.Site) (board.Policy, error) {
	today := p.today(f)
	s := board.Policy{ID: pol.ID, Owed: []string{}, Title: pol.Title.In("", f.Organisation.Locales...), Review: pol.ReviewBy, Sites: []board.Site{}}
	now := report.InForce(pol)
	if now != nil {
		s.InForce = now.Name
	}
	for i := range report.Verdicts {
		v := &report.Verdicts[i]
		if v.Version.Policy != pol || v.Due && !v.Held() {
			continue
		}
		if err := p.ahead(ctx, f, v, &s, today); err != nil {
			return s, err
		}
	}
	shown := now
	if up := pol.Upcoming(today); len(up) > 0 {
		shown = up[0]
	}
	for _, x := range sites {
		if shown == nil {
			break
		}
		if _, stands := f.Resolve(shown).Sites.Get(x.Domain); stands {
			s.Sites = append(s.Sites, x)
			p.publishFirst(f, x, &s)
		}
	}
	if err := p.withdrawn(ctx, f, pol, &s); err != nil {
		return s, err
	}
	if !pol.ReviewBy.IsZero() && pol.ReviewBy.Before(today) {
		s.Owed, s.Overdue = append(s.Owed, "review, due on "+pol.ReviewBy.String()), true
	}
	if s.Next == "" && len(pol.Drafts) > 0 {
		s.Next = "proviso diff " + pol.ID
	}
	return s, nil
}

// withdrawn adds what is owed to those who were told of what does not come.
func (p *program) withdrawn(ctx context.Context, f *policy.Folder, pol *policy.Policy, s *board.Policy) error {
	today := p.today(f)
	for _, v := range pol.Versions {
		if v.WithdrawnOn().IsZero() {
			continue
		}
		if _, err := fs.Stat(f.FS, path.Join(v.Dir, policy.WithdrawnNotice)); err == nil {
			continue // they were told, as notify close wrote down
		}
		status, err := p.noticeOf(ctx, f, v)
		if err != nil {
			return err
		}
		if !status.Complete {
			s.Overdue = s.Overdue || !today.Before(v.Effective)
			s.Owed = append(s.Owed, fmt.Sprintf("news of the withdrawal of %s before %s begins", v.ID(), v.Effective))
			s.Next = "proviso notify send " + v.ID()
		}
	}
	return nil
}

// publishFirst has a site that is not as it should be published, before mails
// lead there.
func (p *program) publishFirst(f *policy.Folder, x board.Site, s *board.Policy) {
	if x.Live != board.Never && x.Live != board.Outdated {
		return
	}
	at, _ := f.Organisation.Sites.Get(x.Domain)
	u, err := url.Parse(at.Address(x.Domain))
	refused := strings.HasPrefix(s.Next, "proviso notify send") && err == nil && !isExample(u.Hostname())
	if s.Next == "" || refused {
		s.Next = "proviso publish"
	}
}

// ahead adds a version that is not in force yet.
func (p *program) ahead(ctx context.Context, f *policy.Folder, v *gate.Verdict, s *board.Policy, today policy.Date) error {
	id := v.Version.ID()
	late := v.Held()
	if sealed := v.Version.Sealed; sealed != nil && !sealed.Deadline.IsZero() && len(v.Owed) > 0 {
		late = late || !today.Before(sealed.Deadline)
	}
	for _, owed := range v.Owed {
		s.Owed = append(s.Owed, id+": "+owed)
	}
	s.Overdue = s.Overdue || late
	if s.Next == "" {
		s.Next = v.Next
		if len(v.Owed) == 0 && v.Proof.From != "" && !v.Version.Announced {
			s.Next = "proviso notify close " + id
		}
	}
	if s.Upcoming != "" {
		return nil
	}
	s.Upcoming, s.Held, s.Earliest, s.Notice = v.Version.Name, v.Held(), v.Earliest, noticeWords(v)
	until := v.Version.Effective
	if v.Version.Sealed != nil {
		if s.Deadline = v.Version.Sealed.Deadline; len(v.Owed) > 0 && !s.Deadline.IsZero() {
			until = s.Deadline
		}
	}
	left := today.DaysUntil(until)
	s.Left = &left
	if v.Open() == 0 {
		return nil
	}
	status, err := p.noticeOf(ctx, f, v.Version)
	if err != nil {
		return err
	}
	s.Finish = status.ProjectedFinish
	return nil
}

// noticeWords says how far the notice of a version is.
func noticeWords(v *gate.Verdict) string {
	if v.Version.Sealed == nil || v.Version.Sealed.Deadline.IsZero() {
		return "none owed"
	}
	if v.Proof.Refused != "" {
		return "not proven"
	}
	told, all := 0, 0
	for _, n := range v.Proof.Notices {
		accepted, _ := n.Counts.Get("accepted")
		told, all = told+accepted, all+n.Audience
	}
	switch {
	case len(v.Proof.Notices) == 0:
		return "not begun"
	case v.Open() == 0:
		return fmt.Sprintf("complete, %d of %d accepted", told, all)
	}
	return fmt.Sprintf("%d of %d accepted", told, all)
}

// siteStates says where every site stands, as the publish logs have it.
func (p *program) siteStates(f *policy.Folder, report *gate.Report) ([]board.Site, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	next, err := site.Next(f, site.Options{Today: p.today(f), Held: report.Held()})
	if err != nil {
		return nil, no("%v", err)
	}
	out := []board.Site{}
	for _, domain := range f.Organisation.Sites.Keys() {
		s := board.Site{Domain: domain, Live: board.Unknown}
		if at, ok := next[domain]; ok {
			s.NextBuild = at.UTC().Format(time.RFC3339)
		}
		if _, target := c.Publish.Get(domain); target {
			if err := p.liveness(f, report, &s); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// liveness says whether a site shows what it should.
func (p *program) liveness(f *policy.Folder, report *gate.Report, s *board.Site) error {
	entries, err := p.publishLog(s.Domain).Read()
	if err != nil {
		return no("%v", err)
	}
	s.Live = board.Never
	shown, day := []string{}, policy.Date{}
	for _, e := range entries {
		if e.State == "live" {
			s.Live, s.Published, shown = board.Live, e.At.UTC().Format(time.RFC3339), e.Held
			if day, err = policy.ParseDate(e.Day); err != nil {
				day = policy.DateOf(e.At.In(f.Organisation.Location()))
			}
		}
	}
	if s.Live == board.Never {
		return nil
	}
	for i := range report.Verdicts {
		v := report.Verdicts[i].Version
		if _, stands := f.Resolve(v).Sites.Get(s.Domain); !stands || v.Sealed == nil {
			continue
		}
		crossed := day.Before(v.Effective) && report.Verdicts[i].Due
		released := slices.Contains(shown, v.ID()) != report.Verdicts[i].Held()
		if _, known := publish.Since(entries, sealLine(v)); !known || crossed || released {
			s.Live = board.Outdated
		}
	}
	return nil
}

// dates lists what falls due for a policy: versions that are not in force yet,
// their deadlines, and the next review.
func (p *program) dates(f *policy.Folder, pol *policy.Policy, report *gate.Report) (out []board.Date) {
	title, host := pol.Title.In("", f.Organisation.Locales...), f.Organisation.Sites[0].Key
	settled := pol.ReviewBy
	for i := range report.Verdicts {
		v := &report.Verdicts[i]
		sealed := v.Version.Sealed
		if v.Version.Policy != pol || sealed == nil {
			continue
		}
		if v.Due && !v.Held() {
			settled = sealed.Released
			continue
		}
		id := v.Version.ID()
		if !sealed.Deadline.IsZero() {
			out = append(out, board.Date{UID: "deadline-" + id + "@" + host, Day: sealed.Deadline, Since: sealed.Released,
				Title: title + ": everybody must have been told before today", Text: "proviso notify status " + id})
		}
		out = append(out, board.Date{UID: "effective-" + id + "@" + host, Day: v.Version.Effective, Since: sealed.Released,
			Title: title + ": the version " + v.Version.Name + " takes effect", Text: "proviso publish"})
	}
	if !pol.ReviewBy.IsZero() {
		out = append(out, board.Date{UID: "review-" + pol.ID + "@" + host, Day: pol.ReviewBy, Since: settled,
			Title: title + ": to be reviewed by today", Text: "proviso check"})
	}
	return out
}

// noticeOf reads how far the notice of a released version is.
func (p *program) noticeOf(ctx context.Context, f *policy.Folder, v *policy.Version) (*delivery.Status, error) {
	sub, err := p.subject(ctx, f, v)
	if err != nil {
		return nil, err
	}
	notices, err := notify.Notices([]notify.Subject{sub})
	if err != nil {
		return nil, no("%v", err)
	}
	return p.progress(ctx, notices)
}
