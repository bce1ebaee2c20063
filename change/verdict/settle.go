package verdict

import (
	"slices"
	"strings"
	"unicode"

	"proviso/change/words"
)

// settle takes out of the group's edits what does not matter, and notes why.
func (j *Judge) settle(g *group) {
	for i := range g.edits {
		e := &g.edits[i]
		if rule := j.harmless(e, g); rule != "" {
			g.note(rule, e)
			e.old, e.new = nil, nil
		}
	}
	j.restated(g)
	j.cancel(g)
	for i := range g.edits {
		e := &g.edits[i]
		if e.open() && j.idle(e, g) {
			g.note("function-words", e)
			e.old, e.new = nil, nil
		}
	}
	g.edits = slices.DeleteFunc(g.edits, func(e edit) bool { return !e.open() })
}

func (e *edit) open() bool { return len(e.old)+len(e.new) > 0 }

func (g *group) note(rule string, e *edit) {
	g.settled = append(g.settled, settlement{rule, e.evidence()})
}

// harmless names the rule by which the edit as a whole says the same, or "".
func (j *Judge) harmless(e *edit, g *group) string {
	old, new := keysOf(e.old), keysOf(e.new)
	if !j.lexicon.Known {
		if len(e.old) > 0 && strings.ReplaceAll(old, " ", "") == strings.ReplaceAll(new, " ", "") {
			return "spelling"
		}
		return ""
	}
	switch {
	case j.reference(e), crossReference(e):
		return "reference"
	case j.linkText(e):
		return "link-text"
	case old != "" && j.renamed[old] == new && new != "":
		return "renamed-term"
	case len(e.old) == 1 && len(e.new) == 1 && j.derived(old, new):
		return "renamed-term"
	case len(e.new) == 0 && len(e.old) == 1 && j.slip(e.old[0], g):
		return "typo"
	case len(e.old) == 0 || len(e.new) == 0:
		if label(e.old, e.oldAt) || label(e.new, e.newAt) {
			return "defined-term"
		}
		if all(e.both(), itself) && !coordinated(e) {
			return "function-words"
		}
		return ""
	case strings.ReplaceAll(old, " ", "") == strings.ReplaceAll(new, " ", ""):
		return "spelling"
	case all(e.old, selfName) && all(e.new, selfName):
		return "renamed-term"
	case j.typos(e):
		return "typo"
	case len(e.old) == 1 && len(e.new) == 1 && sameRoot(e.old[0], e.new[0]):
		return "word-form"
	case copyright(g) && all(e.old, year) && all(e.new, year):
		return "date-line"
	case sameDigits(e.old, e.new):
		return "typography"
	}
	return ""
}

// selfName reports whether the term only names the document it stands in.
func selfName(t words.Term) bool {
	return t.Is(words.Document) && !t.Is(words.Flips|words.Distinct|words.Number)
}

// label reports whether the terms only give a short name to what stands right
// before them: (the "Terms").
func label(terms []words.Term, p *place) bool {
	if len(terms) == 0 || len(terms) > 4 || !strings.ContainsAny(terms[0].Before, "(") || !strings.ContainsAny(terms[0].Before, "\"'“”") && !terms[0].Capital {
		return false
	}
	before := p.body[max(0, p.i-10):p.i]
	return all(terms, func(t words.Term) bool {
		return slices.ContainsFunc(before, func(b words.Term) bool { return b.Key == t.Key }) || t.Is(words.Document)
	})
}

// itself reports whether the term is the document, where a pronoun does as well.
func itself(t words.Term) bool {
	return t.Key == "this privacy document" || t.Key == "this agreement" || t.Key == "policy" || t.Key == "page" || t.Key == "document"
}

// copyright reports whether the group is a notice of copyright.
func copyright(g *group) bool {
	notice := func(s *sentence) bool {
		words := strings.ToLower(s.unit.Text)
		return strings.Contains(words, "©") || strings.Contains(words, "copyright")
	}
	return slices.ContainsFunc(g.old, notice) && slices.ContainsFunc(g.new, notice)
}

// year reports whether a term may be a year.
func year(t words.Term) bool {
	return len(t.Key) == 4 && (strings.HasPrefix(t.Key, "19") || strings.HasPrefix(t.Key, "20")) && t.Is(words.Number)
}

