package redline

import (
	"encoding/binary"

	"proviso/text"
)

// A Lexicon keeps what was found out about the words of texts while they are
// compared and written, for whoever does so with many versions of one text:
// most of their paragraphs are the same. It changes no redline. Neither it nor
// its redlines are for use by several tasks at a time. The zero Lexicon is empty.
type Lexicon struct {
	codes   codes
	known   map[string]*known
	texts   map[string]*sequence
	aligned map[string][]step
	met     map[[2]*known]*meeting

	readings []*reading // the latest at the end
	keys     codes      // of nodes

	links slab[link]         // of one comparison
	seen  map[anchor]anchors // of one search
	tally []int32            // by code; all 0
	lines [2]line            // of a region
	key   []byte             // of an alignment
}

// known is what has been found out about the text of leaves. Of headings and
// of what shows the date of a version the text does not tell all.
type known struct {
	key     string
	id      int32 // of the key
	size    int
	read    *sequence // nil until somebody asks
	kept    []Run     // the words as a run that both texts have
	written writing
}

// A meeting is what has been found out about two known texts, one of which became
// the other.
type meeting struct {
	same work // words that are in both
	runs []Run
	fate Fate
	made work // runs

	written   [newSide + 1]writing
	formatted formatted
	words     *[2]int // deleted and inserted
}

// formatted is what differs in the form of the words of a meeting.
type formatted struct {
	done     bool
	old, new []text.Span
	list     []Format
}

// work is something that was done once. To find it again counts as much as to
// do it again, or the bounds of a comparison would depend on those before.
type work struct {
	done  bool
	spent int
	count int
}

// A sequence is the tokens of a text.
type sequence struct {
	tokens []Token
	codes  []int32
	bag    []int32 // codes of words, sorted
}

// crammed is the number of different words, or of other things, past which a
// Lexicon begins anew.
const crammed = 1 << 18

// Compare is the function Compare.
func (x *Lexicon) Compare(old, new *text.Document) *Redline {
	if x.codes == nil || len(x.codes)+len(x.keys)+len(x.texts)+len(x.aligned)+len(x.met) > crammed {
		*x = Lexicon{codes: codes{}, keys: codes{"": 0}, known: map[string]*known{}, texts: map[string]*sequence{}, aligned: map[string][]step{},
			met: map[[2]*known]*meeting{}}
	}
	c := &comparison{Lexicon: x, old: old, new: new, sectionPair: map[*text.Section]int{}}
	defer x.links.reset()
	return c.compare()
}

// meeting returns what is known of the leaves that a link joins, or nil where
// that is not for their texts to tell.
func (x *Lexicon) meeting(l *link) *meeting {
	if l.part || l.old.known == nil || l.new.known == nil {
		return nil
	}
	of := [2]*known{l.old.known, l.new.known}
	p := x.met[of]
	if p == nil {
		p = new(meeting)
		x.met[of] = p
	}
	return p
}

// again reports whether what was done need not be done again.
func (c *comparison) again(w *work) bool { return w.done && c.spend(w.spent) }

// sequence cuts a text into tokens.
func (x *Lexicon) sequence(of string) *sequence {
	s := x.texts[of]
	if s == nil {
		tokens := Tokens(of)
		codes := x.codes.of(tokens)
		s = &sequence{tokens, codes, bagged([]int32{}, tokens, codes)}
		x.texts[of] = s
	}
	return s
}

// align is the function align. Its steps are not to be changed.
func (x *Lexicon) align(a, b []int32) []step {
	if x.aligned == nil {
		return align(a, b)
	}
	key := x.key[:0]
	for _, list := range [][]int32{{int32(len(a))}, a, b} {
		for _, c := range list {
			key = binary.LittleEndian.AppendUint32(key, uint32(c))
		}
	}
	x.key = key
	steps, ok := x.aligned[string(key)]
	if !ok {
		steps = align(a, b)
		x.aligned[string(key)] = steps
	}
	return steps
}
