package lint

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"proviso/lint/reading"
	"proviso/lint/rule"
	"proviso/policy"
	"proviso/source"
	"proviso/text"
)

// TestRules reads testdata/rules: a file for each rule, the reason on top, then
// cases. A case is a text, or a folder of files each below a line of -- NAME --,
// and the findings of this rule that it must have. Somebody who does not program
// can say whether they are right.
func TestRules(t *testing.T) {
	for _, id := range rule.IDs() {
		t.Run(id, func(t *testing.T) {
			file := filepath.Join("testdata", "rules", id+".txt")
			all := cases(t, file)
			found := 0
			for _, c := range all {
				c.check(t, id)
				found += len(c.finds)
			}
			if found == 0 || !slices.ContainsFunc(all, func(c trial) bool { return len(c.finds) == 0 }) {
				t.Errorf("%s needs a case with a finding and one without", file)
			}
		})
	}
	files, err := filepath.Glob("testdata/rules/*.txt")
	if err != nil || len(files) != len(rule.IDs()) {
		t.Errorf("%d files for %d rules", len(files), len(rule.IDs()))
	}
}

// A trial is one case of a rule's file.
type trial struct {
	where   string
	options map[string]string
	body    string
	finds   []string // "line:column words of the message"; the words may be left out
}

// cases reads a rule's file.
//
//	case: what it is about
//	date: 2026-11-03        (and locale, elements, legal, names; or today for a folder)
//	text:
//	...the text, as it stands...
//	finds: 3:5 words of the message
//	finds: nothing
func cases(t *testing.T, file string) (out []trial) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var body []string
	inside := false
	for i, line := range strings.Split(string(data), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		last := len(out) - 1
		switch {
		case key == "case":
			out = append(out, trial{where: fmt.Sprintf("%s:%d (%s)", file, i+1, value), options: map[string]string{}})
		case last < 0:
		case line == "text:":
			inside, body = true, nil
		case key == "finds":
			if inside {
				out[last].body, inside = strings.Join(body, "\n")+"\n", false
			}
			if value != "nothing" {
				out[last].finds = append(out[last].finds, value)
			}
		case inside:
			body = append(body, strings.NewReplacer("␣", " ", "⍽", "\u00a0").Replace(line))
		case line != "":
			out[last].options[key] = value
		}
	}
	return out
}

func (c trial) check(t *testing.T, id string) {
	t.Helper()
	var got []string
	for _, p := range c.run(t) {
		if !rule.Known(p.Rule) {
			t.Errorf("%s: the finding %q has a rule that is not in the table", c.where, p.Error())
		}
		if p.Rule == id {
			got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Message))
		}
		if p.Hint == "" || p.Message == "" || p.File == "" {
			t.Errorf("%s: the finding does not say what to do, or where: %q", c.where, p.Error())
		}
	}
	for _, want := range c.finds {
		place, words, _ := strings.Cut(want, " ")
		i := slices.IndexFunc(got, func(g string) bool { return strings.HasPrefix(g, place+" ") && strings.Contains(g, words) })
		if i < 0 {
			t.Errorf("%s: not found: %s\n\tfound: %q", c.where, want, got)
			continue
		}
		got = slices.Delete(got, i, i+1)
	}
	if len(got) > 0 {
		t.Errorf("%s: found beyond what is expected: %q", c.where, got)
	}
}

func (c trial) run(t *testing.T) source.Problems {
	t.Helper()
	if strings.HasPrefix(c.body, "-- ") {
		f, problems := policy.Load(folder(c.body))
		if err := problems.Err(); err != nil {
			t.Fatalf("%s: %v", c.where, err)
		}
		return Check(f, civil(t, c.options["today"]))
	}
	o := reading.Options{Locale: c.options["locale"], Source: []byte(c.body), Legal: c.options["legal"]}
	if s := c.options["date"]; s != "" {
		o.Date = civil(t, s)
	}
	if s := c.options["effective"]; s != "" {
		o.Dated = true
		if s != "draft" {
			o.Effective = civil(t, s)
		}
	}
	o.Elements = strings.Fields(c.options["elements"])
	if s := c.options["names"]; s != "" {
		o.Names = strings.Split(s, ", ")
	}
	return Text(document(t, "en.md", c.body), o)
}

// Text returns the findings in one text.
func Text(doc *text.Document, o reading.Options) source.Problems {
	r := reading.Read(doc, o)
	apply(r)
	out := make(source.Problems, 0, len(r.Found))
	for _, f := range r.Found {
		out = append(out, f.Problem)
	}
	out.Sort()
	return out
}

// folder makes a folder of files; organisation.yaml is there already.
func folder(body string) fs.FS {
	files := fstest.MapFS{"content/organisation.yaml": {Data: []byte(organisation)}}
	var name string
	var data []string
	put := func() {
		if name != "" {
			files[name] = &fstest.MapFile{Data: []byte(strings.Join(data, "\n") + "\n")}
		}
	}
	for _, line := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
		if n, ok := strings.CutPrefix(line, "-- "); ok {
			put()
			name, data = strings.TrimSuffix(n, " --"), nil
			continue
		}
		data = append(data, line)
	}
	put()
	return files
}

const organisation = `name: Northgate
legal_name: Northgate Systems Inc.
address: 1 Harbour Road, Wilmington
contacts: {privacy: privacy@northgate.example}
time_zone: America/New_York
locales: [en, de]
products: {vault: {name: Vault}}
sites:
  northgate.example: {}
`

func civil(t *testing.T, s string) policy.Date {
	t.Helper()
	if s == "" {
		s = "2026-11-03"
	}
	d, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func document(t *testing.T, name, src string) *text.Document {
	t.Helper()
	doc, problems := text.Parse(name, []byte(src), text.Options{})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return doc
}
