package change

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"proviso/policy"
)

// Two sites, two products, and a first version in force.
var base = map[string]string{
	"content/organisation.yaml": `name: Harrow
legal_name: Harrow Media Ltd.
address: 1 Mill Lane, Leeds, United Kingdom
contacts: {privacy: privacy@harrow.example}
time_zone: Europe/London
locales: [en, de]
products: {forum: {name: Forum}, vault: {name: Vault}}
sites:
  harrow.example: {name: Harrow}
  vault.example: {name: Vault, products: [vault]}
regimes: [contract-30]
`,
	"content/privacy/policy.yaml": "title: Privacy Policy\ntype: Privacy Policy\nrequire: [en]\n",
	"content/privacy/2026-01-15/en.md": `Harrow runs the forum and the vault.

## What we log {#logs}

We log visits for 30 days.

## The vault {#vault products="vault"}

The vault stores your files.

## Contact {#contact}

Write to {{contacts.privacy}} or to {{org.address}}.

## Who receives data {#sharing}

{{practices.sharing}}
`,
	"content/privacy/2026-01-15/practices.yaml": `sharing:
  post: {name: Larkpost GmbH, country: Germany, purposes: [notices]}
retention:
  logs: {name: Logs, period: 12 months, products: [vault]}
`,
}

// folder loads the base with a draft in which some files differ. A file "" is gone.
func folder(t *testing.T, draft map[string]string) (f *policy.Folder, old, new *policy.Version) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, data := range base {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
		if rest, ok := strings.CutPrefix(name, "content/privacy/2026-01-15/"); ok {
			fsys["content/privacy/draft/"+rest] = &fstest.MapFile{Data: []byte(data)}
		}
	}
	for name, data := range draft {
		if fsys[name] = (&fstest.MapFile{Data: []byte(data)}); data == "" {
			delete(fsys, name)
		}
	}
	f, problems := policy.Load(fsys)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	new, err := f.Version("privacy@draft")
	if err != nil {
		t.Fatal(err)
	}
	return f, f.Before(new), new
}

