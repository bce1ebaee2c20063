package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"proviso/account"
	"proviso/change"
	"proviso/delivery"
	"proviso/ledger"
	"proviso/ledger/postgres"
	"proviso/notify"
	"proviso/policy"
	"proviso/source"
	"proviso/text"
)

func (p *program) notify() *cobra.Command {
	cmd := &cobra.Command{Use: "notify", Short: "tell account holders of a change before it takes effect"}
	cmd.AddCommand(p.notifyPlan(), p.notifySend(), p.notifyStatus(), p.notifyTrial(), p.notifyHold(), p.notifyResume(),
		p.notifyShow(), p.notifyUnreachable(), p.notifyBounce(), p.notifyReconcile(), p.notifyClose(), p.notifyWork())
	return cmd
}

func (p *program) notifyPlan() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "plan POLICY[@VERSION]…",
		Short: "say who must be told of what by when; sends nothing",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return misuse("--format: unknown format %q; write text or json", format)
			}
			f, notices, err := p.notices(cmd.Context(), args)
			if err != nil {
				return err
			}
			if err := p.verified(f, notices); err != nil {
				return err
			}
			h, err := p.holders(cmd.Context(), f)
			if err != nil {
				return err
			}
			defer h.Close()
			plan, err := notify.NewPlan(notices, h)
			if err != nil {
				return no("%v", err)
			}
			if format == "json" {
				return p.json(plan)
			}
			return p.printPlan(plan, owed(notices))
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func (p *program) printPlan(plan *notify.Plan, owed bool) error {
	if len(plan.Notices)+len(plan.Skipped) == 0 {
		if owed {
			_, err := fmt.Fprintf(p.stdout, "%s %s: a notice is owed, and the accounts hold nobody whom it concerns; check accounts: in proviso.yaml\n", plan.Policy, plan.Version)
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "%s %s: nobody is owed a notice\n", plan.Policy, plan.Version)
		return err
	}
	if plan.Withdrawn {
		fmt.Fprintf(p.stdout, "%s %s was withdrawn; whoever was told of it is told so, before %s begins\n", plan.Policy, plan.Version, plan.Deadline)
	} else {
		fmt.Fprintf(p.stdout, "%s %s takes effect on %s; mail must be accepted before %s begins (%s)\n",
			plan.Policy, plan.Version, plan.Effective, plan.Deadline, strings.Join(plan.Regimes, ", "))
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "holder\tlocale\tsites\treads about")
	for _, n := range plan.Notices {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", n.Holder, n.Locale, strings.Join(n.Sites, " "), strings.Join(n.Sections, " "))
	}
	for _, x := range plan.Skipped {
		fmt.Fprintf(w, "%s\t-\t-\tnot told: %s\n", x.Holder, x.Reason)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "%s to tell\n", count(plan.Holders, "holder"))
	return err
}

// notices returns the notices of the versions that a command names.
func (p *program) notices(ctx context.Context, refs []string) (*policy.Folder, []*notify.Notice, error) {
	f, err := p.open()
	if err != nil {
		return nil, nil, err
	}
	var versions []*policy.Version
	for _, ref := range refs {
		v, err := p.announced(f, ref)
		if err != nil {
			return nil, nil, err
		}
		if !slices.Contains(versions, v) {
			versions = append(versions, v)
		}
	}
	if versions, err = p.together(ctx, f, versions); err != nil {
		return nil, nil, err
	}
	var subjects []notify.Subject
	for _, v := range versions {
		s, err := p.subject(ctx, f, v)
		if err != nil {
			return nil, nil, err
		}
		subjects = append(subjects, s)
	}
	notices, err := notify.Notices(subjects)
	if err != nil {
		return nil, nil, no("%v", err)
	}
	return f, notices, nil
}

