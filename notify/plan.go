package notify

import (
	"slices"
	"strings"

	"proviso/account"
	"proviso/change"
	"proviso/policy"
)

// A Plan says who must be told of what, and by when. Making one sends nothing.
type Plan struct {
	Policy    string      `json:"policy"`  // several are separated by blanks
	Version   string      `json:"version"` // likewise
	Effective policy.Date `json:"effective"`
	Deadline  policy.Date `json:"deadline"`
	Regimes   []string    `json:"regimes"`
	Holders   int         `json:"holders"` // addresses that are told
	Notices   []Planned   `json:"notices"`
	Withdrawn bool        `json:"withdrawn,omitempty"` // the news is that it will not take effect

	Skipped []Exclusion `json:"-"` // who sees a change and is not told
}

// A Planned is one mail of a Plan.
type Planned struct {
	Holder   string   `json:"holder"`
	Locale   string   `json:"locale"`
	Sites    []string `json:"sites"`
	Sections []string `json:"sections"` // of several policies: POLICY#SECTION
}

// An Exclusion is a holder who is not told, and why.
type Exclusion struct{ Holder, Reason string }

// NewPlan works out who is told by the notices. It lists everyone, and so is as
// large as the audience; who only wants the number asks Size.
func NewPlan(notices []*Notice, h *account.Holders) (*Plan, error) {
	first := notices[0]
	p := &Plan{Effective: first.Effective(), Deadline: first.Deadline(), Regimes: first.regimes(), Withdrawn: first.Withdrawn(), Notices: []Planned{}}
	p.Policy, p.Version = first.Names()
	told := map[string]bool{}
	for _, n := range notices {
		for r, err := range n.Audience(h) {
			if err != nil {
				return nil, err
			}
			if r.Skip != "" {
				p.Skipped = append(p.Skipped, Exclusion{r.Holder.ID, r.Skip})
				continue
			}
			told[r.Address] = true
			p.Notices = append(p.Notices, Planned{r.Holder.ID, r.Variant.Locale, r.Variant.Sites, n.sections(r.Variant.Seen)})
		}
	}
	p.Holders = len(told)
	return p, nil
}

// Size returns how many addresses are told by the notices.
func Size(notices []*Notice, h *account.Holders) (n int, err error) {
	readings := make([]*reading, len(notices))
	for i := range notices {
		readings[i] = newReading(notices[i])
	}
	for group, err := range h.ByAddress() {
		if err != nil {
			return 0, err
		}
		if slices.ContainsFunc(readings, func(r *reading) bool {
			to, ok := r.recipient(group.Address, group.Holders)
			return ok && to.Skip == ""
		}) {
			n++
		}
	}
	return n, nil
}

// Names returns the policies and the versions of a notice, separated by blanks.
func (n *Notice) Names() (policies, versions string) {
	var ids, names []string
	for _, s := range n.Subjects {
		ids = append(ids, s.Version.Policy.ID)
		if !slices.Contains(names, s.Version.Name) {
			names = append(names, s.Version.Name)
		}
	}
	return strings.Join(ids, " "), strings.Join(names, " ")
}

func (n *Notice) regimes() []string {
	out := []string{}
	for _, s := range n.Subjects {
		for _, r := range s.Regimes {
			if !slices.Contains(out, r.ID) {
				out = append(out, r.ID)
			}
		}
	}
	return out
}

// sections returns the sections of items, each once, in reading order.
func (n *Notice) sections(items []Item) []string {
	out := []string{}
	for _, i := range items {
		s := n.Subjects[i.Subject]
		id := s.changes()[i.Change].Section
		if len(n.Subjects) > 1 {
			id = s.Version.Policy.ID + "#" + id
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Owed reports whether anyone is owed the notice: something in it is material,
// or nobody has decided on it. A withdrawal is owed where somebody was told.
func (n *Notice) Owed() bool {
	return slices.ContainsFunc(n.Subjects, func(s Subject) bool {
		if s.Withdrawn() && s.Told == nil {
			return false
		}
		return slices.ContainsFunc(s.changes(), func(c change.Change) bool { return c.Verdict.Owed() })
	})
}
