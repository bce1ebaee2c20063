package delivery

import (
	"context"
	"errors"

	"proviso/ledger"
	"proviso/notify"
)

// Resume prepares a pass that goes on at once where a sender was killed a short
// while ago, with the audience that it had sealed: nobody waits for the accounts
// to be read again. It returns nil if there is nothing to go on with, or nothing
// that would be quicker than Begin. Begin is to follow, for who joined since.
func (s *Sender) Resume(ctx context.Context, notices []*notify.Notice) (_ *Pass, err error) {
	if s.Spool == "" {
		return nil, nil
	}
	p, err := s.pass(ctx, notices)
	if err != nil {
		return nil, err
	}
	for _, n := range notices {
		if err = p.resume(ctx, n); err != nil {
			break
		}
	}
	if err == nil && p.ToTry > 0 {
		err = p.limit(ctx)
	}
	if err != nil || p.ToTry == 0 {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// resume adds a round for the audience that is left of a notice.
func (p *Pass) resume(ctx context.Context, n *notify.Notice) error {
	a, err := p.sender.left(ctx, n)
	if a == nil || err != nil {
		return err
	}
	key, err := p.sender.Keys.Get(n.ID)
	if err != nil {
		return errors.Join(err, a.close())
	}
	r := &round{notice: n, key: key, audience: a, needed: map[int]bool{}, letters: map[int]letter{},
		tried: map[ledger.Hash]int{}, held: map[ledger.Hash]bool{}}
	p.rounds = append(p.rounds, r)
	taken, err := p.sender.Ledger.TakeOver(ctx, n.ID, p.sender.Now())
	if err != nil {
		return err
	}
	p.TakenOver += taken
	if ok, err := p.again(ctx, r); !ok || err != nil {
		return err
	}
	return p.write(ctx, r)
}

// again finds out from where a round goes on. It reports false if so many were
// tried in vain that Begin is the better way.
func (p *Pass) again(ctx context.Context, r *round) (bool, error) {
	for row, err := range p.sender.Ledger.Rows(ctx, r.notice.ID, ledger.Deferred, ledger.Ambiguous) {
		if err != nil {
			return false, err
		}
		if len(r.tried) >= mostStrays {
			return false, nil
		}
		if row.State == ledger.Ambiguous && p.sender.Mail.Ambiguous == "hold" {
			r.held[row.Holder] = true
			p.Held++
			continue
		}
		r.tried[row.Holder] = row.Tries
	}
	for row, err := range p.sender.Ledger.Rows(ctx, r.notice.ID, ledger.Pending) {
		if err != nil {
			return false, err
		}
		r.from = &row.Holder
		break
	}
	for j, err := range r.again() {
		if err != nil {
			return false, err
		}
		r.most++
		r.needed[j.variant] = true
	}
	p.ToTry += r.most
	return true, nil
}
