package policy

import (
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"proviso/source"
	"proviso/text"
)

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// harbour is a folder with two sites, two products and one policy.
func harbour() fstest.MapFS {
	files := map[string]string{
		"content/organisation.yaml": `name: Harbour
legal_name: Harbour Tools Ltd.
address: "1 Quay, Port"
contacts: {privacy: privacy@harbour.example}
time_zone: Europe/Berlin
locales: [en, de]
products: {crane: {name: Crane}, buoy: {name: Buoy}}
sites:
  harbour.example: {}
  crane.example: {name: Crane, products: [crane], legal_name: Crane GmbH}
regimes: [contract-30]
vars: {desk: {en: the desk, de: der Schalter}}
`,
		"content/privacy/policy.yaml": "title: {en: Privacy Policy, de: Datenschutz}\n",
		"content/privacy/2026-01-15/en.md": `{{org.legal_name}} speaks on {{site.domain}} since {{policy.effective}}.

## Data {#data}

Ask {{ vars.desk }} or [write](mailto:{{contacts.privacy}}).

## Buoys {#buoys products="buoy"}

Only for buoys.

## Partners {#partners}

{{practices.sharing}}
`,
		"content/privacy/2026-01-15/de.md": `{{org.legal_name}} spricht auf {{site.domain}} seit {{policy.effective}}.

## Daten

Fragen Sie: {{vars.desk}}.

## Bojen

Nur für Bojen.

## Partner

{{practices.sharing}}
`,
		"content/privacy/2026-01-15/practices.yaml": `sharing:
  tug: {name: Tug Ltd., purposes: [towing], country: IE}
  float: {name: Float AG, purposes: [floating], products: [buoy]}
`,
	}
	out := fstest.MapFS{}
	for name, data := range files {
		out[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return out
}

func load(t testing.TB, fsys fs.FS) *Folder {
	t.Helper()
	f, ps := Load(fsys)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return f
}

func TestWhatASiteShows(t *testing.T) {
	f := load(t, harbour())
	v, err := f.Version("privacy@2026-01-15")
	if err != nil {
		t.Fatal(err)
	}
	if ps := f.CheckVersion(v, date(t, "2026-02-01")); ps.Err() != nil {
		t.Fatal(ps)
	}
	for _, c := range []struct{ site, locale, has, hasNot string }{
		{"harbour.example", "en", "Harbour Tools Ltd. speaks on harbour.example since 15 January 2026.", "Crane GmbH"},
		{"harbour.example", "en", "Only for buoys.", ""},
		{"harbour.example", "en", "Float AG", ""},
		{"harbour.example", "en", "Ask the desk or write.", ""},
		{"harbour.example", "de", "seit 15. Januar 2026.", ""},
		{"harbour.example", "de", "Fragen Sie: der Schalter.", ""},
		{"harbour.example", "de", "Empfänger", ""},
		{"crane.example", "en", "Crane GmbH speaks on crane.example", "buoys"},
		{"crane.example", "en", "Tug Ltd.", "Float"},
		{"crane.example", "de", "Tug Ltd.", "Bojen"},
	} {
		doc, ps := f.Document(v, c.site, c.locale)
		if len(ps) > 0 {
			t.Fatal(ps)
		}
		words := doc.Normal()
		if !strings.Contains(words, c.has) {
			t.Errorf("%s in %s lacks %q:\n%s", c.site, c.locale, c.has, words)
		}
		if c.hasNot != "" && strings.Contains(words, c.hasNot) {
			t.Errorf("%s in %s shows %q, which is not meant for it:\n%s", c.site, c.locale, c.hasNot, words)
		}
	}
}

// A table of practices may be asked for in every category, and in no other.
func TestCategories(t *testing.T) {
	for _, category := range append(slices.Clone(Categories), "nonsense") {
		_, ps := text.Parse("t.md", []byte("{{practices."+category+"}}\n"), text.Options{})
		if (ps.Err() != nil) != (category == "nonsense") {
			t.Errorf("%s: %v", category, ps)
		}
	}
}

func TestTranslationsTakeIdsFromTheSource(t *testing.T) {
	f := load(t, harbour())
	v, _ := f.Version("privacy@2026-01-15")
	doc, ps := f.Text(v, "de")
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	var ids []string
	for _, s := range doc.Sections {
		ids = append(ids, s.ID)
	}
	if got := strings.Join(ids, " "); got != "intro data buoys partners" {
		t.Errorf("the German sections are %s", got)
	}
}

// sealed is harbour with its version released on 2026-01-10.
func sealed(t testing.TB) fstest.MapFS {
	fsys := harbour()
	f := load(t, fsys)
	seal(t, fsys, f.Policies[0].Versions[0], "2026-01-10")
	return fsys
}

func seal(t testing.TB, fsys fstest.MapFS, v *Version, day string) {
	t.Helper()
	s := &Seal{State: Released, Released: date(t, day), Verdict: None}
	if ps := load(t, fsys).Draw(s, v); len(ps) > 0 {
		t.Fatal(ps)
	}
	data, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	fsys[v.Dir+"/seal.yaml"] = &fstest.MapFile{Data: data}
}

func TestSealHolds(t *testing.T) {
	f := load(t, sealed(t))
	v := f.Policies[0].Versions[0]
	if ps := f.Verify(v); len(ps) > 0 {
		t.Fatal(ps)
	}
	if !strings.HasPrefix(v.Sealed.Hash, "sha256:") || v.Sealed.Resolution.Sites.Keys()[1] != "crane.example" {
		t.Errorf("got %+v", v.Sealed)
	}
}

func TestSealIsTheTruth(t *testing.T) {
	fsys := sealed(t)
	shown := func() string {
		f := load(t, fsys)
		var b strings.Builder
		for _, site := range []string{"harbour.example", "crane.example"} {
			for _, locale := range []string{"en", "de"} {
				doc, ps := f.Document(f.Policies[0].Versions[0], site, locale)
				if len(ps) > 0 {
					t.Fatal(ps)
				}
				b.WriteString(doc.Normal())
			}
		}
		return b.String()
	}
	before := shown()
	org := string(fsys["content/organisation.yaml"].Data)
	org = strings.NewReplacer("Harbour Tools Ltd.", "Other Inc.", "products: [crane]", "products: [buoy]",
		"the desk", "nobody", "privacy@", "p@", "name: Buoy", "name: Floater").Replace(org)
	fsys["content/organisation.yaml"] = &fstest.MapFile{Data: []byte(org)}
	if after := shown(); after != before {
		t.Errorf("a released text changed with organisation.yaml:\n%s\nwas\n%s", after, before)
	}
	f := load(t, fsys)
	if ps := f.Verify(f.Policies[0].Versions[0]); len(ps) > 0 {
		t.Error(ps)
	}
	drift := f.Drift(f.Policies[0])
	if len(drift) != 2 || !strings.Contains(drift.Error(), "org.legal_name") || !strings.Contains(drift.Error(), "crane.example changed since the release: products") {
		t.Errorf("check says of it only:\n%v", drift)
	}
}

func TestVerifyFindsEveryTouch(t *testing.T) {
	const dir = "content/privacy/2026-01-15/"
	for _, c := range []struct {
		name  string
		touch func(fsys fstest.MapFS)
		want  string
	}{
		{"a word of the text", func(m fstest.MapFS) { replace(m, dir+"en.md", "Only", "Just") }, dir + "en.md: the file was changed after the release"},
		{"a practice", func(m fstest.MapFS) { replace(m, dir+"practices.yaml", "IE", "US") }, dir + "practices.yaml: the file was changed"},
		{"a text gone", func(m fstest.MapFS) { delete(m, dir+"de.md") }, dir + "de.md: the file is missing"},
		{"a value in the seal", func(m fstest.MapFS) { replace(m, dir+"seal.yaml", "Crane GmbH", "Crane AG") }, "seal.yaml: the seal was changed after the release"},
		{"a file more", func(m fstest.MapFS) { m[dir+"changes.yaml"] = &fstest.MapFile{} }, "changes.yaml: warning: the file came after the release"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := sealed(t)
			c.touch(fsys)
			f, _ := Load(fsys)
			if ps := f.Verify(f.Policies[0].Versions[0]); !strings.Contains(ps.Error(), c.want) {
				t.Errorf("got %v\nwant %s", ps, c.want)
			}
		})
	}
}

func replace(fsys fstest.MapFS, name, old, new string) {
	data := string(fsys[name].Data)
	if !strings.Contains(data, old) {
		panic(name + " has no " + old)
	}
	fsys[name] = &fstest.MapFile{Data: []byte(strings.Replace(data, old, new, 1))}
}

func TestChain(t *testing.T) {
	fsys := sealed(t)
	for _, name := range []string{"en.md", "de.md", "practices.yaml"} {
		fsys["content/privacy/2026-06-01/"+name] = fsys["content/privacy/2026-01-15/"+name]
	}
	f := load(t, fsys)
	seal(t, fsys, f.Policies[0].Versions[1], "2026-04-01")
	f = load(t, fsys)
	second := f.Policies[0].Versions[1]
	if ps := f.Verify(second); len(ps) > 0 {
		t.Fatal(ps)
	}
	if b := f.Before(second); b == nil || b.Name != "2026-01-15" {
		t.Errorf("the version before is %v", b)
	}
	seal(t, fsys, f.Policies[0].Versions[0], "2026-01-11") // the first is sealed anew
	f = load(t, fsys)
	if ps := f.Verify(f.Policies[0].Versions[1]); !strings.Contains(ps.Error(), "the chain is broken") {
		t.Errorf("got %v", ps)
	}
	for name := range maps.Clone(fsys) {
		if strings.HasPrefix(name, "content/privacy/2026-01-15/") {
			delete(fsys, name)
		}
	}
	f = load(t, fsys)
	if ps := f.Verify(f.Policies[0].Versions[0]); !strings.Contains(ps.Error(), "privacy@2026-01-15, is missing") {
		t.Errorf("got %v", ps)
	}
}

func TestInForceAndUpcoming(t *testing.T) {
	fsys := sealed(t)
	fsys["content/privacy/2026-06-01/en.md"] = &fstest.MapFile{Data: []byte("Later.\n")}
	f := load(t, fsys)
	p := f.Policies[0]
	if got := p.Upcoming(date(t, "2026-03-01")); len(got) != 0 {
		t.Errorf("a version without a seal is upcoming: %v", got[0].ID())
	}
	seal(t, fsys, p.Versions[1], "2026-03-01")
	p = load(t, fsys).Policies[0]
	for _, c := range []struct{ day, inForce, upcoming string }{
		{"2026-01-14", "", "2026-01-15"},
		{"2026-01-15", "2026-01-15", "2026-06-01"},
		{"2026-05-31", "2026-01-15", "2026-06-01"},
		{"2026-06-01", "2026-06-01", ""},
	} {
		inForce, upcoming := "", ""
		if v := p.InForce(date(t, c.day)); v != nil {
			inForce = v.Name
		}
		if vs := p.Upcoming(date(t, c.day)); len(vs) > 0 {
			upcoming = vs[0].Name
		}
		if inForce != c.inForce || upcoming != c.upcoming {
			t.Errorf("on %s: in force %q, upcoming %q", c.day, inForce, upcoming)
		}
	}
}

func TestDates(t *testing.T) {
	berlin := location("Europe/Berlin")
	if got := date(t, "2026-03-29").In(berlin).UTC().String(); got != "2026-03-28 23:00:00 +0000 UTC" {
		t.Errorf("the day of the clock change begins at %s", got)
	}
	if got := date(t, "2018-11-04").In(location("America/Sao_Paulo")).Format("15:04"); got != "01:00" {
		t.Errorf("a day without midnight begins at %s", got)
	}
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{{"2026-01-31", 1, "2026-02-28"}, {"2028-01-31", 1, "2028-02-29"}, {"2026-03-31", -1, "2026-02-28"}, {"2026-12-31", 2, "2027-02-28"}, {"2026-01-15", -2, "2025-11-15"}} {
		if got := date(t, c.from).AddMonths(c.months).String(); got != c.want {
			t.Errorf("%s and %d months is %s, want %s", c.from, c.months, got, c.want)
		}
	}
	if n := date(t, "2026-11-03").DaysUntil(date(t, "2026-12-20")); n != 47 {
		t.Errorf("%d days", n)
	}
	for _, bad := range []string{"2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", ""} {
		if _, err := ParseDate(bad); err == nil {
			t.Errorf("%q is a date", bad)
		}
	}
}

// The example organisation is read as it ships.
func TestExample(t *testing.T) {
	f, ps := Load(os.DirFS(".."))
	ps = append(ps, f.Check(date(t, "2026-11-03"))...)
	ps = slices.DeleteFunc(ps, func(p source.Problem) bool { return p.Rule == "unsealed" })
	for _, p := range ps {
		t.Error(p)
	}
}

// FuzzLoad: whatever stands in the files, there is an answer.
func FuzzLoad(f *testing.F) {
	base := harbour()
	names := slices.Sorted(maps.Keys(base))
	for i, name := range names {
		f.Add(uint8(i), string(base[name].Data))
	}
	f.Fuzz(func(t *testing.T, i uint8, data string) {
		fsys := harbour()
		fsys[names[int(i)%len(names)]] = &fstest.MapFile{Data: []byte(data)}
		folder, _ := Load(fsys)
		folder.Check(Date{2026, 2, 1})
	})
}

// The heads of practices tables can be translated: a team's own words file has
// the last word, and the built-in words are listed in templates/words for whoever copies them.
func TestHeadsOfTables(t *testing.T) {
	files := harbour()
	org := files["content/organisation.yaml"]
	org.Data = []byte(strings.Replace(string(org.Data), "locales: [en, de]", "locales: [en, de-AT, fr]", 1))
	files["templates/words/fr.yaml"] = &fstest.MapFile{Data: []byte("skip: Aller au texte\ncolumn-basis: Base légale\ncolumn-name.sharing: Destinataire\n")}
	files["templates/words/de-AT.yaml"] = &fstest.MapFile{Data: []byte("column-period: Aufgehoben für\n")}
	f, _ := Load(files)
	got := f.Resolve(&Version{Policy: f.Policies[0]}).Labels
	for _, c := range []struct{ locale, name, want string }{
		{"fr", "basis", "Base légale"}, {"fr", "name.sharing", "Destinataire"}, {"fr", "role", "Role"},
		{"de-AT", "period", "Aufgehoben für"}, {"de-AT", "basis", "Rechtsgrundlage"}, {"en", "basis", "Legal basis"},
	} {
		words, _ := got.Get(c.locale)
		if s, _ := words.Get(c.name); s != c.want {
			t.Errorf("the column %s is headed %q in %s, want %q", c.name, s, c.locale, c.want)
		}
	}
	for locale, words := range labels {
		if listed := readColumns(os.DirFS(".."), locale); !maps.Equal(listed, words) {
			t.Errorf("templates/words/%s.yaml lists %v, want %v", locale, listed, words)
		}
	}
}
