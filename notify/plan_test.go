package notify_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"proviso/change"
	"proviso/notify"
	"proviso/notify/notifytest"
	"proviso/policy"
	"proviso/source"
)

// plan lists who is told what: "id locale sites: sections".
func plan(t *testing.T, csv string, subjects ...notify.Subject) string {
	t.Helper()
	p := notifytest.Plan(t, notifytest.Notices(t, subjects...), notifytest.Holders(t, csv))
	var out []string
	for _, n := range p.Notices {
		out = append(out, fmt.Sprintf("%s %s %s: %s", strings.TrimPrefix(n.Holder, "shop:"), n.Locale, strings.Join(n.Sites, " "), strings.Join(n.Sections, " ")))
	}
	for _, x := range p.Skipped {
		out = append(out, strings.TrimPrefix(x.Holder, "shop:")+" skipped: "+x.Reason)
	}
	return strings.Join(out, "\n")
}

const both = "northgate.example kernelguard.example"

// One rule a case: who is told, where and of what follows from products and sites.
func TestPlanTellsWhoSees(t *testing.T) {
	for _, c := range []struct{ why, csv, want string }{
		{"products choose sections and sites", "id,email,products\n1,a@x.example,kernelguard\n2,b@x.example,vault\n3,c@x.example,kernelguard vault\n",
			"1 en " + both + ": retention server-information\n2 en northgate.example: retention backups\n3 en " + both + ": retention server-information backups"},
		{"no products: unscoped sections, on all sites", "id,email,products\n1,a@x.example,\n", "1 en " + both + ": retention"},
		{"no column products: everything", "id,email\n1,a@x.example\n", "1 en " + both + ": retention server-information backups"},
		{"products of no site: all sites", "id,email,products\n1,a@x.example,old\n", "1 en " + both + ": retention"},
		{"their own sites come first", "id,email,products,sites\n1,a@x.example,kernelguard vault,kernelguard.example\n", "1 en kernelguard.example: retention server-information backups"},
		{"a site without the policy shows nothing", "id,email,sites\n1,a@x.example,blog.example\n", ""},
		{"suspended are told, closed and deleted are not", "id,email,status,products\n1,a@x.example,suspended,vault\n2,b@x.example,closed,vault\n3,c@x.example,Deleted,vault\n",
			"1 en northgate.example: retention backups\n2 skipped: status closed\n3 skipped: status Deleted"},
		{"a bad address is skipped", "id,email,products\n1,nobody,vault\n", "1 skipped: no usable address"},
		{"one address, one mail, united", "id,email,products,status\n1,a@x.example,vault,active\n2,A@X.example,kernelguard,active\n3,a@x.example,old,closed\n",
			"1 en " + both + ": retention server-information backups"},
		{"of one address, only those that are told count", "id,email,products,status\n1,a@x.example,vault,closed\n2,a@x.example,kernelguard,active\n",
			"2 en " + both + ": retention server-information"},
		{"languages are looked up", "id,email,locale,products\n1,a@x.example,de-AT,vault\n2,b@x.example,DE_ch,vault\n3,c@x.example,fr,vault\n4,d@x.example,deu,vault\n5,e@x.example,de-x-k,vault\n",
			"1 de northgate.example: retention backups\n2 de northgate.example: retention backups\n3 en northgate.example: retention backups\n4 en northgate.example: retention backups\n5 de northgate.example: retention backups"},
	} {
		if got := plan(t, c.csv, notifytest.Subject()); got != c.want {
			t.Errorf("%s: got\n%s, want\n%s", c.why, got, c.want)
		}
	}
}

// A change scoped to a site is seen there only, and where nothing is owed
// nobody is told.
func TestPlanFollowsSitesAndVerdicts(t *testing.T) {
	s := notifytest.Subject()
	en := s.Comparisons["en"]
	en.Changes = []change.Change{{Section: "imprint", Verdict: policy.Material, Sites: []string{"kernelguard.example"}}}
	csv := "id,email,products\n1,a@x.example,vault\n2,b@x.example,kernelguard\n"
	if got := plan(t, csv, s); got != "2 en "+both+": imprint" {
		t.Errorf("got\n%s", got)
	}
	en.Changes[0].Verdict = policy.Editorial
	if got := plan(t, csv, s); got != "" {
		t.Errorf("an editorial change: got\n%s", got)
	}
	if notifytest.Notices(t, s)[0].Owed() {
		t.Error("a notice is owed for an editorial change")
	}
}

