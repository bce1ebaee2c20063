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
// Every rule stands in rule/rules.yaml with its reason and an example, and has a page
// in docs/rules. A team that has judged a finding and keeps the text writes that
// down under accept: in policy.yaml; an acceptance that nothing needs any more
// is itself a finding.
//
// # Rooms
//
// A text is read once (package reading), and the rules that look at nothing but
// one text go through it, each kind in a room of its own: law, date, term, form,
// slip. What compares texts with each other or with other files is here:
// translations, recipients, mails, acceptances.
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

	"proviso/lint/date"
	"proviso/lint/form"
	"proviso/lint/law"
	"proviso/lint/reading"
	"proviso/lint/rule"
	"proviso/lint/slip"
	"proviso/lint/term"
	"proviso/policy"
	"proviso/source"
)

// Check returns the findings in every policy on a day.
func Check(f *policy.Folder, today policy.Date) source.Problems {
	ps := append(unseenProducts(f), mails(f)...)
	for _, p := range f.Policies {
		var found []rule.Finding
		found = append(found, overdue(p, today)...)
		found = append(found, law.UnknownChecklists(p)...)
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

// apply runs the rules on one text.
func apply(r *reading.Text) {
	law.Check(r)
	date.Check(r)
	term.Check(r)
	form.Check(r)
	slip.Check(r)
}

// version returns the findings in all texts of a version.
func version(f *policy.Folder, v *policy.Version, today policy.Date) []rule.Finding {
	locale := f.Source(v)
	if !slices.Contains(v.Locales, locale) {
		return nil // Load says that it is missing
	}
	docs, _ := f.Texts(v)
	practices, _ := f.Practices(v)
	if docs[locale] == nil {
		return nil
	}
	var out []rule.Finding
	for _, l := range v.Locales {
		doc := docs[l]
		if doc == nil {
			continue
		}
		r := reading.Read(doc, options(f, v, l, practices, today))
		if l != locale {
			r.Options.Elements = nil // the source says it, and the translation says the same
		}
		apply(r)
		out = append(out, r.Found...)
		if l == locale {
			out = append(out, recipients(r, v.Dir)...)
		}
	}
	out = append(out, translations(f, v, docs)...)
	slices.SortStableFunc(out, func(a, b rule.Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return out
}

func options(f *policy.Folder, v *policy.Version, locale string, practices policy.PracticeList, today policy.Date) reading.Options {
	o := reading.Options{Locale: locale, Date: v.Effective, Dated: true, Effective: v.Effective, Elements: v.Policy.Elements, Practices: practices}
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
