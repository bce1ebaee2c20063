package change

import (
	"slices"
	"strings"

	"proviso/change/words"
)

// renames finds the terms that the new text calls by another name throughout:
// at least twice, with the old name gone and the new name unknown before.
func (j *judge) renames(groups []*group) {
	count := map[[2]string]int{}
	first := map[string]string{}
	fickle := map[string]bool{}
	for _, g := range groups {
		for _, e := range g.edits {
			if len(e.old) == 0 || len(e.new) == 0 || len(e.old) > 4 || len(e.new) > 4 || !slices.ContainsFunc(e.old, contentful) {
				continue
			}
			a, b := keysOf(e.old), keysOf(e.new)
			if !all(e.old, j.nameable) || !all(e.new, j.nameable) {
				continue
			}
			count[[2]string{a, b}]++
			if first[a] != "" && first[a] != b {
				fickle[a] = true
			}
			first[a] = b
		}
	}
	j.renamed = map[string]string{}
	for pair, n := range count {
		a, b := pair[0], pair[1]
		if n >= 2 && !fickle[a] && !j.new.says(a) && !j.old.says(b) {
			j.renamed[a] = b
		}
	}
}

func contentful(t words.Term) bool { return !t.Is(words.Empty) }

// nameable reports whether a term may be part of a name that a policy gives a
// thing. Names of others, and words that the law keeps apart, are not.
func (j *judge) nameable(t words.Term) bool {
	if t.Is(words.Flips | words.Distinct | words.Number | words.Contact | words.Address | words.Country | words.Law | words.Unit) {
		return false
	}
	for _, c := range j.lexicon.Categories(t.Key) {
		if c != "scope" && c != "other" {
			return false
		}
	}
	return !j.properName(t)
}

// properName reports whether a term looks like the name of somebody or
// something: it has a capital and is nowhere written without, and no list knows it.
func (j *judge) properName(t words.Term) bool {
	if !j.lexicon.Known || !t.Capital || t.Class&^words.Dotted != 0 || len(j.lexicon.Categories(t.Key)) > 0 {
		return false
	}
	for _, key := range strings.Fields(t.Key) {
		if j.old.lower[key] || j.new.lower[key] {
			return false
		}
	}
	return true
}
