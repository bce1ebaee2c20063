package source

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Decode reads a YAML file strictly into a struct, a Map or a slice, and adds
// everything that is wrong with it to ps. Struct fields are named by their
// yaml tags; a key that no field has, a key written twice, a value of another
// type, an anchor or a second document is an error. A field Pos of type
// Position takes the place of the value, a field At of type Places those of
// what the value holds. Values that are left empty are zero.
func Decode(file string, data []byte, into any, ps *Problems) { DecodeAt(file, data, 0, into, ps) }

// DecodeAt is Decode for YAML inside a file, behind so many lines.
func DecodeAt(file string, data []byte, lines int, into any, ps *Problems) {
	(&decoder{file: file, line: lines, ps: ps}).decode(data, into)
}

// DecodeBare is Decode for files that no person writes: only problems have
// places, and what is decoded has none.
func DecodeBare(file string, data []byte, into any, ps *Problems) {
	(&decoder{file: file, bare: true, ps: ps}).decode(data, into)
}

func (d *decoder) decode(data []byte, into any) {
	ps := d.ps
	if !utf8.Valid(data) {
		at := d.first(data, func(r rune, n int) bool { return r == utf8.RuneError && n == 1 })
		ps.Errorf(at, "encoding", "save the file as UTF-8", "the file is not UTF-8")
		return
	}
	if text := bytes.TrimPrefix(data, []byte("\ufeff")); bytes.ContainsFunc(text, unprintable) {
		at := d.first(text, func(r rune, _ int) bool { return unprintable(r) })
		ps.Errorf(at, "yaml", "remove it", "the file holds a control character, which nobody sees")
		return
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return
	} else if err != nil {
		d.syntax(data, err)
		return
	}
	if err := dec.Decode(&second); err == nil {
		d.errorf(&second, "yaml", "keep everything in one document, without ---", "the file holds a second document")
	} else if !errors.Is(err, io.EOF) {
		d.syntax(data, err)
	}
	if len(doc.Content) == 1 {
		d.value(doc.Content[0], reflect.ValueOf(into).Elem())
	}
}

// A Value is a part of a YAML file that a type decodes itself.
type Value struct {
	d *decoder
	n *yaml.Node
}

// An Unmarshaler is a type that decodes itself, such as a text that may be
// written as one string or by locale.
type Unmarshaler interface{ UnmarshalSource(v Value) }

// Pos returns the place of the value.
func (v Value) Pos() Position { return v.d.place(v.n) }

// IsMapping reports whether the value has keys.
func (v Value) IsMapping() bool { return v.n.Kind == yaml.MappingNode }

// Decode reads the value into what into points to, as the package function does.
func (v Value) Decode(into any) { v.d.value(v.n, reflect.ValueOf(into).Elem()) }

// Errorf adds an error at the value.
func (v Value) Errorf(rule, hint, format string, args ...any) {
	v.d.errorf(v.n, rule, hint, format, args...)
}

type decoder struct {
	file string
	line int
	bare bool // what is decoded has no places
	ps   *Problems
}

// place is where a node stands, for what is decoded.
func (d *decoder) place(n *yaml.Node) Position {
	if d.bare {
		return Position{}
	}
	return d.pos(n)
}

func (d *decoder) pos(n *yaml.Node) Position {
	return Position{d.file, n.Line + d.line, n.Column}
}

func (d *decoder) errorf(n *yaml.Node, rule, hint, format string, args ...any) {
	d.ps.Errorf(d.pos(n), rule, hint, format, args...)
}

// unprintable reports whether YAML has no place for a character.
func unprintable(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r', r == '\u0085':
		return false
	}
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\ufeff' || r == '\ufffe' || r == '\uffff'
}

// first returns the place of the first character, of so many bytes, that is as it says.
func (d *decoder) first(data []byte, is func(r rune, bytes int) bool) Position {
	line, column := 1, 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if is(r, n) {
			break
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
		data = data[n:]
	}
	return Position{d.file, line + d.line, column}
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// syntax reports what the YAML parser says. The parser counts lines from 0
// in messages that begin "did not find" (they name the block around).
func (d *decoder) syntax(data []byte, err error) {
	m := yamlError.FindStringSubmatch(strings.SplitN(err.Error(), "\n", 2)[0])
	if m == nil {
		m = []string{"", "1", err.Error()}
	}
	line, _ := strconv.Atoi(m[1])
	if strings.HasPrefix(m[2], "did not find") || line == 0 {
		line++
	}
	lines := strings.Split(string(data), "\n")
	line = min(line, len(lines))
	text := lines[line-1]
	column := utf8.RuneCountInString(text) - utf8.RuneCountInString(strings.TrimLeft(text, " \t")) + 1
	hint := "look for a missing colon, quote or bracket here or just above"
	if at := slices.IndexFunc(lines[line-1:], tabIndented); at == 0 || at == 1 {
		line, column, hint = line+at, 1, "indent with blanks; YAML allows no tab there"
	}
	d.ps.Errorf(Position{d.file, line + d.line, column}, "yaml", hint, "this is not valid YAML: %s", m[2])
}

func tabIndented(line string) bool {
	return strings.HasPrefix(strings.TrimLeft(line, " "), "\t")
}

var (
	positionType        = reflect.TypeFor[Position]()
	placesType          = reflect.TypeFor[Places]()
	unmarshalerType     = reflect.TypeFor[Unmarshaler]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// value decodes a node into v, which can be set.
func (d *decoder) value(n *yaml.Node, v reflect.Value) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.errorf(n, "yaml", "write the value out", "anchors and aliases are not used in these files")
		return
	}
	p := v.Addr()
	if p.Type().Implements(unmarshalerType) {
		p.Interface().(Unmarshaler).UnmarshalSource(Value{d, n})
		return
	}
	if n.Tag == "!!null" && n.Kind == yaml.ScalarNode {
		return
	}
	if p.Type().Implements(textUnmarshalerType) {
		d.text(n, p.Interface().(encoding.TextUnmarshaler))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Slice:
		d.list(n, v)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem())
	default:
		d.scalar(n, v)
	}
}

