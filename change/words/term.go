package words

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"proviso/redline"
)

// A Term is a word or a phrase that counts as one, in its normal form.
type Term struct {
	Key        string // what is compared
	Class      Class
	Start, End int    // bytes of the text
	Text       string // the words as written
	Capital    bool   // begins with a capital letter
	First      bool   // begins a sentence
	Possessive bool   // written with 's
	Article    bool   // "the", "a", "your" or the like stands right before it
	Before     string // punctuation between the term before and this one
}

// Is reports whether the term is of one of the classes.
func (t Term) Is(c Class) bool { return t.Class&c != 0 }

// Read returns the terms of a text.
func (l *Lexicon) Read(s string) []Term {
	terms := l.rewrite(l.scan(s, shouted(s)), l.passes)
	if l.own != nil {
		terms = l.own.apply(terms)
	}
	terms = l.fused.apply(terms)
	for i := range terms {
		t := &terms[i]
		t.Article = i > 0 && t.Before == "" && (articles[terms[i-1].Key] || terms[i-1].Article && terms[i-1].Capital)
		t.Text = s[t.Start:t.End]
		t.Class |= l.classes[t.Key]
		if t.Class&(Number|Contact|Address) == 0 && strings.ContainsFunc(t.Key, unicode.IsDigit) {
			t.Class |= Number
		}
	}
	return merge(terms)
}

// articles stand before things and roles, hardly before names.
var articles = map[string]bool{"the": true, "a": true, "an": true, "our": true, "your": true, "their": true, "it": true,
	"this": true, "that": true, "each": true, "every": true, "all": true, "such": true, "another": true, "new": true}

// merge drops what is written twice, as in "thirty (30) days" or "the Federal
// Trade Commission (FTC)".
func merge(terms []Term) []Term {
	out := terms[:0]
	for _, t := range terms {
		if n := len(out); n > 0 && out[n-1].Key == t.Key && strings.Contains(t.Before, "(") {
			continue
		}
		out = append(out, t)
	}
	return out
}

func (l *Lexicon) rewrite(terms []Term, passes []phrases) []Term {
	for _, p := range passes {
		terms = p.apply(terms)
	}
	return terms
}

var (
	webAddress = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>()"“”|]+`)
	mailbox    = regexp.MustCompile(`(?i)^[\w.+-]+@[\w-]+(\.[\w-]+)+$`)
	guarded    = regexp.MustCompile(`(?i)[\w.+-]+\s?[\[({]\s?at\s?[\])}]\s?[\w-]+(?:(?:\s?[\[({]\s?dot\s?[\])}]\s?|\.)[\w-]+)+`)
	marks      = regexp.MustCompile(`(?i)\s?[\[({]\s?(at|dot)\s?[\])}]\s?`)
	dotted     = regexp.MustCompile(`^(?:\pL\.)+\pL$`)
	hyphens    = strings.NewReplacer("\u2010", "-", "\u2011", "-")
)

// shouted reports whether a text is written in capitals, so that capitals
// mark neither names nor abbreviations in it.
func shouted(s string) bool {
	upper, lower := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	return upper > 20 && upper > 2*lower
}

// scan cuts a text into words and gives each its simple key.
func (l *Lexicon) scan(s string, shout bool) []Term {
	c := cutting{addresses: addresses(s), first: true}
	for _, tok := range redline.Tokens(s) {
		switch {
		case c.inAddress(tok):
		case !tok.Word:
			c.between += tok.Key
			c.first = c.first || l.stops(s, tok, c.out)
		default:
			if strings.Contains(s[c.end:tok.Start], "\n") {
				c.between += "\n"
			}
			for _, t := range l.cut(tok, shout) {
				c.add(t)
			}
			c.end = tok.End
		}
	}
	return c.out
}

// A cutting is a text being cut into terms.
type cutting struct {
	out       []Term
	addresses []Term // still to come
	between   string // punctuation since the last term
	first     bool   // a sentence begins
	end       int
}

func (c *cutting) add(t Term) {
	t.Before, t.First = c.between, c.first
	c.between, c.first = "", false
	c.out = append(c.out, t)
}

// inAddress takes a token that belongs to an address.
func (c *cutting) inAddress(tok redline.Token) bool {
	if len(c.addresses) == 0 || tok.Start < c.addresses[0].Start {
		return false
	}
	a := c.addresses[0]
	if tok.Start == a.Start {
		c.add(a)
	}
	if tok.End >= a.End {
		c.addresses = c.addresses[1:]
	}
	c.end = tok.End
	return true
}

