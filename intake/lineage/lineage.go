// Package lineage works out the versions of a policy from everything that was
// ever recorded of it.
//
// # What counts as a version
//
// Most of what a history records is no version: an error page that was saved
// instead of the text, a page that shows another text for a day, a link that
// got another parameter, the same page rendered by another program. Work goes
// through the records from the oldest to the newest and drops those, each with
// its reason. What is left is a version for each date that a text declares. A
// text that declares none, or was changed without its date long after it had
// appeared, counts from the day on which it was first seen; its date is inferred.
//
//	record ──> cannot be read, removed ............................ dropped
//	       ──> half as many words as before, and they came back ... dropped: an error page
//	       ──> the same words ..................................... dropped: form and links only
//	       ──> a technical upgrade ................................ dropped, its text stands for the version
//	       ──> the text before comes back within Blink ............ both dropped
//	       ──> the date of the version before, within Blink ....... the later text stands for both
//	       ──> a version
//
// # Again
//
// What was taken in before is sealed and stays. Work leaves it alone and adds
// only what is newer, so that it can be run again whenever the history grows.
package lineage

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"proviso/intake"
	"proviso/policy"
	"proviso/text"
)

// Blink is how long a text may stand between two times of another one without
// being a version.
const Blink = 30 * 24 * time.Hour

// errorPage is how many words a page has at most that replaces a text at the
// end of its history without being one.
const errorPage = 100

// A Record is the text as it was at one time.
type Record struct {
	Name      string // of the commit, or of the file
	When      time.Time
	Note      string // the subject of the commit
	Technical bool
	Text      *intake.Text // nil if there is none
	Lost      string       // why there is none
}

// A Fate is what became of a Record.
type Fate struct {
	Record  *Record
	Version string // the version that has its text; "" if it was dropped
	Reason  string // why it was dropped, or what is to be known of its date
}

// A Version is a text with the date from which it holds.
type Version struct {
	Name      string // "2026-12-20" or "2026-12-20.2"
	Effective policy.Date
	Inferred  bool
	Text      *intake.Text
	Record    *Record
	Renewed   bool // the text is that of a technical upgrade
}

// A Standing version is one that the policy has already.
type Standing struct {
	Name      string
	Effective policy.Date
	Revision  int
	Sealed    bool
	Words     string // as Words gives them
}

// Options say what is known beside the records.
type Options struct {
	Zone     *time.Location // in which days are counted
	Today    policy.Date
	Standing []Standing // oldest first
}

// Work returns the versions that are new, oldest first, and what became of
// every record.
func Work(records []*Record, o Options) ([]*Version, []Fate) {
	w := &work{o: o, fates: map[*Record]*Fate{}}
	for _, r := range records {
		w.fates[r] = &Fate{Record: r}
	}
	w.row(w.texts(records))
	w.date()
	w.stand()
	fates := make([]Fate, len(records))
	for i, r := range records {
		fates[i] = *w.fates[r]
	}
	return w.versions, fates
}

type work struct {
	o        Options
	nodes    []*node // texts that may be versions, oldest first
	versions []*Version
	fates    map[*Record]*Fate
}

// A node is a text that stood for a while.
type node struct {
	*Record
	text     *intake.Text // that of the last technical upgrade
	declared policy.Date
	words    string
	count    int
	renewed  *Record
}

func (w *work) drop(r *Record, format string, args ...any) {
	w.fates[r].Reason = fmt.Sprintf(format, args...)
}

// texts returns the records that have a text of the policy.
func (w *work) texts(records []*Record) (out []*node) {
	for _, r := range records {
		if r.Text == nil {
			w.drop(r, "%s", r.Lost)
			continue
		}
		words := Words(r.Text.Body)
		out = append(out, &node{Record: r, text: r.Text, declared: declared(r, w.o.Zone), words: words, count: len(strings.Fields(words))})
	}
	return w.withoutErrors(out)
}

// declared returns the date that a text gives, if it can be meant: nobody
// announces a policy more than a year ahead.
func declared(r *Record, zone *time.Location) policy.Date {
	d := r.Text.Declared
	if d.Year < 1990 || policy.DateOf(r.When.In(zone)).AddMonths(12).Before(d) {
		return policy.Date{}
	}
	return d
}

// withoutErrors drops pages that were saved instead of the text.
func (w *work) withoutErrors(all []*node) (out []*node) {
	size := 0 // words of the last text
	for i, n := range all {
		reference := size
		if size == 0 {
			for _, next := range all[i+1 : min(i+4, len(all))] {
				reference = max(reference, next.count)
			}
		}
		if 2*n.count < reference && (returns(all[i+1:], n.When, reference) && size > 0 || n.count < errorPage) {
			w.drop(n.Record, "an error page, or a part of the text: %d words instead of about %d", n.count, reference)
			continue
		}
		size = n.count
		out = append(out, n)
	}
	return out
}

// returns reports whether a text of about so many words follows soon.
func returns(later []*node, since time.Time, size int) bool {
	for _, n := range later {
		if n.When.Sub(since) > Blink {
			return false
		}
		if 5*n.count >= 4*size {
			return true
		}
	}
	return false
}

// row drops what changes no words, and what came and went.
func (w *work) row(all []*node) {
	for _, n := range all {
		if len(w.nodes) == 0 {
			w.nodes = append(w.nodes, n)
			continue
		}
		top := w.nodes[len(w.nodes)-1]
		later := !n.declared.IsZero() && top.declared.Before(n.declared)
		switch {
		case n.words == top.words && !later:
			w.drop(n.Record, "the same words as %s; form and links only", top.short())
		case w.back(n):
		case n.Technical:
			w.renew(top, n)
		default:
			w.nodes = append(w.nodes, n)
		}
	}
}

