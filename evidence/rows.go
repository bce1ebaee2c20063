package evidence

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"iter"
	"path"
	"strconv"
	"strings"
	"time"

	"proviso/ledger"
)

// notices checks each announcement in the evidence.
func (v *verifier) notices(who *Who) {
	for _, dir := range v.head.Notices {
		g, ok := v.notice(dir)
		if !ok {
			continue
		}
		v.given = append(v.given, g)
		v.letters(g)
		for _, r := range g.Remarks {
			if r.Kind == string(ledger.AsOf) {
				v.note("times of notice %q are not those of a clock: %s", g.ID, r.Text)
			}
		}
		if g.Purged != "" {
			v.note("who was told by notice %q was forgotten on %s; counts and the seal of the audience are left", g.ID, g.Purged)
			continue
		}
		v.rows(g, who)
	}
}

// notice reads an announcement and checks the seals of its audience.
func (v *verifier) notice(dir string) (g given, ok bool) {
	g.dir = dir
	err := v.ReadJSON(dir+"/notice.json", &g.Notice)
	if err == nil {
		err = v.ReadJSON(dir+"/waves.json", &g.waves)
	}
	if err != nil {
		v.check("there is a notice in "+dir, []string{err.Error()})
		return g, false
	}
	var wrong []string
	if !(ledger.Notice{ID: g.ID}).TellsOf(v.version.ID()) {
		wrong = append(wrong, fmt.Sprintf("%s/notice.json: %q does not tell of %s", dir, g.ID, v.version.ID()))
	}
	wrong = append(wrong, v.heldTo(g)...)
	v.check(fmt.Sprintf("notice %s, by %s, was held to the deadline", g.ID, g.Controller), wrong, "before "+g.DeadlineAt)
	waves, err := wavesOf(g.waves)
	if err == nil {
		err = ledger.VerifyWaves(waves)
	}
	if err != nil {
		v.check("the audience is the one that was sealed before the first mail", []string{dir + "/waves.json: " + err.Error()})
		return g, false
	}
	return g, true
}

// heldTo says where the dates of a notice are not those of the version. One that
// tells of several versions has the earliest deadline of theirs; news of a
// withdrawal is due before the version would have taken effect.
func (v *verifier) heldTo(g given) (wrong []string) {
	if v.owed == nil {
		return nil
	}
	deadline, at := v.owed.Deadline, v.owed.DeadlineAt
	if strings.Contains(g.ID, "~") {
		deadline, at = v.owed.Effective, stamp(v.version.Effective.In(v.version.Sealed.Resolution.Location()))
	}
	if g.Effective != v.owed.Effective || deadline != "" && g.Deadline > deadline {
		wrong = append(wrong, fmt.Sprintf("%s/notice.json: it was held to the deadline %s for %s, not to %s for %s", g.dir, g.Deadline, g.Effective, deadline, v.owed.Effective))
	}
	if g.Deadline == deadline && g.DeadlineAt != at {
		wrong = append(wrong, fmt.Sprintf("%s/notice.json: the deadline does not begin at %s", g.dir, g.DeadlineAt))
	}
	return wrong
}

func wavesOf(in []Wave) (out []ledger.Wave, err error) {
	for i, w := range in {
		at, err := time.Parse(instantForm, w.At)
		if err != nil {
			return nil, fmt.Errorf("enrolment %d: %w", i+1, err)
		}
		out = append(out, ledger.Wave{At: at, Audience: w.Audience, Added: w.Added, Query: w.Query, Digest: w.Digest, Roll: w.Roll, Exclusions: w.Exclusions, Seal: w.Seal})
	}
	return out, nil
}

// letters checks that what was told is what it is said to be.
func (v *verifier) letters(g given) {
	var wrong []string
	for _, l := range g.Letters {
		data, err := v.Read(path.Join(g.dir, l.File))
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		if hashOf(data) != l.SHA256 {
			wrong = append(wrong, fmt.Sprintf("%s/%s is another letter than notice.json says", g.dir, l.File))
		}
		if example, err := example(data, v.version.Sealed.Released.In(time.UTC)); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s/%s: %v", g.dir, l.File, err))
		} else if said, err := v.Read(path.Join(g.dir, l.Example)); err != nil || !bytes.Equal(said, example) {
			wrong = append(wrong, fmt.Sprintf("%s/%s is not %s with an invented recipient", g.dir, l.Example, l.File))
		}
	}
	v.check("the letters of "+g.ID+" are those that were kept", wrong, count(len(g.Letters), "letter"))
}

// A holding is a row with what was tried for it.
type holding struct {
	row      ledger.Row
	attempts int
	last     ledger.Attempt
	accepted time.Time // of the first attempt that was accepted
}

