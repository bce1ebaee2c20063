package law

import (
	"regexp"
	"slices"

	"proviso/lint/reading"
)

// absolutePromises looks for promises without exceptions that a sentence
// elsewhere takes back.
func absolutePromises(r *reading.Text) {
	back := exceptions(r)
	for _, p := range r.Passages {
		if p.Heading() {
			continue
		}
		i := slices.IndexFunc(back, func(x passing) bool { return x.p != p })
		if i < 0 {
			continue
		}
		for _, s := range p.Sentences() {
			sentence := p.Words[s[0]:s[1]]
			at := r.Lists.First("promise", "absolute", sentence)
			if at == nil || r.Lists.Has("promise", "qualified", sentence) {
				continue
			}
			r.Warn(p, s[0]+at[0], "absolute-promise", "name the exceptions in the promise, or make it narrower",
				"this promises without exception what line %d takes back: %q", r.Place(back[i].p, back[i].at).Line, reading.Shorten(back[i].p.Words[back[i].at:], 50))
		}
	}
}

// A passing is a sentence that passes data on.
type passing struct {
	p  *reading.Passage
	at int
}

// exceptions returns the sentences that pass data on without asking.
func exceptions(r *reading.Text) (out []passing) {
	for _, p := range r.Passages {
		if p.Heading() {
			continue
		}
		for _, s := range p.Sentences() {
			sentence := p.Words[s[0]:s[1]]
			if r.Lists.Has("promise", "absolute", sentence) || r.Lists.Has("promise", "qualified", sentence) || negated.MatchString(sentence) {
				continue
			}
			if at := r.Lists.First("promise", "exception", sentence); at != nil {
				out = append(out, passing{p, s[0] + at[0]})
			}
		}
	}
	return out
}

var negated = regexp.MustCompile(`(?i)\b(never|not|no|only|n['’]t|you (may|can|will))\b`)

// sentencesWith warns of each sentence that holds a phrase of a list, once.
func sentencesWith(r *reading.Text, list, quiet, rule, hint, message string) {
	for _, p := range r.Passages {
		if p.Heading() {
			continue
		}
		for _, s := range p.Sentences() {
			sentence := p.Words[s[0]:s[1]]
			at := r.Lists.First(list, "", sentence)
			if at != nil && (quiet == "" || !r.Lists.Has(quiet, "", sentence)) {
				r.Warn(p, s[0]+at[0], rule, hint, "%s: %q", message, reading.Shorten(sentence[at[0]:at[1]], 60))
			}
		}
	}
}

// watchThePage looks for sentences that leave it to readers to notice a change.
func watchThePage(r *reading.Text) {
	sentencesWith(r, "page", "page-quiet", "watch-the-page", "say how and how long before readers are told of a change", "readers are told to watch the page")
}

// consentByUse looks for consent by browsing.
func consentByUse(r *reading.Text) {
	sentencesWith(r, "consent", "", "consent-by-use", "name another legal basis, or ask for consent by an act of its own", "use of the service is called consent")
}

// vaguePurposes looks for purposes that say too little.
func vaguePurposes(r *reading.Text) {
	sentencesWith(r, "vague", "", "vague-purpose", "say what the data is used for, so that a reader can tell", "the purpose says too little")
}

// addressNotPersonal looks for sentences that call an IP address no personal data.
func addressNotPersonal(r *reading.Text) {
	for _, p := range r.Passages {
		for _, s := range p.Sentences() {
			sentence := p.Words[s[0]:s[1]]
			at := r.Lists.First("ip", "ip", sentence)
			if at != nil && r.Lists.Has("ip", "not", sentence) && !r.Lists.Has("historic", "", sentence) {
				r.Warn(p, s[0]+at[0], "ip-not-personal", "treat IP addresses as personal data", "an IP address is called no personal data")
			}
		}
	}
}
