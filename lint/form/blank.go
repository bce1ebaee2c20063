package form

import (
	"regexp"
	"strings"

	"proviso/lint/reading"
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
func blanks(r *reading.Text) {
	if r.File == nil {
		return
	}
	for i := range r.File.Starts {
		line := r.File.Line(i)
		if strings.HasPrefix(strings.TrimSpace(line), "|") {
			continue
		}
		body := len(line) - len(strings.TrimLeft(line, " \t"))
		if m := inSentence.FindStringIndex(line[body:]); m != nil && !listMarker.MatchString(line[:body+m[1]-1]) {
			r.WarnAt(r.File.Starts[i]+body+strings.Index(line[body:], "  "), "doubled-blank", "keep one", "two blanks stand in a row in mid-sentence")
		}
	}
}

var listMarker = regexp.MustCompile(`^\s*(?:[-*+]|\d+[.)])\s+$`)

// invisible looks for no-break spaces that hold nothing together, and for line
// breaks that are made by blanks at the end of a line. They are told once a text.
func invisible(r *reading.Text) {
	if r.File == nil {
		return
	}
	var spaces, breaks, idle []int // offsets
	for i := range r.File.Starts {
		line, start := r.File.Line(i), r.File.Starts[i]
		for _, m := range noBreak.FindAllStringIndex(line, -1) {
			if !noBreakOK.MatchString(line[:m[1]]) && !unitAfter.MatchString(line[m[0]:]) && !french.MatchString(line[m[0]:]) {
				spaces = append(spaces, start+m[0])
			}
		}
		trimmed := strings.TrimRight(line, " ")
		if len(line)-len(trimmed) < 2 || trimmed == "" || strings.HasPrefix(trimmed, "|") {
			continue
		}
		if i+1 < len(r.File.Starts) && strings.Trim(r.File.Line(i+1), " \t\u00a0") != "" {
			breaks = append(breaks, start+len(trimmed))
		} else {
			idle = append(idle, start+len(trimmed))
		}
	}
	once(r, spaces, "no-break-space", "write a blank", "a no-break space holds nothing together")
	once(r, breaks, "hidden-break", `write \ at the end of the line, or make it a paragraph`, "blanks at the end of a line make a line break that nobody sees in the file")
	once(r, idle, "hidden-break", "remove them", "blanks stand at the end of a paragraph")
}

// once warns at the first of several places and names the lines of the others.
func once(r *reading.Text, offsets []int, rule, hint, message string) {
	if len(offsets) == 0 {
		return
	}
	at := make([]source.Position, len(offsets))
	for i, o := range offsets {
		at[i] = r.File.At(o)
	}
	r.WarnAt(offsets[0], rule, hint, "%s%s", message, reading.AlsoOn(at))
}

// JoinBlanks makes no-break spaces that hold nothing together plain blanks,
// and says how many there were.
func JoinBlanks(s string) (string, int) {
	var b strings.Builder
	n := 0
	for line := range strings.Lines(s) {
		last := 0
		for _, m := range noBreak.FindAllStringIndex(line, -1) {
			if noBreakOK.MatchString(line[:m[1]]) || unitAfter.MatchString(line[m[0]:]) || french.MatchString(line[m[0]:]) {
				continue
			}
			b.WriteString(line[last:m[0]] + " ")
			last = m[1]
			n++
		}
		b.WriteString(line[last:])
	}
	return b.String(), n
}
