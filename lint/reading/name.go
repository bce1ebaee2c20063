package reading

import "regexp"

// Forms are the legal forms of companies, as an expression.
const Forms = `(?:Inc|INC|LLC|Ltd|LTD|Limited|GmbH|Corp|Corporation|PLC|plc|AG|B\.V|S\.A)`

var legalForm = regexp.MustCompile(`,? ` + Forms + `\b\.?$`)

// LegalForm returns the legal form at the end of a company's name, with what
// parts it from the name, or "".
func LegalForm(name string) string { return legalForm.FindString(name) }

// WithoutForm returns a company's name without its legal form.
func WithoutForm(name string) string { return legalForm.ReplaceAllString(name, "") }

// IsName reports whether words are one of the company's or its products' names.
func (r *Text) IsName(s string) bool {
	key := Letters(s)
	for _, n := range append([]string{r.Options.Legal}, r.Options.Names...) {
		if n != "" && (Letters(n) == key || Letters(WithoutForm(n)) == key) {
			return true
		}
	}
	return false
}
