package reading

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"proviso/lint/rule"
	"proviso/source"
	"proviso/text"
)

// Warn adds a finding at the byte at of a passage.
func (r *Text) Warn(p *Passage, at int, id, hint, format string, args ...any) {
	r.WarnIn(p.Section, r.Place(p, at), id, hint, format, args...)
}

// WarnIn adds a finding at a place in a section.
func (r *Text) WarnIn(s *text.Section, pos source.Position, id, hint, format string, args ...any) {
	r.Found = append(r.Found, rule.Find(pos, s.ID, id, hint, fmt.Sprintf(format, args...)))
}

// WarnAt adds a finding at an offset of the file.
func (r *Text) WarnAt(offset int, id, hint, format string, args ...any) {
	pos := r.File.At(offset)
	r.Found = append(r.Found, rule.Find(pos, r.sectionAt(pos.Line), id, hint, fmt.Sprintf(format, args...)))
}

// WarnText adds a finding on the text as a whole, which is its first line.
func (r *Text) WarnText(id, hint, format string, args ...any) {
	pos := source.Position{File: r.Doc.File, Line: 1, Column: 1}
	r.Found = append(r.Found, rule.Find(pos, "", id, hint, fmt.Sprintf(format, args...)))
}

// sectionAt returns the id of the section that a line belongs to.
func (r *Text) sectionAt(line int) string {
	id := ""
	for _, s := range r.Doc.Sections {
		if s.Pos.Line <= line {
			id = s.ID
		}
	}
	return id
}

// AlsoOn names the lines of all places but the first.
func AlsoOn(at []source.Position) string {
	const most = 8
	var lines []string
	last := at[0].Line
	for _, pos := range at[1:] {
		if pos.Line != last {
			lines = append(lines, strconv.Itoa(pos.Line))
			last = pos.Line
		}
	}
	switch {
	case len(lines) == 0:
		return ""
	case len(lines) > most:
		return fmt.Sprintf("; also on line %s and %d more", strings.Join(lines[:most], ", "), len(lines)-most)
	}
	return "; also on line " + strings.Join(lines, ", ")
}

// Shorten quotes at most n characters of s.
func Shorten(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:n])) + "…"
}
