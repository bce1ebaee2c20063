package evidence_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"proviso/change"
	"proviso/courier"
	"proviso/evidence"
	"proviso/ledger"
	"proviso/policy"
	"proviso/regime"
)

const (
	first  = "content/privacy/2026-01-15"
	second = "content/privacy/2026-12-20"
	notice = "privacy@2026-12-20"
)

var (
	ctx      = context.Background()
	key      = ledger.Key("0123456789abcdef0123456789abcdef")
	announce = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	deadline = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
)

// written is a folder with two released versions of a policy.
func written(t testing.TB) *policy.Folder {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, data := range map[string]string{
		"content/organisation.yaml":   "name: Harbour\ntime_zone: UTC\nlocales: [en, de]\nsites: {harbour.example: {}}\nregimes: [contract-30]\n",
		"content/privacy/policy.yaml": "title: Privacy Policy\n",
		first + "/en.md":              "## Logs {#logs}\n\nWe keep logs for 12 months.\n",
		first + "/de.md":              "## Protokolle\n\nWir behalten Protokolle 12 Monate.\n",
		second + "/en.md":             "## Logs {#logs}\n\nWe keep logs for 24 months.\n",
		second + "/de.md":             "## Protokolle\n\nWir behalten Protokolle 24 Monate.\n",
		second + "/changes.yaml":      "summary: We keep logs longer.\n",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	var f *policy.Folder
	for _, id := range []string{"privacy@2026-01-15", notice} {
		f, _ = policy.Load(fsys)
		v, err := f.Version(id)
		check(t, err)
		s := &policy.Seal{State: policy.Released, Released: v.Effective.AddDays(-60), Verdict: policy.None}
		if before := f.Before(v); before != nil {
			c, ps := change.Versions(f, before, v)
			check(t, ps.Err())
			s.Verdict, s.Changes = c.Verdict, c.Seal()
			r, _ := regime.Lookup("contract-30")
			s.Regimes = []policy.SealedRegime{{ID: r.ID, Lead: r.Lead, Strength: r.Strength, Source: r.Source}}
			s.Deadline = r.Lead.Before(v.Effective)
		}
		check(t, f.Draw(s, v).Err())
		data, err := s.Encode()
		check(t, err)
		fsys[v.Dir+"/seal.yaml"] = &fstest.MapFile{Data: data}
	}
	f, ps := policy.Load(fsys)
	check(t, ps.Err())
	return f
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// told is a ledger in which ada, bo and di were to be told and cy was not: ada
// was told at once, bo after the deadline, and di's mail was refused.
func told(t *testing.T) *ledger.SQLite {
	t.Helper()
	l, err := ledger.Open(ctx, "sqlite:l.db", t.TempDir())
	check(t, err)
	t.Cleanup(func() { _ = l.Close() }) // some tests close it themselves
	check(t, l.Open(ctx, ledger.Notice{ID: notice, Controller: "Harbour Ltd.", Policies: []string{"privacy"}, Effective: "2026-12-20",
		Deadline: "2026-11-20", DeadlineAt: deadline, KeyPrint: key.Print()}))
	var entries []ledger.Entry
	roll := ledger.NewRoll()
	for _, id := range []string{"ada", "bo", "cy", "di"} {
		e := ledger.Entry{Holder: key.Holder("shop:" + id), Address: key.Address(id + "@mail.example")}
		if id == "cy" {
			e.Skip = "status closed"
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b ledger.Entry) int { return bytes.Compare(a.Holder[:], b.Holder[:]) })
	for _, e := range entries {
		if e.Skip == "" {
			roll.Add(e.Holder)
		}
	}
	_, err = l.Enrol(ctx, notice, ledger.Wave{At: announce, Audience: 3, Query: "shop: csv:accounts.csv", Digest: roll.String(),
		Exclusions: []ledger.Exclusion{{Reason: "status closed", Holders: 1}}}, slices.Values(entries))
	check(t, err)
	skeleton, err := courier.Compose(courier.Letter{From: mail.Address{Name: "Harbour", Address: "legal@harbour.example"}, Subject: "Changes",
		Text: "Dear " + courier.MarkName + ",\n\nwe keep logs longer.\n", HTML: "<p>We keep logs longer.</p>"})
	check(t, err)
	letter, err := l.Keep(ctx, notice, skeleton.Bytes())
	check(t, err)
	try(t, l, letter, "ada", ledger.Attempt{State: ledger.Deferred, Code: 450, Text: "come back later", Ended: announce})
	try(t, l, letter, "ada", ledger.Attempt{State: ledger.Accepted, Code: 250, Text: "queued as 4A1", QueueID: "4A1", Ended: announce.Add(time.Hour)})
	try(t, l, letter, "bo", ledger.Attempt{State: ledger.Accepted, Code: 250, Text: "queued", Ended: deadline})
	try(t, l, letter, "di", ledger.Attempt{State: ledger.Rejected, Code: 550, Text: "5.1.1 <di@mail.example>: no\tsuch\nuser", Ended: announce})
	check(t, l.Remark(ctx, notice, ledger.Remark{At: announce, Kind: ledger.Live, Text: "https://harbour.example/"}))
	return l
}

func try(t *testing.T, l ledger.Ledger, letter int, id string, a ledger.Attempt) {
	t.Helper()
	a.Holder, a.Server, a.TLS, a.Started = key.Holder("shop:"+id), "mx.example:25", "TLS 1.3", a.Ended
	row, _, err := l.Find(ctx, notice, a.Holder, ledger.Hash{})
	check(t, err)
	_, err = l.Claim(ctx, notice, 1, []ledger.Claim{{Holder: a.Holder, Letter: letter, Tries: row.Tries}})
	check(t, err)
	check(t, l.Record(ctx, notice, a))
}

// packed is evidence of the story that is told by written and told.
func packed(t *testing.T, change func(*evidence.Case)) []byte {
	t.Helper()
	f := written(t)
	v, err := f.Version(notice)
	check(t, err)
	c := evidence.Case{Folder: f, Version: v, Ledger: told(t), Files: []evidence.File{{Name: "mail/notice.txt", Data: []byte("Dear …")}}}
	if change != nil {
		change(&c)
	}
	var b bytes.Buffer
	check(t, evidence.Write(ctx, &b, c))
	return b.Bytes()
}

func verify(t *testing.T, data []byte, who *evidence.Who) *evidence.Report {
	t.Helper()
	r, err := evidence.Verify(bytes.NewReader(data), int64(len(data)), evidence.Trust{}, who)
	check(t, err)
	return r
}

// found is everything that a report says.
func found(r *evidence.Report) string {
	var b strings.Builder
	for _, c := range r.Checks {
		b.WriteString(c.What + "\n" + strings.Join(c.Found, "\n") + "\n")
	}
	return b.String() + strings.Join(r.Notes, "\n")
}

func TestEvidence(t *testing.T) {
	data := packed(t, nil)
	r := verify(t, data, nil)
	if !r.Holds {
		t.Error(found(r))
	}
	for _, want := range []string{
		"mail had to be accepted before 2026-11-20",
		"first accepted before the deadline: 1; after it: 1",
		"2 accepted, 1 rejected, 0 bounced, 0 deferred, 0 ambiguous, 1 skipped",
		"audience 3, 3 added, 1 excluded",
		"1 holder accepted only after the deadline",
		"1 holder could not be reached by mail",
		"the notice was not closed",
	} {
		if !strings.Contains(found(r), want) {
			t.Errorf("nothing says %q in:\n%s", want, found(r))
		}
	}
	if strings.Contains(found(r), "word for word") {
		t.Error("the changes are not recomputed as they were written")
	}
	if again := packed(t, nil); !bytes.Equal(data, again) {
		t.Error("the same case gives other bytes")
	}
}

// No address is in it, whatever servers answered, and every attempt is a line.
func TestNobodyIsNamed(t *testing.T) {
	files := unpack(t, packed(t, nil))
	for name, data := range files {
		if strings.Contains(string(data), "mail.example") || strings.Contains(string(data), "shop:ada") {
			t.Errorf("%s names a holder", name)
		}
	}
	attempts := string(files["notices/1/attempts.tsv"])
	if !strings.Contains(attempts, "5.1.1 <ADDRESS>: no such user") || strings.Count(attempts, "\n") != 5 {
		t.Errorf("attempts:\n%s", attempts)
	}
}

func TestOneHolder(t *testing.T) {
	data := packed(t, nil)
	with := func(k ledger.Key) func(string) (ledger.Key, error) {
		return func(string) (ledger.Key, error) { return k, nil }
	}
	for _, c := range []struct {
		id, address string
		key         ledger.Key
		state       string // empty: nothing is proved
		tries       int
	}{
		{"shop:ada", "", key, "accepted", 2},
		{"", "BO@mail.example", key, "accepted", 1},
		{"shop:di", "", key, "rejected", 1},
		{"shop:nobody", "", key, "", 0},
		{"", "nobody@mail.example", key, "", 0},
		{"shop:ada", "", ledger.Key(strings.Repeat("x", 32)), "", 0},
	} {
		r := verify(t, data, &evidence.Who{ID: c.id, Address: c.address, Key: with(c.key)})
		if r.Holds != (c.state != "") || len(r.Holders) > 1 {
			t.Errorf("%s%s: %s", c.id, c.address, found(r))
		} else if c.state != "" && (r.Holders[0].State != c.state || len(r.Holders[0].Tries) != c.tries) {
			t.Errorf("%s%s: %+v", c.id, c.address, r.Holders)
		}
	}
}

// One byte of any file, and the file is named. Where the manifest is made to
// fit, what is recomputed says so, except of what is only context.
func TestTampering(t *testing.T) {
	data := packed(t, nil)
	files := unpack(t, data)
	context := []string{"README.txt", "content/organisation.yaml", "content/privacy/policy.yaml", "mail/notice.txt", "decisions.txt", "changes.json"}
	for name := range files {
		if name == "manifest.sha256" {
			continue
		}
		changed := unpack(t, data)
		at := len(changed[name]) / 2
		if changed[name][at] ^= 1; changed[name][at] == '\n' {
			changed[name][at] ^= 3
		}
		if r := verify(t, pack(t, changed), nil); r.Holds || !strings.Contains(found(r), name+" was changed") {
			t.Errorf("%s: a changed byte goes unnoticed:\n%s", name, found(r))
		}
		changed["manifest.sha256"] = manifest(changed)
		if r := verify(t, pack(t, changed), nil); r.Holds && !slices.Contains(context, name) {
			t.Errorf("%s: with a manifest that fits, a changed byte goes unnoticed", name)
		}
		changed = unpack(t, data)
		delete(changed, name)
		if r := verify(t, pack(t, changed), nil); r.Holds || !strings.Contains(found(r), name+" is missing") {
			t.Errorf("%s: nobody misses it:\n%s", name, found(r))
		}
	}
	changed := unpack(t, data)
	changed["extra.txt"] = []byte("x")
	if r := verify(t, pack(t, changed), nil); r.Holds || !strings.Contains(found(r), "extra.txt is not in the manifest") {
		t.Error("a file that was added goes unnoticed")
	}
}

// Whoever makes manifest and rows fit still cannot have another audience,
// other counts or earlier times.
func TestForgedRows(t *testing.T) {
	data := packed(t, nil)
	for name, forge := range map[string]struct{ file, old, new, says string }{
		"one row less": {"notices/1/rows.tsv", key.Holder("shop:di").String(), "", "not those that were sealed"},
		"in time":      {"notices/1/rows.tsv", "2026-11-20T00:00:00.000Z", "2026-11-19T00:00:00.000Z", "but its last attempt was accepted at 2026-11-20"},
		"in time twice": {"notices/1/notice.json", `"late": 1`, `"late": 0`,
			"the rows give"},
		"another query":    {"notices/1/waves.json", "accounts.csv", "customer.csv", "was changed afterwards"},
		"another deadline": {"notices/1/notice.json", "2026-11-20T00", "2026-11-21T00", "the deadline does not begin at"},
		"another state":    {"notices/1/rows.tsv", "\trejected\t", "\taccepted\t", "is accepted since"},
	} {
		files := unpack(t, data)
		text := string(files[forge.file])
		if forge.new == "" { // the whole line
			i := strings.Index(text, forge.old)
			text = text[:i] + text[i+strings.Index(text[i:], "\n")+1:]
		} else {
			text = strings.Replace(text, forge.old, forge.new, 1)
		}
		if text == string(files[forge.file]) {
			t.Fatalf("%s: nothing was forged", name)
		}
		files[forge.file] = []byte(text)
		files["manifest.sha256"] = manifest(files)
		if r := verify(t, pack(t, files), nil); r.Holds || !strings.Contains(found(r), forge.says) {
			t.Errorf("%s:\n%s", name, found(r))
		}
	}
}

func TestPurged(t *testing.T) {
	data := packed(t, func(c *evidence.Case) { check(t, c.Ledger.Purge(ctx, deadline, notice)) })
	r := verify(t, data, nil)
	if !r.Holds || !strings.Contains(found(r), "was forgotten on 2026-11-20") {
		t.Error(found(r))
	}
}

func TestWithoutLedger(t *testing.T) {
	r := verify(t, packed(t, func(c *evidence.Case) { c.Ledger, c.Missing = nil, []string{"a ledger"} }), nil)
	if !r.Holds || !strings.Contains(found(r), "not in it: a ledger") {
		t.Error(found(r))
	}
}

func TestVouchersSpeak(t *testing.T) {
	data := packed(t, func(c *evidence.Case) {
		c.Sign = func(m []byte) ([]byte, error) { return append([]byte("signed "), m[:8]...), nil }
	})
	for name, c := range map[string]struct {
		data  []byte
		says  error
		holds bool
	}{"trusted": {data, nil, true}, "not trusted": {data, errors.New("a stranger signed it"), false}, "unsigned": {packed(t, nil), nil, false}} {
		trust := evidence.Trust{Signature: func(m, s []byte) (string, error) { return "counsel", c.says }}
		r, err := evidence.Verify(bytes.NewReader(c.data), int64(len(c.data)), trust, nil)
		if err != nil || r.Holds != c.holds {
			t.Errorf("%s: %v\n%s", name, err, found(r))
		}
	}
}

func unpack(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	check(t, err)
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		check(t, err)
		out[f.Name], err = io.ReadAll(r)
		check(t, err)
	}
	return out
}

func pack(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range files {
		f, err := w.Create(name)
		check(t, err)
		_, err = f.Write(data)
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes()
}
