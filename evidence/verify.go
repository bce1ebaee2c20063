package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"proviso/evidence/archive"
	"proviso/outcome"
	"proviso/policy"
)

// A Check is one thing that was looked at.
type Check struct {
	What  string   `json:"what"`
	Holds bool     `json:"holds"`
	Found []string `json:"found"` // what was found: figures where it holds, what is wrong where it does not

	promise bool // it is about what was done, not about the evidence
}

// A Report says what holds of evidence and what does not.
type Report struct {
	Version string   `json:"version"`
	Seal    string   `json:"seal"`
	Holds   bool     `json:"holds"` // every check does
	Checks  []Check  `json:"checks"`
	Notes   []string `json:"notes"`   // what is not in it, or was not checked
	Holders []Proof  `json:"holders"` // what is proved of the holder that was asked for
}

// Broken returns what is wrong with the evidence itself. That somebody is still
// to be told is no fault of it.
func (r *Report) Broken() (out []string) {
	for _, c := range r.Checks {
		if !c.Holds && !c.promise {
			out = append(out, c.Found...)
		}
	}
	return out
}

// A Trust says whom to believe of what vouches for a manifest. A nil function
// leaves it unchecked, and the report says so.
type Trust struct {
	Signature func(manifest, signature []byte) (who string, err error)
	Stamp     func(manifest, stamp []byte) (when string, err error)
}

// Verify checks evidence. An error says that it is none.
func Verify(r io.ReaderAt, size int64, trust Trust, who *Who) (*Report, error) {
	f, bad, err := archive.Open(r, size)
	if err != nil {
		return nil, err
	}
	v := &verifier{File: f, report: &Report{Holds: true, Checks: []Check{}, Notes: []string{}, Holders: []Proof{}}}
	wrong, n := f.Manifest()
	v.check("no file was changed, removed or added since the manifest was written", append(bad, wrong...), count(n, "file"))
	if len(bad) > 0 {
		v.note("nothing else was checked: files that cannot be read may hold anything")
		return v.report, nil
	}
	v.vouched(trust)
	if !v.open() {
		return v.report, nil
	}
	v.seals()
	v.texts()
	v.changes()
	v.deadline()
	v.notices(who)
	v.closing()
	if who != nil {
		v.found(who)
	}
	return v.report, nil
}

// A verifier is a check of one file under way.
type verifier struct {
	*archive.File
	report  *Report
	head    Head
	folder  *policy.Folder
	version *policy.Version
	owed    *Arithmetic
	given   []given // the notices in it
}

// given is one notice of the evidence, as it was read.
type given struct {
	Notice
	dir   string
	waves []Wave
}

func (v *verifier) check(what string, wrong []string, found ...string) {
	if found == nil {
		found = []string{}
	}
	c := Check{What: what, Holds: len(wrong) == 0, Found: found}
	if !c.Holds {
		c.Found, v.report.Holds = few(wrong), false
	}
	v.report.Checks = append(v.report.Checks, c)
}

func (v *verifier) note(format string, args ...any) {
	v.report.Notes = append(v.report.Notes, fmt.Sprintf(format, args...))
}

// few keeps a list to a length that people read.
func few(list []string) []string {
	const most = 50
	if len(list) > most {
		return append(slices.Clone(list[:most]), fmt.Sprintf("and %d more", len(list)-most))
	}
	return list
}

