package verdict

import (
	"slices"
	"strings"

	"proviso/change/unit"
	"proviso/change/words"
	"proviso/policy"
)

// wholeLine judges a group by what kind of line it is: lines that only date or
// number the text, and lines that only send the reader elsewhere.
func (j *Judge) wholeLine(g *group) (finding, bool) {
	list := slices.Concat(g.old, g.new)
	if allOf(list, j.dateLine) {
		return finding{rule: "date-line", text: Clip(textOf(g.old)) + " → " + Clip(textOf(g.new)), verdict: policy.Editorial}, true
	}
	if allOf(list, j.pointer) && j.sameTargets(g) {
		return finding{rule: "pointer", text: Clip(textOf(g.old)) + " → " + Clip(textOf(g.new)), verdict: policy.Editorial}, true
	}
	if sent(g) && slices.ContainsFunc(list, j.pointer) && allOf(list, j.unbound) && !traded(g) && slices.Equal(j.told(g.old), j.told(g.new)) {
		return finding{rule: "pointer", text: Clip(textOf(g.old)) + " → " + Clip(textOf(g.new)), verdict: policy.Editorial}, true
	}
	return finding{}, false
}

// told lists the words of weight outside the words of links.
func (j *Judge) told(list []*sentence) []string {
	var out []string
	for _, s := range list {
		for _, t := range s.body {
			if s.unit.LinkAt(t.Start) == nil && j.weighty(t) && !t.Is(words.Pointer) {
				out = append(out, t.Key)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sent reports whether one old sentence and one new one lead to the same place.
func sent(g *group) bool { return len(g.old) == 1 && len(g.new) == 1 && sameLink(g.old[0], g.new[0]) }

// unbound reports whether nothing in the sentence, the words of its links
// apart, allows, forbids, limits or counts.
func (j *Judge) unbound(s *sentence) bool {
	for i, t := range s.body {
		if s.unit.LinkAt(t.Start) != nil || i > 0 && s.body[i-1].Is(words.Reference) {
			continue
		}
		placed := t.Key == "within" && i+1 < len(s.body) && s.body[i+1].Is(words.Reference)
		if t.Is((words.Flips&^words.Condition&^words.Open)|words.Number|words.Contact) && t.Key != "you may" && !placed {
			return false
		}
	}
	return len(s.body) <= 24
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
func (j *Judge) dateLine(s *sentence) bool {
	if s.unit.Contents() {
		return true
	}
	dated, counted := false, false
	for i, t := range s.body {
		month := t.Capital && t.Is(words.Dateline) && (i+1 < len(s.body) && s.body[i+1].Is(words.Number) || i > 0 && s.body[i-1].Is(words.Number))
		switch {
		case t.Is(words.Number):
			counted = true
		case t.Is(words.Flips) && !month && t.Key != "last":
			return false
		case t.Is(words.Dateline):
			dated = true
		case !t.Is(words.Document) && t.Key != "we" && t.Key != "this":
			return false
		}
	}
	return dated && (counted || len(s.body) <= 3 && s.body[0].Is(words.Dateline))
}

// pointer reports whether the sentence only sends the reader elsewhere: it
// begins like one and binds nobody. What the words of the link are does not count.
func (j *Judge) pointer(s *sentence) bool {
	lead := false
	for i, t := range s.terms {
		starts := i == 0 || t.Before == "," || s.terms[i-1].Key == "pleas"
		lead = lead || starts && t.Is(words.Pointer) && t.Key != "here" && bare(t.Text)
	}
	if len(s.body) > 0 {
		lead = lead || s.body[0].Is(words.Pointer) && bare(s.body[0].Text)
	}
	return lead && len(s.body) <= 16 && j.unbound(s)
}

// bare reports whether a verb stands as in an order: "see", not "seeing" or "sees".
func bare(w string) bool {
	w = strings.ToLower(w)
	return !strings.HasSuffix(w, "ing") && !strings.HasSuffix(w, "ed") && !(strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "details"))
}

// sameTargets reports whether both sides name the same documents, parties and
// acts: to send the reader to another agreement may bind the reader to it.
func (j *Judge) sameTargets(g *group) bool {
	const telling = words.Document | words.Law | words.Country | words.Party
	named := func(list []*sentence) []string {
		var out []string
		for _, s := range list {
			for _, t := range s.body {
				outside := t.Is(words.Act|words.Flips) && s.unit.LinkAt(t.Start) == nil && !t.Is(words.Pointer)
				if outside || t.Is(telling) && t.Key != "we" && t.Key != "you" || !t.First && j.properName(t) {
					out = append(out, t.Key)
				}
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(named(g.old), named(g.new)) && !traded(g)
}

// traded reports whether "you" took the place of "we", or the other way round.
func traded(g *group) bool {
	n := map[string]int{}
	for _, s := range g.old {
		for _, t := range s.terms {
			n[t.Key]--
		}
	}
	for _, s := range g.new {
		for _, t := range s.terms {
			n[t.Key]++
		}
	}
	return n["you"]*n["we"] < 0 || n["our"]*n["your"] < 0
}

// lone judges sentences that stand in one of the texts only.
func (j *Judge) lone(g *group) []finding {
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
func (j *Judge) unpaired(s *sentence, other *corpus, what string) finding {
	f := finding{text: what + ": " + Clip(s.text()), verdict: policy.Editorial, terms: s.body}
	switch {
	case len(s.body) == 0:
		f.rule = "same-words"
	case s.unit.Part == unit.Open:
		f.rule, f.verdict = "practices-table", policy.Review // its rows compare as data; that it is shown is new
	case j.elsewhere(s, other):
		f.rule = "moved"
	case j.dateLine(s):
		f.rule = "date-line"
	case j.courtesy(s):
		f.rule = "courtesy"
	case s.unit.Part == unit.Heading && !s.has(words.Flips&^words.Open&^words.Condition):
		f.rule = "heading"
	case j.pointer(s):
		f.rule = "pointer"
		if s.has(words.Act|words.Document|words.Law) && !s.has(words.Guide) || slices.ContainsFunc(s.body, j.rightful) {
			f.verdict = policy.Review
		}
	case s.unit.Part == unit.Item || s.unit.Part == unit.Row:
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

// elsewhere reports whether the other text says the same in another place, and
// as often. What is said twice, of two things, is not the same said once.
func (j *Judge) elsewhere(s *sentence, other *corpus) bool {
	often := len(other.sentences[s.key]) >= len(j.corpusOf(other).sentences[s.key])
	return slices.ContainsFunc(other.sentences[s.key], func(t *sentence) bool {
		switch {
		case crossed(s, t):
			return false
		case (t.unit.Part == unit.Heading) != (s.unit.Part == unit.Heading):
			return true // a lead-in made a heading, or the other way round
		case t.unit.Section.ID == s.unit.Section.ID && t.unit.Lead == s.unit.Lead:
			return true
		}
		return often && !s.short() && s.unit.Part != unit.Item && s.unit.Part != unit.Row && !leaning(s)
	})
}

// rightful reports whether a word is about a right and how to use it.
func (j *Judge) rightful(t words.Term) bool {
	return slices.Contains(j.lexicon.Categories(t.Key), "rights")
}

// here leaves out the sentences of a paragraph that was cut up which stand in
// another region of the other text: they are compared there.
func (j *Judge) here(list, counterpart []*sentence, other *corpus) []*sentence {
	return slices.DeleteFunc(slices.Clone(list), func(s *sentence) bool {
		same := func(t *sentence) bool { return t.key == s.key }
		return !slices.ContainsFunc(counterpart, same) && len(other.sentences[s.key]) >= len(j.corpusOf(other).sentences[s.key])
	})
}

// corpusOf returns the text that is not the other one.
func (j *Judge) corpusOf(other *corpus) *corpus {
	if other == j.old {
		return j.new
	}
	return j.old
}

// leaning reports whether a sentence means what the sentences around it say:
// "this data", "they".
func leaning(s *sentence) bool {
	for i, t := range s.terms {
		switch t.Key {
		case "this", "these", "such", "those", "they", "it", "their":
			return i < 6
		}
	}
	return false
}

// courtesy reports whether the sentence only greets, thanks or welcomes.
func (j *Judge) courtesy(s *sentence) bool {
	kind := false
	for _, t := range s.body {
		kind = kind || t.Is(words.Courtesy)
		if t.Is(words.Flips) || !t.Is(words.Courtesy|words.Document) && t.Key != "we" && t.Key != "you" {
			return false
		}
	}
	return kind && len(s.body) <= 10
}

// binding reports whether the sentence says what somebody does, may or must do.
func (j *Judge) binding(s *sentence) bool {
	if !j.lexicon.Known {
		return s.has(words.Number | words.Contact)
	}
	if s.has(words.Flips&^words.Open | words.Act | words.Party | words.Country | words.Law | words.Number | words.Contact) {
		return true
	}
	return slices.ContainsFunc(s.body, func(t words.Term) bool { return len(j.lexicon.Categories(t.Key)) > 0 })
}
