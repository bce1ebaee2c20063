package change

import (
	"slices"
	"strings"

	"proviso/change/words"
	"proviso/policy"
)

// wholeLine judges a group by what kind of line it is: lines that only date or
// number the text, and lines that only send the reader elsewhere.
func (j *judge) wholeLine(g *group) (finding, bool) {
	list := slices.Concat(g.old, g.new)
	if allOf(list, j.dateLine) {
		return finding{rule: "date-line", text: clip(textOf(g.old)) + " → " + clip(textOf(g.new)), verdict: policy.Editorial}, true
	}
	if allOf(list, j.pointer) && sameTargets(g) {
		return finding{rule: "pointer", text: clip(textOf(g.old)) + " → " + clip(textOf(g.new)), verdict: policy.Editorial}, true
	}
	return finding{}, false
}

func allOf(list []*sentence, ok func(*sentence) bool) bool {
	for _, s := range list {
		if !ok(s) {
			return false
		}
	}
	return len(list) > 0
}

// dateLine reports whether the sentence only says when or in which version the
// text was written, or is a line of a table of contents.
func (j *judge) dateLine(s *sentence) bool {
	if s.unit.contents() {
		return true
	}
	dated := false
	for _, t := range s.body {
		if t.Is(words.Dateline) {
			dated = true
			continue
		}
		if !t.Is(words.Number|words.Document) && t.Key != "we" && t.Key != "this" {
			return false
		}
	}
	return dated
}

// pointer reports whether the sentence only sends the reader elsewhere: it
// begins or ends like one and binds nobody.
func (j *judge) pointer(s *sentence) bool {
	lead := leading[strings.ToLower(s.terms[0].Text)]
	if len(s.body) > 0 {
		lead = lead || s.body[0].Is(words.Pointer)
	}
	return lead && !s.has((words.Flips&^words.Condition&^words.Open)|words.Number|words.Contact) && len(s.body) <= 16
}

// leading are words that begin a sentence which points elsewhere.
var leading = map[string]bool{"see": true, "please": true, "learn": true, "read": true, "visit": true, "click": true}

// sameTargets reports whether the same documents are named on both sides: to
// send the reader to another agreement may bind the reader to it.
func sameTargets(g *group) bool {
	names := func(list []*sentence) []string {
		var out []string
		for _, s := range list {
			for _, t := range s.body {
				if t.Is(words.Document|words.Law|words.Country|words.Party) && t.Key != "we" && t.Key != "you" {
					out = append(out, t.Key)
				}
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(names(g.old), names(g.new))
}

// lone judges sentences that stand in one of the texts only.
func (j *judge) lone(g *group) []finding {
	var out []finding
	for _, s := range g.old {
		out = append(out, j.unpaired(s, j.new, "removed"))
	}
	for _, s := range g.new {
		out = append(out, j.unpaired(s, j.old, "added"))
	}
	return out
}

// unpaired judges one sentence that joined or left, with the whole other text in view.
func (j *judge) unpaired(s *sentence, other *corpus, what string) finding {
	f := finding{text: what + ": " + clip(s.text()), verdict: policy.Editorial, terms: s.body}
	switch {
	case len(s.body) == 0:
		f.rule = "same-words"
	case j.elsewhere(s, other):
		f.rule = "moved"
	case j.dateLine(s):
		f.rule = "date-line"
	case j.courtesy(s):
		f.rule = "courtesy"
	case s.unit.part == heading:
		f.rule = "heading"
	case j.pointer(s):
		f.rule = "pointer"
		if s.has(words.Document|words.Act|words.Law) && !aid(s) {
			f.verdict = policy.Review
		}
	case s.unit.part == item || s.unit.part == row:
		f.rule, f.verdict = "list-item", policy.Material
		f.direction = j.spoken(s, what)
	case j.binding(s):
		f.rule, f.verdict = what+"-promise", policy.Material
		f.direction = j.spoken(s, what)
	default:
		f.rule, f.verdict = what+"-sentence", policy.Review
	}
	return f
}

// aid reports whether a pointer leads to a guide and not to a document that binds.
func aid(s *sentence) bool {
	return slices.ContainsFunc(s.body, func(t words.Term) bool { return slices.Contains(guides, t.Key) })
}

var guides = []string{"guide", "guid", "help", "documentation", "article", "pdf", "translation", "faq", "FAQ", "blog"}

// elsewhere reports whether the other text says the same in another place.
func (j *judge) elsewhere(s *sentence, other *corpus) bool {
	return slices.ContainsFunc(other.sentences[s.key], func(t *sentence) bool {
		if crossed(s, t) || (t.unit.part == heading) != (s.unit.part == heading) {
			return false
		}
		return !s.short() && s.unit.part != item || t.unit.section == s.unit.section && t.unit.lead == s.unit.lead
	})
}

// courtesy reports whether the sentence only greets, thanks or welcomes.
func (j *judge) courtesy(s *sentence) bool {
	kind := false
	for _, t := range s.body {
		if t.Is(words.Courtesy) {
			kind = true
		} else if t.Key != "we" && t.Key != "you" && !t.Is(words.Document) {
			return false
		}
	}
	return kind && len(s.body) <= 10
}

// binding reports whether the sentence says what somebody does, may or must do.
func (j *judge) binding(s *sentence) bool {
	if !j.lexicon.Known {
		return s.has(words.Number | words.Contact)
	}
	if s.has(words.Flips&^words.Open | words.Act | words.Party | words.Country | words.Law | words.Number | words.Contact) {
		return true
	}
	return slices.ContainsFunc(s.body, func(t words.Term) bool { return len(j.lexicon.Categories(t.Key)) > 0 })
}
