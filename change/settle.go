package change

import (
	"slices"
	"strings"
	"unicode"

	"proviso/change/words"
)

// A judge reads the changes between two documents.
type judge struct {
	lexicon  *words.Lexicon
	old, new *corpus
	renamed  map[string]string // keys of a term and of what it is called now, throughout
}

// settle takes out of the group's edits what does not matter, and notes why.
func (j *judge) settle(g *group) {
	for i := range g.edits {
		e := &g.edits[i]
		if rule := j.harmless(e); rule != "" {
			g.note(rule, e)
			e.old, e.new = nil, nil
		}
	}
	j.restated(g)
	g.cancel()
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
func (j *judge) harmless(e *edit) string {
	old, new := keysOf(e.old), keysOf(e.new)
	switch {
	case j.reference(e):
		return "reference"
	case old != "" && j.renamed[old] == new && new != "":
		return "renamed-term"
	case len(e.old) == 0 || len(e.new) == 0:
		return ""
	case strings.ReplaceAll(old, " ", "") == strings.ReplaceAll(new, " ", ""):
		return "spelling"
	case all(e.old, selfName) && all(e.new, selfName):
		return "renamed-term"
	case len(e.old) == 1 && len(e.new) == 1 && j.typo(e.old[0], e.new[0]):
		return "typo"
	case len(e.old) == 1 && len(e.new) == 1 && sameRoot(e.old[0], e.new[0]):
		return "word-form"
	case sameDigits(e.old, e.new):
		return "typography"
	}
	return ""
}

// selfName reports whether the term only names the document it stands in.
func selfName(t words.Term) bool {
	return t.Is(words.Document) && !t.Is(words.Flips|words.Distinct|words.Number)
}

// reference reports whether the edit only changes the number or letter of a
// place in the text: "section 4" that is now "section 5".
func (j *judge) reference(e *edit) bool {
	if !e.prev.Is(words.Reference) || !e.prevN.Is(words.Reference) {
		return false
	}
	label := func(t words.Term) bool { return t.Is(words.Number) || len([]rune(t.Key)) == 1 || roman(t.Key) }
	return e.open() && all(e.old, label) && all(e.new, label)
}

func roman(s string) bool { return s != "" && strings.Trim(s, "ivx") == "" }

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
// is no word that anybody knows, and one or two letters away.
func (j *judge) typo(a, b words.Term) bool {
	if a.Is(words.Number|words.Contact|words.Address) || b.Is(words.Number|words.Contact|words.Address) {
		return false
	}
	x, y := strings.ToLower(a.Text), strings.ToLower(b.Text)
	wrong, right := a, b
	if j.known(wrong, j.old) {
		return false
	}
	if !j.known(right, j.new) && !j.known(right, j.old) && len(right.Key) < 8 {
		return false
	}
	if wrong.Capital && !wrong.First && right.Capital {
		return false // names one letter apart are two names
	}
	limit := 1
	if min(len(x), len(y)) >= 8 {
		limit = 2
	}
	return distance(x, y) <= limit && !affixed(x, y)
}

// known reports whether a term is a word: of the lists, or used more than once.
func (j *judge) known(t words.Term, c *corpus) bool {
	return t.Class != 0 || len(j.lexicon.Categories(t.Key)) > 0 || c.count[t.Key] > 1
}

// affixes change what a word means; to add or drop one is no slip.
var affixes = []string{"un", "in", "im", "non", "dis", "ir", "il", "mis", "de", "re"}

// affixed reports whether the words differ in a prefix or by one letter that makes another word.
func affixed(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for _, p := range affixes {
		if b == p+a {
			return true
		}
	}
	for _, s := range []string{"er", "or", "ee", "r"} { // employ, employer, employee
		if b == a+s {
			return true
		}
	}
	return false
}

// distance is the number of letters to add, drop, change or swap between a and b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for k := range rows[0] {
		rows[0][k] = k
	}
	for i := 1; i <= len(x); i++ {
		for k := 1; k <= len(y); k++ {
			cost := 1
			if x[i-1] == y[k-1] {
				cost = 0
			}
			d := min(rows[i-1][k]+1, rows[i][k-1]+1, rows[i-1][k-1]+cost)
			if i > 1 && k > 1 && x[i-1] == y[k-2] && x[i-2] == y[k-1] {
				d = min(d, rows[i-2][k-2]+1)
			}
			rows[i][k] = d
		}
	}
	return rows[len(x)][len(y)]
}

// suffixes make another form of a word and leave what it means.
var suffixes = []string{"", "ion", "ation", "ment", "al", "ance", "ence", "ity", "ness", "ly", "s", "ed", "ing", "e", "y", "ar", "ally", "d"}

// sameRoot reports whether the terms are forms of one word: "retain" and "retention"
// are not, "encrypt" and "encryption" are.
func sameRoot(a, b words.Term) bool {
	if (a.Class|b.Class)&(words.Flips|words.Distinct|words.Number|words.Contact|words.Country|words.Law) != 0 {
		return false
	}
	n := 0
	for n < min(len(a.Key), len(b.Key)) && a.Key[n] == b.Key[n] {
		n++
	}
	return n >= 5 && slices.Contains(suffixes, a.Key[n:]) && slices.Contains(suffixes, b.Key[n:])
}

// restated settles words that are said twice next to each other.
func (j *judge) restated(g *group) {
	for i := range g.edits {
		e := &g.edits[i]
		if len(e.new) == 0 && doubled(e.old, e.oldAt) || len(e.old) == 0 && doubled(e.new, e.newAt) {
			g.note("doubled-word", e)
			e.old, e.new = nil, nil
		}
	}
}

func doubled(terms []words.Term, p *place) bool {
	if len(terms) != 1 || terms[0].Is(words.Number) {
		return false
	}
	for k := max(0, p.i-2); k < min(len(p.body), p.i+p.n+2); k++ {
		if k != p.i && p.body[k].Key == terms[0].Key && strings.Trim(p.body[k].Before, "\"'(") == "" {
			return true
		}
	}
	return false
}

// cancel takes out words that only changed places inside the group. A word that
// flips what a sentence promises stays unless what it governs came along.
func (g *group) cancel() {
	for i := range g.edits {
		for k := range g.edits {
			if i != k {
				g.trade(&g.edits[i], &g.edits[k])
			}
		}
	}
	for i := range g.edits {
		g.trade(&g.edits[i], &g.edits[i])
	}
}

// trade drops from e.old and f.new the terms that they share.
func (g *group) trade(e, f *edit) {
	for i := 0; i < len(e.old); i++ {
		k := slices.IndexFunc(f.new, func(t words.Term) bool { return t.Key == e.old[i].Key })
		if k < 0 || e.old[i].Is(words.Flips|words.Number) && !governs(e, i, f, k) {
			continue
		}
		g.settled = append(g.settled, settlement{"moved", e.old[i].Text})
		e.old = slices.Delete(e.old, i, i+1)
		f.new = slices.Delete(f.new, k, k+1)
		i--
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
func (j *judge) idle(e *edit, g *group) bool {
	if len(e.old) > 0 && len(e.new) > 0 {
		return all(e.old, joiner) && all(e.new, joiner)
	}
	terms := append(slices.Clone(e.old), e.new...)
	if all(terms, joiner) {
		return true
	}
	by := func(t words.Term) bool { return t.Key == "we" || t.Key == "by" || joiner(t) }
	return all(terms, by) && !otherParty(g)
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
