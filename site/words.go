package site

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"proviso/policy"
	"proviso/source"
)

// english is the locale whose words stand in wherever a translation lacks one.
const english = "en"

// words are the interface words of one locale, from templates/words/.
type words struct {
	locale string
	own    source.Map[string]
	rest   *words // where a word is missing here
}

// word returns a word with its {places} filled in: names and values in turn.
func (w *words) word(name string, pairs ...string) (string, bool) {
	for x := w; x != nil; x = x.rest {
		if s, ok := x.own.Get(name); ok {
			return fill(s, pairs), true
		}
	}
	return "", false
}

// fill puts values where their {names} stand, all at once: what is in a value stays.
func fill(s string, pairs []string) string {
	if len(pairs) == 0 {
		return s
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		s = rest
		if name, after, ok := strings.Cut(rest, "}"); ok {
			if i := index(pairs, name); i >= 0 {
				out.WriteString(pairs[i+1])
				s = after
				continue
			}
		}
		out.WriteByte('{')
	}
}

// index returns where a name stands in names and values, or -1.
func index(pairs []string, name string) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return i
		}
	}
	return -1
}

// readWords reads the words of every locale and language that the folder
// names. What is missing in de-AT is looked for in de, then in en.
func readWords(fsys fs.FS, locales []string, ps *source.Problems) map[string]*words {
	all := map[string]*words{}
	for _, locale := range append([]string{english}, locales...) {
		language, _, _ := strings.Cut(locale, "-")
		rest := all[english]
		for _, name := range slices.Compact([]string{language, locale}) {
			if all[name] == nil {
				readWordsOf(fsys, name, all, rest, ps)
			}
			if all[name] != nil {
				rest = all[name]
			}
		}
	}
	return all
}

func readWordsOf(fsys fs.FS, locale string, all map[string]*words, rest *words, ps *source.Problems) {
	file := "words/" + locale + ".yaml"
	data, err := fs.ReadFile(fsys, file)
	if errors.Is(err, fs.ErrNotExist) && locale != english {
		return // English words stand in
	}
	if err != nil {
		ps.Errorf(source.Position{File: "templates/" + file}, "file", "", "%v", err)
		return
	}
	w := &words{locale: locale, rest: rest}
	source.Decode("templates/"+file, data, &w.own, ps)
	all[locale] = w
}

// MissingWords warns of locales whose readers would find English words around
// their texts, and of words in a team's file that nothing asks for. Before a
// version has its date there are no readers. What is wrong with the form of a
// file is for Build to say.
func MissingWords(templatesFS fs.FS, f *policy.Folder) (out source.Problems) {
	if !slices.ContainsFunc(f.Policies, func(p *policy.Policy) bool { return len(p.Versions) > 0 }) {
		return nil
	}
	var unread source.Problems
	locales := localesOf(f)
	all := readWords(templatesFS, locales, &unread)
	asked := all[english].own
	for _, locale := range locales {
		language, _, _ := strings.Cut(locale, "-")
		if all[locale] == nil && all[language] == nil {
			out.Warnf(source.Position{File: "content/organisation.yaml"}, "untranslated-words",
				"copy templates/words/en.yaml of the program to templates/words/"+locale+".yaml and translate it",
				"there are no words in %s for what stands around the texts, so that readers see English ones", locale)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		var missing, unknown []string
		for _, e := range asked {
			if w := all[name]; w.rest != nil && !w.translated(e.Key) {
				missing = append(missing, e.Key)
			}
		}
		for _, e := range all[name].own {
			if _, ok := asked.Get(e.Key); !ok {
				unknown = append(unknown, e.Key)
			}
		}
		at := source.Position{File: "templates/words/" + name + ".yaml"}
		if len(missing) > 0 {
			out.Warnf(at, "untranslated-words", "add them, as in words/en.yaml", "words are missing and shown in English: %s", strings.Join(missing, ", "))
		}
		if len(unknown) > 0 {
			out.Warnf(at, "unknown-word", "remove them, or write them as in words/en.yaml", "nothing asks for the words %s", strings.Join(unknown, ", "))
		}
	}
	return out
}

// translated reports whether a word is there in the language of w.
func (w *words) translated(name string) bool {
	for x := w; x != nil && x.rest != nil; x = x.rest { // all but English
		if _, ok := x.own.Get(name); ok {
			return true
		}
	}
	return false
}

// localesOf returns every locale that a page of the folder may be in.
func localesOf(f *policy.Folder) []string {
	out := slices.Clone(f.Organisation.Locales)
	for i := range f.Organisation.Sites {
		out = append(out, f.Organisation.Sites[i].Value.Locales...)
	}
	for _, p := range f.Policies {
		for _, v := range p.Versions {
			if v.Sealed == nil {
				continue
			}
			for i := range v.Sealed.Resolution.Sites {
				out = append(out, v.Sealed.Resolution.Sites[i].Value.Locales.Keys()...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// wordsIn returns the words for a locale: its own, its language's, English.
func (t *templates) wordsIn(locale string) *words {
	if w := t.words[locale]; w != nil {
		return w
	}
	language, _, _ := strings.Cut(locale, "-")
	if w := t.words[language]; w != nil {
		return w
	}
	return t.words[english]
}

// languageName returns what readers call the language of a locale: what its
// words file says, else the name that is known, else the locale itself.
func (t *templates) languageName(locale string) string {
	language, _, regional := strings.Cut(locale, "-")
	for _, l := range []string{locale, language} {
		name := languages[l]
		if w := t.words[l]; w != nil {
			if own, ok := w.own.Get("language-name"); ok {
				name = own
			}
		}
		switch {
		case name == "":
		case l == language && regional:
			return name + " (" + locale + ")"
		default:
			return name
		}
	}
	return locale
}

// languages are the names of languages in themselves, for those without a words file.
var languages = map[string]string{
	"ar": "العربية", "bg": "български", "bn": "বাংলা", "ca": "català", "cs": "čeština", "da": "dansk", "de": "Deutsch", "el": "Ελληνικά",
	"en": "English", "es": "español", "et": "eesti", "eu": "euskara", "fa": "فارسی", "fi": "suomi", "fr": "français", "ga": "Gaeilge",
	"gl": "galego", "he": "עברית", "hi": "हिन्दी", "hr": "hrvatski", "hu": "magyar", "id": "Bahasa Indonesia", "is": "íslenska",
	"it": "italiano", "ja": "日本語", "ka": "ქართული", "ko": "한국어", "lb": "Lëtzebuergesch", "lt": "lietuvių", "lv": "latviešu",
	"mk": "македонски", "ms": "Bahasa Melayu", "mt": "Malti", "nb": "norsk bokmål", "nl": "Nederlands", "nn": "norsk nynorsk", "no": "norsk",
	"pl": "polski", "pt": "português", "pt-BR": "português do Brasil", "ro": "română", "ru": "русский", "sk": "slovenčina",
	"sl": "slovenščina", "sq": "shqip", "sr": "српски", "sv": "svenska", "th": "ไทย", "tr": "Türkçe", "uk": "українська", "ur": "اردو",
	"vi": "Tiếng Việt", "zh": "中文", "zh-Hans": "简体中文", "zh-Hant": "繁體中文",
}

// direction returns "rtl" for locales written from right to left, else "ltr".
func direction(locale string) string {
	parts := strings.Split(locale, "-")
	for _, script := range parts[1:] {
		switch script {
		case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm":
			return "rtl"
		case "Latn", "Cyrl":
			return "ltr"
		}
	}
	switch parts[0] {
	case "ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi":
		return "rtl"
	}
	return "ltr"
}