// announced returns the released version that a command names: POLICY alone
// means the first upcoming one, else the one in force.
func (p *program) announced(f *policy.Folder, ref string) (*policy.Version, error) {
	if !strings.Contains(ref, "@") {
		if pol := f.Policy(ref); pol != nil {
			today := p.today(f)
			if up := pol.Upcoming(today); len(up) > 0 {
				return up[0], nil
			}
			if v := pol.InForce(today); v != nil && v.Sealed != nil {
				return v, nil
			}
			return nil, no("%s has no released version to tell of; release its draft first", ref)
		}
	}
	v, err := f.Version(ref)
	if err != nil {
		return nil, misuse("%v", err)
	}
	if v.Sealed == nil {
		return nil, no("%s is not released; only a released version is announced", v.ID())
	}
	if now := f.Latest(v); now != v {
		return nil, no("%s was rescheduled; whoever was told of it is told of the new date with %s", v.ID(), now.ID())
	}
	return v, nil
}

// subject is what a notice says of a version, and whom a withdrawal concerns.
func (p *program) subject(ctx context.Context, f *policy.Folder, v *policy.Version) (notify.Subject, error) {
	s, ps := subject(f, v)
	if err := p.refuse(ps); err != nil {
		return s, err
	}
	if s.Withdrawn() {
		s.Deadline = v.Effective // the news must come before the day itself
		var err error
		if s.Told, err = p.told(ctx, f, v); err != nil {
			return s, err
		}
	}
	return s, nil
}

// subject gathers what a notice says of a released version. Imported versions
// and first ones owe no notice; their comparisons are empty.
func subject(f *policy.Folder, v *policy.Version) (notify.Subject, source.Problems) {
	r := f.Resolve(v)
	s := notify.Subject{Version: v, Deadline: v.Sealed.Deadline, Regimes: v.Sealed.Regimes, Resolution: r,
		Comparisons: map[string]*change.Comparison{},
		FullText:    func(site, locale string) (string, error) { return fullText(f, v, site, locale) },
	}
	words, ps := f.Changes(v)
	s.Words = words
	s.Formerly, s.Replaces = formerDates(f, v)
	before := f.Before(v)
	if v.Sealed.State == policy.Imported {
		before = nil
	}
	src := f.Source(v)
	c, cps := change.Versions(f, before, v)
	s.Comparisons[src] = c
	ps = append(ps, cps...)
	for _, site := range r.Sites {
		for _, l := range site.Value.Locales {
			if s.Comparisons[l.Key] == nil && !l.Value.Source {
				c, cps := change.VersionsIn(f, before, v, l.Key, site.Key)
				s.Comparisons[l.Key] = c
				ps = append(ps, cps...)
			}
		}
	}
	return s, ps
}

