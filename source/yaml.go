package source

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
