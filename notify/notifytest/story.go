// Package notifytest holds a small made-up organisation with one version to
// tell of, for tests of what is told and of sending it.
package notifytest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"proviso/account"
	"proviso/change"
	"proviso/notify"
	"proviso/policy"
	"proviso/source"
)

// Subject returns privacy@2026-12-20 of Northgate, which has two sites. The
// kernelguard site has one product. Four sections changed: retention
// (material, for all), server-information (material, kernelguard only),
// backups (undecided, vault only) and footer (editorial).
func Subject() notify.Subject {
	seal := &policy.Seal{Hash: "sha256:5ea1", State: policy.Released}
	return notify.Subject{
		Version: &policy.Version{Policy: &policy.Policy{ID: "privacy"}, Name: "2026-12-20",
			Effective: policy.Date{Year: 2026, Month: 12, Day: 20}, Sealed: seal},
		Deadline: policy.Date{Year: 2026, Month: 11, Day: 20},
		Regimes:  []policy.SealedRegime{{ID: "contract-30", Lead: policy.Lead{Days: 30}}},
		Resolution: &policy.Resolution{TimeZone: "America/New_York", Locales: []string{"en", "de"}, Sites: source.Map[policy.SiteValues]{
			site("northgate.example", "https://northgate.example/", "", "kernelguard", "vault"),
			site("kernelguard.example", "https://kernelguard.example/legal/", "KernelGuard Legal <legal@kernelguard.example>", "kernelguard"),
		}},
		Comparisons: map[string]*change.Comparison{
			"en": comparison("Retention", "12 months → 24 months", "Server information", "Backups", "Footer"),
			"de": comparison("Speicherdauer", "12 Monate → 24 Monate", "Serverdaten", "Sicherungen", "Fußzeile"),
		},
		Words: &policy.Changes{
			Summary:  policy.Localised{"en": "We keep data longer.", "de": "Wir speichern Daten länger."},
			Why:      policy.Localised{"en": "Faults show late."},
			Sections: source.Map[policy.Localised]{{Key: "server-information", Value: policy.Localised{"en": "Kernel versions are reported too.", "de": "Auch Kernel-Versionen werden gemeldet."}}},
		},
		FullText: func(site, locale string) (string, error) {
			return "The whole text of " + site + " in " + locale + "\n", nil
		},
	}
}

func site(domain, url, from string, products ...string) source.Entry[policy.SiteValues] {
	v := policy.SiteValues{URL: url, Path: "privacy", From: from, Products: products}
	for _, locale := range []string{"en", "de"} {
		title := map[string]string{"en": "Privacy Policy", "de": "Datenschutzerklärung"}[locale]
		v.Locales = append(v.Locales, source.Entry[policy.LocaleValues]{Key: locale, Value: policy.LocaleValues{Title: title, Values: source.Map[string]{
			{Key: "org.legal_name", Value: "Northgate Systems Inc."}, {Key: "org.address", Value: "1 Harbour Road, Wilmington"},
			{Key: "site.name", Value: "Northgate"}, {Key: "contacts.privacy", Value: "privacy@northgate.example"},
		}}})
	}
	return source.Entry[policy.SiteValues]{Key: domain, Value: v}
}

func comparison(retention, evidence, server, backups, footer string) *change.Comparison {
	return &change.Comparison{Verdict: policy.Material, Changes: []change.Change{
		{Section: "retention", Heading: retention, Kind: change.Modified, Verdict: policy.Material,
			Reasons:  []change.Reason{{Rule: "number", Text: evidence, Source: "WP260 29"}},
			Decision: &policy.Decision{Reason: "SECRET REASON", By: "SECRET COUNSEL"}},
		{Section: "server-information", Heading: server, Kind: change.Modified, Verdict: policy.Material, Old: "a", New: "b", Products: []string{"kernelguard"}},
		{Section: "backups", Heading: backups, Kind: change.Added, Verdict: policy.Review, New: "new words", Products: []string{"vault"}},
		{Section: "footer", Heading: footer, Kind: change.Modified, Verdict: policy.Editorial, Old: "teh", New: "the"},
	}}
}

// Notices returns the notices of subjects.
func Notices(t testing.TB, subjects ...notify.Subject) []*notify.Notice {
	t.Helper()
	n, err := notify.Notices(subjects)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Holders reads account holders from CSV text.
func Holders(t testing.TB, csv string) *account.Holders {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "accounts.csv"), []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := account.Sources{Accounts: account.Accounts{{Name: "shop", Source: "csv:accounts.csv"}}, Dir: dir,
		Known: account.Known{Products: []string{"kernelguard", "vault", "old"}, Sites: []string{"northgate.example", "kernelguard.example", "blog.example"}}}.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// Audience collects who is in the audience of a notice.
func Audience(t testing.TB, n *notify.Notice, h *account.Holders) (all []notify.Recipient) {
	t.Helper()
	for r, err := range n.Audience(h) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// Plan is the plan of notices.
func Plan(t testing.TB, notices []*notify.Notice, h *account.Holders) *notify.Plan {
	t.Helper()
	p, err := notify.NewPlan(notices, h)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
