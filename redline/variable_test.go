package redline

import (
	"testing"

	"proviso/text"
)

// resolved reads a text and fills in its variables, as a site shows it.
func resolved(t *testing.T, src string, values map[string]string) *text.Document {
	t.Helper()
	doc, problems := text.Parse("en.md", []byte(src), text.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	doc, problems = doc.For(text.View{Variable: func(name string) (string, bool) {
		v, ok := values[name]
		return v, ok
	}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return doc
}

// The date on which a version takes effect is never a change, any other value is.
func TestValues(t *testing.T) {
	const src = "In force since {{policy.effective}}, at {{org.legal_name}}\n"
	old := resolved(t, src, map[string]string{"policy.effective": "2026-01-15", "org.legal_name": "Northgate Inc."})
	later := resolved(t, src, map[string]string{"policy.effective": "20 December 2026", "org.legal_name": "Northgate Inc."})
	r := Compare(old, later)
	if n := len(r.Changes()); n > 0 {
		t.Errorf("a new date is %d changes:\n%s", n, dump(r))
	}
	checkLaws(t, r)

	renamed := resolved(t, src, map[string]string{"policy.effective": "20 December 2026", "org.legal_name": "Southgate Inc."})
	r = Compare(old, renamed)
	if got, want := show(r.Sections[0].Blocks[0].Runs), "In force since 20 December 2026, at [-Northgate-]{+Southgate+} Inc."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	checkLaws(t, r)
}

// A text in which variables are still open shows them by name.
func TestOpenVariables(t *testing.T) {
	open := func(src string) *text.Document {
		doc, _ := text.Parse("en.md", []byte(src), text.Options{})
		return doc
	}
	r := Compare(open("Write to {{contacts.privacy}}.\n"), open("Write to {{contacts.security}}.\n"))
	if got, want := show(r.Sections[0].Blocks[0].Runs), "Write to {{contacts.[-privacy-]{+security+}}}."; got != want && r.Stats.Inserted != 1 {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A section or a block that is meant for others is a change of scope.
func TestScopes(t *testing.T) {
	src := func(a, b string) *text.Document {
		doc, problems := text.Parse("en.md", []byte("## Logs {#logs"+a+"}\n\nWe keep logs.\n\n## More {#more}\n\n:::"+b+"\nWe keep backups.\n:::\n"), text.Options{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return doc
	}
	r := Compare(src(` products="vault"`, ` products="vault"`), src(` products="vault mail"`, ` products="mail"`))
	if s := r.Sections[0]; !s.Scope || s.Fate != Modified {
		t.Errorf("the section's scope: %v, %s", s.Scope, s.Fate)
	}
	if s := r.Sections[1]; s.Scope || !s.Blocks[0].Scope || s.Fate != Modified {
		t.Errorf("the block's scope: %v %v, %s", s.Scope, s.Blocks[0].Scope, s.Fate)
	}
	if r.Stats.Deleted+r.Stats.Inserted > 0 {
		t.Errorf("words are marked: %+v", r.Stats)
	}
}
