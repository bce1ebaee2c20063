package redline

import (
	"encoding/binary"

	"proviso/text"
)

// A Lexicon keeps what was found out about the words of texts while they are
// compared, for whoever compares many versions of one text with each other:
// most of their paragraphs are the same. It changes no redline. It is not for
// use by several tasks at a time. The zero Lexicon is empty.
type Lexicon struct {
	codes   codes
	known   map[string]known
	texts   map[string]*sequence
	aligned map[string][]step
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
	if x.codes == nil || len(x.codes)+len(x.texts)+len(x.aligned) > crammed {
		*x = Lexicon{codes: codes{}, known: map[string]known{}, texts: map[string]*sequence{}, aligned: map[string][]step{}}
	}
	c := &comparison{Lexicon: x, old: old, new: new, sectionPair: map[*text.Section]int{}}
	return c.compare()
}

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
	key := make([]byte, 0, 4*(len(a)+len(b)+1))
	for _, list := range [][]int32{{int32(len(a))}, a, b} {
		for _, c := range list {
			key = binary.LittleEndian.AppendUint32(key, uint32(c))
		}
	}
	steps, ok := x.aligned[string(key)]
	if !ok {
		steps = align(a, b)
		x.aligned[string(key)] = steps
	}
	return steps
}
