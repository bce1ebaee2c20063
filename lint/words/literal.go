package words

import (
	"regexp/syntax"
	"strings"
)

// literals returns words of which any match of an expression holds at least
// one, in small letters, or none if there are no such words. Looking for them
// first is much cheaper than trying every phrase on every sentence.
func literals(expr string) []string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	return needed(re)
}

func needed(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if s := strings.ToLower(string(re.Rune)); len(s) > 1 {
			return []string{s}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if l := needed(sub); l != nil && (best == nil || shortest(l) > shortest(best)) {
				best = l
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			l := needed(sub)
			if l == nil {
				return nil
			}
			all = append(all, l...)
		}
		return all
	}
	return nil
}

func shortest(l []string) int {
	n := len(l[0])
	for _, s := range l {
		n = min(n, len(s))
	}
	return n
}

// may reports whether the phrase can stand in a text, given in small letters.
func (p *Phrase) may(lower string) bool {
	if p.needs == nil {
		return true
	}
	for _, s := range p.needs {
		if strings.Contains(lower, s) {
			return true
		}
	}
	return false
}
