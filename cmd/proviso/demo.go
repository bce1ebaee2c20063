package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"proviso/change"
	"proviso/delivery"
	"proviso/lint"
	"proviso/mailbox"
	"proviso/notify"
	"proviso/policy"
	"proviso/site"
)

// The story of the demo plays on a day of its own, so that it is the same
// whenever it is told: six weeks before a change takes effect.
var demoDay = time.Date(2026, time.November, 3, 10, 0, 0, 0, time.UTC)

const demoPolicy = "privacy"

func (p *program) demo() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "play the whole story on the example organisation: no server, no network, nothing to set up",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.play(cmd.Context()) },
	}
}

// play tells the story in a temporary folder; only the pages stay.
func (p *program) play(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "proviso-demo-")
	if err != nil {
		return no("%v", err)
	}
	defer os.RemoveAll(dir)
	if err := copyExample(dir); err != nil {
		return no("%v", err)
	}
	server, err := mailbox.Start(mailbox.Options{})
	if err != nil {
		return no("%v", err)
	}
	defer server.Close()
	s := &play{
		program: &program{stdin: strings.NewReader(""), stdout: p.stdout, stderr: p.stderr, dir: dir,
			now: func() time.Time { return demoDay },
			env: func(name string) (string, bool) { return server.URL(), name == "PROVISO_SMTP" }},
		server: server,
	}
	if s.out, err = filepath.Abs(p.path("public")); err != nil {
		return no("%v", err)
	}
	for _, scene := range []func(context.Context) error{s.open, s.check, s.build, s.changes, s.plan, s.send, s.mail, s.ledger, s.end} {
		if err := scene(ctx); err != nil {
			return err
		}
	}
	return nil
}

// play is the demo while it runs.
type play struct {
	*program
	server  *mailbox.Server
	out     string
	folder  *policy.Folder
	version *policy.Version
	notices []*notify.Notice
}

func (s *play) say(scene, format string, args ...any) {
	fmt.Fprintf(s.stdout, "%-9s %s\n", scene, fmt.Sprintf(format, args...))
}

func (s *play) open(context.Context) (err error) {
	if s.folder, err = s.program.open(); err != nil {
		return err
	}
	if s.version, err = s.announced(s.folder, demoPolicy); err != nil {
		return err
	}
	o := s.folder.Organisation
	s.say("", "%s, an invented company with %d sites and %d products, on %s", o.Name.In("en"), len(o.Sites), len(o.Products), policy.DateOf(demoDay).Long("en"))
	return nil
}

func (s *play) check(context.Context) error {
	ps := append(s.findings(s.folder), lint.Check(s.folder, s.today(s.folder))...)
	if err := s.refuse(ps); err != nil {
		return err
	}
	s.say("check", "%d policies, %s", len(s.folder.Policies), count(len(ps), "finding"))
	return nil
}

func (s *play) build(context.Context) error {
	r, err := s.buildSites(s.folder, site.Options{Out: s.out})
	if err != nil {
		return err
	}
	for _, x := range r.Sites {
		s.say("build", "%-20s %3d pages in %s", x.Site, x.Pages, filepath.Join(relative(s.out), x.Site))
	}
	return nil
}

func (s *play) changes(context.Context) error {
	before := s.folder.Before(s.version)
	c, ps := change.Versions(s.folder, before, s.version)
	if err := s.refuse(ps); err != nil {
		return err
	}
	s.say("diff", "%s against %s is %s:", s.version.ID(), before.ID(), c.Verdict)
	for _, x := range c.Changes {
		s.say("", "  %-9s %s%s", x.Verdict, x.Section, scopeWords(x))
		if len(x.Reasons) > 0 && x.Verdict.Owed() {
			s.say("", "            because of %s: %s%s", x.Reasons[0].Rule, x.Reasons[0].Text, parenthesis(x.Reasons[0].Source))
		}
	}
	return nil
}

func (s *play) plan(ctx context.Context) error {
	var err error
	if _, s.notices, err = s.program.notices(ctx, []string{s.version.ID()}); err != nil {
		return err
	}
	h, err := s.holders(ctx, s.folder)
	if err != nil {
		return err
	}
	defer h.Close()
	told, err := notify.Size(s.notices, h)
	if err != nil {
		return err
	}
	s.say("plan", "%d of %d account holders see a material change and must be told before %s begins", told, h.Len(), s.notices[0].Deadline().Long("en"))
	return nil
}

func (s *play) send(ctx context.Context) error {
	h, err := s.holders(ctx, s.folder)
	if err != nil {
		return err
	}
	defer h.Close()
	for pass := range 2 {
		before := len(s.server.Messages())
		if err := s.deliver(ctx, func(d *delivery.Sender) error {
			p, err := d.Begin(ctx, s.notices, h, nil)
			if err != nil {
				return no("%v", err)
			}
			defer p.Close()
			_, err = p.Run(ctx)
			return err
		}); err != nil {
			return err
		}
		s.say("send", "%d mails to the mail catcher%s", len(s.server.Messages())-before, []string{"", " by a second send: nobody is told twice"}[pass])
	}
	return nil
}

// deliver opens a sender for one act.
func (s *play) deliver(ctx context.Context, act func(*delivery.Sender) error) error {
	d, done, err := s.sender(ctx)
	if err != nil {
		return err
	}
	defer done()
	return act(d)
}

// mail shows one of the mails: the shortest in English, with its headers as a reader sees them.
func (s *play) mail(context.Context) error {
	var shown mailbox.Reading
	for _, m := range s.server.Messages() {
		r, err := m.Read()
		if err != nil {
			return no("%v", err)
		}
		if strings.HasPrefix(r.Get("Subject"), "Changes") && (shown.Text == "" || len(r.Text) < len(shown.Text)) {
			shown = r
		}
	}
	s.say("mail", "one of them:\n")
	for _, h := range []string{"From", "To", "Subject", "Message-ID", "Auto-Submitted"} {
		fmt.Fprintf(s.stdout, "    %s: %s\n", h, shown.Get(h))
	}
	fmt.Fprintf(s.stdout, "\n    %s\n\n", strings.ReplaceAll(strings.TrimSpace(strings.ReplaceAll(shown.Text, "\r\n", "\n")), "\n", "\n    "))
	return nil
}

func (s *play) ledger(ctx context.Context) error {
	status, err := s.progress(ctx, s.notices)
	if err != nil {
		return err
	}
	c := status.Counts
	state := "the notice is complete"
	if !status.Complete {
		state = "the notice is not complete"
	}
	s.say("ledger", "%d accepted, %d skipped, %d pending, %d deferred, %d ambiguous, %d rejected: %s", c.Accepted, c.Skipped, c.Pending, c.Deferred, c.Ambiguous, c.Rejected, state)
	return nil
}

func (s *play) end(context.Context) error {
	page := filepath.Join(relative(s.out), s.folder.Organisation.Sites[0].Key, demoPolicy, s.version.Name, "changes", "index.html")
	fmt.Fprintf(s.stdout, `
next      look at %s in a browser
          proviso init DIR     a folder of your own to play with
          proviso diff %s, proviso notify plan %s, proviso status   in it, with --as-of %s
`, page, demoPolicy, demoPolicy, policy.DateOf(demoDay))
	return nil
}
