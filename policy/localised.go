package policy

import (
	"slices"

	"proviso/source"
)

// Localised is a text by locale. A text written as one string stands under "".
type Localised map[string]string

// In returns the text for a locale: its own, else the one for all locales,
// else the first locale of the fallbacks that has one, else "".
func (l Localised) In(locale string, fallbacks ...string) string {
	for _, k := range append([]string{locale, ""}, fallbacks...) {
		if s, ok := l[k]; ok {
			return s
		}
	}
	return ""
}

// UnmarshalSource reads one string, or a mapping from locale to string.
func (l *Localised) UnmarshalSource(v source.Value) {
	if !v.IsMapping() {
		var s string
		v.Decode(&s)
		if s != "" {
			*l = Localised{"": s}
		}
		return
	}
	var m source.Map[localisedText]
	v.Decode(&m)
	*l = Localised{}
	for _, e := range m {
		(*l)[e.Key] = e.Value.text
		e.Value.locale(e.Key, e.Pos)
	}
}

// MarshalYAML writes one string, or a mapping from locale to string.
func (l Localised) MarshalYAML() (any, error) {
	if s, ok := l[""]; ok && len(l) == 1 {
		return s, nil
	}
	return map[string]string(l), nil
}

// localisedText is one locale's text; it complains about keys that cannot be locales.
type localisedText struct {
	text  string
	value source.Value
}

// UnmarshalSource reads a text and keeps its place.
func (t *localisedText) UnmarshalSource(v source.Value) {
	t.value = v
	v.Decode(&t.text)
}

func (t *localisedText) locale(key string, pos source.Position) {
	if !localeForm.MatchString(key) {
		t.value.Errorf("unknown-locale", "write one text, or one for each locale, such as {en: …, de: …}",
			"%q is not a locale", key)
	}
}

// MissingIn returns the first locale of the list that has no text, or "".
func (l Localised) MissingIn(locales []string) string {
	if _, ok := l[""]; ok {
		return ""
	}
	i := slices.IndexFunc(locales, func(x string) bool { _, ok := l[x]; return !ok })
	if i < 0 {
		return ""
	}
	return locales[i]
}
