package redline

import (
	"fmt"
	"strings"
	"unicode"
)

// Screen says how a redline is written for a terminal.
type Screen struct {
	Colour  bool // marks in colour, underlined and struck through, instead of [-deleted-] {+inserted+}
	Context int  // words shown around what changed in a block; 0: all
	Labels  Labels
}

// Codes that terminals know, with what ends them.
const (
	red    = "\x1b[31;9m"
	green  = "\x1b[32;4m"
	blue   = "\x1b[34m"
	bold   = "\x1b[1m"
	ending = "\x1b[0m"
)

// Text returns what changed as plain text: each section with its changed
// blocks, one a line, with a sign in front.
//
//	~ edited  + added  - removed  > moved here  < moved away  = only the form
//
// Moved words inside a block are [<moved away<] {>moved here>}, a number that
// shifted is (4. -> 5.). Text never reaches the terminal as a control sequence.
func (r *Redline) Text(o Screen) string {
	t := &screen{Screen: o}
	for _, s := range r.Sections {
		t.section(s)
	}
	return t.String()
}

type screen struct {
	strings.Builder
	Screen
}

func (t *screen) section(s *Section) {
	blocks := s.Blocks
	if s.Heading != nil && (changed(s.Heading) || renumbered(s.Heading)) {
		blocks = append([]*Block{s.Heading}, blocks...)
	}
	titled, quiet := false, 0
	for _, b := range blocks {
		if !changed(b) && !renumbered(b) {
			quiet++
			continue
		}
		if !titled {
			t.title(s)
			titled = true
		}
		t.unchanged(quiet)
		quiet = 0
		t.block(b)
	}
	if titled {
		t.unchanged(quiet)
		t.WriteString("\n")
	}
}

func renumbered(b *Block) bool {
	for _, r := range b.Runs {
		if r.Op == Renumbered {
			return true
		}
	}
	return false
}

func (t *screen) title(s *Section) {
	of := s.New
	if of == nil {
		of = s.Old
	}
	t.WriteString(t.paint(bold, printable(t.Labels.title(&Leaf{Section: of}))) + "\n")
}

func (t *screen) unchanged(n int) {
	if n > 0 {
		t.WriteString("    " + fill(t.Labels.Unchanged, "from", fmt.Sprint(n)) + "\n")
	}
}

var signs = [...]string{Kept: "=", Modified: "~", Rewritten: "~", Added: "+", Removed: "-", MovedFrom: "<", MovedTo: ">"}

func (t *screen) block(b *Block) {
	t.WriteString("  " + signs[b.Fate] + " ")
	if b.Fate == MovedFrom {
		t.WriteString(t.paint(blue, shorten(printable(b.Old.Text), t.Context)) + "\n")
		return
	}
	for i, r := range b.Runs {
		t.run(r, i > 0, i < len(b.Runs)-1)
	}
	t.WriteString("\n")
	for _, f := range b.Format {
		t.WriteString("      " + printable(f.Kind.String()+": "+t.Labels.format(f)) + "\n")
	}
}

func (t *screen) run(r Run, before, after bool) {
	old, new := printable(r.Old), printable(r.New)
	switch {
	case r.Op == Deleted && r.Moved > 0:
		t.mark(blue, "[<", old, "<]")
	case r.Op == Inserted && r.Moved > 0:
		t.mark(blue, "{>", new, ">}")
	case r.Op == Deleted:
		t.mark(red, "[-", old, "-]")
	case r.Op == Inserted:
		t.mark(green, "{+", new, "+}")
	case r.Op == Renumbered:
		t.WriteString(t.paint(blue, "("+old+" -> "+new+")"))
	default:
		t.WriteString(t.context(new, before, after))
	}
}

func (t *screen) mark(colour, open, s, close string) {
	if t.Colour {
		t.WriteString(colour + s + ending)
		return
	}
	t.WriteString(open + s + close)
}

func (t *screen) paint(colour, s string) string {
	if !t.Colour {
		return s
	}
	return colour + s + ending
}

// context leaves out words that are far from any change.
func (t *screen) context(s string, before, after bool) string {
	words := strings.SplitAfter(s, " ")
	n := t.Context
	keep := 0
	if before {
		keep += n
	}
	if after {
		keep += n
	}
	if n == 0 || len(words) <= keep+3 || keep == 0 && len(words) <= 2*n {
		return s
	}
	head, tail := "", ""
	if before || keep == 0 {
		head = strings.Join(words[:n], "")
	}
	if after {
		tail = strings.Join(words[len(words)-n:], "")
	}
	return head + "… " + tail
}

// shorten cuts a text to about twice as many words as context has.
func shorten(s string, context int) string {
	words := strings.SplitAfter(s, " ")
	if context == 0 || len(words) <= 2*context {
		return s
	}
	return strings.Join(words[:2*context], "") + "…"
}

// printable leaves out what a terminal would obey instead of showing it.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0':
			return ' '
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}
