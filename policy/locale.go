package policy

import (
	"fmt"
	"regexp"
	"strings"
)

// localeForm is the form of the locales we accept: a language, then script,
// region or variant (RFC 5646, without extensions).
var localeForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`)

// months by language; dates in other languages are written as YYYY-MM-DD.
var months = map[string][]string{
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	"de": {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
	"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	"es": {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
	"it": {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"},
	"nl": {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
	"pt": {"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"},
}

// layouts say how day, month and year are put together; %[1]d %[2]s %[3]d.
var layouts = map[string]string{
	"en": "%[1]d %[2]s %[3]d", "de": "%[1]d. %[2]s %[3]d", "fr": "%[1]d %[2]s %[3]d", "es": "%[1]d de %[2]s de %[3]d",
	"it": "%[1]d %[2]s %[3]d", "nl": "%[1]d %[2]s %[3]d", "pt": "%[1]d de %[2]s de %[3]d",
}

// undated stands where a draft has no date yet.
var undated = map[string]string{"en": "(date not set yet)", "de": "(Datum steht noch nicht fest)"}

// Long writes the date in words, as readers of the locale write it. The zero
// Date says that the date is not set yet.
func (d Date) Long(locale string) string {
	language, _, _ := strings.Cut(locale, "-")
	if d.IsZero() {
		if s, ok := undated[language]; ok {
			return s
		}
		return undated["en"]
	}
	layout, ok := layouts[language]
	if !ok {
		return d.String()
	}
	if language == "en" && strings.HasSuffix(locale, "-US") {
		layout = "%[2]s %[1]d, %[3]d"
	}
	return fmt.Sprintf(layout, d.Day, months[language][d.Month-1], d.Year)
}
