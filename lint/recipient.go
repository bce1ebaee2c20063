package lint

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"proviso/lint/words"
	"proviso/policy"
	"proviso/source"
)

// recipients compares the companies that a text names as recipients with those
// in practices.yaml, both ways.
func (r *reading) recipients(dir string) (out []finding) {
	named := r.o.Practices.In("sharing")
	if len(named) == 0 {
		return nil
	}
	all := letters(r.all())
	if !r.shown("sharing") {
		for _, p := range named {
			name := nameOf(p, r.o.Locale)
			if !strings.Contains(all, letters(withoutForm(name))) {
				pos := p.Pos
				if pos.File == "" {
					pos = source.Position{File: path.Join(dir, "practices.yaml")}
				}
				out = append(out, warning(pos, "", "recipient-not-in-text", "name it in the text, or show the list with {{practices.sharing}}",
					fmt.Sprintf("%q receives data and is not named in the text", name)))
			}
		}
	}
	return append(out, r.unlisted(named)...)
}

func nameOf(p policy.Practice, locale string) string {
	if name := p.Name.In(locale); name != "" {
		return name
	}
	return p.ID
}

// unlisted looks for companies that a sentence names as recipients and the
// practices do not.
func (r *reading) unlisted(named policy.PracticeList) (out []finding) {
	known := []string{letters(withoutForm(r.o.Legal))}
	for _, p := range named {
		known = append(known, letters(withoutForm(nameOf(p, r.o.Locale))))
	}
	for _, n := range r.o.Names {
		known = append(known, letters(withoutForm(n)))
	}
	for _, p := range r.passages {
		if p.heading() {
			continue
		}
		for _, m := range company().FindAllStringSubmatchIndex(p.words, -1) {
			name := p.words[m[2]:m[3]]
			sentence, _ := p.sentence(m[0])
			if isKnown(known, letters(name)) || !r.lists.Has("recipients", "shared", sentence) || r.lists.Has("recipients", "other", sentence) {
				continue
			}
			known = append(known, letters(name))
			full := strings.TrimSpace(p.words[m[0]:m[1]])
			out = append(out, warning(r.place(p, m[2]), p.section.ID, "recipient-not-in-practices", "add it under sharing in practices.yaml",
				fmt.Sprintf("%q is named as a recipient and is not in practices.yaml", full)))
		}
	}
	return out
}

func isKnown(known []string, key string) bool {
	return slices.ContainsFunc(known, func(k string) bool { return k != "" && (strings.Contains(k, key) || strings.Contains(key, k)) })
}

// company finds a name in capitals with a legal form behind it.
func company() *regexp.Regexp {
	var endings []string
	for _, p := range words.In("en")["companies"] {
		endings = append(endings, p.Text)
	}
	return regexp.MustCompile(`((?:[A-ZÄÖÜ][\w&'’.-]*)(?: (?:[A-ZÄÖÜ&][\w&'’.-]*)){0,3}),? (?:` + strings.Join(endings, "|") + `)\b\.?`)
}

// unseenProducts warns of products that no site has: what is scoped to them is
// shown nowhere.
func unseenProducts(f *policy.Folder) (out source.Problems) {
	o := f.Organisation
	if len(o.Sites) == 0 {
		return nil
	}
	for _, p := range o.Products {
		if p.Value.Until.IsZero() && !slices.ContainsFunc(o.Sites, func(s source.Entry[policy.Site]) bool {
			return slices.Contains(o.ProductsOn(&s.Value), p.Key)
		}) {
			out = append(out, warning(p.Pos, "", "unseen-product", "add it to the products of a site, or give it an end with until:",
				fmt.Sprintf("no site has the product %q, so nothing that is for it is shown", p.Key)).Problem)
		}
	}
	return out
}
