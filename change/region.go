package change

import (
	"slices"

	"proviso/change/unit"
	"proviso/change/verdict"
	"proviso/redline"
	"proviso/text"
)

// A region is a stretch of one section that differs: it becomes one Change.
type region struct {
	verdict.Case
	section *redline.Section
	kind    Kind
	scopes  []text.Scope // for whom the parts are meant, before and after
	oldLine int
	newLine int
}

func (r *region) id() string {
	if r.section.New != nil {
		return r.section.New.ID
	}
	return r.section.Old.ID
}

func (r *region) heading() string {
	if r.section.New != nil {
		return text.Words(r.section.New.Heading)
	}
	return text.Words(r.section.Old.Heading)
}

func (r *region) products() []string {
	return union(r.scopes, func(s text.Scope) []string { return s.Products })
}

func (r *region) sites() []string {
	return union(r.scopes, func(s text.Scope) []string { return s.Sites })
}

// union joins what the scopes name; a scope that names nothing means everyone.
func union(scopes []text.Scope, part func(text.Scope) []string) []string {
	var out []string
	for _, s := range scopes {
		names := part(s)
		if len(names) == 0 {
			return nil
		}
		for _, n := range names {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// section cuts a section into the regions that differ.
func (t *task) section(s *redline.Section) []*region {
	if s.Fate == redline.Kept || s.Fate == redline.MovedFrom {
		return nil
	}
	var out []*region
	if s.Scope && s.Old != nil && s.New != nil {
		r := &region{section: s, kind: Scope, scopes: []text.Scope{s.Old.Scope, s.New.Scope}, oldLine: s.Old.Pos.Line, newLine: s.New.Pos.Line}
		out = append(out, r)
	}
	if s.Fate == redline.MovedTo {
		r := &region{section: s, kind: Moved, scopes: []text.Scope{s.Old.Scope, s.New.Scope}, oldLine: s.Old.Pos.Line, newLine: s.New.Pos.Line}
		r.Moved = true
		if u := t.headings[s.New]; u != nil {
			r.Old, r.New = []*unit.Unit{t.headings[s.Old]}, []*unit.Unit{u}
		}
		out = append(out, r)
	}
	blocks := s.Blocks
	if s.Heading != nil && (s.Heading.Fate == redline.Added || s.Heading.Fate == redline.Removed) {
		blocks = append([]*redline.Block{s.Heading}, blocks...)
	} else if s.Heading != nil && differs(s.Heading, s) {
		r := t.start(s)
		t.add(r, s.Heading)
		if r.kind = Renamed; !s.Renamed {
			r.kind = Format
		}
		out = append(out, r)
	}
	return append(out, t.regions(s, blocks)...)
}

// regions joins neighbouring blocks that differ.
func (t *task) regions(s *redline.Section, blocks []*redline.Block) []*region {
	var out []*region
	var open *region
	for _, b := range blocks {
		if b.Fate == redline.MovedFrom {
			continue
		}
		if !differs(b, s) {
			open = nil
			continue
		}
		if b.Scope && !s.Scope && b.Old != nil && b.New != nil {
			r := t.start(s)
			t.add(r, b)
			r.kind = Scope
			out = append(out, r)
			if b.Fate == redline.Kept && len(b.Format) == 0 {
				continue
			}
		}
		if open == nil {
			open = t.start(s)
			out = append(out, open)
		}
		t.add(open, b)
	}
	return out
}

// differs reports whether anything in the block changed that is listed: shifted
// numbers are not, nor is the mere place of what moved along with its section.
func differs(b *redline.Block, s *redline.Section) bool {
	switch b.Fate {
	case redline.Kept:
		return b.Scope && !s.Scope || len(b.Format) > 0
	case redline.MovedTo:
		return s.Pair == 0 || b.Scope && !s.Scope || edited(b)
	case redline.Modified:
		return edited(b) || b.Scope && !s.Scope || len(b.Format) > 0
	}
	return true
}

// edited reports whether words in the block differ.
func edited(b *redline.Block) bool {
	return slices.ContainsFunc(b.Runs, func(r redline.Run) bool { return r.Op == redline.Deleted || r.Op == redline.Inserted })
}

func (t *task) start(s *redline.Section) *region { return &region{section: s} }

// add takes a block into the region.
func (t *task) add(r *region, b *redline.Block) {
	r.kind = joinKinds(r.kind, kindOf(b))
	r.Cut = r.Cut || t.uses[b.Old] > 1 || t.uses[b.New] > 1
	r.Moved = r.Moved || b.Fate == redline.MovedTo
	r.Formats = append(r.Formats, b.Format...)
	if b.Old != nil {
		r.Old = t.take(r.Old, b.Old)
		r.scopes = append(r.scopes, b.Old.Scope())
		if r.oldLine == 0 {
			r.oldLine = b.Old.Pos().Line
		}
	}
	if b.New != nil {
		r.New = t.take(r.New, b.New)
		r.scopes = append(r.scopes, b.New.Scope())
		if r.newLine == 0 {
			r.newLine = b.New.Pos().Line
		}
	}
}

// take adds the unit of a leaf: the row for a cell.
func (t *task) take(to []*unit.Unit, leaf *redline.Leaf) []*unit.Unit {
	var u *unit.Unit
	switch n := len(leaf.Path); {
	case leaf.Heading():
		u = t.headings[leaf.Section]
	case n > 0 && leaf.Path[n-1].Block.Kind == text.Row:
		u = t.units[leaf.Path[n-1].Block]
	default:
		u = t.units[leaf.Block]
	}
	if n := len(to); u == nil || n > 0 && to[n-1] == u {
		return to
	}
	return append(to, u)
}

// kindOf names what became of a block.
func kindOf(b *redline.Block) Kind {
	switch {
	case b.Fate == redline.Added:
		return Added
	case b.Fate == redline.Removed:
		return Removed
	case b.Fate == redline.MovedTo && !edited(b):
		return Moved
	case b.Fate == redline.Kept && !edited(b):
		return Format
	case b.Fate == redline.Modified && !edited(b):
		return Format
	}
	return Modified
}

// joinKinds names what became of a region of blocks; the empty Kind is of none yet.
func joinKinds(a, b Kind) Kind {
	if a == "" || a == b {
		return b
	}
	return Modified
}
