package verdict

import (
	"slices"
	"strings"

	"proviso/change/unit"
	"proviso/change/words"
)

// A sentence is what the rules compare.
type sentence struct {
	unit  *unit.Unit
	terms []words.Term // all of them
	body  []words.Term // those that carry meaning of their own
	key   string       // the keys of the body, joined

	sorted []string // the keys of the body in order
}

// text returns the sentence as written.
func (s *sentence) text() string {
	return s.unit.Text[s.terms[0].Start:s.terms[len(s.terms)-1].End]
}

// links returns the targets of the links that begin in the sentence.
func (s *sentence) links() []string {
	var out []string
	for _, l := range s.unit.Links {
		if l.Start >= s.terms[0].Start && l.Start < s.terms[len(s.terms)-1].End {
			out = append(out, l.Target)
		}
	}
	return out
}

// short reports whether the sentence is too short to be recognised elsewhere:
// as an item or a row it means what the list around it says.
func (s *sentence) short() bool {
	return len(s.body) < 5 || s.unit.Part == unit.Item && len(s.body) < 8
}

// sentences cuts units into sentences. A row is one sentence, and so is a heading.
func sentences(l *words.Lexicon, units []*unit.Unit) []*sentence {
	var out []*sentence
	for _, u := range units {
		terms := l.Read(u.Text)
		for len(terms) > 0 {
			n := 1
			for n < len(terms) && (!terms[n].First || u.Part == unit.Row || u.Part == unit.Heading) {
				n++
			}
			out = append(out, newSentence(u, terms[:n:n]))
			terms = terms[n:]
		}
	}
	return out
}

func newSentence(u *unit.Unit, terms []words.Term) *sentence {
	s := &sentence{unit: u, terms: terms}
	var keys []string
	for _, t := range terms {
		if !t.Is(words.Empty) {
			s.body = append(s.body, t)
			keys = append(keys, t.Key)
		}
	}
	s.key = strings.Join(keys, " ")
	slices.Sort(keys)
	s.sorted = keys
	return s
}

// has reports whether a term of the sentence is of one of the classes.
func (s *sentence) has(c words.Class) bool {
	for _, t := range s.terms {
		if t.Is(c) {
			return true
		}
	}
	return false
}

// A corpus is what one document says, to look things up in.
type corpus struct {
	sentences map[string][]*sentence // by key
	lower     map[string]bool        // keys written without a capital
	count     map[string]int         // keys
	all       string                 // keys of all bodies, with blanks around each
}

func newCorpus(list []*sentence) *corpus {
	c := &corpus{sentences: map[string][]*sentence{}, lower: map[string]bool{}, count: map[string]int{}}
	var b strings.Builder
	for _, s := range list {
		c.sentences[s.key] = append(c.sentences[s.key], s)
		for _, t := range s.terms {
			c.count[t.Key]++
			if !t.Capital {
				c.lower[t.Key] = true
			}
		}
		b.WriteString(" " + s.key + " \n")
	}
	c.all = b.String()
	return c
}

// says reports whether the document has a sequence of keys.
func (c *corpus) says(keys string) bool { return strings.Contains(c.all, " "+keys+" ") }
