package verdict

import (
	"regexp"
	"slices"
	"strings"

	"proviso/change/unit"
	"proviso/change/words"
)

// A group is a set of sentences that became a set of sentences: one that was
// edited, one that was split, several that were joined. With one side empty
// its sentences were added or removed.
type group struct {
	old, new []*sentence
	edits    []edit
	settled  []settlement // differences found to be harmless
	shuffled bool         // a word of weight changed its place
}

// An edit is a run of terms that differ, in one place.
type edit struct {
	old, new     []words.Term
	oldAt        *place
	newAt        *place
	prev, next   words.Term // what stands unchanged before and after; zero at the ends
	prevN, nextN words.Term // the same in the new text
}

// A place is where the terms of an edit stand.
type place struct {
	body  []words.Term
	units []*unit.Unit // where each term stands
	i, n  int          // the edit's terms are body[i:i+n]
}

// A settlement is a difference that does not matter, and why.
type settlement struct{ rule, text string }

// compare finds out what became of the old sentences. Sentences that stand on
// both sides are left out; in returns those that stand elsewhere as settled.
func compare(old, new []*sentence) (groups []*group, reordered bool) {
	old, new, reordered = unmatched(old, new)
	return relate(old, new), reordered
}

// unmatched drops the sentences that are the same on both sides and reports
// whether their order differs.
func unmatched(old, new []*sentence) (a, b []*sentence, reordered bool) {
	at := map[string][]int{}
	for j, s := range new {
		at[s.key] = append(at[s.key], j)
	}
	taken := make([]bool, len(new))
	last := -1
	for _, s := range old {
		k := s.key
		if len(at[k]) == 0 || crossed(s, new[at[k][0]]) || !sameList(s, new[at[k][0]]) {
			a = append(a, s)
			continue
		}
		j := at[k][0]
		at[k] = at[k][1:]
		taken[j] = true
		reordered = reordered || j < last
		last = j
	}
	for j, s := range new {
		if !taken[j] {
			b = append(b, s)
		}
	}
	return a, b, reordered
}

// sameList reports whether two items stand in lists that are introduced alike:
// "we collect" is not "we do not collect".
func sameList(s, t *sentence) bool {
	if s.unit.Part != unit.Item && s.unit.Part != unit.Row || s.unit.Lead == t.unit.Lead {
		return true
	}
	if s.unit.Part != t.unit.Part {
		return true
	}
	count := map[string]int{}
	size := 0
	for _, w := range strings.Fields(strings.ToLower(s.unit.Lead)) {
		count[w]++
		size++
	}
	n, other := 0, 0
	for _, w := range strings.Fields(strings.ToLower(t.unit.Lead)) {
		other++
		if count[w] > 0 {
			count[w]--
			n++
		}
	}
	return 2*n > max(size, other) && denies(s.unit.Lead) == denies(t.unit.Lead)
}

var denial = regexp.MustCompile(`(?i)\b(?:not|no|never|without|except|excluding|n['’]t)\b|n['’]t\b`)

// denies reports whether the words that introduce a list say no.
func denies(lead string) bool { return denial.MatchString(lead) }

// crossed reports whether the sentences differ in whose things they speak of.
func crossed(a, b *sentence) bool {
	ours, yours := 0, 0
	for _, t := range a.terms {
		ours += weight(t, "our")
		yours += weight(t, "your")
	}
	for _, t := range b.terms {
		ours -= weight(t, "our")
		yours -= weight(t, "your")
	}
	return ours > 0 && yours < 0 || ours < 0 && yours > 0
}

func weight(t words.Term, key string) int {
	if t.Key == key {
		return 1
	}
	return 0
}

// pairs bounds how many pairs of sentences are compared in one region. Beyond
// it nothing is recognised: what is gone was removed, what came was added.
const pairs = 1 << 18

