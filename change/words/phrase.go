package words

import "slices"

// phrases is a table of sequences of keys and what they are read as, by the
// first key, longest first.
type phrases map[string][]phrase

type phrase struct{ from, to []string }

func (p phrases) add(from, to []string) {
	if len(from) == 0 || len(to) == 0 || slices.Equal(from, to) {
		return
	}
	for _, q := range p[from[0]] {
		if slices.Equal(q.from, from) {
			return
		}
	}
	row := append(p[from[0]], phrase{from, to})
	slices.SortStableFunc(row, func(a, b phrase) int { return len(b.from) - len(a.from) })
	p[from[0]] = row
}

// apply reads the terms from left to right and replaces the longest phrase that
// begins at each. A phrase never reaches over the end of a sentence.
func (p phrases) apply(terms []Term) []Term {
	out := make([]Term, 0, len(terms))
	for i := 0; i < len(terms); {
		q, ok := p.at(terms[i:])
		if !ok {
			out = append(out, terms[i])
			i++
			continue
		}
		first, last := terms[i], terms[i+len(q.from)-1]
		for k, key := range q.to {
			t := first
			t.Key, t.End, t.Possessive = key, last.End, last.Possessive
			if key == "we" && last.Possessive {
				t.Key = "our"
			}
			if k > 0 {
				t.Before, t.First = "", false
			}
			out = append(out, t)
		}
		i += len(q.from)
	}
	return out
}

func (p phrases) at(terms []Term) (phrase, bool) {
	for _, q := range p[terms[0].Key] {
		if q.fits(terms) {
			return q, true
		}
	}
	return phrase{}, false
}

func (q phrase) fits(terms []Term) bool {
	if len(terms) < len(q.from) {
		return false
	}
	for i, key := range q.from {
		if terms[i].Key != key || i > 0 && (terms[i].First || terms[i].Before == "," || terms[i].Before == ";") {
			return false
		}
	}
	return true
}
