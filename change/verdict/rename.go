package verdict

import (
	"slices"
	"strings"

	"proviso/change/words"
)

// renames finds the terms that the new text calls by another name throughout:
// at least twice, with the old name gone and the new name unknown before.
func (j *Judge) renames(groups []*group) {
	seen := map[string]*renaming{}
	for _, g := range groups {
		for i := range g.edits {
			e := &g.edits[i]
			if len(e.old) == 0 || len(e.new) == 0 || len(e.old) > 4 || len(e.new) > 4 {
				continue
			}
			old, new := keysOf(e.old), keysOf(e.new)
			r := seen[old]
			if r == nil {
				r = &renaming{new: new, fit: true, capital: true}
				seen[old] = r
			}
			r.count++
			if e.old[0].Article && e.new[0].Article {
				r.articles++
			}
			r.capital = r.capital && e.old[0].Capital && e.new[0].Capital
			r.named = r.named || slices.ContainsFunc(e.both(), j.properName)
			r.fit = r.fit && r.new == new && all(e.old, j.nameable) && all(e.new, j.nameable)
		}
	}
	j.renamed = map[string]string{}
	for old, r := range seen {
		if r.holds(old) && !j.new.says(old) && (!j.old.says(r.new) || alike(old, r.new) >= 5) {
			j.renamed[old] = r.new
		}
	}
}

// A renaming is a term that was replaced, and by what.
type renaming struct {
	new      string
	count    int
	articles int  // how often "the" or the like stood before both
	capital  bool // always written with a capital, like a defined term
	named    bool // written like a name
	fit      bool // always replaced by the same, and by words that may be names of things
}

// holds reports whether a thing was given another name: a defined term, three
// times and, where it is written like a name, mostly after "the"; or a word
// that begins like the one it replaces.
func (r *renaming) holds(old string) bool {
	switch {
	case !r.fit || r.count < 2:
		return false
	case alike(old, r.new) >= 5 && !r.named:
		return true
	}
	return r.capital && r.count >= 3 && (!r.named || 2*r.articles >= r.count)
}

// derived reports whether the words come from a term and its new name:
// "administratorship" from "administrator", "management" from "manager".
func (j *Judge) derived(old, new string) bool {
	for a, b := range j.renamed {
		if alike(a, old) >= 6 && alike(b, new) >= 5 {
			return true
		}
	}
	return false
}

// alike returns how many letters two words begin with alike.
func alike(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// nameable reports whether a term may be part of a name that a policy gives a
// thing. Names of others, and words that the law keeps apart, are not.
func (j *Judge) nameable(t words.Term) bool {
	if t.Is(words.Flips | words.Distinct | words.Number | words.Contact | words.Address | words.Country | words.Law | words.Unit) {
		return false
	}
	for _, c := range j.lexicon.Categories(t.Key) {
		if c != "scope" && c != "other" {
			return false
		}
	}
	return true
}

// properName reports whether a term looks like the name of somebody or
// something: it has a capital and is nowhere written without, and no list knows it.
func (j *Judge) properName(t words.Term) bool {
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
