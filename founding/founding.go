// Package founding makes a new folder of a team's own from a few answers: who
// they are, their domains, products and locales. What it makes is a beginning
// that builds and that check finds nothing wrong with: one privacy policy with a
// draft, and remarks in every file that say what stands there and what else
// could.
//
// It returns files and writes none.
package founding

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing/fstest"
	"text/template"
	"unicode"
	"unicode/utf8"

	"proviso/policy"
	"proviso/schema"
	"proviso/source"
)

// Answers are what a new folder is made from. Name and Domains are needed, all
// else has a default.
type Answers struct {
	Name      string
	LegalName string   // left out: Name
	Address   string   // postal; left out: a remark says that it is missing
	Contact   string   // left out: privacy@ the first domain
	TimeZone  string   // left out: UTC
	Domains   []string // of the sites
	Products  []Product
	Locales   []string // the first is the source; left out: en
}

// A Product is something that account holders have.
type Product struct{ ID, Name string }

var idForm = regexp.MustCompile(`[^a-z0-9]+`)

// ParseProduct reads "id=Name", or a name of which the id is made.
func ParseProduct(s string) Product {
	if id, name, ok := strings.Cut(s, "="); ok {
		return Product{strings.TrimSpace(id), strings.TrimSpace(name)}
	}
	s = strings.TrimSpace(s)
	return Product{strings.Trim(idForm.ReplaceAllString(strings.ToLower(s), "-"), "-"), s}
}

// written are the languages in which there is a text to begin with.
var written = []string{"en", "de"}

// language returns the language of a locale: "de" of "de-AT".
func language(locale string) string {
	l, _, _ := strings.Cut(locale, "-")
	return l
}

// Missing returns the locales in which the folder has no text yet. The source
// locale always has one, in English where its language is not written.
func (a Answers) Missing() (out []string) {
	for i, l := range a.Locales {
		if i > 0 && !slices.Contains(written, language(l)) {
			out = append(out, l)
		}
	}
	return out
}

// Foreign returns the source locale if its text is in another language: English,
// because none is written in its own. Otherwise it is "".
func (a Answers) Foreign() string {
	if a = a.complete(); slices.Contains(written, language(a.Locales[0])) {
		return ""
	}
	return a.Locales[0]
}

// From is the sender of notices.
func (a Answers) From() string {
	name := a.Name + " Legal"
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' }) {
		name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name + " <legal@" + a.Domains[0] + ">"
}

// complete fills in the defaults.
func (a Answers) complete() Answers {
	if a.LegalName == "" {
		a.LegalName = a.Name
	}
	if a.TimeZone == "" {
		a.TimeZone = "UTC"
	}
	if len(a.Locales) == 0 {
		a.Locales = []string{"en"}
	}
	if a.Contact == "" && len(a.Domains) > 0 {
		a.Contact = "privacy@" + a.Domains[0]
	}
	return a
}

// Problems returns what is wrong with the answers, each as a sentence that says
// what to do.
func (a Answers) Problems() (out []string) {
	contact := a.Contact
	a = a.complete()
	if a.Name == "" {
		out = append(out, "the organisation needs a name")
	}
	if len(a.Domains) == 0 {
		out = append(out, "the organisation needs a domain, such as example.com")
	}
	for _, s := range slices.Concat([]string{a.Name, a.LegalName, a.Address, a.Contact, a.TimeZone}, a.Domains, a.Locales) {
		says := fmt.Sprintf("%q holds a control character or is not UTF-8; write it on one line, as text", s)
		if !plain(s) && !slices.Contains(out, says) {
			out = append(out, says)
		}
	}
	for i, p := range a.Products {
		if p.Name == "" || !plain(p.Name) {
			out = append(out, fmt.Sprintf("product %q needs a name; write id=Name", p.ID))
		}
		if slices.ContainsFunc(a.Products[:i], func(q Product) bool { return q.ID == p.ID }) {
			out = append(out, fmt.Sprintf("there are two products with the id %q", p.ID))
		}
	}
	for i, d := range a.Domains {
		if slices.Contains(a.Domains[:i], d) {
			out = append(out, fmt.Sprintf("domain %q is named twice", d))
		}
	}
	if m, err := mail.ParseAddress(contact); contact != "" && (err != nil || m.Address != contact) {
		out = append(out, fmt.Sprintf("contact %q is no e-mail address; write it as privacy@example.com", contact))
	}
	if len(out) > 0 {
		return out
	}
	return a.refused()
}

// plain reports whether an answer is text on one line.
func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) }

// refused asks those who will read the folder what is wrong with it.
func (a Answers) refused() (out []string) {
	files, err := a.Files()
	if err != nil {
		return []string{err.Error()}
	}
	tree := fstest.MapFS{}
	for _, f := range files {
		tree[f.Key] = &fstest.MapFile{Data: f.Value}
	}
	_, ps := policy.Load(tree)
	for _, p := range ps.Errors() {
		says := p.Message
		if p.Hint != "" {
			says += "; " + p.Hint
		}
		if !slices.Contains(out, says) {
			out = append(out, says)
		}
	}
	return out
}

//go:embed folder
var folder embed.FS

// Files returns the files of the folder by name, but for the schemas. The
// answers have no problems.
func (a Answers) Files() (source.Map[[]byte], error) {
	a = a.complete()
	const version = "content/privacy/draft/"
	list := [][2]string{{"organisation.yaml", "content/organisation.yaml"}, {"policy.yaml", "content/privacy/policy.yaml"},
		{"practices.yaml", version + "practices.yaml"}, {"proviso.yaml", "proviso.yaml"}, {"accounts.csv", "accounts.csv"}, {"gitignore", ".gitignore"}}
	for i, l := range a.Locales {
		if lang := language(l); slices.Contains(written, lang) {
			list = append(list, [2]string{"text." + lang + ".md", version + l + ".md"})
		} else if i == 0 {
			list = append(list, [2]string{"text." + written[0] + ".md", version + l + ".md"})
		}
	}
	var out source.Map[[]byte]
	for _, f := range list {
		data, err := a.fill(f[0])
		if err != nil {
			return nil, fmt.Errorf("writing %s: %w", f[1], err)
		}
		out = append(out, source.Entry[[]byte]{Key: f[1], Value: schema.Head(f[1], data)})
	}
	return out, nil
}

func (a Answers) fill(name string) ([]byte, error) {
	data, err := fs.ReadFile(folder, "folder/"+name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Delims("<<", ">>").Funcs(template.FuncMap{
		"quote": quote, "md": escape, "t": a.text, "join": func(l []string) string { return strings.Join(l, ", ") },
	}).Parse(string(data))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, a)
	return b.Bytes(), err
}

// text is a text in the languages of the folder, as it stands in YAML.
func (a Answers) text(en, de string) (string, error) {
	var parts []string
	for _, l := range a.Locales {
		words := map[string]string{"en": en, "de": de}[language(l)]
		if words == "" {
			continue
		}
		q, err := quote(words)
		if err != nil {
			return "", err
		}
		parts = append(parts, l+": "+q)
	}
	if len(parts) == 0 || len(a.Locales) == 1 && language(a.Locales[0]) == "en" {
		return quote(en)
	} else if len(a.Locales) == 1 {
		return quote(de)
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}

// quote writes a text in double quotes, as YAML reads it.
func quote(s string) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return strings.TrimSpace(b.String()), err
}

// escape writes a name so that Markdown takes no sign of it for its own.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_{}[]<>#|!&~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
