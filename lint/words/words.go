// Package words holds the word lists that the rules of lint rest on: what a
// sentence looks like that lets people consent by browsing, which capitalised
// words are terms, how a date line begins. The lists are text files in a folder
// for each language, so that a lawyer can read and extend them without reading
// a program:
//
//	# a remark
//	[group]
//	a phrase (or|and) another => what to write instead
//
// A phrase is a regular expression in Go's syntax. Case does not matter, a blank
// stands for any white space, ' for either apostrophe, and a phrase that begins
// or ends with a letter begins or ends with a word. Rules that need lists say
// nothing about a text in a language without them.
package words

import (
	"embed"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed en
var files embed.FS

// Lists are the lists of one language, by the name of their file.
type Lists map[string][]Phrase

// A Phrase is one line of a list.
type Phrase struct {
	Group string // in brackets above it; "" before the first
	Text  string // as it is written
	Note  string // what stands behind =>
	re    *regexp.Regexp
	needs []string // one of these is in every match, in small letters
}

var english = sync.OnceValue(func() Lists { return read("en") })

// In returns the lists for the language of a locale, or nil if there are none.
// No locale is taken for English.
func In(locale string) Lists {
	if language, _, _ := strings.Cut(strings.ToLower(locale), "-"); language == "en" || language == "" {
		return english()
	}
	return nil
}

func read(language string) Lists {
	entries, err := files.ReadDir(language)
	if err != nil {
		return nil
	}
	lists := Lists{}
	for _, e := range entries {
		data, err := files.ReadFile(path.Join(language, e.Name()))
		if err == nil {
			lists[strings.TrimSuffix(e.Name(), ".txt")] = parse(string(data))
		}
	}
	return lists
}

var heading = regexp.MustCompile(`^\[[a-z0-9-]+\]$`)

func parse(data string) (out []Phrase) {
	group := ""
	for line := range strings.Lines(data) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case heading.MatchString(line):
			group = line[1 : len(line)-1]
		default:
			text, note, _ := strings.Cut(line, " => ")
			text = strings.TrimSpace(text)
			re := compile(text)
			out = append(out, Phrase{group, text, strings.TrimSpace(note), re, literals(re.String())})
		}
	}
	return out
}

// compile returns the regular expression for a phrase.
func compile(phrase string) *regexp.Regexp {
	expr := loosen(phrase)
	if letter(phrase[0]) {
		expr = `\b` + group(expr)
	} else {
		expr = group(expr)
	}
	if letter(phrase[len(phrase)-1]) && !escaped(phrase) {
		expr += `\b`
	}
	return regexp.MustCompile("(?i)" + expr)
}

// loosen lets blanks stand for any white space and ' for either apostrophe,
// also inside a class of characters.
func loosen(phrase string) string {
	outside := strings.NewReplacer(" ", `(?:[\s\x{a0}]+)`, "'", "['’]")
	inside := strings.NewReplacer(" ", `\s\x{a0}`, "'", "'’")
	var b strings.Builder
	for phrase != "" {
		open := strings.IndexByte(phrase, '[')
		if open < 0 || open > 0 && phrase[open-1] == '\\' {
			break
		}
		end := open + strings.IndexByte(phrase[open:], ']') + 1
		b.WriteString(outside.Replace(phrase[:open]))
		b.WriteString(inside.Replace(phrase[open:end]))
		phrase = phrase[end:]
	}
	return b.String() + outside.Replace(phrase)
}

func group(expr string) string { return "(?:" + expr + ")" }

// escaped reports whether the last letter of a phrase belongs to a class such as \d.
func escaped(phrase string) bool { return len(phrase) > 1 && phrase[len(phrase)-2] == '\\' }

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// Find returns where the phrase first stands in s, or nil.
func (p *Phrase) Find(s string) []int { return p.re.FindStringIndex(s) }

// FindAll returns every place of the phrase in s.
func (p *Phrase) FindAll(s string) [][]int { return p.re.FindAllStringIndex(s, -1) }

// Group returns the phrases of one group of a list.
func (l Lists) Group(list, group string) []Phrase {
	var out []Phrase
	for _, p := range l[list] {
		if p.Group == group {
			out = append(out, p)
		}
	}
	return out
}

// A Match is a phrase and where it stands.
type Match struct {
	*Phrase
	At []int
}

// All returns every place of every phrase of a list in s, phrase by phrase. An
// empty group means the whole list.
func (l Lists) All(list, group, s string) (out []Match) {
	lower := strings.ToLower(s)
	for i := range l[list] {
		p := &l[list][i]
		if (group == "" || p.Group == group) && p.may(lower) {
			for _, at := range p.FindAll(s) {
				out = append(out, Match{p, at})
			}
		}
	}
	return out
}

// First returns the first place of any phrase of a list in s, or nil.
func (l Lists) First(list, group, s string) []int {
	var best []int
	lower := strings.ToLower(s)
	for i := range l[list] {
		p := &l[list][i]
		if group != "" && p.Group != group || !p.may(lower) {
			continue
		}
		if at := p.Find(s); at != nil && (best == nil || at[0] < best[0]) {
			best = at
		}
	}
	return best
}

// Has reports whether any phrase of a group of a list stands in s.
func (l Lists) Has(list, group, s string) bool { return l.First(list, group, s) != nil }
