// Package progress shows people how far a pass of mails is: a bar on a
// terminal, a line now and then elsewhere.
package progress

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Every is how often a line is written where there is no terminal.
const Every = 10 * time.Second

// redraw is how often a bar is drawn.
const redraw = 100 * time.Millisecond

// Counts are the mails of a pass: how many there are, and what came of those
// that were tried.
type Counts struct{ Total, Accepted, Deferred, Rejected, Ambiguous int }

// Done returns how many were tried.
func (c Counts) Done() int { return c.Accepted + c.Deferred + c.Rejected + c.Ambiguous }

// A Report is shown while a pass runs. Its methods are called by one at a time.
type Report struct {
	w        io.Writer
	now      func() time.Time
	deadline time.Time
	bar      *progressbar.ProgressBar // nil: lines

	begun, last time.Time
}

// New begins a report. A zero deadline is none.
func New(w io.Writer, terminal bool, now func() time.Time, deadline time.Time) *Report {
	r := &Report{w: w, now: now, deadline: deadline, begun: now()}
	r.last = r.begun
	if terminal {
		r.bar = progressbar.NewOptions(1, progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(30),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false))
	}
	return r
}

// Update shows what the counts are now.
func (r *Report) Update(c Counts) {
	every := Every
	if r.bar != nil {
		every = redraw
	}
	at := r.now()
	if at.Sub(r.last) < every {
		return
	}
	r.last = at
	if r.bar == nil {
		fmt.Fprintln(r.w, r.words(c))
		return
	}
	r.bar.ChangeMax(max(c.Total, 1))
	_ = r.bar.Set(c.Done()) // a terminal that is gone is no reason to stop
	r.bar.Describe(r.words(c))
}

// Close takes the bar away.
func (r *Report) Close() {
	if r.bar != nil {
		_ = r.bar.Clear() // as above
	}
}

// Rate returns how many mails a second were tried since the report was begun.
func (r *Report) Rate(c Counts) float64 {
	if took := r.now().Sub(r.begun).Seconds(); took > 0 {
		return float64(c.Done()) / took
	}
	return 0
}

// Finish returns when all will have been tried at the rate so far; zero: nobody
// knows.
func (r *Report) Finish(c Counts) time.Time {
	rate := r.Rate(c)
	if rate == 0 {
		return time.Time{}
	}
	return r.now().Add(time.Duration(float64(max(c.Total-c.Done(), 0)) / rate * float64(time.Second)))
}

// words say how far it is, how fast, when it will be done, and what failed.
func (r *Report) words(c Counts) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d mails, %s", c.Done(), c.Total, speed(r.Rate(c)))
	if at := r.Finish(c); !at.IsZero() {
		fmt.Fprintf(&b, ", done by %s", at.UTC().Format(time.RFC3339))
		switch {
		case r.deadline.IsZero():
		case at.Before(r.deadline):
			fmt.Fprintf(&b, ", %s before the deadline", span(r.deadline.Sub(at)))
		default:
			fmt.Fprintf(&b, ", %s AFTER the deadline", span(at.Sub(r.deadline)))
		}
	}
	for _, x := range []struct {
		n    int
		kind string
	}{{c.Deferred, "deferred"}, {c.Rejected, "rejected"}, {c.Ambiguous, "ambiguous"}} {
		if x.n > 0 {
			fmt.Fprintf(&b, "; %d %s", x.n, x.kind)
		}
	}
	return b.String()
}

// speed writes a rate in the unit in which it is a number that says something.
func speed(perSecond float64) string {
	switch {
	case perSecond >= 10 || perSecond == 0:
		return fmt.Sprintf("%.0f/s", perSecond)
	case perSecond >= 1:
		return fmt.Sprintf("%.1f/s", perSecond)
	case perSecond*60 >= 1:
		return fmt.Sprintf("%.0f/min", perSecond*60)
	}
	return fmt.Sprintf("%.1f/h", perSecond*3600)
}

// span writes a time as people count it: days, or what is less than two of them.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day {
		return fmt.Sprintf("%d days", d/day)
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}
