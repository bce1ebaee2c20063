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
		if j, ok := index[s.ID]; ok && (s.Explicit || s.Level == 0) && (s.Level == 0) == (t.src.Sections[j].Level == 0) {
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
	pair := func(x, y int) { t.to[ours[x]], t.taken[theirs[y]] = theirs[y], true }
	same := func(x, y int) bool { return t.doc.Sections[ours[x]].Level == t.src.Sections[theirs[y]].Level }
	if len(ours) != len(theirs) {
		t.scoped(ours, theirs)
		byLevel(len(ours), len(theirs), same, pair)
		return
	}
	for x := range ours {
		if !same(x, x) {
			t.scoped(ours, theirs)
			break
		}
	}
	for x := range ours {
		pair(x, x)
	}
}

// byLevel pairs as many of n and m sections as have the same level in the
// same order.
func byLevel(n, m int, same func(x, y int) bool, pair func(x, y int)) {
	best := make([][]int, n+1) // best[x][y]: pairs that can be had from x and y on
	best[n] = make([]int, m+1)
	for x := n - 1; x >= 0; x-- {
		best[x] = make([]int, m+1)
		for y := m - 1; y >= 0; y-- {
			best[x][y] = max(best[x+1][y], best[x][y+1])
			if same(x, y) {
				best[x][y] = max(best[x][y], best[x+1][y+1]+1)
			}
		}
	}
	for x, y := 0, 0; x < n && y < m; {
		switch {
		case same(x, y) && best[x][y] == best[x+1][y+1]+1:
			pair(x, y)
			x, y = x+1, y+1
		case best[x+1][y] >= best[x][y+1]:
			x++
		default:
			y++
		}
	}
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
	if inside := parts(nil, s.Blocks, Scope{}); s.Scope.IsZero() && len(inside) > 0 {
		return inside[0]
	}
	return s.Scope
}

// report tells of sections without a counterpart.
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
			t.swallowed(j)
		}
	}
}

// swallowed reports a scoped section without which the one before it has
// more blocks than in the source: only its heading may be missing.
func (t *translation) swallowed(j int) {
	i := slices.Index(t.to, j-1)
	missing := t.src.Sections[j]
	if i < 0 || missing.scopeless() || len(t.doc.Sections[i].Blocks) <= len(t.src.Sections[j-1].Blocks) {
		return
	}
	t.errorf(t.doc.Sections[i].Pos, "write its heading with {#"+missing.ID+"}",
		"the section seems to hold %q as well, which is only for %s", missing.ID, missing.firstScope())
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
