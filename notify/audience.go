package notify

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"proviso/account"
	"proviso/change"
	"proviso/policy"
	"proviso/text"
)

// An Item is one change of one subject of a notice.
type Item struct{ Subject, Change int }

// A Variant is what one group of holders is told: the same words, changes and
// links for all of them.
type Variant struct {
	Locale string
	Sites  []string // in the order of the notice; the first is the one the mail speaks for
	Seen   []Item
}

// A Recipient is one mail: an address, and what is told there.
type Recipient struct {
	Holder  account.Holder // the first of those with the address
	Address string         // the form under which the address is known
	Skip    string         // why nothing is sent; empty: it is
	*Variant
}

// Notices makes one notice of the subjects for each controller: the sites on
// which the same legal entity answers. The subjects take effect on one date.
func Notices(subjects []Subject) ([]*Notice, error) {
	if len(subjects) == 0 {
		return nil, fmt.Errorf("no version to tell of")
	}
	subjects = slices.Clone(subjects)
	slices.SortStableFunc(subjects, func(a, b Subject) int {
		return cmp.Compare(a.Version.Policy.ID, b.Version.Policy.ID)
	})
	first := subjects[0]
	zone, err := time.LoadLocation(first.Resolution.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: %w", first.Resolution.TimeZone, err)
	}
	var ids []string
	for _, s := range subjects {
		if s.Version.Effective != first.Version.Effective {
			return nil, fmt.Errorf("%s and %s take effect on different dates; notify of them one by one", first.Version.ID(), s.Version.ID())
		}
		if s.Withdrawn() != first.Withdrawn() {
			return nil, fmt.Errorf("one of %s and %s was withdrawn and the other was not; notify of them one by one", first.Version.ID(), s.Version.ID())
		}
		ids = append(ids, s.id())
	}
	var out []*Notice
	for _, s := range subjects {
		for _, site := range s.Resolution.Sites {
			out = assign(out, site.Key, controller(s.Resolution, site.Key))
		}
	}
	for i, n := range out {
		n.ID, n.Subjects, n.Zone = strings.Join(ids, "+"), subjects, zone
		if i > 0 {
			n.ID += "#" + strconv.Itoa(i+1)
		}
	}
	return out, nil
}

// assign gives a site to the notice of its controller.
func assign(all []*Notice, site, controller string) []*Notice {
	i := slices.IndexFunc(all, func(n *Notice) bool { return n.Controller == controller })
	if i < 0 {
		i, all = len(all), append(all, &Notice{Controller: controller})
	}
	if !slices.Contains(all[i].Sites, site) {
		all[i].Sites = append(all[i].Sites, site)
	}
	return all
}

// controller returns the legal entity that answers for a site.
func controller(r *policy.Resolution, site string) string {
	return value(r, site, r.Locales[0], "org.legal_name")
}

