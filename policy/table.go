package policy

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"

	"proviso/source"
	"proviso/text"
)

// A field is a column of a practices table.
type field struct {
	name  string
	texts func(p *Practice) []Localised
}

var fields = []field{
	{"text", func(p *Practice) []Localised { return []Localised{p.Text} }},
	{"items", func(p *Practice) []Localised { return p.Items }},
	{"source", func(p *Practice) []Localised { return []Localised{p.Source} }},
	{"role", func(p *Practice) []Localised { return []Localised{p.Role} }},
	{"purposes", func(p *Practice) []Localised { return p.Purposes }},
	{"basis", func(p *Practice) []Localised { return []Localised{p.Basis} }},
	{"period", func(p *Practice) []Localised { return []Localised{p.Period} }},
	{"from", func(p *Practice) []Localised { return []Localised{p.From} }},
	{"country", func(p *Practice) []Localised { return []Localised{p.Country} }},
	{"safeguard", func(p *Practice) []Localised { return []Localised{p.Safeguard} }},
	{"contact", func(p *Practice) []Localised { return []Localised{p.Contact} }},
}

// labels heads the columns of practices tables, where the folder's own words
// do not: templates/words/ lists them as column-…, for translators. A version
// keeps the ones of its release in its seal. "name" has one by category where
// that reads better.
var labels = map[string]map[string]string{
	"en": {"name": "Name", "name.data": "Data", "name.sharing": "Recipient", "name.retention": "Data", "name.purpose": "Purpose",
		"name.rights": "Right", "text": "Description", "items": "What", "source": "From whom", "role": "Role", "purposes": "Used for",
		"basis": "Legal basis", "period": "Kept for", "from": "Counted from", "country": "Country", "safeguard": "Safeguard",
		"contact": "Contact", "products": "Products"},
	"de": {"name": "Bezeichnung", "name.data": "Daten", "name.sharing": "Empfänger", "name.retention": "Daten", "name.purpose": "Zweck",
		"name.rights": "Recht", "text": "Beschreibung", "items": "Umfang", "source": "Quelle", "role": "Rolle", "purposes": "Zwecke",
		"basis": "Rechtsgrundlage", "period": "Aufbewahrung", "from": "Gerechnet ab", "country": "Land", "safeguard": "Garantie",
		"contact": "Kontakt", "products": "Produkte"},
}

// readColumns reads the team's own words for the columns of a locale. What is
// wrong with the file is said by those who make pages of it.
func readColumns(fsys fs.FS, locale string) map[string]string {
	file := "templates/words/" + locale + ".yaml"
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil
	}
	var all source.Map[string]
	var ps source.Problems
	source.Decode(file, data, &all, &ps)
	out := map[string]string{}
	for _, e := range all {
		if name, ok := strings.CutPrefix(e.Key, "column-"); ok {
			out[name] = e.Value
		}
	}
	return out
}

// labelsIn returns the labels for each locale: the team's own, else the
// built-in ones of the language, else English.
func (f *Folder) labelsIn(locales []string) (out source.Map[source.Map[string]]) {
	for _, locale := range locales {
		language, _, _ := strings.Cut(locale, "-")
		all := []map[string]string{f.columns[locale], f.columns[language], labels[language], labels["en"]}
		var m source.Map[string]
		for name := range labels["en"] {
			for _, words := range all {
				if s := words[name]; s != "" {
					m = append(m, source.Entry[string]{Key: name, Value: s})
					break
				}
			}
		}
		slices.SortFunc(m, func(a, b source.Entry[string]) int { return strings.Compare(a.Key, b.Key) })
		out = append(out, source.Entry[source.Map[string]]{Key: locale, Value: m})
	}
	return out
}

// scope returns for whom the practice is.
func (p *Practice) scope() text.Scope { return text.Scope{Products: p.Products, Sites: p.Sites} }

// A grid is a table of practices being laid out.
type grid struct {
	*text.Block
	list PracticeList
}

// column adds a column, unless it is empty everywhere.
func (g *grid) column(head string, value func(p *Practice) string) {
	cells, used := make([]*text.Block, len(g.list)), false
	for i := range g.list {
		words := value(&g.list[i])
		cells[i], used = cell(words, ""), used || words != ""
	}
	if !used {
		return
	}
	g.Children[0].Children = append(g.Children[0].Children, cell(head, ""))
	for i, c := range cells {
		g.Children[i+1].Children = append(g.Children[i+1].Children, c)
	}
}

// table lays out the practices of one category that a site shows; nil if it
// shows none. Columns that are empty everywhere are left out.
func (r *Resolution) table(list PracticeList, category, site string, products []string, locale string) *text.Block {
	list = slices.DeleteFunc(slices.Clone(list), func(p Practice) bool { return site != "" && !p.scope().On(site, products) })
	if len(list) == 0 {
		return nil
	}
	words, _ := r.Labels.Get(locale)
	label := func(name string) string { s, _ := words.Get(name); return s }
	g := &grid{&text.Block{Kind: text.Table, Pos: list[0].Pos}, list}
	g.Children = append(g.Children, &text.Block{Kind: text.Row, Header: true,
		Children: []*text.Block{cell(cmp.Or(label("name."+category), label("name")), "")}})
	for i := range list {
		name := cmp.Or(list[i].Name.In(locale, r.Locales...), list[i].ID)
		g.Children = append(g.Children, &text.Block{Kind: text.Row, Scope: list[i].scope(), Own: list[i].scope(), Pos: list[i].Pos,
			Children: []*text.Block{cell(name, list[i].URL)}})
	}
	for _, f := range fields {
		g.column(label(f.name), func(p *Practice) string { return r.join(f.texts(p), locale) })
	}
	if site == "" || len(products) > 1 {
		g.column(label("products"), func(p *Practice) string { return r.join(r.productNames(p, site, products), locale) })
	}
	return g.Block
}

// productNames returns the names of the practice's products that the site has.
func (r *Resolution) productNames(p *Practice, site string, products []string) (names []Localised) {
	for _, id := range p.Products {
		if site == "" || slices.Contains(products, id) {
			name, _ := r.Products.Get(id)
			names = append(names, name)
		}
	}
	return names
}

func (r *Resolution) join(texts []Localised, locale string) string {
	var out []string
	for _, t := range texts {
		if s := t.In(locale, r.Locales...); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

func cell(words, link string) *text.Block {
	c := &text.Block{Kind: text.Cell}
	if words != "" {
		c.Spans = []text.Span{{Text: words, Link: link}}
	}
	return c
}