// addresses finds web addresses, and mail addresses written to deceive
// machines: "name [at] example [dot] com" is name@example.com.
func addresses(s string) []Term {
	var out []Term
	for _, a := range webAddress.FindAllStringIndex(s, -1) {
		out = append(out, Term{Key: strings.ToLower(strings.TrimRight(s[a[0]:a[1]], ".,;:/")), Class: Address | Empty, Start: a[0], End: a[1]})
	}
	if !strings.ContainsAny(s, "[({") {
		return out
	}
	for _, a := range guarded.FindAllStringIndex(s, -1) {
		plain := marks.ReplaceAllStringFunc(s[a[0]:a[1]], func(m string) string {
			if strings.ContainsAny(m, "aA") {
				return "@"
			}
			return "."
		})
		out = append(out, Term{Key: strings.ToLower(plain), Class: Contact, Start: a[0], End: a[1]})
	}
	slices.SortFunc(out, func(x, y Term) int { return x.Start - y.Start })
	return out
}

// stops reports whether a mark of punctuation ends a sentence.
func (l *Lexicon) stops(s string, tok redline.Token, before []Term) bool {
	switch tok.Key {
	case "!", "?":
		return true
	case ".":
	default:
		return false
	}
	if n := len(before); n > 0 && before[n-1].End == tok.Start {
		t := before[n-1]
		word := strings.ToLower(s[t.Start:t.End])
		if l.classes[stem(word)]&Dotted != 0 || len(word) == 1 || dotted.MatchString(word) {
			return false
		}
	}
	rest := strings.TrimLeft(s[tok.End:], " \u00a0\"'”’)]*")
	next, _ := utf8.DecodeRuneInString(rest)
	return !unicode.IsLower(next)
}

// cut splits a token at its hyphens and gives each part its key.
func (l *Lexicon) cut(tok redline.Token, shout bool) []Term {
	key := hyphens.Replace(tok.Key)
	if mailbox.MatchString(key) {
		return []Term{{Key: strings.ToLower(key), Class: Contact, Start: tok.Start, End: tok.End}}
	}
	if !strings.Contains(key, "-") || len(key) != tok.End-tok.Start {
		return l.word(key, tok.Start, tok.End, shout)
	}
	var out []Term
	at := tok.Start
	for part := range strings.SplitSeq(key, "-") {
		if part != "" {
			out = append(out, l.word(part, at, at+len(part), shout)...)
		}
		at += len(part) + 1
	}
	return out
}

var possessives = []string{"'s", "'S"}

// word gives one word its key; a number with its sign is two terms.
func (l *Lexicon) word(w string, start, end int, shout bool) []Term {
	t := Term{Start: start, End: end}
	r, _ := utf8.DecodeRuneInString(w)
	t.Capital = unicode.IsUpper(r) && !shout
	for _, p := range possessives {
		lower := strings.ToLower(w)
		if rest, ok := strings.CutSuffix(w, p); ok && !slices.Contains(contracted, lower) {
			w, t.Possessive = rest, true
		}
	}
	if dotted.MatchString(w) {
		w = strings.ReplaceAll(w, ".", "")
	}
	if unicode.IsDigit(r) || unicode.Is(unicode.Sc, r) {
		return number(t, w)
	}
	lower := strings.ToLower(w)
	if base, ok := l.singles[lower]; ok {
		t.Key = base
	} else {
		t.Key = stem(lower)
	}
	if a := strings.TrimSuffix(w, "s"); !shout && l.abbreviations[a] {
		t.Key = a // "US" is not "us"
	}
	if !l.Known {
		t.Key = lower
	}
	return []Term{t}
}

// contracted are the words in which 's is "is" or "us", not a possessive.
var contracted = []string{"it's", "that's", "there's", "he's", "she's", "what's", "where's", "here's", "let's"}

// number writes a number without separators of thousands and empty decimals.
func number(t Term, w string) []Term {
	percent := strings.HasSuffix(w, "%")
	w = strings.TrimSuffix(w, "%")
	if thousands.MatchString(w) {
		w = strings.ReplaceAll(w, ",", "")
	}
	t.Key = strings.ToLower(empty.ReplaceAllString(w, ""))
	t.Class = Number
	if !percent {
		return []Term{t}
	}
	sign := Term{Key: "percent", Start: t.End - 1, End: t.End}
	t.End--
	return []Term{t, sign}
}

var (
	thousands = regexp.MustCompile(`^\D?\d{1,3}(,\d{3})+(\.\d+)?\D?$`)
	empty     = regexp.MustCompile(`\.00\b`) // of "$5.00"
)
