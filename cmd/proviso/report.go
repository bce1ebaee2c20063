package main

import (
	"context"
	"fmt"
	"time"

	"proviso/delivery"
	"proviso/ledger"
	"proviso/metrics"
	"proviso/notify"
	"proviso/progress"
)

// A reporter shows how far the passes of one command are, to people and to
// Prometheus.
type reporter struct {
	p        *program
	deadline time.Time
	shown    *progress.Report // of the pass that runs; nil: none
	last     delivery.Progress
	metrics  *metrics.Server // nil: nobody asked for them
}

// report has a sender's passes shown. Where addr is not empty, figures are
// served there; done ends that.
func (p *program) report(s *delivery.Sender, notices []*notify.Notice, addr string) (r *reporter, done func(), err error) {
	r = &reporter{p: p}
	for _, n := range notices {
		if at := n.DeadlineAt(); r.deadline.IsZero() || at.Before(r.deadline) {
			r.deadline = at
		}
	}
	s.Progress = r.update
	done = func() {}
	if addr != "" {
		r.metrics, err = metrics.Serve(addr, func(ctx context.Context) ([]metrics.Standing, error) { return p.standings(ctx, s, notices) })
		if err != nil {
			return nil, nil, misuse("--metrics: %v", err)
		}
		fmt.Fprintf(p.stderr, "metrics are at http://%s/metrics\n", r.metrics.Addr())
		done = func() { _ = r.metrics.Close() }
	}
	return r, done, nil
}

// update is called after each outcome.
func (r *reporter) update(x delivery.Progress) {
	if r.shown == nil {
		r.shown = progress.New(r.p.stderr, r.p.terminal(r.p.stderr), r.p.now, r.deadline)
	}
	c := progress.Counts{Total: x.ToTry, Accepted: x.Accepted, Deferred: x.Deferred, Rejected: x.Rejected, Ambiguous: x.Ambiguous}
	r.shown.Update(c)
	if r.metrics != nil {
		r.metrics.Rate(r.shown.Rate(c))
		r.metrics.Tried(string(ledger.Accepted), x.Accepted-r.last.Accepted)
		r.metrics.Tried(string(ledger.Deferred), x.Deferred-r.last.Deferred)
		r.metrics.Tried(string(ledger.Rejected), x.Rejected-r.last.Rejected)
		r.metrics.Tried(string(ledger.Ambiguous), x.Ambiguous-r.last.Ambiguous)
	}
	r.last = x
}

// pause ends what is shown of a pass.
func (r *reporter) pause() {
	if r.shown != nil {
		r.shown.Close()
	}
	r.shown, r.last = nil, delivery.Progress{}
	if r.metrics != nil {
		r.metrics.Rate(0)
	}
}

// standings says how far each notice is.
func (p *program) standings(ctx context.Context, s *delivery.Sender, notices []*notify.Notice) ([]metrics.Standing, error) {
	var out []metrics.Standing
	for _, n := range notices {
		st, err := delivery.StatusOf(ctx, s.Ledger, []*notify.Notice{n}, s.Mail, s.Now())
		if err != nil {
			return nil, err
		}
		c := st.Counts
		x := metrics.Standing{Notice: n.ID, Complete: st.Complete, Deadline: n.DeadlineAt(), Rows: map[string]int{
			string(ledger.Pending): c.Pending, string(ledger.Sending): c.Sending, string(ledger.Accepted): c.Accepted, string(ledger.Deferred): c.Deferred,
			string(ledger.Ambiguous): c.Ambiguous, string(ledger.Rejected): c.Rejected, string(ledger.Bounced): c.Bounced, string(ledger.Skipped): c.Skipped, "late": c.Late}}
		if st.ProjectedFinish != "" {
			if x.Finish, err = time.Parse(time.RFC3339, st.ProjectedFinish); err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return out, nil
}
