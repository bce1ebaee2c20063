package text

import (
	"slices"
	"strings"

	"proviso/source"
)

// Inherit gives a translation the ids and scopes of its source. Sections with
// an id that the source has belong to that section; between those, sections
// belong together in order. A scope that stands in the translation itself
// never counts where the source has one for the same place.
//
// It must be called before the document is shared. What cannot be matched is
// a warning, or an error where the source scopes what might be the same words:
// they could reach a site for which they are not meant.
func (d *Document) Inherit(src *Document) source.Problems {
	t := &translation{doc: d, src: src, to: make([]int, len(d.Sections))}
	t.match()
	t.report()
	renamed := t.identify()
	for i, j := range t.to {
		if j >= 0 {
			t.section(d.Sections[i], src.Sections[j])
		}
	}
	relink(d, renamed)
	t.problems.Sort()
	return t.problems
}

// A translation is the state of matching a document with its source.
type translation struct {
	doc, src *Document
	to       []int // for each section of doc the one of src, or -1
	taken    []bool
	problems source.Problems
}

const ruleTranslation = "translation"

func (t *translation) warnf(pos source.Position, hint, format string, args ...any) {
	t.problems.Warnf(pos, ruleTranslation, hint, format, args...)
}

func (t *translation) errorf(pos source.Position, hint, format string, args ...any) {
	t.problems.Errorf(pos, ruleTranslation, hint, format, args...)
}

// match finds the section of src for each section of doc: first by the ids
// written in doc, then in order within the gaps that these leave.
func (t *translation) match() {
	index := make(map[string]int, len(t.src.Sections))
	for j, s := range t.src.Sections {
		index[s.ID] = j
	}
	t.taken = make([]bool, len(t.src.Sections))
	for i, s := range t.doc.Sections {
		t.to[i] = -1
		if j, ok := index[s.ID]; ok && (s.Explicit || s.Level == 0) {
			t.to[i], t.taken[j] = j, true
		}
	}
	i, j := 0, 0
	for _, a := range t.anchors() {
		t.gap(i, a, j, t.to[a])
		i, j = a+1, t.to[a]+1
	}
	t.gap(i, len(t.to), j, len(t.src.Sections))
}

// anchors returns the longest row of matched sections that stand in the same
// order in both documents.
func (t *translation) anchors() []int {
	var all []int
	for i, j := range t.to {
		if j >= 0 {
			all = append(all, i)
		}
	}
	length, before := make([]int, len(all)), make([]int, len(all))
	last := -1
	for x := range all {
		length[x], before[x] = 1, -1
		for y := range x {
			if t.to[all[y]] < t.to[all[x]] && length[y] >= length[x] {
				length[x], before[x] = length[y]+1, y
			}
		}
		if last < 0 || length[x] > length[last] {
			last = x
		}
	}
	var row []int
	for ; last >= 0; last = before[last] {
		row = append([]int{all[last]}, row...)
	}
	return row
}

// gap matches the sections from i to m of doc with those from j to n of src.
func (t *translation) gap(i, m, j, n int) {
	var ours, theirs []int
	for ; i < m; i++ {
		if t.to[i] < 0 && t.doc.Sections[i].Level > 0 {
			ours = append(ours, i)
		}
	}
	for ; j < n; j++ {
		if !t.taken[j] && t.src.Sections[j].Level > 0 {
			theirs = append(theirs, j)
		}
	}
	if len(ours) > len(theirs) { // an id that the source lacks: more likely than others a section that it lacks
		ours = slices.DeleteFunc(ours, func(i int) bool { return t.doc.Sections[i].Explicit })
	}
	if len(ours) != len(theirs) {
		t.scoped(ours, theirs)
	}
	for _, pair := range t.byLevel(ours, theirs) {
		t.to[pair[0]], t.taken[pair[1]] = pair[1], true
	}
}

// byLevel pairs sections in order. Where one side has more, as many as
// possible of those paired have the same level in both.
func (t *translation) byLevel(ours, theirs []int) [][2]int {
	var pairs [][2]int
	if len(ours) == len(theirs) {
		for x := range ours {
			pairs = append(pairs, [2]int{ours[x], theirs[x]})
		}
		return pairs
	}
	same := func(x, y int) bool { return t.doc.Sections[ours[x]].Level == t.src.Sections[theirs[y]].Level }
	best := make([][]int, len(ours)+1) // best[x][y]: pairs that can be had from x and y on
	best[len(ours)] = make([]int, len(theirs)+1)
	for x := len(ours) - 1; x >= 0; x-- {
		best[x] = make([]int, len(theirs)+1)
		for y := len(theirs) - 1; y >= 0; y-- {
			best[x][y] = max(best[x+1][y], best[x][y+1])
			if same(x, y) {
				best[x][y] = max(best[x][y], best[x+1][y+1]+1)
			}
		}
	}
	for x, y := 0, 0; x < len(ours) && y < len(theirs); {
		switch {
		case same(x, y) && best[x][y] == best[x+1][y+1]+1:
			pairs = append(pairs, [2]int{ours[x], theirs[y]})
			x, y = x+1, y+1
		case best[x+1][y] >= best[x][y+1]:
			x++
		default:
			y++
		}
	}
	return pairs
}

// scoped reports a gap in which it is not known which section the scope of
// one in the source belongs to.
func (t *translation) scoped(ours, theirs []int) {
	if len(ours) == 0 {
		return
	}
	for _, j := range theirs {
		if s := t.src.Sections[j]; !s.scopeless() {
			t.errorf(t.doc.Sections[ours[0]].Pos, "write {#"+s.ID+"} behind the heading it belongs to",
				"no telling which section is %q of the source, which is only for %s", s.ID, s.firstScope())
			return
		}
	}
}

