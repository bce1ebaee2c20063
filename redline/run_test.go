package redline

import (
	"fmt"
	"strings"
	"testing"
)

// show writes runs as [-deleted-] and {+inserted+}.
func show(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		switch {
		case r.Moved > 0:
			fmt.Fprintf(&b, "<%s%s>%d", r.Old, r.New, r.Moved)
		case r.Op == Same:
			b.WriteString(r.New)
		case r.Op == Deleted:
			b.WriteString("[-" + r.Old + "-]")
		case r.Op == Inserted:
			b.WriteString("{+" + r.New + "+}")
		case r.Op == Renumbered:
			b.WriteString("(" + r.Old + "->" + r.New + ")")
		}
	}
	return b.String()
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ why, old, new, want string }{
		{"nothing", "We keep it.", "We keep it.", "We keep it."},
		{"one word for another", "You will be told.", "You may be told.", "You [-will-]{+may+} be told."},
		{"a word left out", "We never sell it.", "We sell it.", "We [-never -]sell it."},
		{"a word added before a stop", "We sell it.", "We sell it abroad.", "We sell it{+ abroad+}."},
		{"a number with its punctuation is one word", "for 1,000 days", "for 1,500 days", "for [-1,000-]{+1,500+} days"},
		{"so is one with a unit sign", "about 3.5% of $20", "about 4% of $25", "about [-3.5%-]{+4%+} of [-$20-]{+$25+}"},
		{"punctuation stands alone", "name, address", "name; address", "name[-,-]{+;+} address"},
		{"a compound is one word", "all non-personal data", "all personal data", "all [-non-personal-]{+personal+} data"},
		{"an address is one word", "write to a@b.example", "write to c@b.example", "write to [-a@b.example-]{+c@b.example+}"},
		{"curly quotes, hard blanks, soft hyphens", "the user's \"data base\"", "the user’s “data\u00a0ba\u00adse”", "the user’s “data\u00a0ba\u00adse”"},
		{"scripts without blanks by character", "我们不出售数据", "我们出售数据", "我们[-不-]出售数据"},
		{"a blank that went away", "as follows .", "as follows.", "as follows[- -]."},
		{"all of it", "old", "new", "[-old-]{+new+}"},
		{"from nothing", "", "new words", "{+new words+}"},
	} {
		t.Run(c.why, func(t *testing.T) {
			runs := Words(c.old, c.new)
			if got := show(runs); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			checkRuns(t, runs, c.old, c.new)
		})
	}
}

// checkRuns holds runs to the laws.
func checkRuns(t *testing.T, runs []Run, old, new string) {
	t.Helper()
	var a, b strings.Builder
	inside := [2]map[int]bool{{}, {}}
	for side, s := range []string{old, new} {
		for _, tok := range Tokens(s) {
			for i := tok.Start + 1; i < tok.End; i++ {
				inside[side][i] = true
			}
		}
	}
	for _, r := range runs {
		a.WriteString(r.Old)
		b.WriteString(r.New)
		if inside[0][a.Len()] || inside[1][b.Len()] {
			t.Errorf("a run ends inside a word: %s", show(runs))
		}
	}
	if a.String() != old {
		t.Errorf("rejecting every change gives %q, not %q", a.String(), old)
	}
	if b.String() != new {
		t.Errorf("accepting every change gives %q, not %q", b.String(), new)
	}
}

func FuzzWords(f *testing.F) {
	f.Add("We keep it for 12 months.", "We keep it for 24 months, at most.")
	f.Add("a\u00adb’c 我们", "a b'c  我 们\xff")
	f.Fuzz(func(t *testing.T, old, new string) {
		checkRuns(t, Words(old, new), old, new)
		for _, r := range Words(old, old) {
			if r.Op != Same {
				t.Errorf("a text differs from itself: %s", show(Words(old, old)))
			}
		}
	})
}
