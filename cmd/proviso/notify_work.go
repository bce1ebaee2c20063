package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"proviso/delivery"
	"proviso/ledger"
	"proviso/notify"
	"proviso/queue"
)

func (p *program) notifyWork() *cobra.Command {
	var sweep, look time.Duration
	var metricsAt string
	cmd := &cobra.Command{
		Use:   "work POLICY[@VERSION]…",
		Short: "one of several machines that send from one ledger; runs until it is stopped",
		Long: `work tells account holders of notices that notify send has begun, together with
every other machine that runs it on the same ledger, which is a PostgreSQL
database. It tries again what was put off when it is due, enrols who joined
since, warns where a deadline will be missed, and takes over what a machine that
died has left. Rates and the quota of proviso.yaml hold for all machines
together. Each machine has the folder, the account sources, and the keys of the
notices in .proviso/keys, copied from where they were begun.

SIGTERM or Ctrl-C ends it when the mails under way have their answers.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if sweep < time.Second || look < time.Second {
				return misuse("--sweep and --look: a second at least")
			}
			err := p.work(cmd.Context(), args, metricsAt, queue.Duties{SweepEvery: sweep, LookEvery: look})
			if cmd.Context().Err() != nil {
				return nil // it was told to end, perhaps before it had begun
			}
			return err
		},
	}
	cmd.Flags().DurationVar(&sweep, "sweep", 15*time.Minute, "how `often` to enrol who joined since")
	cmd.Flags().DurationVar(&look, "look", 15*time.Second, "how `often` to look whether a mail is due")
	cmd.Flags().StringVar(&metricsAt, "metrics", "", "serve figures for Prometheus on this `address`, HOST:PORT")
	return cmd
}

// A worker carries out tokens.
type worker struct {
	*program
	sender *delivery.Sender
	report *reporter
	said   string // the last warning of a deadline
}

func (p *program) work(ctx context.Context, refs []string, metricsAt string, d queue.Duties) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	url, err := p.expand("ledger", c.Ledger.URL)
	if err != nil {
		return misuse("%v", err)
	}
	if !shared(url) {
		return misuse("proviso.yaml: notify work needs a ledger that several machines share, ledger: postgres://…; on one machine proviso notify send --wait does it all")
	}
	f, notices, err := p.notices(ctx, refs)
	if err != nil {
		return err
	}
	if err := p.verified(f, notices); err != nil {
		return err
	}
	if !owed(notices) {
		policies, versions := notices[0].Names()
		_, err := fmt.Fprintf(p.stdout, "%s %s: nobody is owed a notice\n", policies, versions)
		return err
	}
	sender, done, err := p.sender(ctx)
	if err != nil {
		return err
	}
	defer done()
	sender.OnlyDue = true
	r, end, err := p.report(sender, notices, metricsAt)
	if err != nil {
		return err
	}
	defer end()
	q, err := queue.Open(ctx, url)
	if err != nil {
		return no("%v", err)
	}
	defer q.Close()
	w := &worker{program: p, sender: sender, report: r}
	d.Pass, d.Sweep, d.Look = w.pass, w.sweep, w.look
	fmt.Fprintf(p.stderr, "at work on %s through %s; SIGTERM ends it\n", versionsOf(notices), sender.Server)
	if err := q.Work(ctx, []string{versionsOf(notices)}, d); err != nil {
		return no("%v", err)
	}
	return nil
}

// versionsOf names the versions that notices tell of: what a token carries.
func versionsOf(notices []*notify.Notice) string {
	var ids []string
	for _, s := range notices[0].Subjects {
		ids = append(ids, s.Version.ID())
	}
	return strings.Join(ids, " ")
}

// failed says what went wrong with a token. What somebody meant is no failure.
func (w *worker) failed(ctx context.Context, token string, err error) error {
	if ctx.Err() != nil || errors.Is(err, ledger.ErrHeld) || errors.Is(err, ledger.ErrLocked) || errors.Is(err, delivery.ErrNotBegun) {
		return nil
	}
	if err != nil {
		fmt.Fprintf(w.stderr, "%s: %v\n", token, err)
	}
	return err
}

// pass tells whom it can.
func (w *worker) pass(ctx context.Context, token string) (time.Duration, error) {
	err := w.tell(ctx, token)
	w.report.pause()
	var spent *delivery.Exhausted
	if errors.As(err, &spent) {
		fmt.Fprintln(w.stderr, err)
		return max(spent.Until.Sub(w.now()), time.Second), nil
	}
	return 0, w.failed(ctx, token, err)
}

func (w *worker) tell(ctx context.Context, token string) error {
	f, notices, err := w.notices(ctx, strings.Fields(token))
	if err != nil {
		return err
	}
	if due, err := w.sender.Due(ctx, notices); err != nil || !due {
		return err
	}
	if err := w.verified(f, notices); err != nil {
		return err
	}
	h, err := w.holders(ctx, f)
	if err != nil {
		return err
	}
	defer h.Close()
	pass, err := w.sender.Join(ctx, notices, h)
	if err != nil {
		return err
	}
	defer pass.Close()
	w.printPass(pass)
	if pass.ToTry == 0 {
		return nil
	}
	done, err := pass.Run(ctx)
	w.report.pause()
	if done.Done() > 0 {
		fmt.Fprintf(w.stdout, "%s: %d accepted, %d deferred, %d rejected, %d ambiguous\n", token, done.Accepted, done.Deferred, done.Rejected, done.Ambiguous)
	}
	return err
}

// sweep enrols who joined since, of notices that somebody has begun.
func (w *worker) sweep(ctx context.Context, token string) error {
	return w.failed(ctx, token, func() error {
		f, notices, err := w.notices(ctx, strings.Fields(token))
		if err != nil {
			return err
		}
		for _, n := range notices {
			if waves, err := w.sender.Ledger.Waves(ctx, n.ID); err != nil || len(waves) == 0 {
				if errors.Is(err, ledger.ErrUnknown) {
					err = nil
				}
				return err
			}
		}
		h, err := w.holders(ctx, f)
		if err != nil {
			return err
		}
		defer h.Close()
		pass, err := w.sender.Begin(ctx, notices, h, nil)
		var spent *delivery.Exhausted
		if errors.As(err, &spent) {
			return nil // they are enrolled all the same
		} else if err != nil {
			return err
		}
		if pass.Added > 0 {
			fmt.Fprintf(w.stderr, "%s: %s joined since\n", token, count(pass.Added, "holder"))
		}
		return pass.Close()
	}())
}

// look says whether a mail is due, and warns where the deadline will be missed.
func (w *worker) look(ctx context.Context, token string) (due bool, err error) {
	_, notices, err := w.notices(ctx, strings.Fields(token))
	if err != nil {
		return false, w.failed(ctx, token, err)
	}
	s, err := delivery.StatusOf(ctx, w.sender.Ledger, notices, w.sender.Mail, w.now())
	if err == nil {
		w.warn(token, s, notices)
		due, err = w.sender.Due(ctx, notices)
	}
	return due, w.failed(ctx, token, err)
}

// warn says once in so many words that a deadline will be missed.
func (w *worker) warn(token string, s *delivery.Status, notices []*notify.Notice) {
	finish, err := time.Parse(time.RFC3339, s.ProjectedFinish)
	deadline := notices[0].DeadlineAt()
	if err != nil || s.Complete || deadline.IsZero() || finish.Before(deadline) {
		return
	}
	if text := fmt.Sprintf("%s: the deadline %s will be missed: projected finish %s", token, deadline.UTC().Format(time.RFC3339), finish.Format("2006-01-02T15Z07:00")); text != w.said {
		w.said = text
		fmt.Fprintln(w.stderr, text)
	}
}

// tellOthers has machines that are at work take part.
func (p *program) tellOthers(ctx context.Context, notices []*notify.Notice) {
	c, err := p.config()
	if err != nil {
		return
	}
	url, err := p.expand("ledger", c.Ledger.URL)
	if err != nil || !shared(url) {
		return
	}
	q, err := queue.Open(ctx, url)
	if err == nil {
		defer q.Close()
		err = q.Tell(ctx, versionsOf(notices))
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "other machines were not told to take part: %v\n", err)
	}
}
