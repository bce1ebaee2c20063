package lint

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"proviso/source"
)

// What nobody sees: blanks.

var (
	inSentence = regexp.MustCompile(`[^\s.:;!?|*#>-] {2,}[^\s|]`)
	noBreak    = regexp.MustCompile(`[\x{a0}\x{202f}]`)
	noBreakOK  = regexp.MustCompile(`(?:[\d§]|Art\.|Nr\.|No\.|Abs\.|z\.|d\.|u\.)[\x{a0}\x{202f}]$`)
	unitAfter  = regexp.MustCompile(`^[\x{a0}\x{202f}](?:\d|%|€|kB|MB|GB|[:;!?»])`)
	french     = regexp.MustCompile(`^[\x{a0}\x{202f}][:;!?»]`)
)

// blanks looks for two blanks in a row in mid-sentence.
func blanks(r *reading) {
	if r.file == nil {
		return
	}
	for i := range r.file.starts {
		line := r.file.line(i)
		if strings.HasPrefix(strings.TrimSpace(line), "|") {
			continue
		}
		body := len(line) - len(strings.TrimLeft(line, " \t"))
		if m := inSentence.FindStringIndex(line[body:]); m != nil && !listMarker.MatchString(line[:body+m[1]-1]) {
			r.warnAt(r.file.starts[i]+body+strings.Index(line[body:], "  "), "doubled-blank", "keep one", "two blanks stand in a row in mid-sentence")
		}
	}
}

var listMarker = regexp.MustCompile(`^\s*(?:[-*+]|\d+[.)])\s+$`)

// invisible looks for no-break spaces that hold nothing together, and for line
// breaks that are made by blanks at the end of a line. They are told once a text.
func invisible(r *reading) {
	if r.file == nil {
		return
	}
	var spaces, breaks, idle []int // offsets
	for i := range r.file.starts {
		line, start := r.file.line(i), r.file.starts[i]
		for _, m := range noBreak.FindAllStringIndex(line, -1) {
			if !noBreakOK.MatchString(line[:m[1]]) && !unitAfter.MatchString(line[m[0]:]) && !french.MatchString(line[m[0]:]) {
				spaces = append(spaces, start+m[0])
			}
		}
		trimmed := strings.TrimRight(line, " ")
		if len(line)-len(trimmed) < 2 || trimmed == "" || strings.HasPrefix(trimmed, "|") {
			continue
		}
		if i+1 < len(r.file.starts) && strings.Trim(r.file.line(i+1), " \t\u00a0") != "" {
			breaks = append(breaks, start+len(trimmed))
		} else {
			idle = append(idle, start+len(trimmed))
		}
	}
	r.once(spaces, "no-break-space", "write a blank", "a no-break space holds nothing together")
	r.once(breaks, "hidden-break", `write \ at the end of the line, or make it a paragraph`, "blanks at the end of a line make a line break that nobody sees in the file")
	r.once(idle, "hidden-break", "remove them", "blanks stand at the end of a paragraph")
}

// once warns at the first of several places and names the lines of the others.
func (r *reading) once(offsets []int, rule, hint, message string) {
	if len(offsets) == 0 {
		return
	}
	at := make([]source.Position, len(offsets))
	for i, o := range offsets {
		at[i] = r.file.at(o)
	}
	r.warnAt(offsets[0], rule, hint, "%s%s", message, alsoOn(at))
}

// alsoOn names the lines of all places but the first.
func alsoOn(at []source.Position) string {
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
