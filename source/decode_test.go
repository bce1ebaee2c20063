package source

import (
	"strings"
	"testing"
)

type organisation struct {
	Name  string      `yaml:"name"`
	Sites Map[place]  `yaml:"sites"`
	Tags  []string    `yaml:"tags"`
	Years int         `yaml:"years"`
	Open  bool        `yaml:"open"`
	When  calendarDay `yaml:"when"`
	Pos   Position    `yaml:"-"`
}

type place struct {
	Street string   `yaml:"street"`
	Pos    Position `yaml:"-"`
}

type calendarDay string

func (d *calendarDay) UnmarshalText(b []byte) error { *d = calendarDay(b); return nil }

func TestDecodeKeepsOrderAndPlaces(t *testing.T) {
	const file = `# a comment
name: Harbour
sites:
  z.example: {street: Quay}
  a.example:
    street: Mole
tags: [one, two]
years: 12
open: true
when: 2026-01-15
`
	var o organisation
	var ps Problems
	Decode("org.yaml", []byte(file), &o, &ps)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if keys := strings.Join(o.Sites.Keys(), " "); keys != "z.example a.example" {
		t.Errorf("keys in the order %s", keys)
	}
	if got := o.Sites[1].Pos; got != (Position{"org.yaml", 5, 3}) {
		t.Errorf("a.example stands at %v", got)
	}
	if a, _ := o.Sites.Get("a.example"); a.Street != "Mole" || a.Pos.Line != 6 {
		t.Errorf("a.example is %+v", a)
	}
	if o.Name != "Harbour" || len(o.Tags) != 2 || o.Years != 12 || !o.Open || o.When != "2026-01-15" || o.Pos.Line != 2 {
		t.Errorf("got %+v", o)
	}
}

// Each file has one mistake; the message must name its place and say what is wrong.
var mistakes = []struct{ name, file, want string }{
	{"unknown key", "name: x\nsitse: {}\n", `f.yaml:2:1: unknown key "sitse"; did you mean "sites"?`},
	{"unknown key inside", "sites:\n  a.example: {stret: x}\n", `f.yaml:2:15: unknown key "stret"; did you mean "street"?`},
	{"key twice", "name: x\nname: y\n", `f.yaml:2:1: key "name" is written twice; first on line 1; keep one of them`},
	{"entry twice", "sites:\n  a: {}\n  a: {}\n", `f.yaml:3:3: key "a" is written twice; first on line 2; keep one of them`},
	{"list for text", "name: [x]\n", `f.yaml:1:7: text is wanted here, not a list`},
	{"number for text", "name: 12\n", `f.yaml:1:7: text is wanted here, not the number 12; write it in quotes: "12"`},
	{"text for list", "tags: one\n", `f.yaml:1:7: a list is wanted here, not the text "one"; write [one]`},
	{"text for mapping", "sites: x\n", `f.yaml:1:8: a mapping (key: value) is wanted here, not the text "x"`},
	{"text for number", "years: many\n", `f.yaml:1:8: a whole number is wanted here, not the text "many"`},
	{"number for yes", "open: 1\n", `f.yaml:1:7: true or false is wanted here, not the number 1`},
	{"list for date", "when: []\n", `f.yaml:1:7: one value is wanted here, not a list`},
	{"anchor", "name: &a x\n", `f.yaml:1:7: anchors and aliases are not used in these files; write the value out`},
	{"second document", "name: x\n---\nname: y\n", `f.yaml:2:1: the file holds a second document`},
	{"tab", "sites:\n\ta: {}\n", `f.yaml:2:1: this is not valid YAML`},
	{"open quote", "name: x\ntags: [\"a]\n", `f.yaml:2:`},
	{"no colon", "name: x\nopen\n", `f.yaml:2:1: this is not valid YAML`},
	{"not UTF-8", "name: a\xffb\n", `f.yaml:1:8: the file is not UTF-8; save the file as UTF-8`},
}

func TestDecodeMistakes(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			var o organisation
			var ps Problems
			Decode("f.yaml", []byte(m.file), &o, &ps)
			if len(ps) == 0 || !strings.HasPrefix(ps[0].Error(), m.want) {
				t.Errorf("got  %v\nwant %s", ps, m.want)
			}
		})
	}
}

func TestDecodeTellsAllMistakesAtOnce(t *testing.T) {
	var o organisation
	var ps Problems
	Decode("f.yaml", []byte("nmae: x\nyears: y\ntags: z\n"), &o, &ps)
	if len(ps) != 3 {
		t.Errorf("got %d findings: %v", len(ps), ps)
	}
}

func TestDecodeAtCountsTheLinesBefore(t *testing.T) {
	var o organisation
	var ps Problems
	DecodeAt("text.md", []byte("nmae: x\n"), 1, &o, &ps)
	if len(ps) != 1 || ps[0].Line != 2 {
		t.Errorf("got %v", ps)
	}
}

// FuzzDecode: whatever the bytes, there is an answer; every finding has a
// place; and what decodes cleanly decodes to the same once more.
func FuzzDecode(f *testing.F) {
	for _, m := range mistakes {
		f.Add([]byte(m.file))
	}
	f.Add([]byte("name: x\nsites: {a: {street: b}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var o organisation
		var ps Problems
		Decode("f.yaml", data, &o, &ps)
		for _, p := range ps {
			if p.Line < 1 || p.Column < 1 {
				t.Errorf("no place: %+v", p)
			}
		}
		if len(ps) > 0 {
			return
		}
		out, err := Encode(o.Sites)
		if err != nil {
			t.Fatal(err)
		}
		var again Map[place]
		Decode("f.yaml", out, &again, &ps)
		if len(ps) > 0 || len(again) != len(o.Sites) {
			t.Errorf("%q became %q: %v", data, out, ps)
		}
	})
}