// fullText is the whole text of a version as a site shows it, for notices that
// need a durable medium.
func fullText(f *policy.Folder, v *policy.Version, site, locale string) (string, error) {
	doc, ps := f.Document(v, site, locale)
	if err := ps.Err(); err != nil {
		return "", err
	}
	var b bytes.Buffer
	at, _ := f.Resolve(v).Sites.Get(site)
	l, _ := at.Locales.Get(locale)
	fmt.Fprintf(&b, "%s\n%s\n\n", l.Title, v.Effective.Long(locale))
	for _, s := range doc.Sections {
		if h := text.Words(s.Heading); h != "" {
			fmt.Fprintf(&b, "%s\n%s\n\n", h, strings.Repeat("-", min(len([]rune(h)), 72)))
		}
		text.WritePlain(&b, s.Blocks, 72)
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// spool is the folder for addresses while they are needed.
func (p *program) spool() string { return filepath.Join(p.dir, ".proviso", "spool") }

// holders reads the account holders that proviso.yaml names.
func (p *program) holders(ctx context.Context, f *policy.Folder) (*account.Holders, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	if len(c.Accounts) == 0 {
		return nil, misuse("proviso.yaml: no accounts are named; add accounts: {name: …, source: \"csv:accounts.csv\"}")
	}
	h, err := account.Sources{
		Accounts: c.Accounts,
		Dir:      p.dir,
		Expand:   func(value string) (string, error) { return p.expand("accounts", value) },
		Spool:    p.spool(),
		Known:    account.Known{Products: f.Organisation.Products.Keys(), Sites: f.Organisation.Sites.Keys()},
	}.Read(ctx)
	if err != nil {
		return nil, no("%v", err)
	}
	return h, nil
}

func (p *program) notifyStatus() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "status POLICY[@VERSION]…",
		Short: "say how far a notice is; status 1 while it is not complete",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return misuse("--format: unknown format %q; write text or json", format)
			}
			_, notices, err := p.notices(cmd.Context(), args)
			if err != nil {
				return err
			}
			s, err := p.progress(cmd.Context(), notices)
			if err != nil {
				return err
			}
			if format == "json" {
				err = p.json(s)
			} else {
				err = p.printStatus(s)
			}
			if err == nil && !s.Complete {
				return &answer{status: 1}
			}
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

// progress reads how far notices are. While there is no ledger, nobody was told.
func (p *program) progress(ctx context.Context, notices []*notify.Notice) (*delivery.Status, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	if file, ok := strings.CutPrefix(c.Ledger.URL, "sqlite:"); ok {
		if _, err := os.Stat(p.path(file)); errors.Is(err, fs.ErrNotExist) {
			s := &delivery.Status{Effective: notices[0].Effective(), Deadline: notices[0].Deadline(), Complete: !owed(notices)}
			s.Policy, s.Version = notices[0].Names()
			return s, nil
		}
	}
	l, err := p.ledger(ctx, c)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	s, err := delivery.StatusOf(ctx, l, notices, c.Mail, p.now())
	if err != nil {
		return nil, no("%v", err)
	}
	return s, nil
}

// ledger opens the ledger that proviso.yaml names: a file, or a database that
// several machines share.
func (p *program) ledger(ctx context.Context, c *config) (ledger.Ledger, error) {
	url, err := p.expand("ledger", c.Ledger.URL)
	if err != nil {
		return nil, misuse("%v", err)
	}
	var l ledger.Ledger
	if shared(url) {
		l, err = postgres.Open(ctx, url)
	} else {
		l, err = ledger.Open(ctx, url, p.dir)
	}
	if err != nil {
		return nil, no("%v", err)
	}
	return l, nil
}

// shared reports whether a ledger can be that of several machines.
func shared(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

func (p *program) printStatus(s *delivery.Status) error {
	c := s.Counts
	if s.Deadline.IsZero() && s.Complete && c == (ledger.Counts{}) {
		_, err := fmt.Fprintf(p.stdout, "%s %s: nobody is owed a notice\n", s.Policy, s.Version)
		return err
	}
	fmt.Fprintf(p.stdout, "%s %s takes effect on %s; mail must be accepted before %s begins\n", s.Policy, s.Version, s.Effective, s.Deadline)
	var parts []string
	for _, x := range []struct {
		n    int
		word ledger.State
	}{{c.Accepted, ledger.Accepted}, {c.Pending, ledger.Pending}, {c.Sending, ledger.Sending}, {c.Deferred, ledger.Deferred},
		{c.Ambiguous, ledger.Ambiguous}, {c.Rejected, ledger.Rejected}, {c.Bounced, ledger.Bounced}, {c.Skipped, ledger.Skipped}, {c.Late, "late"}} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", x.n, x.word))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nobody was told yet"}
	}
	state := "not complete"
	if s.Complete {
		state = "complete"
	}
	_, err := fmt.Fprintf(p.stdout, "%s: %s\n", state, strings.Join(parts, ", "))
	if err == nil && s.ProjectedFinish != "" {
		_, err = fmt.Fprintf(p.stdout, "projected finish %s\n", s.ProjectedFinish)
	}
	if err == nil && s.Queued > 0 {
		_, err = fmt.Fprintf(p.stdout, "%d accepted by our own relay and not known to be out; proviso notify reconcile reads its log\n", s.Queued)
	}
	if err == nil && s.Held != nil {
		_, err = fmt.Fprintln(p.stdout, stopWords(*s.Held))
	}
	return err
}
