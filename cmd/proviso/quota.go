package main

import (
	"context"
	"fmt"

	"proviso/change"
	"proviso/delivery"
	"proviso/notify"
	"proviso/release"
)

// quotaDays returns how many whole days the mails of a release take at the
// rate and within the quota of proviso.yaml. Without either it does not look
// at the account holders.
func (p *program) quotaDays(ctx context.Context, r *release.Candidate) (days, mails int, err error) {
	c, _ := p.readConfig() // what is wrong in it is for check, and for those who mail
	if !r.Owed() || c.Mail.Quota.IsZero() && c.Mail.Rate.IsZero() || len(c.Accounts) == 0 {
		return 0, 0, nil
	}
	f, err := p.open()
	if err != nil {
		return 0, 0, err
	}
	h, err := p.holders(ctx, f)
	if err != nil {
		return 0, 0, fmt.Errorf("the quota asks how many must be told: %w", err)
	}
	defer h.Close()
	src := f.Source(r.Draft)
	notices, err := notify.Notices([]notify.Subject{{Version: r.Version, Resolution: f.Resolve(r.Draft), Words: r.Words,
		Comparisons: map[string]*change.Comparison{src: r.Changes}}})
	if err != nil {
		return 0, 0, err
	}
	mails, err = notify.Size(notices, h)
	return delivery.Days(c.Mail, mails), mails, err
}

// pace is quotaDays for package release, with words for a refusal.
func (p *program) pace(ctx context.Context, c *release.Candidate) (days int, why string, err error) {
	days, mails, err := p.quotaDays(ctx, c)
	return days, fmt.Sprintf("the quota (%s take %s)", count(mails, "mail"), count(days+1, "day")), err
}