// Controllers returns the legal entities that answer for the sites of a version:
// each owes a notice of its own.
func Controllers(r *policy.Resolution) []string {
	var out []string
	for _, site := range r.Sites {
		if c := controller(r, site.Key); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// Effective returns the date on which the subjects take effect.
func (n *Notice) Effective() policy.Date { return n.Subjects[0].Version.Effective }

// Deadline returns the earliest deadline of the subjects; zero: none.
func (n *Notice) Deadline() policy.Date {
	var d policy.Date
	for _, s := range n.Subjects {
		if d.IsZero() || !s.Deadline.IsZero() && s.Deadline.Before(d) {
			d = s.Deadline
		}
	}
	return d
}

// DeadlineAt returns the instant at which the deadline begins.
func (n *Notice) DeadlineAt() time.Time {
	if d := n.Deadline(); !d.IsZero() {
		return d.In(n.Zone)
	}
	return time.Time{}
}

// Audience returns who is told, ordered by address, and who would be but is
// skipped. Who sees no change that is owed a notice is not in it.
func (n *Notice) Audience(h *account.Holders) iter.Seq2[Recipient, error] {
	return func(yield func(Recipient, error) bool) {
		reading := newReading(n)
		for group, err := range h.ByAddress() {
			if err != nil {
				yield(Recipient{}, err)
				return
			}
			if r, ok := reading.recipient(group.Address, group.Holders); ok {
				r.Address = group.Address
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// A reading knows what each class of holders reads: what a million holders read
// is worked out a few times.
type reading struct {
	*Notice
	variants map[string]*Variant
	alone    map[int]*telling // by class, of holders who share their address with nobody
}

// A telling is what is told at one address.
type telling struct {
	place int // of the holder who is told, among those of the address
	skip  string
	*Variant
}

func newReading(n *Notice) *reading {
	return &reading{n, map[string]*Variant{}, map[int]*telling{}}
}

// For returns what one holder is told, whatever their address; false: nothing.
func (n *Notice) For(h account.Holder) (*Variant, bool) {
	r, ok := newReading(n).recipient(h.Email, []account.Holder{h})
	return r.Variant, ok && r.Skip == ""
}

// recipient unites the holders of one address. It reports false if they see
// nothing.
func (r *reading) recipient(address string, group []account.Holder) (Recipient, bool) {
	var t *telling
	if len(group) > 1 || r.Withdrawn() { // who was told of what was withdrawn is no matter of class
		t = r.told(address, group)
	} else if known, ok := r.alone[group[0].Class]; ok {
		t = known
	} else {
		t = r.told(address, group)
		r.alone[group[0].Class] = t
	}
	if t == nil {
		return Recipient{}, false
	}
	return Recipient{Holder: group[t.place], Skip: t.skip, Variant: t.Variant}, true
}

// told returns what holders of one address see together; nil: nothing. Where
// some are skipped, only the others count.
func (r *reading) told(address string, group []account.Holder) *telling {
	t := &telling{place: slices.IndexFunc(group, func(h account.Holder) bool { return r.skip(h) == "" })}
	if t.place < 0 {
		t.place, t.skip = 0, r.skip(group[0])
	}
	seen := map[Item]bool{}
	sites := map[string]bool{}
	for _, h := range group {
		if t.skip != "" || r.skip(h) == "" {
			r.see(h, address, seen, sites)
		}
	}
	if len(seen) == 0 {
		return nil
	}
	v := &Variant{Seen: make([]Item, 0, len(seen))}
	for item := range seen {
		v.Seen = append(v.Seen, item)
	}
	slices.SortFunc(v.Seen, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Change, b.Change))
	})
	for _, s := range r.Sites {
		if sites[s] {
			v.Sites = append(v.Sites, s)
		}
	}
	v.Locale = lookUp(group[t.place].Locale, r.locales(v.Sites[0]))
	key := fmt.Sprint(v.Locale, v.Sites, v.Seen)
	if known, ok := r.variants[key]; ok {
		v = known
	}
	r.variants[key], t.Variant = v, v
	return t
}

// skip returns why a holder is not told: a status that is left out is told all
// the same where a subject includes it.
func (n *Notice) skip(h account.Holder) string {
	if status, ok := h.Excluded(); ok {
		for _, s := range n.Subjects {
			if s.Words != nil && slices.ContainsFunc(s.Words.Audience.Include, func(x string) bool { return strings.EqualFold(x, status) }) {
				return ""
			}
		}
	}
	return h.Skip
}

// see adds the owed changes that a holder sees, and the sites on which. Of a
// withdrawal it is those who were told, whatever they would see now.
func (n *Notice) see(h account.Holder, address string, seen map[Item]bool, sites map[string]bool) {
	for i, s := range n.Subjects {
		at := n.sitesOf(h, s.Resolution)
		if len(at) == 0 || s.Withdrawn() && (s.Told == nil || !s.Told(h.ID, address)) {
			continue
		}
		for j, c := range s.changes() {
			if c.Verdict.Owed() && (s.Withdrawn() || sees(h, at, c)) {
				seen[Item{i, j}] = true
				for _, site := range at {
					sites[site] = true
				}
			}
		}
	}
}

// changes returns the changes of a subject as they stand in the source locale.
func (s Subject) changes() []change.Change {
	if c := s.Comparisons[s.Resolution.Locales[0]]; c != nil {
		return c.Changes
	}
	return nil
}

// sitesOf returns the sites of the notice that are a holder's: their own, else
// those of the policy that have one of their products, else all.
func (n *Notice) sitesOf(h account.Holder, r *policy.Resolution) []string {
	sites := h.Sites
	if len(sites) == 0 {
		for _, s := range r.Sites {
			if text.Meet(s.Value.Products, h.Products) {
				sites = append(sites, s.Key)
			}
		}
	}
	if len(sites) == 0 {
		sites = r.Sites.Keys()
	}
	return slices.DeleteFunc(slices.Clone(sites), func(s string) bool {
		_, shown := r.Sites.Get(s)
		return !shown || !slices.Contains(n.Sites, s)
	})
}

// sees reports whether a change concerns a holder with these sites.
func sees(h account.Holder, sites []string, c change.Change) bool {
	products := len(c.Products) == 0 || !h.Scoped || text.Meet(c.Products, h.Products)
	return products && (len(c.Sites) == 0 || text.Meet(c.Sites, sites))
}

// locales returns the locales of a site, its first one first.
func (n *Notice) locales(site string) []string {
	for _, s := range n.Subjects {
		if v, ok := s.Resolution.Sites.Get(site); ok && len(v.Locales) > 0 {
			return v.Locales.Keys()
		}
	}
	return n.Subjects[0].Resolution.Locales
}

// lookUp finds a language tag among locales as RFC 4647 says: de-AT, de, and
// then the first. Tags are written in any case, with - or _.
func lookUp(tag string, locales []string) string {
	tag = strings.ReplaceAll(tag, "_", "-")
	for tag != "" {
		for _, l := range locales {
			if strings.EqualFold(l, tag) {
				return l
			}
		}
		cut := strings.LastIndexByte(tag, '-')
		if cut >= 2 && tag[cut-2] == '-' { // a single letter is not left at the end
			cut -= 2
		}
		tag = tag[:max(cut, 0)]
	}
	return locales[0]
}

// value returns a variable as a site shows it in a locale, or in the site's
// first locale.
func value(r *policy.Resolution, site, locale, name string) string {
	at, _ := r.Sites.Get(site)
	l, ok := at.Locales.Get(locale)
	if !ok && len(at.Locales) > 0 {
		l = at.Locales[0].Value
	}
	v, _ := l.Values.Get(name)
	return v
}
