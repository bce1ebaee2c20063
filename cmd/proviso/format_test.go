package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"proviso"
	"proviso/schema"
)

var update = flag.Bool("update", false, "write the tables of docs/format.md anew")

const formatFile = "../../docs/format.md"

var table = regexp.MustCompile(`(?s)<!-- keys of ([a-z-]+) -->\n.*?<!-- end of keys -->\n`)

// The reference of the format has every key of every file, with the words that
// editors show.
func TestFormatReference(t *testing.T) {
	data, err := os.ReadFile(formatFile)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]node{}
	for name := range schemas(t) {
		src, err := fs.ReadFile(proviso.Example, schema.Dir+"/"+name+".json")
		var doc yaml.Node
		if err == nil {
			err = yaml.Unmarshal(src, &doc)
		}
		if err != nil {
			t.Fatal(err)
		}
		all[name], _ = ordered(&doc).(map[string]any)
	}
	seen := map[string]bool{}
	want := table.ReplaceAllStringFunc(string(data), func(s string) string {
		name := table.FindStringSubmatch(s)[1]
		if seen[name] = true; all[name] == nil {
			t.Errorf("docs/format.md has keys of %q, which has no schema", name)
			return s
		}
		l := &listing{walk: walk{t: t, root: all[name]}, done: map[string]bool{}}
		fmt.Fprintf(&l.out, "<!-- keys of %s -->\n| key | what stands there | meaning |\n|---|---|---|\n", name)
		l.keys("", all[name])
		return l.out.String() + "<!-- end of keys -->\n"
	})
	for name := range all {
		if !seen[name] {
			t.Errorf("docs/format.md has no keys of %s: add <!-- keys of %[1]s --> and <!-- end of keys -->", name)
		}
	}
	if want == string(data) {
		return
	}
	if !*update {
		t.Fatal("docs/format.md is not what the schemas say; run go test ./cmd/proviso -run TestFormatReference -update")
	}
	if err := os.WriteFile(formatFile, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A listing writes the keys of a schema as the rows of a table.
type listing struct {
	walk
	out  strings.Builder
	done map[string]bool // definitions that are listed already; they mean the same everywhere
}

// keys lists what an object holds, in the order in which it is explained.
func (l *listing) keys(above string, n node) {
	for _, key := range n["order"].([]string) {
		p := node(n.at("properties").at(key))
		must := ""
		if list, _ := n["required"].([]any); contains(list, key) {
			must = " Required."
		}
		says := strings.NewReplacer("|", `\|`, "{{", "`{{", "}}", "}}`").Replace(fmt.Sprint(p["description"]))
		fmt.Fprintf(&l.out, "| `%s` | %s | %s%s |\n", above+key, l.kindOf(p), says, must)
		l.below(above+key, p)
	}
}

func contains(list []any, key string) bool {
	for _, x := range list {
		if x == key {
			return true
		}
	}
	return false
}

// below lists what stands under a key, if it has keys of its own.
func (l *listing) below(at string, p node) {
	n, either := l.follow(p)
	for _, x := range append(either, n) {
		item, _ := l.follow(x.at("items"))
		more, _ := l.follow(x.at("additionalProperties"))
		switch _, deep := l.follow(x.at("items")); {
		case x.at("properties") != nil:
			l.keys(at+".", x)
		case item.at("properties") != nil:
			l.keys(at+"[].", item)
		case len(deep) > 1 && deep[1].at("properties") != nil:
			l.keys(at+"[].", deep[1])
		case more.at("properties") != nil && !l.listed(x.at("additionalProperties")):
			l.keys(at+"."+placeholder(x)+".", more)
		}
		if x.at("items") != nil && len(either) > 0 {
			return // a list of what one may be, too
		}
		if len(either) > 0 && x.at("properties") != nil {
			return
		}
	}
}

// listed reports whether a definition has been listed, and takes it as listed.
func (l *listing) listed(n node) bool {
	ref, _ := n["$ref"].(string)
	was := l.done[ref]
	l.done[ref] = ref != ""
	return was
}

// placeholder is what stands for a key that people choose.
func placeholder(n node) string {
	if pattern, _ := n.at("propertyNames")["pattern"].(string); strings.Contains(pattern, `\.`) {
		return "DOMAIN"
	}
	return "ID"
}

// kindOf says in a word what stands under a key.
func (l *listing) kindOf(p node) string {
	if list := anyOf(p["allOf"]); len(list) == 1 {
		ref, _ := list[0]["$ref"].(string)
		switch strings.TrimPrefix(ref, "#/definitions/") {
		case "text":
			return "text, or one for each locale"
		case "texts":
			return "texts by name"
		case "date":
			return "date"
		case "hash":
			return "hash"
		case "rate":
			return "rate"
		}
	}
	n, either := l.follow(p)
	switch {
	case n["enum"] != nil:
		var words []string
		for _, x := range n["enum"].([]any) {
			words = append(words, fmt.Sprintf("`%v`", x))
		}
		return strings.Join(words, ", ")
	case len(either) > 0:
		a, b := l.kindOf(either[0]), l.kindOf(either[1])
		return a + ", or " + b
	case n.is("array"):
		return "list"
	case n.is("object") && n.at("additionalProperties") != nil:
		return "by name"
	case n.is("object"):
		return "keys"
	case n.is("boolean"):
		return "true or false"
	case n.is("integer"):
		return "number"
	}
	return "text"
}

// ordered is a schema with the order of its properties beside them.
func ordered(n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return ordered(n.Content[0])
	case yaml.SequenceNode:
		var list []any
		for _, c := range n.Content {
			list = append(list, ordered(c))
		}
		return list
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i].Value
			m[key] = ordered(n.Content[i+1])
			if key != "properties" {
				continue
			}
			var order []string
			for j := 0; j < len(n.Content[i+1].Content); j += 2 {
				order = append(order, n.Content[i+1].Content[j].Value)
			}
			m["order"] = order
		}
		return m
	}
	var v any
	_ = n.Decode(&v) // a scalar of JSON
	return v
}
