package policy

import (
	"slices"
	"strings"

	"proviso/source"
	"proviso/text"
)

// links complains about links to sections that are not there, in this text or
// in the newest version of another policy.
func (c *checker) links(docs map[string]*text.Document) {
	for _, doc := range docs {
		each(doc, func(s *text.Span) {
			id, fragment, ok := strings.Cut(s.Link, "#")
			switch {
			case strings.HasPrefix(s.Link, "policy:") && c.v.Sealed == nil && c.f.Policy(strings.TrimPrefix(id, "policy:")) == nil:
				c.known(s.Pos, "policy", []string{strings.TrimPrefix(id, "policy:")}, c.f.policyIDs())
			case !ok || strings.Contains(fragment, "{{"):
			case id == "":
				c.anchor(s.Pos, fragment, sectionIDs(doc), "this text")
			case strings.HasPrefix(id, "policy:"):
				id = strings.TrimPrefix(id, "policy:")
				if ids := c.sectionsOf(id); ids != nil {
					c.anchor(s.Pos, fragment, ids, "policy "+id)
				}
			}
		})
	}
}

func (c *checker) anchor(pos source.Position, fragment string, ids []string, where string) {
	if slices.Contains(ids, fragment) {
		return
	}
	if c.v.Sealed != nil { // the other policy has moved on; this text stays
		c.ps.Warnf(pos, "dead-link", "keep the section's id in the other policy", "%s has no section %q any more", where, fragment)
		return
	}
	c.ps.Errorf(pos, "dead-link", source.Suggest(fragment, ids), "%s has no section %q", where, fragment)
}

// sectionsOf returns the ids of the sections of a policy's newest version, or
// nil if there is none. Another version of the same policy is this one.
func (c *checker) sectionsOf(id string) []string {
	if ids, ok := c.anchors[id]; ok {
		return ids
	}
	var ids []string
	if p := c.f.Policy(id); p != nil && len(p.Versions) > 0 {
		newest := p.Versions[len(p.Versions)-1]
		if doc, _ := c.f.parse(newest, c.f.Source(newest), nil); doc != nil {
			ids = sectionIDs(doc)
		}
	}
	c.anchors[id] = ids
	return ids
}

func sectionIDs(doc *text.Document) []string {
	ids := make([]string, len(doc.Sections))
	for i, s := range doc.Sections {
		ids[i] = s.ID
	}
	return ids
}

// each calls yield for every span of a document.
func each(doc *text.Document, yield func(*text.Span)) {
	var walk func(blocks []*text.Block)
	spans := func(list []text.Span) {
		for i := range list {
			yield(&list[i])
		}
	}
	walk = func(blocks []*text.Block) {
		for _, b := range blocks {
			spans(b.Spans)
			walk(b.Children)
		}
	}
	for _, s := range doc.Sections {
		spans(s.Heading)
		walk(s.Blocks)
	}
}