func compared(t *testing.T, draft map[string]string) *Comparison {
	t.Helper()
	f, old, new := folder(t, draft)
	c, problems := Versions(f, old, new)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

// revised is a draft in which one phrase of a file differs.
func revised(file, old, new string) map[string]string {
	return map[string]string{"content/privacy/draft/" + file: strings.Replace(base["content/privacy/2026-01-15/"+file], old, new, 1)}
}

// theOne returns the one change there is.
func theOne(t *testing.T, c *Comparison) Change {
	t.Helper()
	if len(c.Changes) != 1 {
		t.Fatalf("%d changes, want 1: %+v", len(c.Changes), c.Changes)
	}
	return c.Changes[0]
}

func TestNothingChanged(t *testing.T) {
	if c := compared(t, nil); c.Verdict != policy.None || len(c.Changes) != 0 {
		t.Errorf("verdict %s, %d changes", c.Verdict, len(c.Changes))
	}
}

func TestFirstVersionOwesNoNotice(t *testing.T) {
	f, old, _ := folder(t, nil)
	c, problems := Versions(f, nil, old)
	if c.Verdict != policy.None || len(c.Changes) != 0 || problems != nil {
		t.Errorf("verdict %s, %d changes, problems %v", c.Verdict, len(c.Changes), problems)
	}
}

func TestTextForOneProduct(t *testing.T) {
	x := theOne(t, compared(t, revised("en.md", "stores your files", "stores and scans your files")))
	if x.Section != "vault" || x.Heading != "The vault" || x.Kind != Modified || x.Verdict != policy.Material {
		t.Errorf("%+v", x)
	}
	if !slices.Equal(x.Products, []string{"vault"}) || len(x.Sites) != 0 {
		t.Errorf("products %v, sites %v", x.Products, x.Sites)
	}
	if x.OldLine != 9 || x.NewLine != 9 {
		t.Errorf("lines %d and %d", x.OldLine, x.NewLine)
	}
}

func TestWholeSectionIsOneChange(t *testing.T) {
	x := theOne(t, compared(t, revised("en.md", "## Contact", "## Games {#games}\n\nWe record scores.\n\n- wins\n- losses\n\n## Contact")))
	if x.Section != "games" || x.Kind != Added || x.Old != "" || x.New != "Games\nWe record scores.\nwins\nlosses" {
		t.Errorf("%+v", x)
	}
}

func TestScopeIsAChange(t *testing.T) {
	x := theOne(t, compared(t, revised("en.md", `{#vault products="vault"}`, `{#vault}`)))
	if x.Kind != Scope || x.Verdict != policy.Material || !slices.Equal(x.Categories, []string{"scope"}) {
		t.Errorf("%+v", x)
	}
	if x.Old != "products vault" || x.New != "everyone" || len(x.Products) != 0 {
		t.Errorf("%q → %q, products %v", x.Old, x.New, x.Products)
	}
}

func TestPracticesCompareAsData(t *testing.T) {
	x := theOne(t, compared(t, revised("practices.yaml", "12 months", "24 months")))
	if x.Section != "practices/retention/logs" || x.Kind != Modified || x.Verdict != policy.Material {
		t.Errorf("%+v", x)
	}
	if want := (Reason{Rule: "practice", Text: "retention: 12 months → 24 months", Source: "GDPR 13(2)(a)"}); !slices.Contains(x.Reasons, want) {
		t.Errorf("reasons %v", x.Reasons)
	}
	if !slices.Equal(x.Products, []string{"vault"}) || x.Line() != "Logs: retention: 12 months → 24 months" {
		t.Errorf("products %v, line %q", x.Products, x.Line())
	}
}

func TestPracticesAreNotCountedTwice(t *testing.T) {
	c := compared(t, revised("practices.yaml", "  post:", "  mill: {name: Millpost Ltd., country: Ireland}\n  post:"))
	if x := theOne(t, c); x.Section != "practices/sharing/mill" || x.Kind != Added || len(x.Products) != 0 {
		t.Errorf("%+v", x)
	}
	c = compared(t, revised("practices.yaml", "  post: {name: Larkpost GmbH, country: Germany, purposes: [notices]}", "  mill: {name: Millpost Ltd.}"))
	if got := c.Sections(); !slices.Equal(got, []string{"practices/sharing/mill", "practices/sharing/post"}) {
		t.Errorf("sections %v", got)
	}
}

// The values of the version in force come from its seal; here both are unsealed,
// so two folders stand in for the organisation before and after.
func TestValuesThatChangeOnOneSite(t *testing.T) {
	before, old, _ := folder(t, nil)
	after, _, new := folder(t, map[string]string{"content/organisation.yaml": strings.Replace(base["content/organisation.yaml"],
		"vault.example: {name: Vault,", "vault.example: {name: Vault, contacts: {privacy: vault@harrow.example},", 1)})
	c := between(t, before, after, old, new)
	x := theOne(t, c)
	if x.Section != "contact" || x.Verdict != policy.Material || !slices.Contains(x.Categories, "controller") {
		t.Errorf("%+v", x)
	}
	if !slices.Equal(x.Sites, []string{"vault.example"}) {
		t.Errorf("sites %v", x.Sites)
	}
}

func TestValuesThatChangeEverywhere(t *testing.T) {
	before, old, _ := folder(t, nil)
	after, _, new := folder(t, map[string]string{"content/organisation.yaml": strings.Replace(base["content/organisation.yaml"], "1 Mill Lane", "2 Kiln Road", 1)})
	x := theOne(t, between(t, before, after, old, new))
	if x.Section != "contact" || x.Verdict != policy.Material || len(x.Sites) != 0 {
		t.Errorf("%+v", x)
	}
	if !strings.Contains(x.Old, "1 Mill Lane") || !strings.Contains(x.New, "2 Kiln Road") {
		t.Errorf("%q → %q", x.Old, x.New)
	}
}

func TestSiteThatLeaves(t *testing.T) {
	before, old, _ := folder(t, nil)
	after, _, new := folder(t, map[string]string{"content/privacy/policy.yaml": "title: Privacy Policy\ntype: Privacy Policy\nsites: [harrow.example]\nrequire: [en]\n"})
	x := theOne(t, between(t, before, after, old, new))
	if x.Section != "sites" || x.Kind != Removed || x.Old != "vault.example" || !slices.Equal(x.Sites, []string{"vault.example"}) {
		t.Errorf("%+v", x)
	}
}

// between compares versions whose organisations differ, as a seal would have it.
func between(t *testing.T, before, after *policy.Folder, old, new *policy.Version) *Comparison {
	t.Helper()
	sealed := *old
	sealed.Sealed = &policy.Seal{Resolution: *before.Resolve(old)}
	c, problems := Versions(after, &sealed, new)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDecisions(t *testing.T) {
	text := revised("en.md", "We log visits", "We diligently log visits")
	c := compared(t, text)
	if x := theOne(t, c); x.Verdict != policy.Review || len(c.Undecided()) != 1 {
		t.Fatalf("%+v", x)
	}
	of := Of(c.In("logs"))
	decided := "decisions:\n  logs: {verdict: editorial, reason: an adverb, by: counsel, on: 2026-02-01, of: \"" + of + "\"}\n"

	text["content/privacy/draft/changes.yaml"] = decided
	c = compared(t, text)
	x := theOne(t, c)
	if x.Verdict != policy.Editorial || x.RuleVerdict != policy.Review || x.Decision == nil || len(c.Undecided()) != 0 || c.Verdict != policy.Editorial {
		t.Errorf("%+v", x)
	}

	text["content/privacy/draft/en.md"] = strings.Replace(text["content/privacy/draft/en.md"], "30 days", "60 days", 1)
	if x := theOne(t, compared(t, text)); x.Verdict != policy.Material || x.Decision != nil {
		t.Errorf("a decision on another change still counts: %+v", x)
	}
}

func TestDecisionCountsOnASiteAndInATranslation(t *testing.T) {
	german := "Harrow betreibt das Forum und den Tresor.\n\n## Was wir protokollieren {#logs}\n\nWir protokollieren Besuche 30 Tage lang.\n"
	draft := revised("en.md", "We log visits", "We diligently log visits")
	draft["content/privacy/2026-01-15/de.md"] = german
	draft["content/privacy/draft/de.md"] = strings.Replace(german, "Besuche", "Besuche sorgfältig", 1)
	f, old, new := folder(t, draft)
	whole, _ := Versions(f, old, new)
	draft["content/privacy/draft/changes.yaml"] = "decisions:\n  logs: {verdict: editorial, reason: an adverb, by: counsel, on: 2026-02-01, of: \"" + Of(whole.In("logs")) + "\"}\n"
	f, old, new = folder(t, draft)
	for _, locale := range []string{"en", "de"} {
		c, _ := VersionsIn(f, old, new, locale, "harrow.example")
		if x := theOne(t, c); x.Verdict != policy.Editorial || x.Decision == nil {
			t.Errorf("%s: %+v", locale, x)
		}
	}
}

func TestSiteShowsOnlyItsOwn(t *testing.T) {
	draft := revised("en.md", "stores your files", "stores and scans your files")
	draft["content/organisation.yaml"] = strings.Replace(base["content/organisation.yaml"], "harrow.example: {name: Harrow}", "harrow.example: {name: Harrow, products: [forum]}", 1)
	f, old, new := folder(t, draft)
	for site, want := range map[string]int{"harrow.example": 0, "vault.example": 1, "unknown.example": 0} {
		if c, _ := VersionsIn(f, old, new, "en", site); len(c.Changes) != want {
			t.Errorf("%s: %d changes, want %d", site, len(c.Changes), want)
		}
	}
}

func TestJSONHasNoNull(t *testing.T) {
	for _, c := range []*Comparison{{}, compared(t, revised("en.md", "30 days", "60 days"))} {
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if s := strings.ReplaceAll(string(data), `"decision":null`, ""); strings.Contains(s, "null") {
			t.Errorf("%s", data)
		}
	}
}

func TestJSON(t *testing.T) {
	c := Texts(plain("old.md", "## Logs\n\nWe keep logs for 12 months."), plain("new.md", "## Logs\n\nWe keep logs for 24 months."), Options{})
	data, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "old": "old.md",
 "new": "new.md",
 "verdict": "material",
 "stats": {
  "old_words": 7,
  "new_words": 7,
  "deleted": 1,
  "inserted": 1,
  "moved_blocks": 0,
  "renumbered": 0
 },
 "changes": [
  {
   "section": "logs",
   "heading": "Logs",
   "kind": "modified",
   "verdict": "material",
   "rule_verdict": "material",
   "categories": [
    "retention"
   ],
   "reasons": [
    {
     "rule": "number",
     "text": "12 months → 24 months",
     "source": "GDPR 13(2)(a)"
    }
   ],
   "direction": "adverse",
   "decision": null,
   "old": "We keep logs for 12 months.",
   "new": "We keep logs for 24 months.",
   "old_line": 3,
   "new_line": 3,
   "products": [],
   "sites": []
  }
 ]
}`
	if string(data) != want {
		t.Errorf("got %s", data)
	}
}
