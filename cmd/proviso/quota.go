package main

import (
	"context"
	"fmt"

	"proviso/change"
	"proviso/delivery"
	"proviso/notify"
	"proviso/policy"
)

// quotaDays returns how many whole days the mails of a release take at the
// rate and within the quota of proviso.yaml. Without either it does not look
// at the account holders.
func (p *program) quotaDays(ctx context.Context, r *release) (days, mails int, err error) {
	c, _ := p.readConfig() // what is wrong in it is for check, and for those who mail
	if !r.owed() || c.Mail.Quota.IsZero() && c.Mail.Rate.IsZero() || len(c.Accounts) == 0 {
		return 0, 0, nil
	}
	h, err := p.holders(ctx, r.f)
	if err != nil {
		return 0, 0, fmt.Errorf("the quota asks how many must be told: %w", err)
	}
	src := r.f.Source(r.version)
	notices, err := notify.Notices([]notify.Subject{{Version: r.version, Resolution: r.f.Resolve(r.version), Words: r.words,
		Comparisons: map[string]*change.Comparison{src: r.changes}}})
	if err != nil {
		return 0, 0, err
	}
	mails = notify.NewPlan(notices, h).Holders
	return delivery.Days(c.Mail, mails), mails, nil
}

// start is the day on which the last mail can be accepted, at the earliest.
func (p *program) start(ctx context.Context, r *release) policy.Date {
	days, mails, err := p.quotaDays(ctx, r)
	if err != nil {
		r.refuse("%v", err)
	}
	if days > 0 {
		r.quota = fmt.Sprintf(" and the quota (%s take %s)", count(mails, "mail"), count(days+1, "day"))
	}
	return r.today.AddDays(days)
}