// sameDigits reports whether both sides are one number set differently, such as
// a telephone number.
func sameDigits(old, new []words.Term) bool {
	digits := func(terms []words.Term) string {
		var b strings.Builder
		for _, t := range terms {
			for _, r := range t.Key {
				if unicode.IsDigit(r) {
					b.WriteRune(r)
				} else if unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) {
					return ""
				}
			}
		}
		return b.String()
	}
	a := digits(old)
	return len(a) >= 7 && a == digits(new)
}

// typo reports whether one of two words is a slip of the pen for the other: it
// is no word that anybody knows, begins and ends like the other, and is one
// letter away from it, or two in a long word. A letter doubled, missing or
// swapped may mend any word; else the right word must not be one that allows,
// limits or names.
func (j *Judge) typo(wrong, right words.Term) bool {
	const exact = words.Number | words.Contact | words.Address
	x, y := strings.ToLower(wrong.Text), strings.ToLower(right.Text)
	if wrong.Is(exact) || right.Is(exact) || j.known(wrong, j.old) || wrong.Capital && !wrong.First && right.Capital {
		return false // names one letter apart are two names
	}
	if len(x) < 4 || len(y) < 4 || x[0] != y[0] || x[len(x)-1] != y[len(y)-1] || words.Affixed(x, y) {
		return false
	}
	known := j.known(right, j.new) || j.known(right, j.old)
	d := words.Distance(x, y)
	if words.Single(x) == words.Single(y) || d == 1 && len(x) == len(y) && words.Anagram(x, y) {
		return known || len(x) > 5
	}
	if right.Is(words.Flips|words.Distinct|words.Country|words.Law|words.Party) || len(j.lexicon.Categories(right.Key)) > 0 {
		return false
	}
	return d == 1 && (known || len(x) > 5) || d == 2 && known && len(x) >= 8
}

// typos reports whether the words of the edit differ by slips of the pen only.
func (j *Judge) typos(e *edit) bool {
	old, new := strings.Fields(e.oldAt.words(e.oldAt.i+e.oldAt.n)), strings.Fields(e.newAt.words(e.newAt.i+e.newAt.n))
	if len(old) != len(new) || len(old) == 0 || len(old) > 6 {
		return false
	}
	for i := range old {
		a, b := j.lexicon.Read(old[i]), j.lexicon.Read(new[i])
		if len(a) != 1 || len(b) != 1 {
			return false
		}
		a[0].First, b[0].First = e.old[0].First && i == 0, e.new[0].First && i == 0
		if a[0].Key != b[0].Key && !j.typo(a[0], b[0]) {
			return false
		}
	}
	return true
}

// slip reports whether a word that nobody knows was a small word misspelt, which
// is spelt right now: "teh".
func (j *Judge) slip(t words.Term, g *group) bool {
	w := strings.ToLower(t.Text)
	if j.known(t, j.old) || len(w) < 3 || t.Is(words.Number|words.Contact|words.Address) {
		return false
	}
	count := func(list []*sentence, small string) (n int) {
		for _, s := range list {
			for _, t := range s.terms {
				if strings.ToLower(t.Text) == small {
					n++
				}
			}
		}
		return n
	}
	return slices.ContainsFunc(j.lexicon.Small(), func(small string) bool {
		return len(small) >= 3 && words.Distance(w, small) == 1 && count(g.new, small) > count(g.old, small)
	})
}

// known reports whether a term is a word: of the lists, or used more than once.
func (j *Judge) known(t words.Term, c *corpus) bool {
	return t.Class != 0 || len(j.lexicon.Categories(t.Key)) > 0 || c.count[t.Key] > 1
}

// suffixes make another form of a word and leave what it means.
var suffixes = []string{"", "ion", "ation", "ment", "al", "ance", "ence", "ity", "ness", "ly", "s", "ed", "ing", "e", "y", "ar", "ally", "d"}

// sameRoot reports whether the terms are forms of one word: "retain" and "retention"
// are not, "encrypt" and "encryption" are.
func sameRoot(a, b words.Term) bool {
	if (a.Class|b.Class)&(words.Flips|words.Distinct|words.Number|words.Contact|words.Country|words.Law) != 0 {
		return false
	}
	n := alike(a.Key, b.Key)
	return n >= 5 && slices.Contains(suffixes, a.Key[n:]) && slices.Contains(suffixes, b.Key[n:])
}

