package delivery

import (
	"context"
	"errors"
	"iter"

	"proviso/ledger"
	"proviso/spool"
)

// A job is one mail to try.
type job struct {
	holder      ledger.Hash // of the row
	tries       int         // before
	variant     int
	email, name string
}

func (j job) append(b []byte) []byte {
	b = append(b, j.holder[:]...)
	return spool.AppendText(spool.AppendText(spool.AppendNumber(spool.AppendNumber(b, j.tries), j.variant), j.email), j.name)
}

func readJob(b []byte) (j job, err error) {
	if len(b) < len(j.holder) {
		return j, errors.New("reading the spool: a record is too short")
	}
	copy(j.holder[:], b)
	f := spool.NewFields(string(b[len(j.holder):]))
	j.tries, j.variant, j.email, j.name = f.Number(), f.Number(), f.Text(), f.Text()
	return j, f.Err()
}

// find lists the rows to try. Who is not in the audience any more is skipped.
func (p *Pass) find(ctx context.Context, r *round) error {
	r.jobs = spool.NewSorter(p.sender.Spool, 0)
	members, stop := iter.Pull2(r.audience.members())
	defer stop()
	var m member
	more := true
	strays := map[ledger.Hash]ledger.Row{} // rows whose holder is not in the audience, by address
	for row, err := range p.sender.Ledger.Rows(ctx, r.notice.ID, ledger.Pending, ledger.Deferred, ledger.Ambiguous) {
		for err == nil && more && compare(m.holder, row.Holder) < 0 {
			m, err, more = members()
		}
		if err != nil {
			return err
		}
		if more && m.holder == row.Holder && m.skip == "" {
			if err := p.try(r, row, m); err != nil {
				return err
			}
			continue
		}
		if strays[row.Address] = row; len(strays) >= mostStrays {
			if err := p.settleStrays(ctx, r, strays); err != nil {
				return err
			}
		}
	}
	return p.settleStrays(ctx, r, strays)
}

func compare(a, b ledger.Hash) int {
	for i := range a {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return 0
}

// mostStrays bounds how many rows are kept in memory.
const mostStrays = 100_000

// settleStrays finds rows in the audience by their addresses: somebody else with
// the same one is the first of its holders now. Those who are not there either
// are skipped.
func (p *Pass) settleStrays(ctx context.Context, r *round, strays map[ledger.Hash]ledger.Row) error {
	if len(strays) == 0 {
		return nil
	}
	for m, err := range r.audience.members() {
		if err != nil {
			return err
		}
		row, ok := strays[m.address]
		if !ok || m.skip != "" {
			continue
		}
		delete(strays, m.address)
		if err := p.try(r, row, m); err != nil {
			return err
		}
	}
	if p.joined {
		clear(strays)
		return nil
	}
	var gone []ledger.Hash
	for _, row := range strays {
		gone = append(gone, row.Holder)
	}
	clear(strays)
	return p.sender.Ledger.Skip(ctx, r.notice.ID, gone, "no longer in the audience")
}

// try adds a row to those to try, if it is one for now.
func (p *Pass) try(r *round, row ledger.Row, m member) error {
	switch {
	case row.State == ledger.Ambiguous && p.sender.Mail.Ambiguous == "hold":
		p.Held++
		return nil
	case p.sender.OnlyDue && dueAt(row).After(p.sender.Now()):
		p.Waiting++
		return nil
	}
	p.ToTry++
	r.most++
	r.needed[m.variant] = true
	r.buffer = job{row.Holder, row.Tries, m.variant, m.email, m.name}.append(r.buffer[:0])
	return r.jobs.Add(r.buffer)
}

// todo returns the jobs of a round by holder hash.
func (r *round) todo() iter.Seq2[job, error] {
	if r.jobs == nil {
		return r.again()
	}
	return func(yield func(job, error) bool) {
		for b, err := range r.jobs.Records() {
			var j job
			if err == nil {
				j, err = readJob(b)
			}
			if !yield(j, err) || err != nil {
				return
			}
		}
	}
}

// again returns the jobs that a killed sender left: those that were tried
// before, and everyone from the first one on who was not. Who was told
// meanwhile is among them, and not claimed.
func (r *round) again() iter.Seq2[job, error] {
	return func(yield func(job, error) bool) {
		for m, err := range r.audience.members() {
			if err != nil {
				yield(job{}, err)
				return
			}
			tries, tried := r.tried[m.holder]
			if m.skip != "" || r.held[m.holder] || !tried && (r.from == nil || compare(m.holder, *r.from) < 0) {
				continue
			}
			if !yield(job{m.holder, tries, m.variant, m.email, m.name}, nil) {
				return
			}
		}
	}
}

// A queue looks at jobs before it takes them.
type queue struct {
	next func() (job, error, bool)
	seen []job
}

// peek returns the next jobs, n at the most; fewer only if there are no more.
func (q *queue) peek(n int) ([]job, error) {
	for len(q.seen) < n {
		j, err, ok := q.next()
		if err != nil || !ok {
			return q.seen, err
		}
		q.seen = append(q.seen, j)
	}
	return q.seen[:n], nil
}

// drop takes n jobs that were seen.
func (q *queue) drop(n int) { q.seen = append(q.seen[:0], q.seen[n:]...) }
