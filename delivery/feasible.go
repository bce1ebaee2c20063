package delivery

import (
	"fmt"
	"slices"
	"time"

	"proviso/notify"
)

// Takes returns how long n mails take at the rate and within the quota of
// proviso.yaml, at the least. Without either it is 0: nobody knows before.
func Takes(m notify.MailConfig, n int) time.Duration {
	if n <= 0 {
		return 0
	}
	even := m.Rate.For(n)
	if m.Quota.IsZero() {
		return even
	}
	full := (n - 1) / m.Quota.Mails // portions that must wait for the next
	portions := time.Duration(full)*m.Quota.Per + m.Rate.For(n-full*m.Quota.Mails)
	return max(even, portions)
}

// Days returns how many whole days n mails take, which a release has to add to
// the lead time.
func Days(m notify.MailConfig, n int) int { return int(Takes(m, n) / (24 * time.Hour)) }

// Feasible returns when n mails that begin at a time will have been tried, and
// whether that is before the deadline. A zero deadline is always met.
func Feasible(m notify.MailConfig, n int, begin, deadline time.Time) (finish time.Time, ok bool) {
	finish = begin.Add(Takes(m, n))
	return finish, deadline.IsZero() || finish.Before(deadline)
}

// feasible refuses to begin what cannot be done in time, unless the version
// records an exception. Once the deadline has passed, late is better than never.
func (p *Pass) feasible() error {
	s, now, total := p.sender, p.sender.Now(), 0
	for _, r := range p.rounds {
		n := r.notice
		total += r.audience.told
		deadline := n.DeadlineAt()
		finish, ok := Feasible(s.Mail, total, now, deadline)
		if ok || !now.Before(deadline) {
			continue
		}
		why := fmt.Sprintf("%d mails of %s take until %s%s, but must be accepted before %s", total, n.ID, finish.UTC().Format(time.RFC3339),
			limits(s.Mail), deadline.UTC().Format(time.RFC3339))
		if !excepted(n) {
			return fmt.Errorf("%s; raise mail.rate and mail.quota, move the date with reschedule, or record an exception in changes.yaml", why)
		}
		p.Late = why
	}
	return nil
}

// limits names what makes mails take long.
func limits(m notify.MailConfig) string {
	out := ""
	if !m.Rate.IsZero() {
		out += fmt.Sprintf(" at %s", m.Rate)
	}
	if !m.Quota.IsZero() {
		out += fmt.Sprintf(" within %s", m.Quota)
	}
	return out
}

func excepted(n *notify.Notice) bool {
	return slices.ContainsFunc(n.Subjects, func(s notify.Subject) bool { return s.Words != nil && s.Words.Exception.Ground != "" })
}
