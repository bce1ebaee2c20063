package words

import "strings"

// stem returns a form in which the endings of plural, tense and British or
// American spelling no longer show. It is compared and never shown; what it
// does to words it does not understand is the same on both sides.
func stem(w string) string {
	if len(w) < 4 || strings.IndexFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) >= 0 {
		return w
	}
	w = plural(w)
	w = tense(w)
	w = british(w)
	if n := len(w); n >= 5 && w[n-1] == w[n-2] && w[n-1] != 'e' {
		w = w[:n-1]
	}
	if n := len(w); n >= 5 && w[n-1] == 'e' {
		w = w[:n-1]
	}
	return w
}

func plural(w string) string {
	switch {
	case strings.HasSuffix(w, "ies") && len(w) > 4:
		return w[:len(w)-3] + "y"
	case ends(w, "sses", "shes", "ches", "xes", "zes"):
		return w[:len(w)-2]
	case strings.HasSuffix(w, "s") && !ends(w, "ss", "us", "is", "as"):
		return w[:len(w)-1]
	}
	return w
}

// unending are words that only look like an -ing or -ed form.
var unending = map[string]bool{"during": true, "string": true, "spring": true, "bring": true, "thing": true,
	"nothing": true, "something": true, "anything": true, "everything": true, "need": true, "speed": true,
	"exceed": true, "proceed": true, "succeed": true, "indeed": true, "hundred": true, "embed": true, "willing": true, "building": true}

func tense(w string) string {
	if unending[w] {
		return w
	}
	switch {
	case strings.HasSuffix(w, "ied") && len(w) > 5:
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "ing") && len(w) >= 7:
		return w[:len(w)-3]
	case strings.HasSuffix(w, "ed") && len(w) >= 6 && !strings.HasSuffix(w, "eed"):
		return w[:len(w)-2]
	}
	return w
}

func british(w string) string {
	for _, e := range [][2]string{{"isation", "ization"}, {"iser", "izer"}, {"ise", "ize"}, {"is", "iz"}} {
		if strings.HasSuffix(w, e[0]) && len(w) >= 6 {
			return strings.TrimSuffix(w, e[0]) + e[1]
		}
	}
	if strings.HasSuffix(w, "our") && len(w) >= 5 {
		return strings.TrimSuffix(w, "our") + "or"
	}
	return w
}

func ends(w string, suffixes ...string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(w, s) {
			return true
		}
	}
	return false
}
