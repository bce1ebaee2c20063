package change

import (
	"slices"
	"strconv"
	"strings"

	"proviso/change/words"
)

// flipped says for whom a flip is good, where the sentence has one actor and
// one flip: a permission of ours that comes is adverse, one of yours a benefit.
func (j *judge) flipped(c words.Class, gone, come []words.Term, g *group) Direction {
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
// shorter where data is kept or they wait, longer where they are given notice.
func (j *judge) counted(e *edit, g *group) Direction {
	a, ok1 := e.oldAt.duration()
	b, ok2 := e.newAt.duration()
	if !ok1 || !ok2 || a == b {
		return ""
	}
	list := slices.Concat(g.old, g.new)
	word := func(keys ...string) bool {
		return slices.ContainsFunc(list, func(s *sentence) bool {
			return slices.ContainsFunc(s.body, func(t words.Term) bool { return slices.Contains(keys, t.Key) })
		})
	}
	switch {
	case word("object", "withdraw", "appeal", "cancel", "claim", "complain"):
		return towards(b > a)
	case word("at least", "notice") && word("notice", "tell", "befor"):
		return towards(b > a)
	case word("keep", "retention", "delet", "stor", "retain", "within", "answer"):
		return towards(b < a)
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
func (j *judge) joined(e *edit, g *group) Direction {
	if len(e.old) > 0 && len(e.new) > 0 {
		return ""
	}
	return j.listed(slices.Concat(g.old, g.new), len(e.new) > 0)
}

// spoken says for whom a sentence that joined or left is good.
func (j *judge) spoken(s *sentence, what string) Direction {
	return j.listed([]*sentence{s}, what == "added")
}

func (j *judge) listed(list []*sentence, joined bool) Direction {
	s := list[0]
	ours, yours := actor(s)
	denied := s.has(words.Negation)
	act := slices.ContainsFunc(s.body, func(t words.Term) bool { return slices.Contains(takes, t.Key) })
	switch {
	case ours && act && !denied:
		return towards(!joined)
	case ours && act && denied:
		return towards(joined)
	case yours && s.has(words.Modal) && !denied && !slices.ContainsFunc(s.body, func(t words.Term) bool { return t.Key == "must" || t.Key == "agre" }):
		return towards(joined)
	}
	return ""
}

// takes are the acts by which we take from or pass on what is yours.
var takes = []string{"collect", "share", "shar", "sell", "disclos", "track", "profil", "transfer", "keep", "combin", "scan"}
