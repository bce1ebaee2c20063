package progress

import (
	"strings"
	"testing"
	"time"
)

var begin = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)

// A clock is set by the test.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// Where there is no terminal, a line is written every ten seconds, and none
// for what is done sooner.
func TestLines(t *testing.T) {
	var out strings.Builder
	c := &clock{begin}
	r := New(&out, false, c.now, begin.Add(time.Hour))
	for _, s := range []struct {
		after  time.Duration
		counts Counts
		want   string
	}{
		{0, Counts{Total: 1000}, ""},
		{9 * time.Second, Counts{Total: 1000, Accepted: 90}, ""},
		{10 * time.Second, Counts{Total: 1000, Accepted: 100}, "100 of 1000 mails, 10/s, done by 2026-11-03T09:01:40Z, 58m before the deadline\n"},
		{19 * time.Second, Counts{Total: 1000, Accepted: 101}, ""},
		{100 * time.Second, Counts{Total: 1000, Accepted: 2, Deferred: 5, Rejected: 2, Ambiguous: 1}, "10 of 1000 mails, 6/min, done by 2026-11-03T11:46:40Z, 1h47m AFTER the deadline; 5 deferred; 2 rejected; 1 ambiguous\n"},
	} {
		out.Reset()
		c.at = begin.Add(s.after)
		if r.Update(s.counts); out.String() != s.want {
			t.Errorf("after %v: %q, want %q", s.after, out.String(), s.want)
		}
	}
	r.Close()
}

func TestWithoutADeadline(t *testing.T) {
	var out strings.Builder
	c := &clock{begin}
	r := New(&out, false, c.now, time.Time{})
	c.at = begin.Add(time.Minute)
	r.Update(Counts{Total: 9})
	if got := out.String(); got != "0 of 9 mails, 0/s\n" {
		t.Errorf("%q", got)
	}
}

// On a terminal there is a bar, which is gone at the end.
func TestBar(t *testing.T) {
	var out strings.Builder
	c := &clock{begin}
	r := New(&out, true, c.now, time.Time{})
	c.at = begin.Add(time.Second)
	r.Update(Counts{Total: 4, Accepted: 2})
	if got := out.String(); !strings.Contains(got, "2 of 4 mails, 2.0/s") || !strings.Contains(got, "50%") {
		t.Errorf("%q", got)
	}
	out.Reset()
	r.Close()
	if got := out.String(); strings.TrimSpace(got) != "" || !strings.Contains(got, "\r") {
		t.Errorf("the bar is left: %q", got)
	}
}

// Rates and times are said in numbers that people can use, however slow it is.
func TestSpeedAndSpan(t *testing.T) {
	for rate, want := range map[float64]string{1234.5: "1234/s", 9.96: "10.0/s", 2.34: "2.3/s", .5: "30/min", .001: "3.6/h", 0: "0/s"} {
		if got := speed(rate); got != want {
			t.Errorf("%v mails a second: %s, want %s", rate, got, want)
		}
	}
	for d, want := range map[time.Duration]string{90 * time.Second: "2m", 26*time.Hour + 4*time.Minute: "26h4m", 88*24*time.Hour + time.Hour: "88 days"} {
		if got := span(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
