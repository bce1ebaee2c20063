package source

import (
	"bytes"

	"gopkg.in/yaml.v3"
)

// Places says where the values of a mapping stand: by key, by "key[i]" for the
// elements of a list, and by "key.name" for the names in a mapping, as deep as
// mappings go.
type Places map[string]Position

// Of returns the first place that is known of these names, or else pos.
func (p Places) Of(pos Position, names ...string) Position {
	for _, name := range names {
		if at, ok := p[name]; ok {
			return at
		}
	}
	return pos
}

// A Map is a YAML mapping in the order in which it is written.
type Map[V any] []Entry[V]

// An Entry is one key of a Map.
type Entry[V any] struct {
	Key   string
	Value V
	Pos   Position // of the key
}

// Get returns the value for a key and whether there is one.
func (m Map[V]) Get(key string) (V, bool) {
	for i := range m {
		if m[i].Key == key {
			return m[i].Value, true
		}
	}
	var zero V
	return zero, false
}

// Keys returns the keys in order.
func (m Map[V]) Keys() []string {
	keys := make([]string, len(m))
	for i := range m {
		keys[i] = m[i].Key
	}
	return keys
}

// UnmarshalSource reads a mapping; each value is decoded as a V.
func (m *Map[V]) UnmarshalSource(v Value) {
	if v.n.Tag == "!!null" {
		return
	}
	for key, value := range v.d.entries(v.n) {
		e := Entry[V]{Key: key.Value, Pos: v.d.place(key)}
		Value{v.d, value}.Decode(&e.Value)
		*m = append(*m, e)
	}
}

// MarshalYAML writes the mapping in its order.
func (m Map[V]) MarshalYAML() (any, error) {
	out := &yaml.Node{Kind: yaml.MappingNode}
	for _, e := range m {
		var key, value yaml.Node
		if err := key.Encode(e.Key); err != nil {
			return nil, err
		}
		if err := value.Encode(e.Value); err != nil {
			return nil, err
		}
		out.Content = append(out.Content, &key, &value)
	}
	return out, nil
}

// Encode writes v as YAML. The same value gives the same bytes everywhere.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
