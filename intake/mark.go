package intake

import (
	"regexp"
	"strings"
)

var (
	emptyBold    = regexp.MustCompile(`\*{4,}`)
	idleBold     = regexp.MustCompile(`(?m)(^|\s)\*\*[ \t]*\*\*(\s|$)`)
	brokenBold   = regexp.MustCompile(`(\*\*[^*\n]*[^*\s])[ \t]*(?:\\|  )[ \t]*\n[ \t]*\*\*[ \t]*`)
	boldHeading  = regexp.MustCompile(`(?m)^(#{1,6} +)\*\*([^*\n]+)\*\*([ \t]*(?:\{[^}\n]*\})?)$`)
	emptyHeading = regexp.MustCompile(`(?m)^(#{1,6})[ \t]*\n+([^#\n|>*-][^\n]{0,120})$`)
	idleHeading  = regexp.MustCompile(`(?m)^ {0,3}#{1,6}[ \t]*\n`)
	gluedHeading = regexp.MustCompile(`(?m)^(#{2,6})([\p{L}\d])`)
	gluedTitle   = regexp.MustCompile(`(?m)^#(\p{Lu}\p{Ll}+ )`)
	underlined   = regexp.MustCompile(`(?m)(\A|\n\n)([^\s#>|*+=-][^\n|]*)\n(=+|-{3,})[ \t]*\n`)
	twiceNumber  = regexp.MustCompile(`(?m)^([ \t]*)(\d{1,3})[.)]([ \t]+)\(?(\d{1,3})[.)][ \t]*(\S)`)
	leadIn       = regexp.MustCompile(`(?m)^\*\*([^*\n]{3,80}?)[.:]?\*\*[.:]?[ \t]*\\\n([^\n]+)$`)
	breaks       = regexp.MustCompile(`(?m)[ \t]{2,}\n([^\n])`)
	trailing     = regexp.MustCompile(`(?m)[ \t]+$`)
	loneBreak    = regexp.MustCompile(`\\\n(\n|\z)`)
	manyLines    = regexp.MustCompile(`\n{3,}`)
)

// marks repairs marks of bold type and of headings, and line breaks.
func (t *Text) marks(s string) string {
	s = t.replace(s, brokenBold, "$1**\\\n", "bold type that reached over a line break ends before it")
	s = t.replace(s, idleBold, "$1$2", "bold type around nothing taken out")
	s = emptyBold.ReplaceAllStringFunc(s, func(m string) string {
		t.repaired(1, "bold type around nothing taken out")
		return m[:len(m)%4]
	})
	s = t.replace(s, brokenBold, "$1**\\\n", "bold type that reached over a line break ends before it")
	s = t.replace(s, emptyHeading, "$1 $2", "a heading has its words on its own line again")
	s = t.replace(s, idleHeading, "", "a heading without words taken out")
	if t.Form == "Markdown" {
		s = t.replace(s, breaks, "\\\n$1", "a line break that nobody saw in the file is a \\ now")
	} else {
		s = breaks.ReplaceAllString(s, "\\\n$1") // a page's own
	}
	s = trailing.ReplaceAllString(s, "")
	s = loneBreak.ReplaceAllString(s, "\n$1")
	s = t.replace(s, gluedHeading, "$1 $2", "a heading has a blank behind its #")
	s = t.replace(s, gluedTitle, "# $1", "a heading has a blank behind its #")
	s = underlined.ReplaceAllStringFunc(s, func(m string) string {
		x := underlined.FindStringSubmatch(m)
		t.repaired(1, "an underlined heading begins with #")
		return x[1] + map[byte]string{'=': "# ", '-': "## "}[x[3][0]] + x[2] + "\n"
	})
	return t.replace(s, boldHeading, "$1$2$3", "bold type inside a heading taken out")
}

// lines repairs what stands twice.
func (t *Text) lines(s string) string {
	s = twiceNumber.ReplaceAllStringFunc(s, func(m string) string {
		x := twiceNumber.FindStringSubmatch(m)
		if x[2] != x[4] {
			return m // may be meant
		}
		t.repaired(1, "a typed number beside the list's own taken out")
		return x[1] + x[2] + "." + x[3] + x[5]
	})
	s = t.indent(s)
	paragraphs := strings.Split(manyLines.ReplaceAllString(s, "\n\n"), "\n\n")
	out := paragraphs[:0]
	for i, p := range paragraphs {
		short := len(strings.Fields(p)) <= 12 && strings.TrimSpace(p) != "" && !strings.ContainsAny(p, "|\n")
		if i > 0 && short && strings.TrimLeft(p, "# ") == strings.TrimLeft(paragraphs[i-1], "# ") {
			t.repaired(1, "a line that stood twice in a row stands once")
			continue
		}
		out = append(out, p)
	}
	return strings.Join(out, "\n\n")
}

var (
	indentedItem = regexp.MustCompile(`^  (\d{1,2}[.)]) (\S)`)
	outerItem    = regexp.MustCompile(`^ ?(?:[-*+]|\d{1,9}[.)])[ \t]`)
)

// indent moves numbers that stand two blanks inside to the margin, so that
// what is indented by four belongs to the item, as whoever wrote it meant.
func (t *Text) indent(s string) string {
	var b strings.Builder
	inItem := false
	for line := range strings.Lines(s) {
		if m := indentedItem.FindStringSubmatch(line); m != nil && !inItem {
			t.repaired(1, "a numbered item begins at the margin, so that what follows stays in it")
			line = m[1] + strings.Repeat(" ", 4-len(m[1])) + line[len(m[0])-len(m[2]):]
		} else if !strings.HasPrefix(line, "  ") && strings.TrimSpace(line) != "" {
			inItem = outerItem.MatchString(line)
		}
		b.WriteString(line)
	}
	return b.String()
}

// tidy makes line ends uniform.
func (t *Text) tidy(s string) string {
	s = trailing.ReplaceAllString(s, "")
	s = loneBreak.ReplaceAllString(s, "\n$1")
	return manyLines.ReplaceAllString(s, "\n\n")
}

var (
	variable = regexp.MustCompile(`\\?\{\{`)
	scoped   = regexp.MustCompile(`(?m)^( {0,3}):::`)
	braces   = regexp.MustCompile(`(?m)^(#{1,6} .*[^\\{])(\{[^{}\n]*\})[ \t]*$`)
	validID  = regexp.MustCompile(`#([a-z0-9][a-z0-9._-]*)(?:[\s}]|$)`)
)

// escape makes words of what other programs mean by braces and colons.
func (t *Text) escape(s string) string {
	var b strings.Builder
	last := 0
	for _, m := range variable.FindAllStringIndex(s, -1) {
		if s[m[0]] == '\\' {
			continue
		}
		b.WriteString(s[last:m[0]] + `\`)
		last = m[0]
		t.repaired(1, "braces that would be a variable are words")
	}
	s = b.String() + s[last:]
	s = t.replace(s, scoped, `$1\:::`, "colons that would be a scope are words")
	return braces.ReplaceAllStringFunc(s, func(m string) string {
		x := braces.FindStringSubmatch(m)
		if id := validID.FindStringSubmatch(x[2]); id != nil {
			return strings.TrimRight(x[1], " ") + " {#" + id[1] + "}"
		}
		return x[1] + `\` + x[2]
	})
}
