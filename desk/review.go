package desk

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"proviso/change"
	"proviso/policy"
	"proviso/redline"
	"proviso/site"
	"proviso/source"
)

// A draft is what the pages of one version share.
type draft struct {
	page
	Ref     string
	Name    string // of the policy, for people
	Version *policy.Version
	Before  *policy.Version // nil: there is none
	Changes *change.Comparison
	Tab     string

	folder *policy.Folder
}

// Path is the address of one of the draft's pages.
func (v draft) Path(tab string) string { return "/desk/" + url.PathEscape(v.Ref) + "/" + tab }

// TextFile is the text in the source locale, whose lines changes name.
func (v draft) TextFile() string {
	return v.Version.Dir + "/" + v.folder.Source(v.Version) + ".md"
}

// draft finds the draft that a request names and compares it. It answers by
// itself and reports false if there is none, or if the sources are broken.
func (d *Desk) draft(w http.ResponseWriter, r *http.Request, tab string) (draft, bool) {
	f, ps := d.Office.Folder()
	if ps.Err() != nil {
		d.broken(w, r, ps.Errors())
		return draft{}, false
	}
	v, err := f.Version(r.PathValue("ref"))
	if err != nil {
		d.fail(w, r, http.StatusNotFound, err.Error())
		return draft{}, false
	}
	out := draft{Ref: v.ID(), Version: v, Before: f.Before(v), Tab: tab, folder: f,
		Name: v.Policy.Title.In("en", f.Organisation.Locales...)}
	out.page = d.page(r, "", say("tab-"+tab)+": "+v.ID())
	if v.Sealed != nil {
		d.fail(w, r, http.StatusNotFound, say("is-released", "version", v.ID()))
		return draft{}, false
	}
	out.Changes, ps = change.Versions(f, out.Before, v)
	if ps.Err() != nil {
		d.broken(w, r, ps.Errors())
		return draft{}, false
	}
	return out, true
}

// broken answers with what is wrong with the sources, each with a link to its place.
func (d *Desk) broken(w http.ResponseWriter, r *http.Request, ps source.Problems) {
	data := struct {
		page
		Problems source.Problems
	}{d.page(r, "", say("broken")), ps}
	d.show(w, http.StatusInternalServerError, "broken.html", data)
}

// A matter is a section with its changes, on which a person decides.
type matter struct {
	Section  string
	Heading  string
	Of       string // hash of what is judged
	Verdict  policy.Verdict
	Rules    policy.Verdict
	Changes  []spot
	Decision *policy.Decision
	Void     *policy.Decision // made on another change of the section
	Reason   string           // as typed
	Refused  []string
}

// ID is the anchor of the matter.
func (m matter) ID() string { return "on-" + m.Section }

// A spot is a change and where it stands in the redline.
type spot struct {
	change.Change
	Anchor string
}

type reviewPage struct {
	draft
	Matters   []matter
	Undecided int
	Sites     []string
	Locales   []string
	Site      string
	Locale    string
	Redline   template.HTML
	At        *site.DraftPage // the rendered page beside it; nil: there is none
}

func (d *Desk) review(w http.ResponseWriter, r *http.Request) {
	if v, ok := d.draft(w, r, "review"); ok {
		d.showReview(w, r, v, http.StatusOK, matter{})
	}
}

// showReview answers with the review; typed is a decision that was refused.
func (d *Desk) showReview(w http.ResponseWriter, r *http.Request, v draft, status int, typed matter) {
	data := reviewPage{draft: v}
	data.Refused = typed.Refused
	at := v.folder.Resolve(v.Version).Sites
	for _, s := range at {
		data.Sites = append(data.Sites, s.Key)
	}
	data.Site = chosen(r, "site", data.Sites)
	if s, ok := at.Get(data.Site); ok {
		data.Locales = s.Locales.Keys()
	}
	data.Locale = chosen(r, "locale", data.Locales)
	for _, p := range d.Office.Pages() {
		if p.Policy == v.Version.Policy.ID && p.Version == v.Version.Name && p.Site == data.Site && p.Locale == data.Locale {
			data.At = &p
		}
	}
	anchors, ps := data.compare()
	words, wps := v.folder.Changes(v.Version)
	if ps = append(ps, wps...); ps.Err() != nil {
		d.broken(w, r, ps.Errors())
		return
	}
	for _, id := range v.Changes.Sections() {
		m := matterOf(v.Changes, id, anchors)
		if m.Section == typed.Section {
			m.Reason, m.Refused = typed.Reason, typed.Refused
		}
		if old, ok := words.Decisions.Get(id); ok && m.Decision == nil {
			m.Void = &old
		}
		data.Matters = append(data.Matters, m)
	}
	data.Undecided = len(undecided(v.Changes))
	if done := r.URL.Query().Get("done"); slices.Contains(v.Changes.Sections(), done) {
		data.Said = say("decided", "section", done, "left", data.Undecided)
	}
	d.show(w, status, "review.html", data)
}

