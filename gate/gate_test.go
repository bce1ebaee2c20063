package gate_test

import (
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"proviso/gate"
	"proviso/outcome"
	"proviso/policy"
	"proviso/source"
)

// A world is a policy whose second version takes effect on 20 December 2026 and
// asks for 30 days, and what is known of its notice.
type world struct {
	t      *testing.T
	files  fstest.MapFS
	told   outcome.Standing
	none   bool // nobody was told
	from   gate.Sources
	today  string
	second policy.Seal
}

const second = "privacy@2026-12-20"

func newWorld(t *testing.T) *world {
	w := &world{t: t, today: "2026-12-20", files: fstest.MapFS{}, told: outcome.Standing{Record: outcome.Record{ID: second,
		Controller: "Harbour Tools Ltd.", Deadline: "2026-11-20", Audience: 5, Counts: source.Map[int]{{Key: "accepted", Value: 5}}}}}
	for name, text := range map[string]string{
		"organisation.yaml":        "name: Harbour\nlegal_name: Harbour Tools Ltd.\ntime_zone: Europe/Berlin\nlocales: [en]\nsites: {harbour.example: {}}\n",
		"privacy/policy.yaml":      "title: Privacy Policy\n",
		"privacy/2026-01-15/en.md": "We keep logs for 6 months.\n",
		"privacy/2026-12-20/en.md": "We keep logs for 12 months.\n",
	} {
		w.files["content/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	w.release("privacy@2026-01-15", policy.Seal{State: policy.Released, Verdict: policy.None})
	w.second = policy.Seal{State: policy.Released, Verdict: policy.Material, Deadline: day(t, "2026-11-20"),
		Regimes: []policy.SealedRegime{{ID: "contract-30", Lead: policy.Lead{Days: 30}, Strength: policy.Floor, Source: "our terms", Grounds: "security law"}}}
	return w
}

func day(t *testing.T, s string) policy.Date {
	t.Helper()
	d, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w *world) folder() *policy.Folder {
	w.t.Helper()
	f, ps := policy.Load(w.files)
	if err := ps.Err(); err != nil {
		w.t.Fatal(err)
	}
	return f
}

func (w *world) release(ref string, s policy.Seal) {
	w.t.Helper()
	f := w.folder()
	v, err := f.Version(ref)
	if err != nil {
		w.t.Fatal(err)
	}
	s.Released = v.Effective.AddDays(-45)
	if err := f.Draw(&s, v).Err(); err != nil {
		w.t.Fatal(err)
	}
	data, err := s.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	w.files[path.Join(v.Dir, "seal.yaml")] = &fstest.MapFile{Data: data}
}

func (w *world) judge() *gate.Report {
	w.t.Helper()
	if w.second.State != "" {
		w.release(second, w.second)
	}
	w.from.Proof = func(v *policy.Version) (gate.Proof, error) {
		if w.none || v.ID() != second {
			return gate.Proof{}, nil
		}
		return gate.Proof{From: "the ledger", Notices: []outcome.Standing{w.told}}, nil
	}
	r, err := gate.Judge(w.folder(), day(w.t, w.today), w.from)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// Each case is one thing that stands against a version on the day it would take
// effect, or does not; what is owed, to how many, and the earliest lawful date.
func TestRule(t *testing.T) {
	unreached := func(w *world) {
		w.told.Unreached = &outcome.Unreached{Holders: 2, Last: "2026-12-01T10:00:00Z"}
		w.told.Live, w.told.Posted = "2026-11-03T10:00:00Z", &outcome.Posted{Holders: 2, At: "2026-12-02T10:00:00Z"}
	}
	consent := func(w *world) {
		w.second.Regimes = append(w.second.Regimes, policy.SealedRegime{ID: "coppa", Strength: policy.Gate, Source: "16 CFR 312.5"})
	}
	changes := func(text string) func(*world) {
		return func(w *world) {
			w.files["content/privacy/2026-12-20/changes.yaml"] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	for name, c := range map[string]struct {
		with     []func(*world)
		owed     string // what is said of it; empty: it goes in force
		holders  int
		earliest string // empty: no date
		next     string
	}{
		"complete and in time": {},
		"nobody told":          {[]func(*world){func(w *world) { w.none = true }}, "nobody was told of it", -1, "2027-01-20", "notify send"},
		"nobody told, and it is known how many": {[]func(*world){func(w *world) {
			w.none, w.from.Audience = true, func(*policy.Version) int { return 7 }
			w.from.Days = func(int) int { return 2 }
		}}, "nobody was told of it: 7 holders to tell", 7, "2027-01-22", "notify send"},
		"one not told": {[]func(*world){func(w *world) { w.told.Waiting = 1 }}, "1 holder was not told yet", 1, "2027-01-20", "notify send"},
		"in our own relay": {[]func(*world){func(w *world) { w.told.Queued = 3 }},
			"3 holders were accepted by our own relay and not known to be out", 3, "2027-01-20", "notify reconcile"},
		"told late": {[]func(*world){func(w *world) {
			w.told.Counts = append(w.told.Counts, source.Entry[int]{Key: "late", Value: 2})
			w.told.LastLate = "2026-11-24T23:30:00Z" // the 25th in Berlin
		}}, "2 holders were told after the deadline, 2026-11-20", 2, "2026-12-26", "publish"},
		"unreached with the fallback": {with: []func(*world){unreached}},
		"unreached without a list": {[]func(*world){unreached, func(w *world) { w.told.Posted = nil }},
			"2 holders were not reached by mail, and no list for post was written since", 2, "2026-12-20", "notify unreachable"},
		"unreached after the list": {[]func(*world){unreached, func(w *world) { w.told.Posted.At = "2026-11-30T10:00:00Z" }},
			"no list for post was written since", 2, "2026-12-20", "notify unreachable"},
		"unreached, and never on the site": {[]func(*world){unreached, func(w *world) { w.told.Live = "" }},
			"2 holders were not reached by mail, and nothing shows that the version stands on its sites", 2, "2027-01-20", "publish"},
		"unreached, and late on the site": {[]func(*world){unreached, func(w *world) { w.told.Live = "2026-11-25T10:00:00Z" }},
			"stands on its sites only since 2026-11-25", 2, "2026-12-26", "publish"},
		"unreached, and published in time": {with: []func(*world){unreached, func(w *world) {
			w.told.Live = ""
			w.from.Published = func(*policy.Version) (policy.Date, bool) { return day(w.t, "2026-11-19"), true }
		}}},
		"consent not recorded": {[]func(*world){consent}, "coppa asks for consent, which no lapse of time replaces (16 CFR 312.5)", 0, "", "draft privacy"},
		"consent recorded":     {with: []func(*world){consent, changes("consent: {how: dialogue, reason: r, by: counsel}\n")}},
		"lead time not kept": {[]func(*world){func(w *world) { w.second.Deadline, w.told.Deadline = day(w.t, "2026-12-17"), "2026-12-17" }},
			"its deadline was 2026-12-17 where the lead times ask for 2026-11-20, and no exception: is recorded", 0, "2027-01-20", "draft"},
		"lead time not kept, with an exception": {with: []func(*world){changes("exception: {ground: security, lead: 3 days, reason: r, by: counsel}\n"),
			func(w *world) { w.second.Deadline, w.told.Deadline = day(w.t, "2026-12-17"), "2026-12-17" }}},
		"lead time not kept, on a ground that it does not yield to": {[]func(*world){changes("exception: {ground: other, lead: 3 days, reason: r, by: counsel}\n"),
			func(w *world) { w.second.Deadline, w.told.Deadline = day(w.t, "2026-12-17"), "2026-12-17" }},
			"no exception: is recorded in changes.yaml that they yield to", 0, "2027-01-20", "draft privacy"},
		"editorial":                 {with: []func(*world){func(w *world) { w.second.Deadline, w.second.Verdict, w.none = policy.Date{}, policy.Editorial, true }}},
		"imported":                  {with: []func(*world){func(w *world) { w.second.State, w.none = policy.Imported, true }}},
		"another controller's":      {[]func(*world){func(w *world) { w.told.Controller = "Other Ltd." }}, "nobody was told of it", -1, "2027-01-20", "notify send"},
		"told for a later deadline": {[]func(*world){func(w *world) { w.told.Deadline = "2026-12-01" }}, "its notice was given for another deadline, 2026-12-01", 0, "2027-01-20", "notify send"},
		"not released":              {[]func(*world){func(w *world) { w.second.State = "" }}, "it is not released", 0, "", "release"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, change := range c.with {
				change(w)
			}
			r := w.judge()
			v := r.Verdicts[len(r.Verdicts)-1]
			if c.owed == "" {
				if v.Held() || len(r.Held()) > 0 {
					t.Errorf("held: %s", v.String())
				}
				return
			}
			if !v.Held() || !strings.Contains(v.String(), c.owed) {
				t.Errorf("want %q owed, got %q", c.owed, v.String())
			}
			if v.Holders != c.holders || v.Earliest.String() != c.earliest || !strings.Contains(v.Next, c.next) {
				t.Errorf("to %d, the earliest date %s, next %q; want %d, %s, %q", v.Holders, v.Earliest, v.Next, c.holders, c.earliest, c.next)
			}
			if now := r.InForce(v.Version.Policy); now == nil || now.Name != "2026-01-15" {
				t.Errorf("in force: %v", now)
			}
		})
	}
}

// A text that was changed after the release is held, and so is what follows it.
func TestAlteredIsHeldWithWhatFollows(t *testing.T) {
	w := newWorld(t)
	w.judge()
	w.files["content/privacy/2027-01-01/en.md"] = &fstest.MapFile{Data: []byte("We keep logs for 12 months!\n")}
	w.release("privacy@2027-01-01", policy.Seal{State: policy.Released, Verdict: policy.Editorial})
	w.files["content/privacy/2026-12-20/en.md"] = &fstest.MapFile{Data: []byte("We keep logs for 13 months.\n")}
	w.second.State, w.today = "", "2027-01-02"
	r := w.judge()
	if got := r.Held(); !slices.Equal(got, []string{second, "privacy@2027-01-01"}) {
		t.Fatalf("held: %v", got)
	}
	if said := r.Verdicts[1].String(); !strings.Contains(said, "its seal does not hold: content/privacy/2026-12-20/en.md") {
		t.Error(said)
	}
	if said := r.Verdicts[2].String(); !strings.Contains(said, "privacy@2026-12-20 before it is not in force") {
		t.Error(said)
	}
}

// Who was told late has the whole lead time by the earliest date that is named,
// and not a day before.
func TestLateIsHealedByTime(t *testing.T) {
	for today, held := range map[string]bool{"2026-12-25": true, "2026-12-26": false, "2027-03-01": false} {
		w := newWorld(t)
		w.today = today
		w.told.Counts = append(w.told.Counts, source.Entry[int]{Key: "late", Value: 2})
		w.told.LastLate = "2026-11-25T08:00:00Z"
		v := w.judge().Verdicts[1]
		if v.Held() != held || !held && v.From.String() != "2026-12-26" {
			t.Errorf("on %s: held %v, from %s", today, v.Held(), v.From)
		}
	}
}

// Before its date a version is not held, whatever it owes; but what is owed is said.
func TestUpcoming(t *testing.T) {
	w := newWorld(t)
	w.none, w.today = true, "2026-11-10"
	r := w.judge()
	v := r.Verdicts[1]
	if v.Held() || len(r.Held()) > 0 || v.Due || v.Earliest.String() != "2026-12-20" || v.Next != "proviso notify send "+second {
		t.Errorf("%+v", v)
	}
	w.today = "2026-11-20" // from now on everybody is told too late
	if v := w.judge().Verdicts[1]; v.Earliest.String() != "2026-12-21" || v.Next != "proviso reschedule "+second+" 2026-12-21" {
		t.Errorf("%+v", v)
	}
}

// notice.yaml is the proof only of the version whose seal it names.
func TestAnnouncementProvesItsOwnSealOnly(t *testing.T) {
	w := newWorld(t)
	w.judge()
	f := w.folder()
	v, err := f.Version(second)
	if err != nil {
		t.Fatal(err)
	}
	file := v.Dir + "/notice.yaml"
	write := func(seal, version string) []byte {
		a := &outcome.Announcement{Format: 2, Version: version, Seal: seal, Closed: "2026-11-19T00:00:00Z", Notices: []outcome.Record{w.told.Record}}
		data, err := a.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	whole := write(v.Sealed.Hash, second)
	for want, data := range map[string][]byte{
		"":                                  whole,
		"it is about another seal":          write("sha256:0", second),
		"it is about privacy@2026-01-15":    write(v.Sealed.Hash, "privacy@2026-01-15"),
		"the file was changed after it was": []byte(strings.Replace(string(whole), "accepted: 5", "accepted: 6", 1)),
		"notice.yaml:1":                     []byte("late: {"),
		"changed after it was written":      whole[:len(whole)-80],
	} {
		w.files[file] = &fstest.MapFile{Data: data}
		p, err := gate.Prover{FS: w.files}.Proof(t.Context(), v)
		if err != nil || !strings.Contains(p.Refused, want) || (p.Refused == "") != (want == "") {
			t.Errorf("%q: refused %q, %v", want, p.Refused, err)
		}
		if want != "" {
			continue
		}
		if n, _ := p.Notices[0].Counts.Get("accepted"); p.From != file || n != 5 {
			t.Errorf("%+v", p)
		}
	}
}
