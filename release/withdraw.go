package release

import (
	"fmt"

	"proviso/policy"
)

// Withdraw seals that an upcoming version will not take effect. reason and by
// are kept for the team; they may be empty and are never published.
func (d *Desk) Withdraw(v *policy.Version, reason, by string) (*policy.Supplement, error) {
	if reason := d.fixed(v); reason != "" {
		return nil, refuse(v, reason)
	}
	if ps := d.Folder.Verify(v).Errors(); len(ps) > 0 {
		return nil, ps.Err()
	}
	for _, w := range v.Policy.Upcoming(d.Today) {
		if d.Folder.Before(w) == v {
			return nil, refuse(v, fmt.Sprintf("%s is upcoming too and was judged against it; withdraw that one first", w.ID()))
		}
	}
	s := v.Withdrawal(d.Today, reason, by)
	return s, d.supplement(v, s)
}
