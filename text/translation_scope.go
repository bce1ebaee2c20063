package text

import (
	"slices"
	"strings"

	"proviso/source"
)

// blocks gives blocks the scopes of the source: by position where both have
// equally many, else what the translation's own fences say.
func (t *translation) blocks(list, src []*Block, outer Scope, pos source.Position) {
	t.narrow(list, outer)
	theirs := parts(nil, src, outer)
	if len(list) == len(src) {
		for i, b := range list {
			if b.Kind != src[i].Kind && len(theirs) > 0 {
				t.errorf(b.Pos, "keep the order of the source", "the source has a part that is only for %s, and another kind of block here", theirs[0])
			}
			t.block(b, src[i])
		}
		return
	}
	if ours := parts(nil, list, outer); !sameParts(ours, theirs) {
		t.errorf(pos, "write ::: fences as in the source", "the source has another number of blocks, and %s; the translation has %s",
			describe(theirs), describe(ours))
	}
}

func (t *translation) block(b, src *Block) {
	if !b.Own.IsZero() && !b.Scope.Equal(src.Scope) {
		t.errorf(b.Pos, "write ::: fences as in the source", "the fence says %s; the source has another scope here", b.Own)
	}
	b.Scope, b.Own = src.Scope, src.Own
	t.blocks(b.Children, src.Children, src.Scope, b.Pos)
}

// narrow narrows the scopes of blocks to the one around them.
func (t *translation) narrow(blocks []*Block, outer Scope) {
	for _, b := range blocks {
		both, ok := b.Scope.Intersect(outer)
		if !ok {
			both = outer
		}
		if !ok && !b.Own.IsZero() {
			t.errorf(b.Pos, "write ::: fences as in the source", "no site could show this: %s lies in %s", b.Own, outer)
		}
		b.Scope = both
		t.narrow(b.Children, b.Scope)
	}
}

// parts adds the scopes in blocks that are not the one around them.
func parts(out []Scope, blocks []*Block, outer Scope) []Scope {
	for _, b := range blocks {
		if !b.Scope.Equal(outer) && !slices.ContainsFunc(out, b.Scope.Equal) {
			out = append(out, b.Scope)
		}
		out = parts(out, b.Children, outer)
	}
	return out
}

func sameParts(a, b []Scope) bool {
	for _, s := range a {
		if !slices.ContainsFunc(b, s.Equal) {
			return false
		}
	}
	return len(a) == len(b)
}

func describe(scopes []Scope) string {
	if len(scopes) == 0 {
		return "no scoped part"
	}
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = s.String()
	}
	return "parts for " + strings.Join(names, " and ")
}