// scopeless reports whether all of the section is for all.
func (s *Section) scopeless() bool { return s.firstScope().IsZero() }

// firstScope returns the section's scope, or the first one inside it.
func (s *Section) firstScope() Scope {
	if !s.Scope.IsZero() {
		return s.Scope
	}
	return firstScope(s.Blocks)
}

func firstScope(blocks []*Block) Scope {
	for _, b := range blocks {
		if !b.Scope.IsZero() {
			return b.Scope
		}
		if s := firstScope(b.Children); !s.IsZero() {
			return s
		}
	}
	return Scope{}
}

// report warns of sections without a counterpart.
func (t *translation) report() {
	for i, j := range t.to {
		if s := t.doc.Sections[i]; j < 0 {
			t.warnf(s.Pos, "remove it, or give it the {#id} of its section in "+t.src.File,
				"the section %q has none in the source", s.ID)
		} else if s.Explicit && s.ID != t.src.Sections[j].ID {
			t.warnf(s.Pos, "write {#"+t.src.Sections[j].ID+"}, or no id", "the source has no section %q", s.ID)
		}
	}
	for j, taken := range t.taken {
		if !taken {
			s := t.src.Sections[j]
			t.warnf(source.Position{File: t.doc.File}, "translate it", "the section %q of the source (%s) is missing", s.ID, s.Pos)
		}
	}
}

// identify gives the matched sections the ids of the source, and the others
// ids that are not taken. It returns the new id for each old one.
func (t *translation) identify() map[string]string {
	taken := make(ids, len(t.src.Sections))
	for _, s := range t.src.Sections {
		taken.take(s.ID)
	}
	renamed := make(map[string]string)
	for i, s := range t.doc.Sections {
		old := s.ID
		if j := t.to[i]; j >= 0 {
			s.ID, s.Explicit, s.Covers = t.src.Sections[j].ID, t.src.Sections[j].Explicit, t.src.Sections[j].Covers
		} else {
			s.ID = taken.unique(s.ID)
		}
		if _, ok := taken[old]; !ok {
			renamed[old] = s.ID
		}
	}
	return renamed
}

// section gives a section and its blocks the scopes of the source.
func (t *translation) section(s, src *Section) {
	if !s.Scope.IsZero() && !s.Scope.Equal(src.Scope) {
		t.warnf(s.Pos, "write the scope in the source only", "the section %q has another scope in the source, which counts", s.ID)
	}
	if s.Level != src.Level {
		t.warnf(s.Pos, "write the ids behind the headings if they do not follow in order", "the section %q has level %d, in the source %d", s.ID, s.Level, src.Level)
	}
	s.Scope = src.Scope
	t.blocks(s.Blocks, src.Blocks, src.Scope, s.Pos)
}

// blocks gives blocks the scopes of the source: by position where both have
// equally many, else what the translation's own fences say.
func (t *translation) blocks(list, src []*Block, outer Scope, pos source.Position) {
	if len(list) == len(src) {
		for i, b := range list {
			t.block(b, src[i])
		}
		return
	}
	if scope := differing(src, outer); !scope.IsZero() && !fencedAny(list) {
		t.errorf(pos, "write ::: fences as in the source", "the source has a part that is only for %s, and another number of blocks", scope)
	}
	narrowTo(list, outer)
}

func (t *translation) block(b, src *Block) {
	if !b.Own.IsZero() && !b.Scope.Equal(src.Scope) {
		t.errorf(b.Pos, "write ::: fences as in the source", "the source says %s here, not %s", orAll(src.Scope), b.Own)
	}
	b.Scope, b.Own = src.Scope, src.Own
	t.blocks(b.Children, src.Children, src.Scope, b.Pos)
}

func orAll(s Scope) string {
	if s.IsZero() {
		return "for all"
	}
	return s.String()
}

// differing returns the first scope in blocks that is not that around them.
func differing(blocks []*Block, outer Scope) Scope {
	for _, b := range blocks {
		if !b.Scope.Equal(outer) {
			return b.Scope
		}
		if s := differing(b.Children, outer); !s.IsZero() {
			return s
		}
	}
	return Scope{}
}

// fencedAny reports whether a block or one inside stands in a fence.
func fencedAny(blocks []*Block) bool {
	for _, b := range blocks {
		if !b.Own.IsZero() || fencedAny(b.Children) {
			return true
		}
	}
	return false
}

// narrowTo narrows the scopes of blocks to the one around them.
func narrowTo(blocks []*Block, outer Scope) {
	for _, b := range blocks {
		if both, ok := b.Scope.Intersect(outer); ok {
			b.Scope = both
		} else {
			b.Scope = outer
		}
		narrowTo(b.Children, b.Scope)
	}
}

// relink points links inside the document to the new ids.
func relink(d *Document, renamed map[string]string) {
	for _, s := range d.Sections {
		relinkSpans(s.Heading, renamed)
		relinkBlocks(s.Blocks, renamed)
	}
}

func relinkBlocks(blocks []*Block, renamed map[string]string) {
	for _, b := range blocks {
		relinkSpans(b.Spans, renamed)
		relinkBlocks(b.Children, renamed)
	}
}

func relinkSpans(spans []Span, renamed map[string]string) {
	for i := range spans {
		if id, ok := strings.CutPrefix(spans[i].Link, "#"); ok && renamed[id] != "" {
			spans[i].Link = "#" + renamed[id]
		}
	}
}
