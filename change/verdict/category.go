package verdict

import (
	"slices"

	"proviso/change/words"
	"proviso/policy"
)

// sources says, for each category, where it stands that such a change matters.
var sources = map[string]string{
	"data":       "4 CCR 904-3 R. 6.04(A)(1)",
	"purpose":    "WP260 29; GDPR 13(3)",
	"sharing":    "WP260 30",
	"transfer":   "WP260 30",
	"retention":  "GDPR 13(2)(a)",
	"rights":     "WP260 29",
	"controller": "WP260 29",
	"security":   "WP260 29",
	"children":   "16 CFR 312.5(a)(1)",
	"automated":  "GDPR 13(2)(f)",
	"tracking":   "Cal. B&P 22575(b)",
	"disputes":   "GDPR 13(2)(d)",
	"scope":      "12 CFR 1016.8(b)",
	"changes":    "Cal. B&P 22575(b)(3)",
	"other":      "FTC Act s 5",
}

// Source returns where it stands that a change of a category matters.
func Source(category string) string { return sources[category] }

// NotMaterial is where it stands that flaws of style are no substantive changes.
const NotMaterial = "WP260 29 (not material)"

// categorise names the categories that a change touches: those its own words
// point to, else those of the sentence around, else those of the heading.
func (j *Judge) categorise(own, around, heading []words.Term) []string {
	score := map[string]int{}
	j.tally(score, own, 3)
	if len(score) == 0 {
		j.tally(score, around, 1)
		j.tally(score, heading, 2)
	} else {
		more := map[string]int{}
		j.tally(more, heading, 2)
		j.tally(more, around, 1)
		for c, n := range more {
			if score[c] > 0 || n >= 4 {
				score[c] += n
			}
		}
	}
	delete(score, "other")
	if len(score) == 0 {
		return []string{"other"}
	}
	best := 0
	for _, n := range score {
		best = max(best, n)
	}
	var out []string
	for _, c := range policy.Categories {
		if n := score[c]; n > 0 && 2*n >= best {
			out = append(out, c)
		}
	}
	return out
}

func (j *Judge) tally(score map[string]int, terms []words.Term, points int) {
	for _, t := range terms {
		for _, c := range j.lexicon.Categories(t.Key) {
			score[c] += points
		}
		switch {
		case t.Is(words.Contact):
			score["controller"] += points
		case t.Is(words.Country):
			score["transfer"] += points
		}
	}
}

// inOrder returns the categories, each once, in the order of policy.Categories.
func inOrder(categories []string) []string {
	var out []string
	for _, c := range policy.Categories {
		if slices.Contains(categories, c) {
			out = append(out, c)
		}
	}
	return out
}
