package verdict

import (
	"slices"
	"strings"

	"proviso/change/unit"
	"proviso/change/words"
)

// reference reports whether the edit only changes the number or letter of a
// place in the text: "section 4(b)" that is now "section 5(a)".
func (j *Judge) reference(e *edit) bool {
	if !all(e.old, ordinal) || !all(e.new, ordinal) || !e.oldAt.referred() || !e.newAt.referred() {
		return false
	}
	return !e.nextN.Is(words.Unit|words.Law) && !e.next.Is(words.Unit|words.Law)
}

// ordinal reports whether a term numbers a place: a number, a letter or a Roman number.
func ordinal(t words.Term) bool {
	return t.Is(words.Number) || len([]rune(t.Key)) == 1 || roman(t.Key)
}

// referred reports whether "section" or the like stands before the place, with
// nothing but numbers and letters between.
func (p *place) referred() bool {
	k := p.i - 1
	for k > 0 && p.i-k < 4 && ordinal(p.body[k]) {
		k--
	}
	return k >= 0 && p.body[k].Is(words.Reference)
}

// crossReference reports whether the edit only says otherwise where in the text
// something stands: "below" that is now "in the section Your choices".
func crossReference(e *edit) bool {
	place := func(t words.Term) bool {
		return t.Is(words.Place) && !t.Capital || t.Key == "above" || t.Key == "the following" || t.Key == "describ" || t.Is(words.Empty)
	}
	named := false
	for _, t := range e.both() {
		named = named || t.Is(words.Place)
		if !place(t) && !(t.Capital && !t.Is(words.Flips|words.Law|words.Country)) {
			return false
		}
	}
	return named || all(e.both(), place)
}

// linkText reports whether the edit lies inside the words of a link to which
// the reader is sent: "see", "more", "here".
func (j *Judge) linkText(e *edit) bool {
	const telling = words.Flips | words.Country | words.Law | words.Number | words.Contact | words.Party | words.Distinct
	return !has(e.both(), telling) && !slices.ContainsFunc(e.both(), j.properName) && e.oldAt.inPointer() && e.newAt.inPointer()
}

// inPointer reports whether the terms of the place are the words of links that
// follow a pointing word; no terms at all will do.
func (p *place) inPointer() bool {
	for k := p.i; k < p.i+p.n; k++ {
		l := p.units[k].LinkAt(p.body[k].Start)
		if l == nil || !p.pointed(k, l) {
			return false
		}
	}
	return true
}

// pointed reports whether a pointing word stands before the link in which the
// k-th term lies, in the same sentence and close to it.
func (p *place) pointed(k int, l *unit.Link) bool {
	for n := 0; k >= 0 && n < 4; k-- {
		t := p.body[k]
		if p.units[k] != p.units[min(k+1, len(p.body)-1)] && n > 0 {
			return false
		}
		if t.Start >= l.Start {
			continue
		}
		if t.Is(words.Pointer) {
			return true
		}
		if t.First {
			return false
		}
		n++
	}
	return false
}

func roman(s string) bool { return s != "" && strings.Trim(s, "ivx") == "" }
