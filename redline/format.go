package redline

import (
	"slices"
	"strconv"
	"strings"

	"proviso/text"
)

// formats lists the differences of form in a block whose words are in both texts.
func formats(b *Block) []Format {
	if b.Old == nil || b.New == nil || b.Fate == MovedFrom {
		return nil
	}
	var out []Format
	add := func(kind FormatKind, from, to string) {
		if from != to {
			out = append(out, Format{Kind: kind, From: from, To: to})
		}
	}
	switch {
	case b.Split:
		add(Break, "", "split")
	case b.Merged:
		add(Break, "", "merged")
	}
	if b.Old.Heading() || b.New.Heading() {
		add(Level, b.Old.level(), b.New.level())
	} else {
		if !besides(b.Old, b.New) {
			add(Place, b.Old.place(), b.New.place())
		}
		add(Alignment, alignments[b.Old.Block.Align], alignments[b.New.Block.Align])
	}
	if len(b.Runs) == 1 && b.Runs[0].Op == Same && slices.EqualFunc(b.Old.Spans, b.New.Spans, sameSpan) {
		return out
	}
	if !b.repeats() {
		return append(out, wordFormats(b)...)
	}
	f := &b.meeting.formatted
	if !f.done || !sameSpans(f.old, b.Old.Spans) || !sameSpans(f.new, b.New.Spans) {
		*f = formatted{true, b.Old.Spans, b.New.Spans, wordFormats(b)}
	}
	return append(out, f.list...)
}

// wordFormats lists the differences of form in the words.
func wordFormats(b *Block) []Format {
	if !plainly(b.Old.Spans) || !plainly(b.New.Spans) {
		return spanFormats(b)
	}
	if f, ok := typography(b, b.twins()); ok {
		return []Format{f}
	}
	return nil
}

// besides reports whether two leaves stand in the same kind of place.
func besides(a, b *Leaf) bool {
	if a.Block.Kind != b.Block.Kind || len(a.Path) != len(b.Path) {
		return false
	}
	for i := range a.Path {
		x, y := &a.Path[i], &b.Path[i]
		if x.Block.Kind != y.Block.Kind || x.Block.Header != y.Block.Header || (x.Ordinal > 0) != (y.Ordinal > 0) {
			return false
		}
	}
	return true
}

// plainly reports whether spans are words and nothing else.
func plainly(spans []text.Span) bool {
	return !slices.ContainsFunc(spans, func(s text.Span) bool { return s.Marks != 0 || s.Link != "" || s.Image != "" })
}

func sameSpan(x, y text.Span) bool {
	x.Pos, x.Variable = y.Pos, y.Variable
	return x == y
}

var alignments = [...]string{text.AlignNone: "", text.AlignLeft: "left", text.AlignCenter: "center", text.AlignRight: "right"}

func (l *Leaf) level() string {
	if l.Level == 0 {
		return ""
	}
	return strconv.Itoa(l.Level)
}

// place says in words what the leaf stands in, innermost first.
func (l *Leaf) place() string {
	var names []string
	switch l.Block.Kind {
	case text.Code:
		names = append(names, "code")
	case text.HTML:
		names = append(names, "html")
	}
	for i := len(l.Path) - 1; i >= 0; i-- {
		switch c := l.Path[i]; c.Block.Kind {
		case text.Quote:
			names = append(names, "quote")
		case text.Item:
			if c.Ordinal > 0 {
				names = append(names, "numbered list item")
			} else {
				names = append(names, "list item")
			}
		case text.Row:
			if c.Block.Header {
				names = append(names, "table head")
			} else {
				names = append(names, "table cell")
			}
		}
	}
	if names == nil {
		return "paragraph"
	}
	return strings.Join(names, " in ")
}

// spanFormats compares links, emphasis, images and typography along the runs.
func spanFormats(b *Block) []Format {
	pieces := b.Pieces()
	var out []Format
	for i, p := range pieces {
		if p.Op != Deleted || p.Moved > 0 || i+1 == len(pieces) || pieces[i+1].Op != Inserted {
			continue
		}
		next := pieces[i+1] // the link went to other words, and elsewhere
		if f, ok := listed(Link, p.OldSpans, next.NewSpans); ok {
			f.Text = strings.TrimSpace(next.New)
			out = append(out, f)
		}
	}
	twins := b.twins()
	overlaps := b.overlaps(twins)
	out = append(out, along(b, overlaps, Link, target)...)
	out = append(out, along(b, overlaps, Emphasis, marks)...)
	old, new := Cut(b.Old.Spans, b.at[0], b.end[0]), Cut(b.New.Spans, b.at[1], b.end[1])
	if f, ok := listed(Image, old, new); ok {
		out = append(out, f)
	}
	if f, ok := listed(Link, wordless(old), wordless(new)); ok {
		out = append(out, f)
	}
	if f, ok := typography(b, twins); ok {
		out = append(out, f)
	}
	return out
}

func target(s *text.Span) string {
	if s.Link != "" && s.Title != "" {
		return s.Link + " " + strconv.Quote(s.Title)
	}
	return s.Link
}

