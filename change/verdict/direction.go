package verdict

import (
	"slices"
	"strconv"
	"strings"

	"proviso/change/unit"
	"proviso/change/words"
)

// Direction says for whom a change is good: account holders lose (Adverse),
// gain (Benefit), or neither. The empty Direction means that the rules cannot tell.
type Direction string

const (
	Adverse Direction = "adverse" // account holders lose
	Neutral Direction = "neutral" // the change is editorial
	Benefit Direction = "benefit" // account holders gain
)

// flipped says for whom a flip is good, where the sentence has one actor and
// one flip: a permission of ours that comes is adverse, one of yours a benefit.
func (j *Judge) flipped(c words.Class, gone, come []words.Term, g *group) Direction {
	if len(gone)+len(come) != 1 || len(g.new) != 1 || len(g.old) != 1 {
		return ""
	}
	t, joined := slices.Concat(gone, come)[0], len(come) == 1
	ours, yours := actor(g.new[0])
	switch {
	case c == words.Negation && ours && !yours, t.Key == "only" && ours && !yours:
		return towards(joined)
	case t.Key == "must" && yours && !ours:
		return towards(!joined)
	}
	return ""
}

// towards is Benefit if good, else Adverse.
func towards(good bool) Direction {
	if good {
		return Benefit
	}
	return Adverse
}

// actor tells whether a sentence begins with what we do, or with what you do.
func actor(s *sentence) (ours, yours bool) {
	for _, t := range s.body {
		switch {
		case t.Key == "we":
			return true, false
		case t.Key == "you" || strings.HasPrefix(t.Key, "you may"):
			return false, true
		}
	}
	return false, false
}

// units of time, in days.
var days = map[string]float64{"hour": 1.0 / 24, "day": 1, "week": 7, "month": 30.4, "year": 365.25}

// counted says whether a longer or shorter time is good for account holders:
// longer where they use a right or are given notice, shorter where data is kept
// or they wait.
func (j *Judge) counted(e *edit, g *group) Direction {
	a, ok1 := e.oldAt.duration()
	b, ok2 := e.newAt.duration()
	if !ok1 || !ok2 || a == b {
		return ""
	}
	about := map[string]bool{}
	for _, s := range slices.Concat(g.old, g.new) {
		for _, t := range s.body {
			for _, c := range j.lexicon.Categories(t.Key) {
				about[c] = true
			}
		}
	}
	switch {
	case about["retention"] && !about["rights"] && !about["changes"]:
		return towards(b < a)
	case about["rights"] && !about["retention"], about["changes"] && !about["retention"]:
		return towards(b > a)
	}
	return ""
}

// duration returns the first length of time in the place, in days.
func (p *place) duration() (float64, bool) {
	for k := p.i; k < p.i+p.n && k < len(p.body); k++ {
		n, err := strconv.ParseFloat(p.body[k].Key, 64)
		if err != nil {
			continue
		}
		for _, t := range p.body[k+1 : min(k+3, len(p.body))] {
			if d, ok := days[t.Key]; ok {
				return n * d, true
			}
		}
	}
	return 0, false
}

// joined says for whom an item that joins or leaves a list is good: a list of
// what we collect or share that grows is adverse, a list of rights a benefit.
func (j *Judge) joined(e *edit, g *group) Direction {
	if len(e.old) > 0 && len(e.new) > 0 {
		return ""
	}
	return j.listed(slices.Concat(g.old, g.new), len(e.new) > 0)
}

// spoken says for whom a sentence that joined or left is good. An item says
// what the words before its list say.
func (j *Judge) spoken(s *sentence, what string) Direction {
	if lead := sentences(j.lexicon, []*unit.Unit{{Text: s.unit.Lead}}); s.unit.Part == unit.Item && len(lead) > 0 {
		return j.listed(lead[len(lead)-1:], what == "added")
	}
	return j.listed([]*sentence{s}, what == "added")
}

// listed says for whom it is good that a sentence, or a list that it leads,
// says more.
func (j *Judge) listed(list []*sentence, more bool) Direction {
	s := list[0]
	ours, yours := actor(s)
	denied, takes := s.has(words.Negation), s.has(words.Takes)
	switch {
	case ours && takes && !denied:
		return towards(!more)
	case ours && takes && denied:
		return towards(more)
	case yours && s.has(words.Modal) && !denied && !slices.ContainsFunc(s.body, burden):
		return towards(more)
	}
	return ""
}

// burden reports whether a word puts a duty on whom it is said of.
func burden(t words.Term) bool { return t.Key == "must" || t.Key == "agre" || t.Key == "should" }
