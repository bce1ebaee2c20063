package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"proviso/account"
	"proviso/courier"
	"proviso/delivery"
	"proviso/ledger"
	"proviso/notify"
	"proviso/policy"
)

func (p *program) notifySend() *cobra.Command {
	var yes, wait bool
	var expect int
	var offline, metricsAt string
	cmd := &cobra.Command{
		Use:   "send POLICY[@VERSION]…",
		Short: "tell everyone who was not told yet",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			f, notices, err := p.notices(cmd.Context(), args)
			if err != nil {
				return err
			}
			if err := p.verified(f, notices); err != nil {
				return err
			}
			sender, done, err := p.sender(ctx)
			if err != nil {
				return err
			}
			defer done()
			if cmd.Flags().Changed("offline-ok") && strings.TrimSpace(offline) == "" {
				return misuse("--offline-ok: say why mails may lead to pages that are not there; it is kept with the notice")
			}
			seen, err := p.live(ctx, f, notices, strings.TrimSpace(offline))
			if err != nil {
				return err
			}
			var expected *int
			if cmd.Flags().Changed("expect") {
				expected = &expect
			}
			r, end, err := p.report(sender, notices, metricsAt)
			if err != nil {
				return err
			}
			defer end()
			if ok, err := p.mayBegin(ctx, sender, f, notices, yes); err != nil {
				return err
			} else if !ok {
				return no("nothing was sent")
			}
			if wait {
				return p.sendAll(ctx, sender, r, f, notices, seen, expected, yes)
			}
			return p.send(ctx, sender, r, f, notices, seen, expected, yes)
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().StringVar(&offline, "offline-ok", "", "send although the announced version is not live, and the `reason`, which is kept")
	cmd.Flags().BoolVar(&wait, "wait", false, "stay until all is settled: everyone told, rejected, or put off for five days")
	cmd.Flags().StringVar(&metricsAt, "metrics", "", "serve figures for Prometheus on this `address`, HOST:PORT, while it runs")
	cmd.Flags().IntVar(&expect, "expect", 0, "the `size` of the audience, where it is empty or much smaller than the last time")
	return cmd
}

// verified refuses to tell of a version whose seal does not hold.
func (p *program) verified(f *policy.Folder, notices []*notify.Notice) error {
	for _, s := range notices[0].Subjects {
		if err := p.refuse(f.Verify(s.Version)); err != nil {
			return err
		}
	}
	return nil
}

// sender opens what sending needs; done closes it.
func (p *program) sender(ctx context.Context) (*delivery.Sender, func() error, error) {
	c, err := p.config()
	if err != nil {
		return nil, nil, err
	}
	mail, err := p.mail(c.Mail)
	if err != nil {
		return nil, nil, misuse("%v", err)
	}
	server, err := courier.ParseServer(mail.SMTP)
	if err != nil {
		return nil, nil, misuse("proviso.yaml: mail.smtp: %v", err)
	}
	var signer *courier.Signer
	if mail.DKIM.Key != "" {
		file := mail.DKIM.Key
		if !filepath.IsAbs(file) {
			file = p.path(file)
		}
		pem, err := os.ReadFile(file)
		if err == nil {
			signer, err = courier.NewSigner(mail.DKIM.Domain, mail.DKIM.Selector, pem)
		}
		if err != nil {
			return nil, nil, misuse("proviso.yaml: mail.dkim: %v", err)
		}
	}
	l, err := p.ledger(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	s := &delivery.Sender{Ledger: l, Keys: p.keys(), Mail: mail, Server: server,
		Signer: signer, Templates: p.templates(), Now: p.now, Spool: p.spool(), Stands: p.standing()}
	if others, ok := l.(delivery.Shares); ok {
		s.Shares = others
	}
	return s, l.Close, nil
}

// keys is the folder of the keys of notices.
func (p *program) keys() ledger.Keys {
	return ledger.Keys{Dir: filepath.Join(p.dir, ".proviso", "keys")}
}

// mail fills in the values of the part mail of proviso.yaml.
func (p *program) mail(m notify.MailConfig) (notify.MailConfig, error) {
	if m.SMTP == "" {
		return m, fmt.Errorf("proviso.yaml: no mail server is named; add mail: {smtp: smtp://user:password@host:587, from: …}")
	}
	for key, value := range map[string]*string{"mail.smtp": &m.SMTP, "mail.from": &m.From, "mail.reply_to": &m.ReplyTo,
		"mail.return_path": &m.ReturnPath, "mail.dkim.key": &m.DKIM.Key} {
		var err error
		if *value, err = p.expand(key, *value); err != nil {
			return m, err
		}
	}
	var err error
	if m.ReturnPath, err = notify.ReturnPath(m.ReturnPath); err != nil {
		err = fmt.Errorf("proviso.yaml: %w", err)
	}
	return m, err
}

// send makes one pass, after one that goes on with what a killed sender left. It
// says how many it will mail, and asks on a terminal.
func (p *program) send(ctx context.Context, s *delivery.Sender, rep *reporter, f *policy.Folder, notices []*notify.Notice, seen *ledger.Remark, expect *int, yes bool) error {
	policies, versions := notices[0].Names()
	if !owed(notices) {
		_, err := fmt.Fprintf(p.stdout, "%s %s: nobody is owed a notice\n", policies, versions)
		return err
	}
	left, err := s.Resume(ctx, notices)
	if err != nil {
		return no("%v", err)
	}
	var all delivery.Progress
	if left != nil {
		var failed error
		if all, failed, err = p.carryOut(ctx, s, rep, notices, left, yes); err != nil {
			return err
		} else if failed != nil {
			return p.settled(ctx, s, notices, all, left)
		}
		yes = true
	}
	h, err := p.holders(ctx, f)
	if err != nil {
		return err
	}
	defer h.Close()
	pass, err := s.Begin(ctx, notices, h, expect)
	if err != nil {
		return no("%v", err)
	}
	if err := remark(ctx, s.Ledger, notices, seen, p.assumedTimes()); err != nil {
		return errors.Join(err, pass.Close())
	}
	done, _, err := p.carryOut(ctx, s, rep, notices, pass, yes)
	if err != nil {
		return err
	}
	pass.ToTry += all.ToTry
	return p.settled(ctx, s, notices, plus(all, done), pass)
}

// carryOut carries out a pass. What went wrong with it is said and returned apart
// from why it was not to be.
func (p *program) carryOut(ctx context.Context, s *delivery.Sender, rep *reporter, notices []*notify.Notice, pass *delivery.Pass, yes bool) (done delivery.Progress, failed, refused error) {
	defer pass.Close()
	p.printPass(pass)
	if pass.ToTry == 0 {
		return done, nil, nil
	}
	if !p.may(s, notices, pass, yes) {
		return done, nil, no("nothing was sent")
	}
	p.tellOthers(ctx, notices)
	done, failed = pass.Run(ctx)
	rep.pause()
	if failed != nil {
		fmt.Fprintln(p.stderr, failed)
	}
	return done, failed, nil
}

// plus adds up two passes. Whom the first one put off, the second one tried
// again.
func plus(a, b delivery.Progress) delivery.Progress {
	b.ToTry, b.Accepted, b.Rejected = a.ToTry+b.ToTry, a.Accepted+b.Accepted, a.Rejected+b.Rejected
	return b
}

// may says how many mails there are and asks, where there is a terminal.
func (p *program) may(s *delivery.Sender, notices []*notify.Notice, pass *delivery.Pass, yes bool) bool {
	policies, versions := notices[0].Names()
	fmt.Fprintf(p.stderr, "%s %s: %s to send through %s\n", policies, versions, count(pass.ToTry, "mail"), s.Server)
	return yes || s.Shares != nil || !p.terminal(p.stdin) || p.agreed("send them?")
}

// mayBegin asks before anybody is enrolled where other machines may be at work:
// they would not wait for an answer.
func (p *program) mayBegin(ctx context.Context, s *delivery.Sender, f *policy.Folder, notices []*notify.Notice, yes bool) (bool, error) {
	if yes || s.Shares == nil || !p.terminal(p.stdin) || !owed(notices) {
		return true, nil
	}
	h, err := p.holders(ctx, f)
	if err != nil {
		return false, err
	}
	defer h.Close()
	n, err := notify.Size(notices, h)
	if err != nil {
		return false, no("%v", err)
	}
	return p.agreed(fmt.Sprintf("tell those of %s who were not told yet, on every machine at work?", count(n, "holder"))), nil
}

// sendAll makes pass after pass until all is settled.
func (p *program) sendAll(ctx context.Context, s *delivery.Sender, rep *reporter, f *policy.Folder, notices []*notify.Notice, seen *ledger.Remark, expect *int, yes bool) error {
	if !owed(notices) {
		policies, versions := notices[0].Names()
		_, err := fmt.Fprintf(p.stdout, "%s %s: nobody is owed a notice\n", policies, versions)
		return err
	}
	var all delivery.Progress
	err := s.Settle(ctx, delivery.Campaign{
		Notices: notices,
		Expect:  expect,
		Holders: func(ctx context.Context) (*account.Holders, error) { return p.holders(ctx, f) },
		Before: func(pass *delivery.Pass) (bool, error) {
			if err := remark(ctx, s.Ledger, notices, seen, p.assumedTimes()); err != nil {
				return false, err
			}
			seen = nil // one pass says it for all
			p.printPass(pass)
			if pass.ToTry == 0 {
				return true, nil
			}
			if !p.may(s, notices, pass, yes) {
				return false, no("nothing was sent")
			}
			yes = true
			p.tellOthers(ctx, notices)
			return true, nil
		},
		After: func(done delivery.Progress, err error) {
			rep.pause()
			all = plus(all, done)
			if err != nil {
				fmt.Fprintln(p.stderr, err)
			}
		},
		Waiting: func(d time.Duration, why string) {
			fmt.Fprintf(p.stderr, "%s; on with it at %s\n", why, p.now().Add(d).UTC().Format(time.RFC3339))
		},
	})
	var a *answer
	if errors.As(err, &a) {
		return err
	} else if err != nil {
		fmt.Fprintln(p.stderr, err)
	}
	return p.settled(ctx, s, notices, all, &delivery.Pass{ToTry: all.ToTry})
}

func owed(notices []*notify.Notice) bool {
	for _, n := range notices {
		if n.Owed() {
			return true
		}
	}
	return false
}

func (p *program) printPass(pass *delivery.Pass) {
	if pass.TakenOver > 0 {
		fmt.Fprintf(p.stderr, "%s that a dead sender left: nobody knows whether they went\n", count(pass.TakenOver, "mail"))
	}
	if pass.Held > 0 {
		fmt.Fprintf(p.stderr, "%s held because nobody knows whether they went; see mail.ambiguous in proviso.yaml\n", count(pass.Held, "mail"))
	}
	if pass.Long > 0 {
		fmt.Fprintf(p.stderr, "warning: the HTML of a mail is %d bytes long, and mail providers cut it off at %d; shorten the words in changes.yaml\n", pass.Long, courier.MaxHTML)
	}
	if pass.Late != "" {
		fmt.Fprintf(p.stderr, "%s; an exception is recorded\n", pass.Late)
	}
	if pass.Quota {
		fmt.Fprintf(p.stderr, "the quota leaves some for another day\n")
	}
}

// settled says what came of a pass: status 0 if nobody is left to try.
func (p *program) settled(ctx context.Context, s *delivery.Sender, notices []*notify.Notice, done delivery.Progress, pass *delivery.Pass) error {
	if pass.ToTry == 0 {
		fmt.Fprintln(p.stdout, "nobody is left to tell")
	} else {
		fmt.Fprintf(p.stdout, "%d accepted, %d deferred, %d rejected, %d ambiguous\n", done.Accepted, done.Deferred, done.Rejected, done.Ambiguous)
	}
	// Whoever stopped it wants to know how far it is.
	status, err := delivery.StatusOf(context.WithoutCancel(ctx), s.Ledger, notices, s.Mail, s.Now())
	if err != nil {
		return no("%v", err)
	}
	c := status.Counts
	if left := c.Pending + c.Sending + c.Deferred + c.Ambiguous; left > 0 {
		if s.TakenBack(notices...) != nil {
			return no("%s not told any more", count(left, "holder"))
		}
		return no("%s left to try; run it again", count(left, "holder"))
	}
	return nil
}

// agreed asks, on a terminal.
func (p *program) agreed(question string) bool {
	fmt.Fprint(p.stderr, question, " [y/N] ")
	line, err := bufio.NewReader(p.stdin).ReadString('\n')
	answer := strings.ToLower(strings.TrimSpace(line))
	return err == nil && (answer == "y" || answer == "yes")
}

// terminal reports whether a stream is a terminal: a character device that is
// not the null device, which schedulers give their programs to read from.
func (p *program) terminal(stream any) bool {
	if r, ok := stream.(*results); ok {
		stream = r.Writer
	}
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
