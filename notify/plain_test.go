package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"proviso/change"
	"proviso/notify/notifytest"
	"proviso/policy"
	"proviso/source"
)

// Where the legal team wrote no words, a reader still gets the labels of their
// own language: those of the version's tables, else those of the mail.
func TestPlainLinesAreInTheReadersLanguage(t *testing.T) {
	s := notifytest.Subject()
	s.Words = nil
	for _, l := range []string{"en", "de"} {
		s.Comparisons[l].Changes = []change.Change{
			{Section: "practices/retention/logs", Heading: "Logs", Kind: change.Modified, Verdict: policy.Material, Reasons: []change.Reason{
				{Rule: "practice", Text: "retention: 12 → 24"}, {Rule: "practice", Text: "safeguard added: SCC"}, {Rule: "practice", Text: "country removed: Peru"}}},
			{Section: "practices/sharing/acme", Heading: "Acme", Kind: change.Added, Verdict: policy.Material, New: "name: Acme\npurposes: mail\ncountry: IE",
				Reasons: []change.Reason{{Rule: "practice", Text: "added: Acme"}}},
			{Section: "practices/sharing/gone", Heading: "Gone", Kind: change.Removed, Verdict: policy.Material, Old: "name: Gone",
				Reasons: []change.Reason{{Rule: "practice", Text: "removed: Gone"}}},
			{Section: "terms", Heading: "Terms", Kind: change.Modified, Verdict: policy.Material, Reasons: []change.Reason{{Rule: "length", Text: "the texts are too long for the rules"}}},
			{Section: "sharing", Heading: "Sharing", Kind: change.Modified, Verdict: policy.Material, Old: "We share nothing.", New: "We share all with Acme.", Reasons: []change.Reason{
				{Rule: "removed-promise", Text: "removed: We share nothing"}, {Rule: "added-promise", Text: "added: We share all with Acme"}}},
			{Section: "logs", Heading: "Logs", Kind: change.Modified, Verdict: policy.Material, Old: "Kept 12 months.", New: "Kept 24 months.", Reasons: []change.Reason{{Rule: "number", Text: "12 → 24"}}},
			{Section: "long", Heading: "Long", Kind: change.Modified, Verdict: policy.Material, Old: strings.Repeat("much ", 40), New: "12", Reasons: []change.Reason{{Rule: "number", Text: "13 → 12"}}},
			{Section: "sites", Heading: "", Kind: change.Added, Verdict: policy.Material, Reasons: []change.Reason{{Rule: "site", Text: "added: new.example"}}},
		}
	}
	for locale, want := range map[string]string{
		"en": "Logs (Data) - Kept for: 12 → 24 - New: Safeguard: SCC - No longer there: Country: Peru " +
			"Acme (Recipient) - New: Used for: mail; Country: IE Gone (Recipient) - No longer there: Gone " +
			"Terms - The text was rewritten throughout; the pages below mark every difference. " +
			"Sharing - No longer there: We share nothing - New: We share all with Acme Logs - Kept 12 months. → Kept 24 months. Long - 13 → 12 Where it applies - New: new.example",
		"de": "Logs (Aufbewahrung) - Aufbewahrung: 12 → 24 - Neu: Garantie: SCC - Nicht mehr enthalten: Land: Peru " +
			"Acme (Empfänger) - Neu: Zwecke: mail; Land: IE Gone (Empfänger) - Nicht mehr enthalten: Gone " +
			"Terms - Der Text wurde durchgehend neu geschrieben; auf den Seiten unten ist jeder Unterschied gekennzeichnet. " +
			"Sharing - Nicht mehr enthalten: We share nothing - Neu: We share all with Acme Logs - Kept 12 months. → Kept 24 months. Long - 13 → 12 Geltung - Neu: new.example",
	} {
		s.Resolution.Labels = nil
		if locale == "en" { // the version has tables, and its words come first
			s.Resolution.Labels = source.Map[source.Map[string]]{{Key: "en", Value: source.Map[string]{{Key: "name.retention", Value: "Data"},
				{Key: "name.sharing", Value: "Recipient"}, {Key: "period", Value: "Kept for"}}}}
		}
		r, _ := write(t, writer, s, "id,email,locale\n1,jo@x.example,"+locale+"\n")
		if text := strings.Join(strings.Fields(r.Text), " "); !strings.Contains(text, want) {
			t.Errorf("%s: the text does not say %q:\n%s", locale, want, text)
		}
	}
}

// A section that was turned inside out does not fill the mail; it says how much
// more there is.
func TestPlainLinesOfOneChangeAreFew(t *testing.T) {
	s := notifytest.Subject()
	s.Words = nil
	c := change.Change{Section: "sharing", Heading: "Sharing", Kind: change.Modified, Verdict: policy.Material}
	for i := range 20 {
		c.Reasons = append(c.Reasons, change.Reason{Rule: "number", Text: fmt.Sprintf("term %d → term %d", i, i+1)})
	}
	s.Comparisons["en"].Changes = []change.Change{c}
	r, _ := write(t, writer, s, "id,email\n1,jo@x.example\n")
	text := strings.Join(strings.Fields(r.Text), " ")
	if !strings.Contains(text, "term 11 → term 12 - And 8 more; the pages below mark every difference. ") || strings.Contains(text, "term 13") {
		t.Error(text)
	}
}

// The tool makes no claim about what a text means for anybody.
func TestMailMakesNoLegalClaim(t *testing.T) {
	for _, csv := range []string{"id,email\n1,jo@x.example\n", "id,email,locale\n1,jo@x.example,de\n"} {
		r, _ := write(t, writer, notifytest.Subject(), csv)
		text := strings.Join(strings.Fields(r.Text+r.HTML), " ")
		for _, claim := range []string{"does not change what", "ändert für Sie nichts", "Bedeutung"} {
			if strings.Contains(text, claim) {
				t.Errorf("the mail claims %q", claim)
			}
		}
	}
}

// Whom a change concerns is said with names of products, in the reader's language.
func TestPlainLinesNameProducts(t *testing.T) {
	s := notifytest.Subject()
	s.Words = nil
	s.Resolution.Products = source.Map[policy.Localised]{{Key: "vault", Value: policy.Localised{"": "Northgate Vault"}}}
	for locale, want := range map[string]string{
		"en": "Logs - Concerns: Northgate Vault, old → everyone Backups - Concerns: Northgate Vault; northgate.example → Northgate Vault",
		"de": "Logs - Betrifft: Northgate Vault, old → alle Backups - Betrifft: Northgate Vault; northgate.example → Northgate Vault",
	} {
		s.Comparisons[locale].Changes = []change.Change{
			{Section: "logs", Heading: "Logs", Kind: change.Scope, Verdict: policy.Material, Old: "products vault, old", New: "everyone",
				Reasons: []change.Reason{{Rule: "scope", Text: "products vault, old → everyone"}}},
			{Section: "practices/data/backups", Heading: "Backups", Kind: change.Modified, Verdict: policy.Material,
				Reasons: []change.Reason{{Rule: "practice", Text: "scope: products vault; sites northgate.example → products vault"}}},
		}
		r, _ := write(t, writer, s, "id,email,locale\n1,jo@x.example,"+locale+"\n")
		text := strings.Join(strings.Fields(r.Text), " ")
		if text = strings.ReplaceAll(text, " (data)", ""); !strings.Contains(strings.ReplaceAll(text, " (Daten)", ""), want) {
			t.Errorf("%s: the text does not say %q:\n%s", locale, want, text)
		}
	}
}