// relate joins sentences that have most of their words in common.
func relate(old, new []*sentence) []*group {
	f := make(forest, len(old)+len(new))
	for i := range f {
		f[i] = i
	}
	if len(old)*len(new) <= pairs {
		f.join(old, new)
		f.adopt(old, new)
	}
	byRoot := map[int]*group{}
	var out []*group
	at := func(i int) *group {
		r := f.root(i)
		if byRoot[r] == nil {
			byRoot[r] = &group{}
			out = append(out, byRoot[r])
		}
		return byRoot[r]
	}
	for i, s := range old {
		g := at(i)
		g.old = append(g.old, s)
	}
	for k, s := range new {
		g := at(len(old) + k)
		g.new = append(g.new, s)
	}
	for _, g := range out {
		g.diff()
	}
	return out
}

// A forest says which sentences belong together: the old ones first, then the
// new ones, each with the number of another of its group or its own.
type forest []int

func (f forest) root(i int) int {
	for f[i] != i {
		i = f[i]
	}
	return i
}

// join joins sentences of which one came from the other. Slips of the pen are
// looked for only where there are few.
func (f forest) join(old, new []*sentence) {
	few := len(old)*len(new) <= 64
	for i, s := range old {
		for k, t := range new {
			if kin(s, t) || few && misspelt(s, t) {
				f[f.root(len(old)+k)] = f.root(i)
			}
		}
	}
}

// adopt joins sentences that nothing is kin to with one that says all their
// words in one stretch: an item that stood in a row of words before.
func (f forest) adopt(old, new []*sentence) {
	size := map[int]int{}
	for i := range f {
		size[f.root(i)]++
	}
	for i, s := range old {
		if size[f.root(i)] > 1 {
			continue
		}
		if k := slices.IndexFunc(new, s.within); k >= 0 {
			f[f.root(i)] = f.root(len(old) + k)
		}
	}
	for k, s := range new {
		if size[f.root(len(old)+k)] > 1 {
			continue
		}
		if i := slices.IndexFunc(old, s.within); i >= 0 {
			f[f.root(len(old)+k)] = f.root(i)
		}
	}
}

// within reports whether t says all words of s in one stretch, and more.
func (s *sentence) within(t *sentence) bool {
	return len(s.body) > 0 && len(s.body) < len(t.body) && s.unit.Part != unit.Row && strings.Contains(" "+t.key+" ", " "+s.key+" ")
}

// kin reports whether one sentence came from the other: they share half of
// their words, or one holds most of the other.
func kin(s, t *sentence) bool {
	if !sameList(s, t) {
		return false
	}
	if (s.unit.Part == unit.Row) != (t.unit.Part == unit.Row) || (s.unit.Part == unit.Heading) != (t.unit.Part == unit.Heading) {
		return false
	}
	if len(s.body) == 0 || len(t.body) == 0 {
		return len(s.body) == len(t.body)
	}
	if s.unit.Part == unit.Paragraph && t.unit.Part == unit.Paragraph && sameLink(s, t) {
		return true
	}
	if s.unit.Part == unit.Row {
		return s.body[0].Key == t.body[0].Key && shared(s, t) > 0
	}
	n, less, more := shared(s, t), min(len(s.body), len(t.body)), max(len(s.body), len(t.body))
	return 2*n >= more && n > 0 || n >= 4 && 10*n >= 7*less
}

// misspelt reports whether a short sentence is the other with slips of the pen.
func misspelt(s, t *sentence) bool {
	if !sameList(s, t) || s.unit.Part != t.unit.Part {
		return false
	}
	a, b := strings.ToLower(s.text()), strings.ToLower(t.text())
	longer := max(len(a), len(b))
	return shared(s, t) > 0 && longer < 160 && longer-min(len(a), len(b)) <= longer/8 && words.Distance(a, b) <= longer/8
}

// sameLink reports whether both sentences lead the reader to the same place.
func sameLink(s, t *sentence) bool {
	there := t.links()
	return slices.ContainsFunc(s.links(), func(target string) bool { return slices.Contains(there, target) })
}