// restated settles words that are said twice next to each other.
func (j *Judge) restated(g *group) {
	for i := range g.edits {
		e := &g.edits[i]
		if len(e.new) == 0 && doubled(e.old, e.oldAt) || len(e.old) == 0 && doubled(e.new, e.newAt) {
			g.note("doubled-word", e)
			e.old, e.new = nil, nil
		}
	}
}

func doubled(terms []words.Term, p *place) bool {
	if len(terms) != 1 || terms[0].Is(words.Number|words.Flips) {
		return false
	}
	for k := max(0, p.i-2); k < min(len(p.body), p.i+p.n+2); k++ {
		if k != p.i && p.body[k].Key == terms[0].Key && strings.Trim(p.body[k].Before, "\"'(") == "" {
			return true
		}
	}
	return false
}

// manyEdits bounds how many edits of a group are compared with each other.
const manyEdits = 400

// cancel takes out words that only changed places inside the group. A word that
// flips what a sentence promises stays unless what it governs came along.
func (j *Judge) cancel(g *group) {
	if len(g.edits) > manyEdits {
		return
	}
	for i := range g.edits {
		for k := range g.edits {
			if i != k {
				j.trade(g, &g.edits[i], &g.edits[k])
			}
		}
	}
	for i := range g.edits {
		j.trade(g, &g.edits[i], &g.edits[i])
	}
}

// trade drops from e.old and f.new the terms that they share. "And" and "or"
// stay with what they join.
func (j *Judge) trade(g *group, e, f *edit) {
	for i := 0; i < len(e.old); i++ {
		t := e.old[i]
		k := slices.IndexFunc(f.new, func(u words.Term) bool { return u.Key == t.Key })
		if k < 0 || t.Is(words.Flips|words.Number) && !governs(e, i, f, k) {
			continue
		}
		joins := t.Key == "and" || t.Key == "or"
		if joins && len(e.old) > 1 && len(f.new) > 1 {
			continue
		}
		swapped := e.newAt.n > 0 || f.oldAt.n > 0 // another word took its place
		g.shuffled = g.shuffled || e != f && !joins && (swapped || j.weighty(t))
		if !joins {
			g.settled = append(g.settled, settlement{"moved", t.Text})
		}
		if !joins || len(e.old) == 1 {
			e.old = slices.Delete(e.old, i, i+1)
			i--
		}
		if !joins || len(f.new) == 1 {
			f.new = slices.Delete(f.new, k, k+1)
		}
	}
}

// governs reports whether the same word follows, or stands before, the two terms.
func governs(e *edit, i int, f *edit, k int) bool {
	next := func(terms []words.Term, i int, after words.Term) string {
		if i+1 < len(terms) {
			return terms[i+1].Key
		}
		return after.Key
	}
	a, b := next(e.old, i, e.next), next(f.new, k, f.nextN)
	return a == b && a != ""
}

// idle reports whether what is left of the edit binds nobody: "and" between
// sentences, or "we" where nobody else could be meant.
func (j *Judge) idle(e *edit, g *group) bool {
	if len(e.old) > 0 && len(e.new) > 0 {
		return all(e.old, joiner) && all(e.new, joiner)
	}
	terms := append(slices.Clone(e.old), e.new...)
	if all(terms, joiner) {
		return true
	}
	by := func(t words.Term) bool { return t.Key == "we" || t.Key == "by" || joiner(t) }
	us := slices.ContainsFunc(terms, func(t words.Term) bool { return t.Key == "we" })
	return us && all(terms, by) && !otherParty(g)
}

func joiner(t words.Term) bool { return t.Key == "and" || t.Key == "but" }

// otherParty reports whether a party other than "we" joins or leaves the group.
func otherParty(g *group) bool {
	for _, e := range g.edits {
		for _, t := range slices.Concat(e.old, e.new) {
			if t.Is(words.Party) && t.Key != "we" || t.Capital && !t.First {
				return true
			}
		}
	}
	return false
}

func all(terms []words.Term, ok func(words.Term) bool) bool {
	for _, t := range terms {
		if !ok(t) {
			return false
		}
	}
	return true
}

func keysOf(terms []words.Term) string {
	keys := make([]string, len(terms))
	for i, t := range terms {
		keys[i] = t.Key
	}
	return strings.Join(keys, " ")
}
