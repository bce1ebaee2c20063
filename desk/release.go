package desk

import (
	"net/http"
	"net/url"

	"proviso/policy"
	"proviso/source"
)

type releasePage struct {
	draft
	Asked    string // the date as it was typed
	Earliest policy.Date
	Deadline policy.Date
	Date     policy.Date
	Against  []string
	Errors   source.Problems
	Warnings source.Problems
	State    string
	Ready    bool
}

func (d *Desk) release(w http.ResponseWriter, r *http.Request) {
	if v, ok := d.draft(w, r, "release"); ok {
		d.showRelease(w, r, v, http.StatusOK, r.URL.Query().Get("effective"))
	}
}

// showRelease answers with all that stands against a release on a date, and
// with the form that confirms it if nothing does.
func (d *Desk) showRelease(w http.ResponseWriter, r *http.Request, v draft, status int, asked string) {
	data := releasePage{draft: v, Asked: asked}
	var date policy.Date
	if asked != "" {
		var err error
		if date, err = policy.ParseDate(asked); err != nil {
			data.Refused = append(data.Refused, err.Error())
		}
	}
	c, err := d.Office.Consider(r.Context(), v.Ref, date)
	if err != nil {
		why, status := reasons(err)
		d.fail(w, r, status, why...)
		return
	}
	data.Earliest, data.Deadline, data.Date, data.State = c.Earliest, c.Deadline, c.Date, c.State
	data.Against, data.Errors, data.Warnings = c.Refusals, c.Problems.Errors(), c.Problems.Warnings()
	data.Ready = len(data.Against)+len(data.Errors) == 0 && !date.IsZero()
	if asked == "" && !c.Earliest.IsZero() {
		data.Asked = c.Earliest.String()
	}
	d.show(w, status, "release.html", data)
}

// confirm releases what was shown.
func (d *Desk) confirm(w http.ResponseWriter, r *http.Request) {
	v, ok := d.draft(w, r, "release")
	if !ok {
		return
	}
	asked := r.PostForm.Get("effective")
	date, err := policy.ParseDate(asked)
	switch {
	case err != nil:
		v.Refused = []string{err.Error()}
	case r.PostForm.Get("sure") != "yes":
		v.Refused = []string{say("not-sure")}
	}
	status := http.StatusUnprocessableEntity
	if v.Refused == nil {
		released, err := d.Office.Release(r.Context(), v.Ref, date, r.PostForm.Get("state"))
		if err == nil {
			http.Redirect(w, r, "/?released="+url.QueryEscape(released), http.StatusSeeOther)
			return
		}
		v.Refused, status = reasons(err)
	}
	d.showRelease(w, r, v, status, asked)
}
