package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"proviso"
	"proviso/account"
	"proviso/founding"
	"proviso/outcome"
	"proviso/policy"
	"proviso/schema"
	"proviso/source"
)

// A node is a part of a schema.
type node map[string]any

// schemas reads the schemas as data, by name.
func schemas(t *testing.T) map[string]node {
	t.Helper()
	out := map[string]node{}
	entries, err := fs.ReadDir(proviso.Example, schema.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := fs.ReadFile(proviso.Example, path.Join(schema.Dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		var n node
		if err := json.Unmarshal(data, &n); err != nil {
			t.Fatalf("%s: %v", e.Name(), err)
		}
		out[strings.TrimSuffix(e.Name(), ".json")] = n
	}
	return out
}

// compiled is the schemas ready to judge files.
func compiled(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat() // as editors do: 29 February is no date in most years
	out := map[string]*jsonschema.Schema{}
	for name, n := range schemas(t) {
		if err := c.AddResource(name+".json", map[string]any(n)); err != nil {
			t.Fatal(err)
		}
		s, err := c.Compile(name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		out[name] = s
	}
	return out
}

// judge validates a YAML file as an editor does: a date is a text there.
func judge(t *testing.T, all map[string]*jsonschema.Schema, file string, data []byte) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		return err
	}
	s := all[schema.Of(file)]
	if s == nil {
		t.Fatalf("%s: there is no schema %q", file, schema.Of(file))
	}
	return s.Validate(plainValue(v))
}

func plainValue(v any) any {
	switch x := v.(type) {
	case time.Time:
		return x.Format(time.DateOnly)
	case []any:
		for i := range x {
			x[i] = plainValue(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = plainValue(x[k])
		}
	}
	return v
}

// Editors find nothing wrong with the example organisation.
func TestSchemasOfTheExample(t *testing.T) {
	all, seen := compiled(t), map[string]int{}
	err := fs.WalkDir(proviso.Example, ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || path.Ext(file) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(proviso.Example, file)
		if err != nil {
			return err
		}
		if err := judge(t, all, file, data); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		seen[schema.Of(file)]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"organisation", "policy", "practices", "changes", "seal", "notice", "proviso"} {
		if seen[name] == 0 {
			t.Errorf("the example has no file for the schema %s", name)
		}
	}
}

// What check calls an unknown key, a wrong type or an unknown category, an editor marks.
func TestSchemasOfBadFiles(t *testing.T) {
	all, judged := compiled(t), 0
	for _, pattern := range []string{"bad_key_*", "bad_type_*", "bad_*_key", "bad_practices_category", "bad_exception_ground", "bad_decision_verdict",
		"bad_regimes_only_reason", "bad_no_title", "bad_no_sites", "bad_colour", "bad_domain", "bad_locale_form", "bad_rate", "bad_path_form"} {
		stories, err := filepath.Glob("testdata/script/" + pattern + ".txtar")
		if err != nil || len(stories) == 0 {
			t.Fatalf("no story %s: %v", pattern, err)
		}
		for _, story := range stories {
			a, err := txtar.ParseFile(story)
			if err != nil {
				t.Fatal(err)
			}
			files, marked := 0, false
			for _, f := range a.Files {
				if schema.Of(f.Name) != "" {
					files++
					marked = judge(t, all, f.Name, f.Data) != nil || marked
				}
			}
			if strings.Contains(story, "front_matter") {
				continue // editors read no YAML inside Markdown
			}
			if judged++; files == 0 || !marked {
				t.Errorf("%s: editors would mark nothing", story)
			}
		}
	}
	if judged < 20 {
		t.Errorf("only %d stories were judged", judged)
	}
}

// files are what the program decodes each kind of file into.
var decoded = map[string]reflect.Type{
	"organisation": reflect.TypeFor[policy.Organisation](),
	"policy":       reflect.TypeFor[policy.Policy](),
	"changes":      reflect.TypeFor[policy.Changes](),
	"seal":         reflect.TypeFor[policy.Seal](),
	"supplement":   reflect.TypeFor[policy.Supplement](),
	"notice":       reflect.TypeFor[outcome.Announcement](),
	"proviso":      reflect.TypeFor[config](),
}

// The schemas know the keys that the program reads, all of them and no other,
// and what kind of value stands under each.
func TestSchemasKnowWhatIsRead(t *testing.T) {
	all := schemas(t)
	for name, typ := range decoded {
		w := &walk{t: t, root: all[name]}
		w.same(name, all[name], typ)
	}
	practices := all["practices"]
	if got := slices.Sorted(maps.Keys(practices.at("properties"))); !slices.Equal(got, slices.Sorted(slices.Values(policy.Categories))) {
		t.Errorf("practices: the schema has the categories %v", got)
	}
	w := &walk{t: t, root: practices}
	w.same("practices", practices.at("definitions").at("practice"), reflect.TypeFor[policy.Practice]())
}

// A walk goes through a schema and a type side by side.
type walk struct {
	t    *testing.T
	root node
}

func (n node) at(key string) node {
	m, _ := n[key].(map[string]any)
	return m
}

// follow returns the schema itself where others only name it, and what else it may be.
func (w *walk) follow(n node) (node, []node) {
	if ref, ok := n["$ref"].(string); ok {
		return w.follow(w.root.at("definitions").at(strings.TrimPrefix(ref, "#/definitions/")))
	}
	if list, ok := n["allOf"].([]any); ok && len(list) == 1 {
		return w.follow(list[0].(map[string]any))
	}
	var either []node
	for _, x := range append(anyOf(n["anyOf"]), anyOf(n["oneOf"])...) {
		x, _ := w.follow(x)
		either = append(either, x)
	}
	return n, either
}

func anyOf(v any) (out []node) {
	list, _ := v.([]any)
	for _, x := range list {
		out = append(out, x.(map[string]any))
	}
	return out
}

// is reports whether the schema asks for a kind of value.
func (n node) is(kind string) bool {
	if list, ok := n["type"].([]any); ok {
		return slices.Contains(list, any(kind))
	}
	return n["type"] == kind
}

func (w *walk) same(at string, n node, typ reflect.Type) {
	n, either := w.follow(n)
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ == reflect.TypeFor[policy.Localised]():
		w.either(at, either, "string", "object")
	case typ == reflect.TypeFor[policy.RegimeRef]():
		w.either(at, either, "string", "object")
		w.keys(at, either[1], typ)
	case typ == reflect.TypeFor[ledgerConfig]():
		w.either(at, either, "string", "object")
		w.keys(at, either[1], typ)
	case typ == reflect.TypeFor[account.Accounts]():
		w.either(at, either, "object", "array")
		w.keys(at, either[0], reflect.TypeFor[account.Account]())
		w.same(at+"[]", either[1].at("items"), reflect.TypeFor[account.Account]())
	case isMap(typ):
		w.kind(at, n, "object")
		w.same(at+".*", n.at("additionalProperties"), typ.Elem().Field(1).Type)
	case reflect.PointerTo(typ).Implements(reflect.TypeFor[interface{ UnmarshalText([]byte) error }]()):
		w.kind(at, n, "string")
	case typ.Kind() == reflect.Struct:
		w.kind(at, n, "object")
		w.keys(at, n, typ)
	case typ.Kind() == reflect.Slice:
		w.kind(at, n, "array")
		w.same(at+"[]", n.at("items"), typ.Elem())
	case typ.Kind() == reflect.Bool:
		w.kind(at, n, "boolean")
	case typ.Kind() == reflect.Int:
		w.kind(at, n, "integer")
	default:
		w.kind(at, n, "string")
	}
}

// isMap reports whether a type is a source.Map, which has entries of key and value.
func isMap(typ reflect.Type) bool {
	return typ.Kind() == reflect.Slice && typ.PkgPath() == reflect.TypeFor[source.Map[string]]().PkgPath() && strings.HasPrefix(typ.Name(), "Map[")
}

func (w *walk) kind(at string, n node, kind string) {
	if !n.is(kind) {
		w.t.Errorf("%s: the program reads a value of the kind %s, the schema wants %v", at, kind, n["type"])
	}
}

func (w *walk) either(at string, either []node, kinds ...string) {
	w.t.Helper()
	if len(either) != len(kinds) {
		w.t.Fatalf("%s: the schema allows %d kinds of value, the program %v", at, len(either), kinds)
	}
	for i, kind := range kinds {
		w.kind(at, either[i], kind)
	}
}

// keys holds the properties of a schema to the fields of a struct.
func (w *walk) keys(at string, n node, typ reflect.Type) {
	if open, ok := n["additionalProperties"].(bool); !ok || open {
		w.t.Errorf("%s: the schema allows any key", at)
	}
	properties, known := n.at("properties"), map[string]bool{}
	for i := range typ.NumField() {
		key, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
		if key == "" || key == "-" {
			continue
		}
		known[key] = true
		p, ok := properties[key].(map[string]any)
		if !ok {
			w.t.Errorf("%s: the schema lacks the key %q", at, key)
			continue
		}
		if says, _ := p["description"].(string); len(says) < 4 || !strings.HasSuffix(says, ".") && !strings.HasSuffix(says, "…") {
			w.t.Errorf("%s.%s: the schema does not explain it in a sentence: %q", at, key, says)
		}
		w.same(at+"."+key, p, typ.Field(i).Type)
	}
	for key := range properties {
		if !known[key] {
			w.t.Errorf("%s: the schema has the key %q, which the program does not read", at, key)
		}
	}
	if required, ok := n["required"].([]any); ok {
		for _, key := range required {
			if !known[fmt.Sprint(key)] {
				w.t.Errorf("%s: the schema requires the unknown key %q", at, key)
			}
		}
	}
}

// What import writes and what stands at the top of a text have types that only
// their packages know; there the files themselves are looked at.
func TestSchemasOfImportAndFrontMatter(t *testing.T) {
	for name, file := range map[string]string{"provenance": "../../intake/accession/provenance.go", "front-matter": "../../text/parse.go"} {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var tags []string
		for _, part := range strings.Split(string(code), "`yaml:\"")[1:] {
			key, _, _ := strings.Cut(part, "\"")
			key, _, _ = strings.Cut(key, ",")
			tags = append(tags, key)
		}
		n := schemas(t)[name]
		keys := slices.Collect(maps.Keys(n.at("properties")))
		if records := n.at("properties").at("records"); records != nil {
			keys = append(keys, slices.Collect(maps.Keys(records.at("items").at("properties")))...)
		}
		slices.Sort(tags)
		slices.Sort(keys)
		if len(tags) == 0 || !slices.Equal(tags, keys) {
			t.Errorf("%s: the program reads %v, the schema has %v", name, tags, keys)
		}
	}
}

// Editors find nothing wrong with a folder that init has just made.
func TestSchemasOfANewFolder(t *testing.T) {
	all := compiled(t)
	for _, a := range []founding.Answers{
		{Name: "Acme", Domains: []string{"acme.example"}},
		{Name: `Ärger "&" <Co>, #1`, LegalName: "a: b", Address: "- 1", Domains: []string{"a.example", "b.example"}, Locales: []string{"de-AT", "en", "fr"},
			Products: []founding.Product{{ID: "data", Name: "*Data* {{x}} <b>"}, {ID: "account", Name: "yes"}}},
	} {
		if wrong := a.Problems(); len(wrong) > 0 {
			t.Errorf("%s: %q", a.Name, wrong)
		}
		files, err := a.Files()
		if err != nil {
			t.Fatal(err)
		}
		tree := fstest.MapFS{}
		for _, f := range files {
			tree[f.Key] = &fstest.MapFile{Data: f.Value}
			if schema.Of(f.Key) == "" {
				continue
			}
			if err := judge(t, all, f.Key, f.Value); err != nil {
				t.Errorf("%s: %v", f.Key, err)
			}
			if !strings.HasPrefix(string(f.Value), schema.Modeline(f.Key)) {
				t.Errorf("%s does not lead to its schema", f.Key)
			}
		}
		folder, ps := policy.Load(tree)
		for _, p := range append(ps, folder.Check(policy.Date{Year: 2026, Month: 11, Day: 3})...) {
			t.Errorf("%s: %v", a.Name, p)
		}
	}
}

// What is no text on one line is refused, and never written in another form.
func TestFoundingRefusesWhatIsNoText(t *testing.T) {
	for _, name := range []string{"two\nlines", "a\tb", "a\xffb", ""} {
		a := founding.Answers{Name: name, Domains: []string{"acme.example"}}
		if wrong := a.Problems(); len(wrong) != 1 {
			t.Errorf("%q: %q", name, wrong)
		}
	}
}