func count(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

// vouched checks what vouches for the manifest.
func (v *verifier) vouched(trust Trust) {
	manifest, err := v.Read(archive.ManifestName)
	if err != nil {
		return // the manifest's own check says so
	}
	for _, x := range []struct {
		name, what, absent, unchecked string
		vouches                       func(manifest, said []byte) (string, error)
	}{
		{archive.SignatureName, "the manifest is signed by somebody who is trusted", "nobody signed the manifest",
			"the signature of the manifest was not checked: nobody said whom to trust", trust.Signature},
		{archive.StampName, "the time stamp is of this manifest", "no time stamp says when the manifest was there",
			"the time stamp was not checked", trust.Stamp},
	} {
		said, err := v.Read(x.name)
		switch {
		case err != nil && x.name == archive.SignatureName && x.vouches != nil:
			v.check(x.what, []string{x.absent})
		case err != nil:
			v.note("%s", x.absent)
		case x.vouches == nil:
			v.note("%s", x.unchecked)
		default:
			who, err := x.vouches(manifest, said)
			if err != nil {
				v.check(x.what, []string{err.Error()})
			} else {
				v.check(x.what, nil, who)
			}
		}
	}
}

// open reads what the evidence is of.
func (v *verifier) open() bool {
	const what = "it says what it is evidence of"
	if err := v.ReadJSON("evidence.json", &v.head); err != nil {
		v.check(what, []string{err.Error()})
		return false
	}
	if v.head.Format != format {
		v.check(what, []string{fmt.Sprintf("evidence.json: the form %d is unknown; use the proviso that wrote it", v.head.Format)})
		return false
	}
	v.folder, _ = policy.Load(v.FS()) // what of its problems matters, the seals will say
	version, err := v.folder.Version(v.head.Version)
	if err == nil && version.Sealed == nil {
		err = fmt.Errorf("%s has no seal that can be read", v.head.Version)
	}
	if err != nil || !strings.Contains(v.head.Version, "@") {
		v.check(what, []string{fmt.Sprintf("evidence.json: %q is not a version in it: %v", v.head.Version, err)})
		return false
	}
	v.version = version
	v.report.Version, v.report.Seal = version.ID(), version.Sealed.Hash
	var wrong []string
	if v.head.Seal != version.Sealed.Hash || v.head.Effective != version.Effective.String() || v.head.Deadline != version.Sealed.Deadline.String() {
		wrong = append(wrong, "evidence.json: seal, effective date or deadline are not those of "+version.ID())
	}
	v.check(what, wrong, fmt.Sprintf("%s, effective %s", version.ID(), version.Effective))
	for _, m := range v.head.Missing {
		v.note("not in it: %s", m)
	}
	return true
}

// seals recomputes the seal of each version of the chain.
func (v *verifier) seals() {
	chain, err := chainOf(v.folder, v.version)
	if err != nil {
		v.check("the chain of versions is whole", []string{err.Error()})
		return
	}
	var wrong, ids []string
	for _, x := range chain {
		ids = append(ids, x.ID())
		if x.Sealed == nil {
			wrong = append(wrong, x.ID()+" has no seal that can be read")
			continue
		}
		for _, p := range v.folder.Verify(x).Errors() {
			wrong = append(wrong, p.Error())
		}
	}
	if !slices.Equal(ids, v.head.Chain) {
		wrong = append(wrong, fmt.Sprintf("evidence.json: the chain is %s, not %s", strings.Join(ids, " "), strings.Join(v.head.Chain, " ")))
	}
	v.check("every seal is what its files and texts give, and names the one before", wrong, count(len(chain), "version")+": "+strings.Join(ids, " < "))
}

// texts compares what each site shows with what the seal says of it.
func (v *verifier) texts() {
	var wrong []string
	n := 0
	for _, s := range v.version.Sealed.Resolution.Sites {
		for _, l := range s.Value.Locales {
			name := textName(s.Key, l.Key)
			data, err := v.Read(name)
			if err != nil {
				wrong = append(wrong, err.Error())
			} else if policy.Hash(data) != l.Value.Text {
				wrong = append(wrong, name+" is not the text that was sealed")
			}
			n++
		}
	}
	v.check("texts/ holds what each site shows in each language, as it was sealed", wrong, count(n, "text"))
}

// changes compares the verdict with the seal's.
func (v *verifier) changes() {
	var said struct {
		Verdict policy.Verdict    `json:"verdict"`
		Changes []json.RawMessage `json:"changes"`
	}
	const what = "the verdict is the one that was sealed"
	data, err := v.Read("changes.json")
	if err == nil {
		err = json.Unmarshal(data, &said)
	}
	if err != nil {
		v.check(what, []string{"changes.json: " + err.Error()})
		return
	}
	c, ps := comparison(v.folder, v.version)
	if ps.Err() != nil {
		v.check(what, []string{ps.Err().Error()})
		return
	}
	var wrong []string
	s := v.version.Sealed
	if c.Verdict != said.Verdict || said.Verdict != s.Verdict {
		wrong = append(wrong, fmt.Sprintf("changes.json says %s, the texts %s, the seal %s", said.Verdict, c.Verdict, s.Verdict))
	}
	v.check(what, wrong, fmt.Sprintf("%s, %s", s.Verdict, count(len(said.Changes), "change")))
	if again, err := archive.JSON(c); err == nil && !bytes.Equal(again, data) {
		v.note("changes.json is not word for word what this proviso makes of the texts; another version of it may have written the file")
	}
}

// deadline works it out again.
func (v *verifier) deadline() {
	const what = "the deadline is what the sealed regimes give"
	words, ps := v.folder.Changes(v.version)
	if ps.Err() != nil {
		v.check(what, []string{ps.Err().Error()})
		return
	}
	a, right := NewArithmetic(v.version, words)
	v.owed = a
	var wrong []string
	if !right {
		wrong = append(wrong, fmt.Sprintf("the seal says %q, the regimes give %q", v.version.Sealed.Deadline, a.Deadline))
	}
	want, err := json.Marshal(a)
	var said Arithmetic
	if err == nil {
		err = v.ReadJSON("deadline.json", &said)
	}
	if err != nil {
		wrong = append(wrong, err.Error())
	} else if got, _ := json.Marshal(said); string(got) != string(want) { // a struct of strings can be written
		wrong = append(wrong, "deadline.json is not what the seal gives")
	}
	if text, err := v.Read("deadline.txt"); err != nil || string(text) != a.Text() {
		wrong = append(wrong, "deadline.txt is not what the seal gives")
	}
	found := "no notice was owed"
	if a.Owed {
		found = fmt.Sprintf("mail had to be accepted before %s, which begins at %s", a.Deadline, a.DeadlineAt)
	}
	v.check(what, wrong, found)
}

// closing compares the records of closed notices with the notices.
func (v *verifier) closing() {
	closed := false
	for _, name := range []string{"notice.yaml", "notice.withdrawn.yaml"} {
		name = path.Join(v.version.Dir, name)
		if v.Has(name) {
			closed = true
			v.closed(name)
		}
	}
	if !closed && v.owed != nil && v.owed.Owed {
		v.note("not in it: notice.yaml; the notice was not closed when the evidence was made")
	}
}

// closed compares one record with the notices that it tells of.
func (v *verifier) closed(name string) {
	what := path.Base(name) + ", the record of the closed notice, fits seal, audience and letters"
	data, err := v.Read(name)
	if err != nil {
		v.check(what, []string{err.Error()})
		return
	}
	a, ps := outcome.ReadAnnouncement(name, data)
	if ps.Err() != nil {
		v.check(what, []string{ps.Err().Error()})
		return
	}
	var wrong []string
	if a.Version != v.version.ID() || a.Seal != v.version.Sealed.Hash {
		wrong = append(wrong, name+" is of another version or seal")
	}
	for _, r := range a.Notices {
		i := slices.IndexFunc(v.given, func(g given) bool { return g.ID == r.ID })
		if i < 0 {
			v.note("not in it: the rows of notice %q, of which %s tells", r.ID, name)
			continue
		}
		wrong = append(wrong, v.given[i].compare(name, r)...)
	}
	v.check(what, wrong, "closed "+a.Closed)
}

// compare says where a record and its notice differ. The notice may have gone
// on after it was closed: more waves, and accepted mails that came back.
func (g given) compare(name string, r outcome.Record) (wrong []string) {
	i := slices.IndexFunc(g.waves, func(w Wave) bool { return w.Seal == r.Chain })
	if i < 0 {
		wrong = append(wrong, fmt.Sprintf("%s: no enrolment of %s has the seal %s", name, r.ID, r.Chain))
	} else if w := g.waves[i]; w.Digest != r.Digest || w.Audience != r.Audience {
		wrong = append(wrong, fmt.Sprintf("%s: the audience of %s is not that of enrolment %d", name, r.ID, i+1))
	}
	if r.Controller != g.Controller || r.Deadline != g.Deadline {
		wrong = append(wrong, fmt.Sprintf("%s: controller or deadline of %s are others", name, r.ID))
	}
	for _, sum := range r.Letters {
		if g.Purged == "" && !slices.ContainsFunc(g.Letters, func(l Letter) bool { return l.SHA256 == sum }) {
			wrong = append(wrong, fmt.Sprintf("%s: %s has no letter %s", name, r.ID, sum))
		}
	}
	return wrong
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
