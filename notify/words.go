package notify

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"proviso/source"
)

// words are the words around a notice in one language, from
// mail/words/LOCALE.yaml; what a language lacks is said in English.
type words struct{ own, english map[string]string }

// readWords finds the words of a locale: de-AT, then de, then English.
func readWords(templates fs.FS, locale string) (words, error) {
	english, err := wordFile(templates, "en")
	if err != nil {
		return words{}, err
	}
	for tag := locale; tag != ""; tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)] {
		own, err := wordFile(templates, tag)
		if err == nil {
			return words{own, english}, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return words{}, err
		}
	}
	return words{english, english}, nil
}

func wordFile(templates fs.FS, tag string) (map[string]string, error) {
	file := path.Join("mail", "words", tag+".yaml")
	data, err := fs.ReadFile(templates, file)
	if err != nil {
		return nil, err
	}
	var list source.Map[string]
	var ps source.Problems
	source.Decode(path.Join("templates", file), data, &list, &ps)
	out := map[string]string{}
	for _, e := range list {
		out[e.Key] = e.Value
	}
	return out, ps.Err()
}

// say returns the words with a key; pairs fill in what stands in {braces}.
func (w words) say(key string, pairs ...string) (string, error) {
	s, ok := w.own[key]
	if !ok {
		s, ok = w.english[key]
	}
	if !ok || len(pairs)%2 != 0 {
		return "", fmt.Errorf("no words called %q in templates/mail/words/en.yaml", key)
	}
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(s), nil
}