// renew takes the text of a technical upgrade for the one it renders.
func (w *work) renew(top, n *node) {
	w.drop(n.Record, "a technical upgrade: the text of %s rendered anew", top.short())
	top.text, top.words, top.count, top.renewed = n.text, n.words, n.count, n.Record
	if top.declared.IsZero() {
		top.declared = n.declared
	}
}

// back drops a return to an earlier text, with what stood between if that was
// short, and reports whether it was one.
func (w *work) back(n *node) bool {
	for k := len(w.nodes) - 2; k >= 0; k-- {
		earlier := w.nodes[k]
		if earlier.words != n.words || n.declared != earlier.declared && !n.declared.IsZero() {
			continue
		}
		since := w.nodes[k+1].When
		if n.When.Sub(since) > Blink && !n.Technical {
			return false // it was another text in earnest
		}
		for _, x := range w.nodes[k+1:] {
			w.drop(x.Record, "it stood for %s, then the text of %s came back", days(n.When.Sub(x.When)), earlier.short())
			if x.renewed != nil {
				w.drop(x.renewed, "a technical upgrade of %s, which was dropped", x.short())
			}
		}
		w.nodes = w.nodes[:k+1]
		w.drop(n.Record, "a return to the text of %s", earlier.short())
		return true
	}
	return false
}

func days(d time.Duration) string {
	n := int(d.Hours() / 24)
	switch n {
	case 0:
		return "less than a day"
	case 1:
		return "a day"
	}
	return fmt.Sprintf("%d days", n)
}

// date gives every text its date.
func (w *work) date() {
	for _, n := range w.nodes {
		seen := policy.DateOf(n.When.In(w.o.Zone))
		v := &Version{Effective: n.declared, Text: n.text, Record: n.Record, Renewed: n.renewed != nil}
		if !n.text.Captured.IsZero() && n.text.Captured.Before(seen) {
			seen = n.text.Captured
		}
		fate := w.fates[n.Record]
		top := w.top()
		again := top != nil && !top.Inferred && n.declared == top.Effective && n.When.Sub(top.Record.When) <= Blink
		if n.declared.IsZero() || top != nil && !again && !top.Effective.Before(n.declared) {
			v.Effective, v.Inferred = seen, true
			if n.declared.IsZero() && !n.text.Declared.IsZero() {
				fate.Reason = fmt.Sprintf("it gives the date %s, which nobody can mean", n.text.Declared)
			} else if !n.declared.IsZero() {
				fate.Reason = fmt.Sprintf("it gives the date %s, which is not later than that of an older text", n.declared)
			}
		}
		if top != nil && !top.Effective.Before(v.Effective) {
			w.drop(top.Record, "a later text of the same date stands for it: %s", n.short())
			v.Effective, v.Inferred = top.Effective, top.Inferred
			w.versions = w.versions[:len(w.versions)-1]
		}
		w.versions = append(w.versions, v)
	}
}

func (w *work) top() *Version {
	if len(w.versions) == 0 {
		return nil
	}
	return w.versions[len(w.versions)-1]
}

// stand leaves what the policy has already, and drops what cannot come to
// stand behind it.
func (w *work) stand() {
	var newest *Standing
	if n := len(w.o.Standing); n > 0 {
		newest = &w.o.Standing[n-1]
	}
	var out []*Version
	for i, v := range w.versions {
		v.Name = v.Effective.String()
		fate := w.fates[v.Record]
		same := w.standing(v)
		switch {
		case same != nil:
			fate.Version = same.Name
			continue
		case w.o.Today.Before(v.Effective):
			w.drop(v.Record, "it takes effect on %s, which is still to come: bring it in with --draft, and release it", v.Effective)
			continue
		case newest == nil || newest.Effective.Before(v.Effective):
		case newest.Effective == v.Effective && i == len(w.versions)-1 && !v.Renewed:
			v.Name = fmt.Sprintf("%s.%d", v.Effective, newest.Revision+1)
		case newest.Effective == v.Effective:
			w.drop(v.Record, "%s is sealed, and this text gives the same date", newest.Name)
			continue
		default:
			w.drop(v.Record, "it holds from %s, and %s is sealed: nothing is put before a sealed version", v.Effective, newest.Name)
			continue
		}
		fate.Version = v.Name
		out = append(out, v)
	}
	w.versions = out
}

// standing returns the version that the policy has of a text: of the same date,
// or the newest if nobody knows the date.
func (w *work) standing(v *Version) *Standing {
	words := Words(v.Text.Body)
	for i := range w.o.Standing {
		s := &w.o.Standing[i]
		last := i == len(w.o.Standing)-1
		if s.Words == words && (s.Effective == v.Effective || last && v.Inferred) {
			return s
		}
	}
	return nil
}

func (n *node) short() string { return n.Record.short() }

// short is the name by which reports call a record.
func (r *Record) short() string {
	if commit.MatchString(r.Name) {
		return r.Name[:10]
	}
	return r.Name
}

var (
	commit  = regexp.MustCompile(`^[0-9a-f]{40}$`)
	markers = regexp.MustCompile(`(?m)^(?:[ \t]*(?:- |\d{1,9}\. ))+`)
	same    = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'", "\u00ad", "", "\u200b", "", "–", "-", "—", "-")
)

// Words returns the words of a Markdown text by which two are the same: without
// marks, numbers of items, targets of links, and kinds of blanks and quotes.
func Words(markdown string) string {
	doc, _ := text.Parse("", []byte(markdown), text.Options{Plain: true})
	return strings.Join(strings.Fields(same.Replace(markers.ReplaceAllString(doc.Normal(), ""))), " ")
}