// A reckoning adds the rows of a notice up.
type reckoning struct {
	given
	deadline time.Time
	counts   ledger.Counts
	rolls    []ledger.Roll
	before   int // first accepted before the deadline
	after    int // or later
	wrong    []string
	proofs   []Proof
}

// rows checks that the rows are the audience that was sealed, and that what
// became of them is what was tried.
func (v *verifier) rows(g given, who *Who) {
	r := &reckoning{given: g}
	if at, err := time.Parse(instantForm, g.DeadlineAt); err == nil {
		r.deadline = at
	}
	for range g.waves {
		r.rolls = append(r.rolls, ledger.NewRoll())
	}
	ask := who.in(g.Notice)
	for h, err := range v.holdings(g.dir) {
		if err != nil {
			r.wrong = append(r.wrong, err.Error())
			break
		}
		if len(r.wrong) < 100 {
			r.look(h)
		}
		r.add(h)
		if ask.is(h.row) {
			r.proofs = append(r.proofs, ask.proof(v, g, h))
		}
	}
	r.report(v)
	v.report.Holders = append(v.report.Holders, r.proofs...)
}

// look finds what of a row cannot be.
func (r *reckoning) look(h holding) {
	bad := func(format string, args ...any) {
		r.wrong = append(r.wrong, fmt.Sprintf("%s/rows.tsv: holder %s %s", r.dir, h.row.Holder, fmt.Sprintf(format, args...)))
	}
	if h.attempts != h.row.Tries {
		bad("has %d attempts, not %d", h.attempts, h.row.Tries)
	}
	switch s := h.row.State; s {
	case ledger.Accepted, ledger.Rejected, ledger.Bounced, ledger.Ambiguous, ledger.Deferred:
		if h.last.State != s || !h.last.Ended.Equal(h.row.At) {
			bad("is %s since %s, but its last attempt was %s at %s", s, stamp(h.row.At), h.last.State, stamp(h.last.Ended))
		}
	}
	if h.row.Wave > len(r.waves) || h.row.Wave == 0 && (h.attempts > 0 || h.row.State != ledger.Skipped) {
		bad("belongs to enrolment %d, of %d", h.row.Wave, len(r.waves))
	}
}

// add counts a row.
func (r *reckoning) add(h holding) {
	if w := h.row.Wave; w > 0 && w <= len(r.rolls) {
		r.rolls[w-1].Add(h.row.Holder)
	}
	if !h.accepted.IsZero() {
		if r.deadline.IsZero() || h.accepted.Before(r.deadline) {
			r.before++
		} else {
			r.after++
		}
	}
	r.counts.Count(h.row, r.deadline)
}

// report says what the rows add up to.
func (r *reckoning) report(v *verifier) {
	v.check("every row of "+r.ID+" is what its attempts made of it", r.wrong, fmt.Sprintf("%d rows", r.counts.Rows()))
	var wrong, found []string
	for i, w := range r.waves {
		if called := r.rolls[i].String(); called != w.Roll || i == 0 && called != w.Digest {
			wrong = append(wrong, fmt.Sprintf("%s: the rows of enrolment %d, of %s, are not those that were sealed", r.dir, i+1, w.At))
		}
		found = append(found, fmt.Sprintf("enrolment %d, %s: audience %d, %d added, %d excluded", i+1, w.At, w.Audience, w.Added, excluded(w)))
	}
	v.check("the audience of "+r.ID+" is the one that was sealed before the first mail", wrong, found...)
	wrong = nil
	said := r.Counts
	said.Waiting, said.Out = r.Waiting, r.PassedOn
	if said != r.counts {
		wrong = append(wrong, fmt.Sprintf("%s/notice.json counts %+v, the rows give %+v", r.dir, said, r.counts))
	}
	v.check("the counts of "+r.ID+" are right", wrong, fmt.Sprintf("%d accepted, %d rejected, %d bounced, %d deferred, %d ambiguous, %d skipped",
		said.Accepted, said.Rejected, said.Bounced, said.Deferred, said.Ambiguous, said.Skipped))
	wrong = nil
	if r.counts.Waiting > 0 {
		wrong = append(wrong, fmt.Sprintf("%s: %s still to be told", r.dir, count(r.counts.Waiting, "holder")))
	}
	v.check("everyone who was owed "+r.ID+" was told, or could not be", wrong, fmt.Sprintf("first accepted before the deadline: %d; after it: %d", r.before, r.after))
	v.report.Checks[len(v.report.Checks)-1].promise = true
	if r.counts.Late > 0 {
		v.note("%s: %s accepted only after the deadline", r.ID, count(r.counts.Late, "holder"))
	}
	if n := r.counts.Rejected + r.counts.Bounced; n > 0 {
		v.note("%s: %s could not be reached by mail (rejected, bounced); they needed another channel", r.ID, count(n, "holder"))
	}
}

