// Package words knows what words do in a policy: which say the same, which
// allow, forbid, limit or soften, which name countries, laws or kinds of data.
//
// The knowledge stands in text files, one folder to a language, made to be
// read and extended by lawyers. A line beginning with # is a comment. In files
// of equal words a line is "one = other, another": all are read as the first.
// In all other files a line is one word or phrase; [name] begins a section.
//
// A Lexicon is one language's files, loaded. Read turns text into Terms: words
// in a normal form in which case, punctuation, spelling, plural, tense,
// contractions, number words, abbreviations and closed lists of equal phrases
// no longer show. Each Term keeps the place and the words it comes from.
//
// A language without a folder has a Lexicon all the same: it knows numbers,
// addresses and case, and no words.
package words

import (
	"embed"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode"
)

//go:embed */*.txt
var lists embed.FS

// A Lexicon is what is known of the words of one language. It is never
// changed; With returns another one.
type Lexicon struct {
	Language string // such as "en"
	Known    bool   // there are word lists for the language

	abbreviations map[string]bool     // words that count in capitals only
	singles       map[string]string   // forms of one word
	passes        []phrases           // equal phrases
	own           phrases             // names of the company
	fused         phrases             // phrases that are one term
	classes       map[string]Class    // by key
	categories    map[string][]string // by key
	order         []string            // of categories
	near          map[string]int      // rows of near.txt, by key
	small         []string            // lines of empty.txt
}

// For returns the lexicon of a locale such as "en-GB".
func For(locale string) *Lexicon {
	language, _, _ := strings.Cut(strings.ToLower(locale), "-")
	if l, ok := loaded()[language]; ok {
		return l
	}
	return &Lexicon{Language: language}
}

// small are the small words that make up a good part of any text.
var (
	smallEnglish = strings.Fields("the of and to we you your our is are for or that with by this not from")
	smallForeign = strings.Fields("der die das und nicht den von zu mit für le la les des et du est pour el los las que y del il che di per non " +
		"het een van en voor och att är som de os da do em uma w i na nie z się и в на не с по")
)

// English reports whether a text looks more like English than like another
// language.
func English(s string) bool {
	n := 0
	for w := range strings.FieldsSeq(s) {
		w = strings.ToLower(w)
		switch {
		case slices.Contains(smallEnglish, w):
			n++
		case slices.Contains(smallForeign, w):
			n--
		}
	}
	return n >= 0
}

// loaded holds the lexicon of every language that has a folder.
var loaded = sync.OnceValue(func() map[string]*Lexicon {
	all := map[string]*Lexicon{}
	folders, _ := lists.ReadDir(".") // embedded: always readable
	for _, f := range folders {
		all[f.Name()] = load(f.Name())
	}
	return all
})

// With returns a lexicon that reads these names like "we".
func (l *Lexicon) With(names []string) *Lexicon {
	if !l.Known || len(names) == 0 {
		return l
	}
	out := *l
	out.own = phrases{}
	for _, name := range names {
		keys := l.keys(name)
		if len(keys) > 0 && !slices.Equal(keys, []string{"we"}) {
			out.own.add(keys, []string{"we"})
		}
	}
	return &out
}

// Small returns the words of no weight of their own, as written.
func (l *Lexicon) Small() []string { return l.small }

// Near reports whether two keys draw nearly the same line.
func (l *Lexicon) Near(a, b string) bool { return l.near[a] > 0 && l.near[a] == l.near[b] }

// Categories returns the categories of change that a key points to.
func (l *Lexicon) Categories(key string) []string { return l.categories[key] }

// load reads the files of a language.
func load(language string) *Lexicon {
	l := &Lexicon{Language: language, Known: true, singles: map[string]string{}, fused: phrases{},
		classes: map[string]Class{}, categories: map[string][]string{}, abbreviations: map[string]bool{}}
	l.loadAbbreviations()
	for _, e := range l.entries("forms", "") {
		for _, variant := range e.variants {
			l.singles[strings.ToLower(variant)] = stem(strings.ToLower(e.word))
		}
		l.singles[strings.ToLower(e.word)] = stem(strings.ToLower(e.word))
	}
	for _, names := range equals {
		l.passes = append(l.passes, l.loadEquals(names))
	}
	for _, f := range files {
		for _, e := range l.entries(f.name, f.section) {
			l.classes[l.fuse(e.word)] |= f.class
		}
	}
	l.small = l.lines("empty")
	l.near = map[string]int{}
	for row, line := range l.lines("near") {
		for w := range strings.SplitSeq(line, ", ") {
			l.near[l.fuse(w)] = row + 1
		}
	}
	l.loadCategories()
	return l
}

// loadEquals reads files in which each line says one thing in several ways.
func (l *Lexicon) loadEquals(names []string) phrases {
	table := phrases{}
	for _, name := range names {
		for _, e := range l.entries(name, "") {
			for _, variant := range e.variants {
				table.add(l.keys(variant), l.keys(e.word))
			}
		}
	}
	return table
}

// loadAbbreviations collects the words that the files write in capitals.
func (l *Lexicon) loadAbbreviations() {
	for _, name := range []string{"abbreviations", "countries", "laws", "units"} {
		all := strings.Join(l.lines(name), "\n")
		for _, w := range strings.FieldsFunc(all, func(r rune) bool { return !unicode.IsLetter(r) }) {
			if len(w) > 1 && strings.ToUpper(w) == w {
				l.abbreviations[w] = true
			}
		}
	}
}

func (l *Lexicon) loadCategories() {
	for _, section := range l.sections("categories") {
		l.order = append(l.order, section)
		for _, e := range l.entries("categories", section) {
			key := l.fuse(e.word)
			l.categories[key] = append(l.categories[key], section)
		}
	}
}

// fuse makes the phrase one term and returns its key.
func (l *Lexicon) fuse(phrase string) string {
	keys := l.keys(phrase)
	key := strings.Join(keys, " ")
	if len(keys) > 1 {
		l.fused.add(keys, []string{key})
	}
	return key
}

// keys returns the keys of a phrase as far as the lexicon is loaded.
func (l *Lexicon) keys(phrase string) []string {
	var out []string
	for _, t := range l.rewrite(l.scan(phrase, false), l.passes) {
		out = append(out, t.Key)
	}
	return out
}

// An entry is one line of a file.
type entry struct {
	word     string
	variants []string
}

// entries reads the lines of one section of a file; none if there is no such file.
func (l *Lexicon) entries(name, section string) []entry {
	var out []entry
	current := ""
	for _, line := range l.lines(name) {
		if s, ok := strings.CutPrefix(line, "["); ok {
			current = strings.TrimSuffix(s, "]")
			continue
		}
		if current != section {
			continue
		}
		word, rest, _ := strings.Cut(line, " = ")
		e := entry{word: strings.TrimSpace(word)}
		if rest != "" {
			for v := range strings.SplitSeq(rest, ", ") {
				e.variants = append(e.variants, strings.TrimSpace(v))
			}
		}
		out = append(out, e)
	}
	return out
}

func (l *Lexicon) sections(name string) []string {
	var out []string
	for _, line := range l.lines(name) {
		if s, ok := strings.CutPrefix(line, "["); ok {
			out = append(out, strings.TrimSuffix(s, "]"))
		}
	}
	return out
}

func (l *Lexicon) lines(name string) []string {
	b, err := lists.ReadFile(path.Join(l.Language, name+".txt"))
	if err != nil { // a language need not have every file
		return nil
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}