// chosen is a value of the address that is on a list, else the first of the list.
func chosen(r *http.Request, key string, list []string) string {
	if v := r.URL.Query().Get(key); slices.Contains(list, v) {
		return v
	}
	if len(list) > 0 {
		return list[0]
	}
	return ""
}

// compare writes the redline as the site shows it, and says where each change
// stands in it, by section and line.
func (p *reviewPage) compare() (anchors map[string]string, problems source.Problems) {
	newer, ps := p.folder.Document(p.Version, p.Site, p.Locale)
	if ps.Err() != nil || p.Before == nil {
		return nil, ps.Errors()
	}
	older, ps := p.folder.Document(p.Before, p.Site, p.Locale)
	if ps.Err() != nil {
		return nil, ps.Errors()
	}
	red := redline.Compare(older, newer)
	ids, anchors := map[*redline.Block]string{}, map[string]string{}
	for i, x := range p.Changes.Changes {
		if b := x.Block(red); b != nil {
			if ids[b] == "" {
				ids[b] = "c" + strconv.Itoa(i+1)
			}
			anchors[key(x)] = ids[b]
		}
	}
	var b bytes.Buffer
	red.WriteHTML(&b, redline.Options{Labels: redline.English(), Anchor: func(b *redline.Block) string { return ids[b] }})
	p.Redline = template.HTML(b.String())
	return anchors, nil
}

func key(x change.Change) string {
	return x.Section + " " + strconv.Itoa(x.OldLine) + " " + strconv.Itoa(x.NewLine)
}

func matterOf(c *change.Comparison, section string, anchors map[string]string) matter {
	changes := c.In(section)
	m := matter{Section: section, Of: change.Of(changes), Verdict: policy.None, Rules: policy.None}
	for _, x := range changes {
		m.Verdict, m.Rules = m.Verdict.Graver(x.Verdict), m.Rules.Graver(x.RuleVerdict)
		m.Decision = x.Decision
		if m.Heading == "" {
			m.Heading = x.Heading
		}
		m.Changes = append(m.Changes, spot{x, anchors[key(x)]})
	}
	if m.Heading == "" {
		m.Heading = section
	}
	return m
}

func (d *Desk) decide(w http.ResponseWriter, r *http.Request) {
	v, ok := d.draft(w, r, "review")
	if !ok {
		return
	}
	form := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	x := policy.Decision{Section: form("section"), Verdict: policy.Verdict(form("verdict")), Reason: oneLine(form("reason")),
		By: oneLine(form("by")), On: d.Office.Today(v.folder), Of: form("of")}
	remember(w, x.By)
	v.By = x.By
	typed := matter{Section: x.Section, Reason: x.Reason}
	if x.Verdict != policy.Material && x.Verdict != policy.Editorial {
		typed.Refused = append(typed.Refused, say("no-verdict"))
	}
	if x.Reason == "" {
		typed.Refused = append(typed.Refused, say("no-reason"))
	}
	if x.By == "" {
		typed.Refused = append(typed.Refused, say("no-name"))
	}
	status := http.StatusUnprocessableEntity
	if len(typed.Refused) == 0 {
		err := d.Office.Decide(r.Context(), v.Ref, x)
		if err == nil {
			http.Redirect(w, r, v.Path("review")+"?done="+url.QueryEscape(x.Section)+"#on-"+url.PathEscape(x.Section), http.StatusSeeOther)
			return
		}
		typed.Refused, status = reasons(err)
	}
	d.showReview(w, r, v, status, typed)
}

// oneLine is a text without line breaks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// reasons returns why something was refused, and with which status.
func reasons(err error) ([]string, int) {
	var no *Refusal
	switch {
	case !errors.As(err, &no):
		return []string{err.Error()}, http.StatusInternalServerError
	case no.Changed:
		return no.Reasons, http.StatusConflict
	}
	return no.Reasons, http.StatusUnprocessableEntity
}

// remember keeps the name of who decides in the browser, for the next form.
func remember(w http.ResponseWriter, by string) {
	http.SetCookie(w, &http.Cookie{Name: "by", Value: url.QueryEscape(by), Path: "/desk/", HttpOnly: true,
		SameSite: http.SameSiteStrictMode, MaxAge: 365 * 24 * 3600})
}
