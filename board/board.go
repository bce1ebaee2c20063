// Package board shows where every policy and every site stands: what is in
// force, what is to come, how far its notice is, what is owed and by when, and
// what to do next. It shows what it is given, as lines for a terminal, as one
// page of HTML that needs nothing else, and as a calendar.
package board

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"proviso/policy"
)

// A Board is where everything stands on a day.
type Board struct {
	Organisation string
	Today        policy.Date
	Policies     []Policy
	Sites        []Site
	Dates        []Date
}

// A Policy is where one policy stands.
type Policy struct {
	ID       string      `json:"policy"`
	InForce  string      `json:"in_force"` // version; empty: none
	Upcoming string      `json:"upcoming"` // the first that is not in force yet; empty: none
	Deadline policy.Date `json:"deadline"` // of its notice
	Notice   string      `json:"notice"`   // how far the notice is
	Owed     []string    `json:"owed"`
	Next     string      `json:"next"` // what to do next, as a command; empty: nothing

	Title    string      `json:"title"`
	Left     *int        `json:"days_left"`        // until the deadline, and once all are told until it takes effect; nil: nothing is to come
	Finish   string      `json:"projected_finish"` // instant in UTC at which all will have been told; empty: they are, or nobody knows
	Held     bool        `json:"held"`             // its date has come, and it does not go in force
	Earliest policy.Date `json:"earliest"`         // the earliest lawful date, where something is owed
	Review   policy.Date `json:"review_by"`
	Overdue  bool        `json:"overdue"`
	Sites    []Site      `json:"sites"`
}

// A Site is where one site stands.
type Site struct {
	Domain    policy.Domain `json:"site"`
	Live      Liveness      `json:"live"`
	Published string        `json:"published"`  // instant in UTC; empty: not known
	NextBuild string        `json:"next_build"` // instant in UTC at which a build would first give other pages; empty: none is known
}

// Liveness says whether readers see what they should, as far as is known here.
type Liveness string

const (
	Live     Liveness = "yes"
	Outdated Liveness = "outdated" // published, but not what should be there now
	Never    Liveness = "no"       // proviso publishes it, and has not yet
	Unknown  Liveness = "unknown"  // proviso does not publish it from here
)

// Overdue reports whether something should have been done by now.
func (b *Board) Overdue() bool {
	for _, p := range b.Policies {
		if p.Overdue {
			return true
		}
	}
	return false
}

// WriteText writes the board for a terminal.
func (b *Board) WriteText(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "policy\tin force\tupcoming\tdeadline\tnotice\tdays left\tall told by\treview by\tnext")
	for _, p := range b.Policies {
		fmt.Fprintln(w, strings.Join(p.row(), "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	w = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "site\tlive\tpublished\tnext build")
	for _, s := range b.Sites {
		fmt.Fprintln(w, strings.Join(s.row(), "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range b.Policies {
		for _, owed := range p.Owed {
			if _, err := fmt.Fprintf(out, "%s owes: %s\n", p.ID, owed); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Policy) row() []string {
	left := ""
	if p.Left != nil {
		left = fmt.Sprint(*p.Left)
	}
	return dashes(p.ID, p.InForce, p.Upcoming, p.Deadline.String(), p.Notice, left, minute(p.Finish), p.Review.String(), p.Next)
}

func (s *Site) row() []string {
	return dashes(s.Domain, string(s.Live), minute(s.Published), minute(s.NextBuild))
}

// minute shortens an instant for people.
func minute(instant string) string {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		return instant
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}

// dashes puts a dash where there is nothing.
func dashes(values ...string) []string {
	for i, v := range values {
		if v == "" {
			values[i] = "-"
		}
	}
	return values
}