func marks(s *text.Span) string {
	if s.Marks == 0 {
		return ""
	}
	var names []string
	for i, name := range []string{"emphasis", "strong", "code"} {
		if s.Marks&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// listed compares the links or images of spans as lists.
func listed(kind FormatKind, old, new []text.Span) (Format, bool) {
	list := func(spans []text.Span) string {
		var out []string
		for i := range spans {
			name := spans[i].Image
			if kind == Link {
				name = target(&spans[i])
			}
			if name != "" && (len(out) == 0 || out[len(out)-1] != name) {
				out = append(out, name)
			}
		}
		return strings.Join(out, ", ")
	}
	f := Format{Kind: kind, From: list(old), To: list(new)}
	return f, f.From != f.To
}

// wordless returns the spans that have a link and no words.
func wordless(spans []text.Span) []text.Span {
	return slices.DeleteFunc(slices.Clone(spans), func(s text.Span) bool { return s.Text != "" })
}

// An overlap is a stretch of words in both texts, with the form it has in each.
type overlap struct {
	from, to int // in the new text
	old, new *text.Span
}

// along compares what form gives for the words that are the same.
func along(b *Block, overlaps []overlap, kind FormatKind, form func(*text.Span) string) []Format {
	var out []Format
	end := -1 // of the difference that is open
	start := 0
	for _, o := range overlaps {
		from, to := form(o.old), form(o.new)
		n := len(out) - 1
		switch {
		case from == to:
			end = -1
			continue
		case end >= 0 && out[n].From == from && out[n].To == to:
		default:
			out = append(out, Format{Kind: kind, From: from, To: to})
			start, n = o.from, n+1
		}
		end = o.to
		out[n].Text = strings.TrimSpace(b.New.Text[start:end])
	}
	return slices.DeleteFunc(out, func(f Format) bool { return f.Text == "" })
}

// overlaps returns the words that are the same, cut wherever their form changes.
func (b *Block) overlaps(twins []twin) []overlap {
	out := make([]overlap, 0, len(twins)+len(b.Old.Spans)+len(b.New.Spans))
	old, new := trace{spans: b.Old.Spans}, trace{spans: b.New.Spans}
	for _, t := range twins {
		if t.old.End-t.old.Start != t.new.End-t.new.Start { // not the same bytes: the form of the beginning
			out = append(out, overlap{t.new.Start, t.new.End, old.to(t.old.Start), new.to(t.new.Start)})
			continue
		}
		for i, j := t.old.Start, t.new.Start; i < t.old.End; {
			x, y := old.to(i), new.to(j)
			n := min(t.old.End-i, old.end()-i, new.end()-j)
			out = append(out, overlap{j, j + n, x, y})
			i, j = i+n, j+n
		}
	}
	return out
}

// A twin is a token in both texts, or a stretch of them without a difference.
type twin struct{ old, new Token }

// twins returns what the Same runs of a block hold.
func (b *Block) twins() []twin {
	var out []twin
	var tokens [2][]Token
	i, j := b.at[0], b.at[1]
	for _, r := range b.Runs {
		to, to2 := i+len(r.Old), j+len(r.New)
		switch {
		case r.Op == Same && r.Old == r.New:
			out = append(out, twin{Token{Start: i, End: to}, Token{Start: j, End: to2}})
		case r.Op == Same:
			if tokens[0] == nil {
				tokens = [2][]Token{b.Old.tokens(), b.New.tokens()}
			}
			x, y := inside(tokens[0], i, to), inside(tokens[1], j, to2)
			for k := range x {
				out = append(out, twin{x[k], y[k]})
			}
		}
		i, j = to, to2
	}
	return out
}

// inside returns the tokens that begin in a part of the text.
func inside(tokens []Token, from, to int) []Token {
	first := func(at int) int {
		n, _ := slices.BinarySearchFunc(tokens, at, func(t Token, at int) int { return t.Start - at })
		return n
	}
	return tokens[first(from):first(to)]
}

// typography returns the first place where the same words are written in
// another way: with other blanks, quotes or invisible characters.
func typography(b *Block, twins []twin) (Format, bool) {
	var last twin
	for k, t := range twins {
		x, y := b.Old.Text[t.old.Start:t.old.End], b.New.Text[t.new.Start:t.new.End]
		if t.new.Key != effectiveKey && x != y {
			return Format{Kind: Typography, From: x, To: y, Text: y}, true
		}
		if k > 0 && last.new.Key != "" && t.new.Key != "" { // the blanks before it
			x, y = b.Old.Text[last.old.Start:t.old.End], b.New.Text[last.new.Start:t.new.End]
			if last.old.End < t.old.Start && last.new.End < t.new.Start && blanks(b.Old.Text[last.old.End:t.old.Start]) != blanks(b.New.Text[last.new.End:t.new.Start]) {
				return Format{Kind: Typography, From: x, To: y, Text: y}, true
			}
		}
		last = t
	}
	return Format{}, false
}

// blanks returns what a reader sees of blanks: one, or a line break.
func blanks(s string) string {
	if strings.Contains(s, "\n") {
		return "\n"
	}
	return strings.Trim(s, " \t") + " "
}

// A trace reads the spans of a leaf along its text.
type trace struct {
	spans []text.Span
	at    int // where in the text the first of spans begins
}

// to returns the span at a place in the text, which must not be before the last one asked for.
func (t *trace) to(at int) *text.Span {
	for len(t.spans) > 0 && t.end() <= at {
		t.at = t.end()
		t.spans = t.spans[1:]
	}
	if len(t.spans) == 0 {
		return &text.Span{}
	}
	return &t.spans[0]
}

func (t *trace) end() int { return t.at + len(t.spans[0].Text) }
