package desk

import (
	"net/http"
	"slices"
	"strings"

	"proviso/change"
	"proviso/policy"
	"proviso/site"
	"proviso/source"
)

// A shelf is one policy on the first page.
type shelf struct {
	Policy   *policy.Policy
	Title    string
	InForce  *policy.Version
	Upcoming []*policy.Version
	Drafts   []proof
}

// A proof is a draft on the first page.
type proof struct {
	Version   *policy.Version
	Verdict   policy.Verdict
	Changes   int
	Undecided int
	Broken    bool
	Pages     []site.DraftPage
}

func (d *Desk) home(w http.ResponseWriter, r *http.Request) {
	f, ps := d.Office.Folder()
	data := struct {
		page
		Problems source.Problems
		Sites    []string
		Shelves  []shelf
	}{page: d.page(r, "home", say("desk")), Problems: ps.Errors(), Sites: f.Organisation.Sites.Keys()}
	if v, err := f.Version(r.URL.Query().Get("released")); err == nil && v.Sealed != nil {
		data.Said = say("released", "version", v.ID(), "date", v.Effective.Long("en"))
	}
	if len(data.Problems) == 0 {
		today, all := d.Office.Today(f), d.Office.Pages()
		for _, p := range f.Policies {
			data.Shelves = append(data.Shelves, shelfOf(f, p, today, all))
		}
	}
	d.show(w, http.StatusOK, "home.html", data)
}

// begin makes a draft of the newest version of a policy.
func (d *Desk) begin(w http.ResponseWriter, r *http.Request) {
	if err := d.Office.Copy(r.Context(), r.PathValue("ref")); err != nil {
		why, status := reasons(err)
		d.fail(w, r, status, strings.Join(why, "; "))
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func shelfOf(f *policy.Folder, p *policy.Policy, today policy.Date, all []site.DraftPage) shelf {
	s := shelf{Policy: p, Title: p.Title.In("en", f.Organisation.Locales...), InForce: p.InForce(today), Upcoming: p.Upcoming(today)}
	for _, v := range open(p, today) {
		c, ps := change.Versions(f, f.Before(v), v)
		x := proof{Version: v, Verdict: c.Verdict, Changes: len(c.Changes), Undecided: len(undecided(c)), Broken: ps.Err() != nil}
		x.Pages = slices.DeleteFunc(slices.Clone(all), func(at site.DraftPage) bool { return at.Policy != p.ID || at.Version != v.Name })
		s.Drafts = append(s.Drafts, x)
	}
	return s
}

// open returns the drafts of a policy: a version with a date to come and
// without a seal is one too.
func open(p *policy.Policy, today policy.Date) []*policy.Version {
	out := slices.Clone(p.Drafts)
	for _, v := range p.Versions {
		if v.Sealed == nil && today.Before(v.Effective) {
			out = append(out, v)
		}
	}
	return out
}

// undecided returns the sections on which a person has yet to decide.
func undecided(c *change.Comparison) []string {
	var out []string
	for _, x := range c.Undecided() {
		if !slices.Contains(out, x.Section) {
			out = append(out, x.Section)
		}
	}
	return out
}
