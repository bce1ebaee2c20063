// Package lint reads policies as a careful colleague would before they are
// released, and says what is wrong or risky in them: what a law wants said and
// is not, references that have gone stale, terms that are never defined, a
// translation that was left behind, slips of the pen.
//
// # What it reads
//
// Check goes through the drafts and the newest dated version of each policy, in
// every locale they have. A version that another follows stays as it is, so
// nothing is said about it. It does not repeat what packages text and policy
// report: those say what cannot be read, this says what should not stand.
//
// # Findings
//
// A finding is a source.Problem. Nearly all are warnings, a risk for counsel to
// judge; the error is kept for what policy.yaml says and nobody can understand.
// Every rule stands in rules.yaml with its reason and an example, and has a page
// in docs/rules. A team that has judged a finding and keeps the text writes that
// down under accept: in policy.yaml; an acceptance that nothing needs any more
// is itself a finding.
//
// # Languages
//
// Rules on structure hold for every language. Rules on words rest on lists in
// words/LANGUAGE, and say nothing where there are none. Rules prefer silence to
// noise: what only may be a defect is not reported.
//
// # Mails
//
// Templates of mails that a team has written over the built-in ones are read
// too: a notice that is owed must not look like an advertisement, follow its
// reader, or leave out what it has to say.
package lint

import (
	"cmp"
	"io/fs"
	"path"
	"slices"

	"proviso/policy"
	"proviso/source"
)

// Check returns the findings in every policy on a day.
func Check(f *policy.Folder, today policy.Date) source.Problems {
	ps := append(unseenProducts(f), mails(f)...)
	for _, p := range f.Policies {
		var found []finding
		found = append(found, overdue(p, today)...)
		found = append(found, unknownChecklists(p)...)
		for _, v := range current(p) {
			found = append(found, version(f, v, today)...)
		}
		ps = append(ps, accept(p, found)...)
	}
	ps.Sort()
	return ps
}

// current returns the versions of p whose text can still be changed, and the
// newest of the others: what stands behind it is being replaced already.
func current(p *policy.Policy) []*policy.Version {
	out := slices.Clone(p.Drafts)
	for _, v := range slices.Backward(p.Versions) {
		if v.Stands() {
			return append(out, v)
		}
	}
	return out
}

// Options say what is known about a text beside its words.
type Options struct {
	// Locale chooses the word lists; "" is English.
	Locale string
	// Source is the file as it stands. Without it findings have the place of the
	// run of words they stand in, and rules on the markup say nothing.
	Source []byte
	// Date is the day on which the text is judged: its effective date, or today.
	Date policy.Date
	// Dated says that pages show the date of the version, so the text need not.
	Dated bool
	// Effective is the effective date of the version; zero for a draft. It is
	// looked at where Dated is set.
	Effective policy.Date
	// Legal is the company's legal name and Names are the other names it and its
	// products go by. Without them the text's own definitions say.
	Legal string
	Names []string
	// Elements are ids of checklists.
	Elements []string
	// Practices are shown where the text says {{practices.…}}.
	Practices policy.PracticeList
}

// apply runs the rules on one text.
func (r *reading) apply() {
	for _, rule := range []func(*reading){
		missingElements, staleReferences, typedDates, undated,
		definedTerms, undefinedTerms, companyNames, unknownEntities, documentNames,
		deadReferences, lostLinks, absolutePromises, watchThePage, consentByUse, addressNotPersonal, vaguePurposes,
		links, protectedEmail, captureArtefacts, boldBreaks,
		headings, fakeHeadings, leadIns, shouting, repeatedText,
		lists, enumerators, repeatedItems,
		slips, doubledWords, blanks, quotes, fullStops, invisible, strayCapitals, doubledLetters,
	} {
		rule(r)
	}
}

// A finding is a problem and the section it stands in; "" is the whole text.
type finding struct {
	source.Problem
	section string
}

func warning(pos source.Position, section, rule, hint, message string) finding {
	return finding{source.Problem{Position: pos, Severity: severity(rule), Rule: rule, Message: message, Hint: hint}, section}
}

// version returns the findings in all texts of a version.
func version(f *policy.Folder, v *policy.Version, today policy.Date) []finding {
	locale := f.Source(v)
	if !slices.Contains(v.Locales, locale) {
		return nil // Load says that it is missing
	}
	docs, _ := f.Texts(v)
	practices, _ := f.Practices(v)
	if docs[locale] == nil {
		return nil
	}
	var out []finding
	for _, l := range v.Locales {
		doc := docs[l]
		if doc == nil {
			continue
		}
		r := read(doc, options(f, v, l, practices, today))
		if l != locale {
			r.o.Elements = nil // the source says it, and the translation says the same
		}
		r.apply()
		out = append(out, r.found...)
		if l == locale {
			out = append(out, r.recipients(v.Dir)...)
		}
	}
	out = append(out, translations(f, v, docs)...)
	slices.SortStableFunc(out, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return out
}

func options(f *policy.Folder, v *policy.Version, locale string, practices policy.PracticeList, today policy.Date) Options {
	o := Options{Locale: locale, Date: v.Effective, Dated: true, Effective: v.Effective, Elements: v.Policy.Elements, Practices: practices}
	o.Source, _ = fs.ReadFile(f.FS, path.Join(v.Dir, locale+".md"))
	if v.Draft() {
		o.Date = today
	}
	o.Legal, o.Names = names(f.Resolve(v), locale)
	return o
}

// names returns the legal name of the company in a locale, and every other
// name that it, its sites and its products go by.
func names(r *policy.Resolution, locale string) (legal string, other []string) {
	add := func(s string) {
		if s != "" && s != legal && !slices.Contains(other, s) {
			other = append(other, s)
		}
	}
	for _, s := range r.Sites {
		l, ok := s.Value.Locales.Get(locale)
		if !ok && len(s.Value.Locales) > 0 {
			l = s.Value.Locales[0].Value
		}
		if x, _ := l.Values.Get("org.legal_name"); legal == "" {
			legal = x
		} else {
			add(x)
		}
		for _, name := range []string{"org.name", "site.name"} {
			x, _ := l.Values.Get(name)
			add(x)
		}
	}
	add(r.Organisation.In(locale, r.Locales...))
	for _, p := range r.Products {
		add(p.Value.In(locale, r.Locales...))
	}
	return legal, other
}
