package main

import (
	"bufio"
	"fmt"
	"strings"

	"proviso/founding"
)

// An interview asks on the terminal what init wants to know. An answer that
// cannot stand is explained, and asked for again.
type interview struct {
	*program
	lines   *bufio.Scanner
	answers founding.Answers
}

// A question fills its answer in. For an empty one the fallback is taken. The
// domains come first: without one no answer can be judged.
type question struct {
	text     string
	fallback func(a founding.Answers) string
	fill     func(a *founding.Answers, s string)
}

var questions = []question{
	{"Domains on which your policies stand, such as example.com shop.example.com", nil,
		func(a *founding.Answers, s string) { a.Domains = fields(s) }},
	{"Legal name, as in the commercial register", func(a founding.Answers) string { return a.Name },
		func(a *founding.Answers, s string) { a.LegalName = s }},
	{"Postal address, on one line (may stay empty)", nil, func(a *founding.Answers, s string) { a.Address = s }},
	{"E-mail address for questions on privacy", func(a founding.Answers) string { return "privacy@" + a.Domains[0] },
		func(a *founding.Answers, s string) { a.Contact = s }},
	{"Products of which you tell people apart, with commas between them (may stay empty)", nil,
		func(a *founding.Answers, s string) {
			a.Products = nil
			for part := range strings.SplitSeq(s, ",") {
				if strings.TrimSpace(part) != "" {
					a.Products = append(a.Products, founding.ParseProduct(part))
				}
			}
		}},
	{"Languages, the one you write in first, such as en de", func(founding.Answers) string { return "en" },
		func(a *founding.Answers, s string) { a.Locales = fields(s) }},
	{"Time zone, such as Europe/Berlin or America/New_York", func(founding.Answers) string { return "UTC" },
		func(a *founding.Answers, s string) { a.TimeZone = s }},
}

func fields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
}

// ask goes through the questions and reports whether there was an answer to all
// that were asked. Without a name there are no others: then the example is wanted.
func (i *interview) ask() bool {
	i.lines = bufio.NewScanner(i.stdin)
	name, ok := i.answer("What people call your organisation (empty: copy the example organisation)", "")
	if !ok || name == "" {
		return ok
	}
	i.answers.Name = name
	for _, q := range questions {
		if !i.settled(q) {
			return false
		}
	}
	return true
}

// settled asks one question until its answer can stand.
func (i *interview) settled(q question) bool {
	for {
		fallback := ""
		if q.fallback != nil {
			fallback = q.fallback(i.answers)
		}
		s, ok := i.answer(q.text, fallback)
		if !ok {
			return false
		}
		next := i.answers
		q.fill(&next, s)
		wrong := next.Problems()
		if len(wrong) == 0 {
			i.answers = next
			return true
		}
		for _, w := range wrong {
			fmt.Fprintf(i.stderr, "  %s\n", w)
		}
	}
}

// answer asks one thing and returns the line that was typed, or the fallback.
func (i *interview) answer(text, fallback string) (string, bool) {
	if fallback != "" {
		text += " [" + fallback + "]"
	}
	fmt.Fprintf(i.stderr, "%s: ", text)
	if !i.lines.Scan() {
		fmt.Fprintln(i.stderr)
		return "", false
	}
	if s := strings.TrimSpace(i.lines.Text()); s != "" {
		return s, true
	}
	return fallback, true
}