// shared counts the words that two sentences have in common.
func shared(s, t *sentence) int {
	n := 0
	for i, k := 0, 0; i < len(s.sorted) && k < len(t.sorted); {
		switch {
		case s.sorted[i] == t.sorted[k]:
			n, i, k = n+1, i+1, k+1
		case s.sorted[i] < t.sorted[k]:
			i++
		default:
			k++
		}
	}
	return n
}

// reach bounds the alignment of one group: the product of its terms on both
// sides. Beyond it the group is one edit.
const reach = 4 << 20

// diff finds the edits between the two sides of the group. A redline joins
// marks that are close, for its readers; rules need each difference by itself.
func (g *group) diff() {
	if len(g.old) == 0 || len(g.new) == 0 {
		return
	}
	a, aUnits := bodies(g.old)
	b, bUnits := bodies(g.new)
	i, j := 0, 0
	flush := func(toOld, toNew int) {
		if i < toOld || j < toNew {
			e := edit{oldAt: &place{a, aUnits, i, toOld - i}, newAt: &place{b, bUnits, j, toNew - j}}
			e.fill()
			g.edits = append(g.edits, e)
		}
		i, j = toOld+1, toNew+1
	}
	for _, m := range matches(a, b) {
		flush(m[0], m[1])
	}
	flush(len(a), len(b))
}

// matches returns the places of a longest common sequence of keys.
func matches(a, b []words.Term) [][2]int {
	if len(a)*len(b) > reach {
		return nil
	}
	length := make([][]int32, len(a)+1)
	for i := range length {
		length[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if length[i][j] = max(length[i+1][j], length[i][j+1]); a[i].Key == b[j].Key {
				length[i][j] = length[i+1][j+1] + 1
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].Key == b[j].Key:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// fill sets the terms of the edit from its places.
func (e *edit) fill() {
	e.old, e.prev, e.next = e.oldAt.terms()
	e.new, e.prevN, e.nextN = e.newAt.terms()
}

func (p *place) terms() (terms []words.Term, prev, next words.Term) {
	if p.i > 0 {
		prev = p.body[p.i-1]
	}
	if p.i+p.n < len(p.body) {
		next = p.body[p.i+p.n]
	}
	return slices.Clone(p.body[p.i : p.i+p.n]), prev, next
}

// bodies joins the bodies of sentences and says where each term stands.
func bodies(list []*sentence) (terms []words.Term, units []*unit.Unit) {
	for _, s := range list {
		for _, t := range s.body {
			terms = append(terms, t)
			units = append(units, s.unit)
		}
	}
	return terms, units
}

// evidence returns the words of the edit, as written, with a little around them.
func (e *edit) evidence() string {
	old, new := e.oldAt.written(), e.newAt.written()
	switch {
	case e.oldAt.n == 0:
		return "added: " + Clip(new)
	case e.newAt.n == 0:
		return "removed: " + Clip(old)
	}
	return Clip(old) + " → " + Clip(new)
}

// written returns the words of the place. A number takes its unit along, and a
// lone small word the word after it.
func (p *place) written() string {
	to := p.i + p.n
	if p.n > 0 && to < len(p.body) && (p.body[to].Is(words.Unit) || p.n == 1 && p.body[p.i].Is(words.Flips)) {
		to++
	}
	return p.words(to)
}

// words returns the words of the place, as written, up to a term of the body.
func (p *place) words(to int) string {
	var out []string
	for k := p.i; k < to; k++ {
		start, end := p.body[k].Start, p.body[k].End
		for k+1 < to && p.units[k+1] == p.units[k] && p.body[k+1].Start >= start && p.body[k+1].Start-end < 40 {
			k++
			end = max(end, p.body[k].End)
		}
		out = append(out, p.units[k].Text[start:end])
	}
	return strings.Join(out, " … ")
}