// A version may ask for closed accounts to be told as well.
func TestPlanIncludesStatuses(t *testing.T) {
	s := notifytest.Subject()
	s.Words.Audience.Include = []string{"closed"}
	got := plan(t, "id,email,status,products\n1,a@x.example,closed,vault\n2,b@x.example,deleted,vault\n", s)
	if got != "1 en northgate.example: retention backups\n2 skipped: status deleted" {
		t.Errorf("got\n%s", got)
	}
}

// Several policies of one date make one notice; their sections are told apart.
func TestPlanOfTwoPolicies(t *testing.T) {
	a, b := notifytest.Subject(), notifytest.Subject()
	b.Version = &policy.Version{Policy: &policy.Policy{ID: "security"}, Name: "2026-12-20", Effective: a.Version.Effective}
	b.Deadline = policy.Date{Year: 2026, Month: 11, Day: 5}
	ns := notifytest.Notices(t, b, a)
	if len(ns) != 1 || ns[0].ID != "privacy@2026-12-20+security@2026-12-20" || ns[0].Deadline().String() != "2026-11-05" {
		t.Errorf("%+v", ns[0])
	}
	if got := plan(t, "id,email,products\n1,a@x.example,\n", a, b); got != "1 en "+both+": privacy#retention security#retention" {
		t.Errorf("got\n%s", got)
	}
	b.Version.Effective = policy.Date{Year: 2027, Month: 1, Day: 1}
	if _, err := notify.Notices([]notify.Subject{a, b}); err == nil || !strings.Contains(err.Error(), "different dates") {
		t.Errorf("got %v", err)
	}
}

// Where two legal entities answer for the sites, each gives its own notice.
func TestPlanOfTwoControllers(t *testing.T) {
	s := notifytest.Subject()
	for i := range s.Resolution.Sites[1].Value.Locales {
		s.Resolution.Sites[1].Value.Locales[i].Value.Values[0] = source.Entry[string]{Key: "org.legal_name", Value: "KernelGuard GmbH"}
	}
	ns := notifytest.Notices(t, s)
	if len(ns) != 2 || ns[0].ID != "privacy@2026-12-20" || ns[1].ID != "privacy@2026-12-20#2" || ns[1].Controller != "KernelGuard GmbH" {
		t.Fatalf("%d notices", len(ns))
	}
	p := notifytest.Plan(t, ns, notifytest.Holders(t, "id,email,products\n1,a@x.example,kernelguard\n2,b@x.example,vault\n"))
	if p.Holders != 2 || len(p.Notices) != 3 || strings.Join(p.Notices[2].Sites, " ") != "kernelguard.example" {
		t.Errorf("%+v", p)
	}
}

// The shape that programs read has every field, and lists are never null.
func TestPlanJSON(t *testing.T) {
	for csv, want := range map[string]string{
		"id,email,products\n1,a@x.example,old\n": `{"policy":"privacy","version":"2026-12-20","effective":"2026-12-20","deadline":"2026-11-20","regimes":["contract-30"],"holders":1,` +
			`"notices":[{"holder":"shop:1","locale":"en","sites":["northgate.example","kernelguard.example"],"sections":["retention"]}]}`,
		"id,email\n": `{"policy":"privacy","version":"2026-12-20","effective":"2026-12-20","deadline":"2026-11-20","regimes":["contract-30"],"holders":0,"notices":[]}`,
	} {
		b, err := json.Marshal(notifytest.Plan(t, notifytest.Notices(t, notifytest.Subject()), notifytest.Holders(t, csv)))
		if err != nil || string(b) != want {
			t.Errorf("%v\n%s, want\n%s", err, b, want)
		}
	}
}
