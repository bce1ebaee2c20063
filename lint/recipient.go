package lint

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"proviso/lint/reading"
	"proviso/lint/rule"
	"proviso/lint/words"
	"proviso/policy"
	"proviso/source"
)

// recipients compares the companies that a text names as recipients with those
// in practices.yaml, both ways.
func recipients(r *reading.Text, dir string) (out []rule.Finding) {
	named := r.Options.Practices.In("sharing")
	if len(named) == 0 {
		return nil
	}
	all := reading.Letters(r.Wording())
	shown := r.Shows("sharing")
	for _, p := range named {
		name := nameOf(p, r.Options.Locale)
		if shown || strings.Contains(all, reading.Letters(reading.WithoutForm(name))) {
			continue
		}
		pos := p.Pos
		if pos.File == "" {
			pos = source.Position{File: path.Join(dir, "practices.yaml")}
		}
		out = append(out, rule.Find(pos, "", "recipient-not-in-text", "name it in the text, or show the list with {{practices.sharing}}",
			fmt.Sprintf("%q receives data and is not named in the text", name)))
	}
	return append(out, unlisted(r, named)...)
}

func nameOf(p policy.Practice, locale string) string {
	if name := p.Name.In(locale); name != "" {
		return name
	}
	return p.ID
}

// unlisted looks for companies that a sentence names as recipients and the
// practices do not.
func unlisted(r *reading.Text, named policy.PracticeList) (out []rule.Finding) {
	known := []string{reading.Letters(reading.WithoutForm(r.Options.Legal))}
	for _, p := range named {
		known = append(known, reading.Letters(reading.WithoutForm(nameOf(p, r.Options.Locale))))
	}
	for _, n := range r.Options.Names {
		known = append(known, reading.Letters(reading.WithoutForm(n)))
	}
	for _, p := range r.Passages {
		if p.Heading() {
			continue
		}
		for _, m := range company().FindAllStringSubmatchIndex(p.Words, -1) {
			name := p.Words[m[2]:m[3]]
			sentence, _ := p.Sentence(m[0])
			if isKnown(known, reading.Letters(name)) || !r.Lists.Has("recipients", "shared", sentence) || r.Lists.Has("recipients", "other", sentence) {
				continue
			}
			known = append(known, reading.Letters(name))
			full := strings.TrimSpace(p.Words[m[0]:m[1]])
			out = append(out, rule.Find(r.Place(p, m[2]), p.Section.ID, "recipient-not-in-practices", "add it under sharing in practices.yaml",
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
			out = append(out, rule.Find(p.Pos, "", "unseen-product", "add it to the products of a site, or give it an end with until:",
				fmt.Sprintf("no site has the product %q, so nothing that is for it is shown", p.Key)).Problem)
		}
	}
	return out
}