func excluded(w Wave) (n int) {
	for _, x := range w.Exclusions {
		n += x.Holders
	}
	return n
}

// holdings joins the two tables, both of which are ordered by holder.
func (v *verifier) holdings(dir string) iter.Seq2[holding, error] {
	return func(yield func(holding, error) bool) {
		next, stop := iter.Pull2(v.Lines(dir+"/attempts.tsv", attemptHead))
		defer stop()
		attempt, left, err := pull(next)
		var last ledger.Hash
		for fields, rerr := range v.Lines(dir+"/rows.tsv", rowHead) {
			h := holding{}
			if rerr == nil {
				h.row, rerr = parseRow(fields)
			}
			if rerr == nil && bytes.Compare(last[:], h.row.Holder[:]) >= 0 && last != (ledger.Hash{}) {
				rerr = fmt.Errorf("%s/rows.tsv: holder %s is out of order", dir, h.row.Holder)
			}
			last = h.row.Holder
			for rerr == nil && err == nil && left && attempt.Holder == h.row.Holder {
				rerr = h.take(attempt)
				attempt, left, err = pull(next)
			}
			if rerr == nil {
				rerr = err
			}
			if !yield(h, rerr) || rerr != nil {
				return
			}
		}
		if left && err == nil {
			err = fmt.Errorf("%s/attempts.tsv: holder %s has attempts but no row", dir, attempt.Holder)
		}
		if err != nil {
			yield(holding{}, err)
		}
	}
}

// take adds the next attempt of a row.
func (h *holding) take(a ledger.Attempt) error {
	if h.attempts++; a.Number != h.attempts {
		return fmt.Errorf("holder %s: attempt %d is missing", a.Holder, h.attempts)
	}
	if a.State == ledger.Accepted && h.accepted.IsZero() {
		h.accepted = a.Ended
	}
	h.last = a
	return nil
}

func pull(next func() ([]string, error, bool)) (a ledger.Attempt, ok bool, err error) {
	fields, err, ok := next()
	if ok && err == nil {
		a, err = parseAttempt(fields)
	}
	return a, ok, err
}

// A parser reads fields of a table and remembers the first that is wrong.
type parser struct {
	fields []string
	err    error
}

func (p *parser) next() string {
	f := p.fields[0]
	p.fields = p.fields[1:]
	return f
}

func (p *parser) fail(f, what string) {
	if p.err == nil {
		p.err = fmt.Errorf("%q is no %s", f, what)
	}
}

func (p *parser) hash() (h ledger.Hash) {
	f := p.next()
	if len(f) != 2*len(h) {
		p.fail(f, "hash")
	} else if _, err := hex.Decode(h[:], []byte(f)); err != nil {
		p.fail(f, "hash")
	}
	return h
}

func (p *parser) number() int {
	f := p.next()
	n, err := strconv.Atoi(f)
	if err != nil || n < 0 {
		p.fail(f, "number")
	}
	return n
}

func (p *parser) truth() bool {
	f := p.next()
	b, err := strconv.ParseBool(f)
	if err != nil {
		p.fail(f, "true or false")
	}
	return b
}

func (p *parser) instant() time.Time {
	f := p.next()
	if f == "" {
		return time.Time{}
	}
	t, err := time.Parse(instantForm, f)
	if err != nil {
		p.fail(f, "time")
	}
	return t
}

func (p *parser) state() ledger.State {
	f := p.next()
	s, ok := stateOf(f)
	if !ok {
		p.fail(f, "state")
	}
	return s
}

func parseRow(fields []string) (r ledger.Row, err error) {
	p := parser{fields: fields}
	r.Holder, r.Address, r.Wave, r.State, r.Reason = p.hash(), p.hash(), p.number(), p.state(), p.next()
	r.Late, r.Tries, r.At, r.Out = p.truth(), p.number(), p.instant(), p.instant()
	if p.err != nil {
		return r, fmt.Errorf("rows.tsv: holder %s: %w", r.Holder, p.err)
	}
	return r, nil
}

func parseAttempt(fields []string) (a ledger.Attempt, err error) {
	p := parser{fields: fields}
	a.Holder, a.Number, a.State, a.News, a.Code = p.hash(), p.number(), p.state(), p.truth(), p.number()
	a.Text, a.QueueID, a.Server, a.TLS, a.Letter = p.next(), p.next(), p.next(), p.next(), p.number()
	a.Started, a.Ended = p.instant(), p.instant()
	if p.err != nil {
		return a, fmt.Errorf("attempts.tsv: holder %s: %w", a.Holder, p.err)
	}
	return a, nil
}