func (d *decoder) text(n *yaml.Node, u encoding.TextUnmarshaler) {
	if n.Kind != yaml.ScalarNode {
		d.wrongType(n, "one value")
	} else if err := u.UnmarshalText([]byte(n.Value)); err != nil {
		d.errorf(n, "value", "", "%v", err)
	}
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		if n.Kind != yaml.ScalarNode {
			d.wrongType(n, "text")
		} else if n.Tag != "!!str" && n.Tag != "!!timestamp" {
			d.errorf(n, "type", fmt.Sprintf("write it in quotes: %q", n.Value), "text is wanted here, not %s", kindOf(n))
		} else {
			if _, r := Turned(n.Value); r != 0 {
				d.errorf(n, "direction", "remove it; the language sets the direction", "the mark U+%04X turns the direction of what follows, so that readers see something else than is compared", r)
			}
			v.SetString(n.Value)
		}
	case v.Kind() == reflect.Bool:
		if n.Tag != "!!bool" {
			d.wrongType(n, "true or false")
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case v.CanInt():
		i, err := strconv.ParseInt(n.Value, 10, 32)
		if n.Tag != "!!int" || err != nil {
			d.wrongType(n, "a whole number")
			return
		}
		v.SetInt(i)
	default:
		panic("source: no decoding into " + v.Type().String())
	}
}

func (d *decoder) list(n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = fmt.Sprintf("write [%s]", n.Value)
		}
		d.errorf(n, "type", hint, "a list is wanted here, not %s", kindOf(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, e := range n.Content {
		d.value(e, v.Index(i))
	}
}

func (d *decoder) structure(n *yaml.Node, v reflect.Value) {
	fields, known := map[string]reflect.Value{}, []string{}
	var places Places // nil: nobody asks where the values stand
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.Name == "Pos" && f.Type == positionType {
			v.Field(i).Set(reflect.ValueOf(d.place(n)))
		} else if f.Name == "At" && f.Type == placesType {
			if d.bare {
				continue
			}
			places = Places{}
			v.Field(i).Set(reflect.ValueOf(places))
		} else if name != "" && name != "-" {
			fields[name] = v.Field(i)
			known = append(known, name)
		}
	}
	for key, value := range d.entries(n) {
		f, ok := fields[key.Value]
		if !ok {
			d.errorf(key, "unknown-key", Suggest(key.Value, known), "unknown key %q", key.Value)
			continue
		}
		if places != nil {
			d.note(places, key.Value, value)
		}
		d.value(value, f)
	}
}

// note records where a value stands, and the values in it.
func (d *decoder) note(places Places, name string, n *yaml.Node) {
	places[name] = d.pos(n)
	for i, c := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			places[name+"["+strconv.Itoa(i)+"]"] = d.pos(c)
		case n.Kind == yaml.MappingNode && i%2 == 0:
			d.note(places, name+"."+c.Value, n.Content[i+1])
			places[name+"."+c.Value] = d.pos(c)
		}
	}
}

// entries yields the keys and values of a mapping, without those written twice.
func (d *decoder) entries(n *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		if n.Kind != yaml.MappingNode {
			d.wrongType(n, "a mapping (key: value)")
			return
		}
		first := map[string]*yaml.Node{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode {
				d.errorf(key, "type", "write a plain name", "a key must be text, not %s", kindOf(key))
				continue
			}
			if before := first[key.Value]; before != nil {
				d.errorf(key, "duplicate-key", "keep one of them", "key %q is written twice; first on line %d", key.Value, before.Line+d.line)
				continue
			}
			first[key.Value] = key
			if !yield(key, n.Content[i+1]) {
				return
			}
		}
	}
}

func (d *decoder) wrongType(n *yaml.Node, want string) {
	d.errorf(n, "type", "", "%s is wanted here, not %s", want, kindOf(n))
}

// kindOf says what a node is, in words for people who edit the file.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!bool":
		return n.Value
	case "!!null":
		return "nothing"
	}
	return fmt.Sprintf("the text %q", n.Value)
}
