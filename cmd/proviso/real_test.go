package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"proviso/mailbox"
)

// A run of the command in a folder, on a day.
type story struct {
	t   *testing.T
	dir string
	day string
	env map[string]string
}

// run runs a command line and returns its exit status and what it printed.
func (s *story) run(args ...string) (status int, stdout, stderr string) {
	s.t.Helper()
	now, err := time.Parse(time.DateOnly, s.day)
	if err != nil {
		s.t.Fatal(err)
	}
	var out, errs bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		now: func() time.Time { return now.Add(17 * time.Hour) },
		env: func(name string) (string, bool) { v, ok := s.env[name]; return v, ok }}
	status = p.run(context.Background(), append([]string{"-C", s.dir}, args...))
	return status, out.String(), errs.String()
}

// must is run for a command that has to succeed.
func (s *story) must(args ...string) string {
	s.t.Helper()
	status, out, errs := s.run(args...)
	if status != 0 {
		s.t.Fatalf("proviso %s: status %d\n%s%s", strings.Join(args, " "), status, out, errs)
	}
	return out
}

func (s *story) write(name, data string) {
	s.t.Helper()
	name = filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// edit replaces a text that must be there in a file.
func (s *story) edit(name, old, new string) {
	s.t.Helper()
	data := s.read(name)
	if !strings.Contains(data, old) {
		s.t.Fatalf("%s has no %q", name, old)
	}
	s.write(name, strings.Replace(data, old, new, 1))
}

// extend adds words behind the first paragraph of the section with a mark in its heading.
func (s *story) extend(name, mark, words string) {
	s.t.Helper()
	data := s.read(name)
	heading := strings.Index(data, mark)
	if heading < 0 {
		s.t.Fatalf("%s has no %q", name, mark)
	}
	begin := heading + strings.Index(data[heading:], "\n\n") + 2
	end := begin + strings.Index(data[begin:], "\n\n")
	s.write(name, data[:end]+words+data[end:])
}

// seed reads a real policy that is not part of the project.
func seed(t *testing.T, pattern string) string {
	t.Helper()
	shared := os.Getenv("PROVISO_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	found, _ := filepath.Glob(filepath.Join(shared, "seeds", pattern))
	if len(found) != 1 {
		t.Skipf("no %s in %s/seeds", pattern, shared)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// repairs undo what capturing the page did to the text.
var repairs = []struct{ pattern, by string }{
	{`(?m)^> \*The following.*\n`, ""},
	{`(?m)^# .*\n`, ""},
	{`\[(\[[^\]]+\]\(mailto:[^)]*\))\.?\]\([^)]*email-protection[^)]*\)`, "$1."},
	{`\[\.?\]\([^)]*\)`, ""},
	{`(?m)^###[ \x{a0}]+\n(\S.*)$`, "### $1"},
	{`\*{4,}`, ""},
	{`(?m)^\*\*Information about your customers \(Imunify360\)\. *\n\*\* `, "#### Information about your customers {#visitors products=\"imunify360\"}\n\n"},
	{`(?m)^\*\*The content of your servers \(CloudLinux Backup\)\. *\n\*\* `, "#### The content of your servers {#backups products=\"backup\"}\n\n"},
	{`(?m)^\*\*([A-Z][A-Za-z -]+)\.?( *\n\*\* |\*\*\. *\n|\*\*$)`, "#### $1\n\n"},
	{`(?m)^##(#+ )`, "##$1"},
}

func repaired(policy string) string {
	for _, r := range repairs {
		policy = regexp.MustCompile(r.pattern).ReplaceAllString(policy, r.by)
	}
	policy = strings.ReplaceAll(policy, "\n#### ", "\n### ")
	return strings.ReplaceAll(policy, "\n### INTERNATIONAL", "\n## INTERNATIONAL")
}

const fiveDomains = `name: CloudLinux
legal_name: Cloud Linux Inc.
address: "2318 Louis Rd, Palo Alto"
contacts: {privacy: privacy@cloudlinux.com}
time_zone: America/Los_Angeles
locales: [en]
products: {os: {name: CloudLinux OS}, kernelcare: {name: KernelCare}, imunify360: {name: Imunify360}, backup: {name: CloudLinux Backup}}
sites:
  cloudlinux.com: {}
  kernelcare.com: {products: [kernelcare]}
  imunify360.com: {products: [imunify360]}
  cloudlinuxbackup.com: {products: [backup]}
  elasticsites.com: {products: []}
regimes: [contract-30]
`

const holders = `id,email,name,locale,status,products
1,ann@one.example,Ann,en,active,imunify360
2,bob@two.example,Bob,en,suspended,imunify360 os
3,cay@three.example,Cay,en,active,kernelcare
4,dan@four.example,Dan,en,active,os
5,eve@five.example,Eve,en,closed,imunify360
6,fay@six.example,Fay,en,deleted,imunify360
7,gus@seven.example,Gus,en,active,backup kernelcare
8,Ann@ONE.example,Ann again,en,active,imunify360
9,hal@nine.example,Hal,en,active,
`

// cloudLinux makes a folder of the CloudLinux policy for its five domains,
// with sections scoped to two of its products, released on 2026-01-10.
func cloudLinux(t *testing.T) *story {
	s := &story{t: t, dir: t.TempDir(), day: "2026-01-10", env: map[string]string{}}
	text := strings.ReplaceAll(repaired(seed(t, "000_*.txt")), "\n### ", "\n## ")
	text = strings.NewReplacer("\n## Information about your customers", "\n### Information about your customers",
		"\n## The content of your servers", "\n### The content of your servers").Replace(text)
	s.write("content/organisation.yaml", fiveDomains)
	s.write("content/privacy/policy.yaml", "title: Privacy Policy\ntype: Privacy Policy\n")
	s.write("content/privacy/draft/en.md", text)
	s.write("accounts.csv", holders)
	s.write("proviso.yaml", "accounts: {name: shop, source: \"csv:accounts.csv\"}\n"+
		"mail: {smtp: \"${PROVISO_SMTP}\", from: \"CloudLinux <legal@cloudlinux.com>\"}\n")
	s.must("release", "privacy", "--effective", "2026-01-15")
	return s
}

// TestRealPolicy is the main job on a real policy: known edits, released in
// time, built for five domains, and mailed to those whom they concern.
func TestRealPolicy(t *testing.T) {
	s := cloudLinux(t)
	s.day = "2026-03-02"
	s.must("draft", "privacy")
	const text = "content/privacy/draft/en.md"
	s.extend(text, "{#backups ", " We also collect the names of the files in each backup.")
	s.extend(text, "{#visitors ", "\n\nWe delete this information after 90 days.")
	s.edit(text, ", your ISP,", "; your ISP,")
	moveSection(s, text, "## Contacting Us", "## Your Consent")

	if status, out, errs := s.run("release", "privacy", "--effective", "2026-03-12"); status != 1 || !strings.Contains(errs, "the earliest date that the lead times allow is 2026-04-02") {
		t.Fatalf("a release 10 days ahead: status %d\n%s%s", status, out, errs)
	}
	out := s.must("diff", "privacy", "--format", "json")
	for _, want := range []string{`"verdict": "material"`, `"section": "backups"`, `"section": "visitors"`, "90 days"} {
		if !strings.Contains(out, want) {
			t.Errorf("diff lacks %s:\n%s", want, out)
		}
	}
	s.must("release", "privacy", "--effective", "2026-04-16")
	s.must("build")
	for domain, sees := range map[string]struct{ visitors, backups bool }{
		"cloudlinux.com": {true, true}, "kernelcare.com": {}, "imunify360.com": {visitors: true},
		"cloudlinuxbackup.com": {backups: true}, "elasticsites.com": {},
	} {
		page := s.read("public/" + domain + "/privacy/2026-04-16/index.html")
		if strings.Contains(page, "after 90 days") != sees.visitors || strings.Contains(page, "names of the files") != sees.backups {
			t.Errorf("%s shows what is not meant for it, or lacks what is", domain)
		}
	}
	checkNotices(t, s)
}

func checkNotices(t *testing.T, s *story) {
	server, err := mailbox.Start(mailbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	s.env["PROVISO_SMTP"] = server.URL()
	s.must("notify", "send", "privacy", "--yes")
	got := map[string]string{}
	for _, m := range server.Messages() {
		if got[m.To] != "" {
			t.Errorf("%s was told twice", m.To)
		}
		r, err := m.Read()
		if err != nil {
			t.Fatal(err)
		}
		got[m.To] = r.Text + r.HTML
	}
	want := map[string][2]bool{ // told of visitors, of backups
		"ann@one.example": {true, false}, "bob@two.example": {true, false}, "gus@seven.example": {false, true},
	}
	for to, mail := range got {
		w, ok := want[to]
		if !ok {
			t.Errorf("%s was told, whom nothing concerns", to)
		}
		if strings.Contains(mail, "90 days") != w[0] || strings.Contains(mail, "names of the files") != w[1] {
			t.Errorf("%s reads of the wrong changes:\n%s", to, mail)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d were told, want %d", len(got), len(want))
	}
	before := len(server.Messages())
	s.must("notify", "send", "privacy", "--yes")
	if n := len(server.Messages()); n != before {
		t.Errorf("a second send mailed %d", n-before)
	}
	if out := s.must("notify", "status", "privacy", "--format", "json"); !strings.Contains(out, `"accepted": 3`) || !strings.Contains(out, `"complete": true`) {
		t.Errorf("status says\n%s", out)
	}
}

// moveSection moves a section in front of another.
func moveSection(s *story, name, heading, before string) {
	s.t.Helper()
	data := s.read(name)
	from := strings.Index(data, "\n"+heading)
	if from < 0 {
		s.t.Fatalf("%s has no %q", name, heading)
	}
	end := len(data)
	if i := strings.Index(data[from+1:], "\n## "); i >= 0 {
		end = from + 1 + i
	}
	section := data[from:end]
	data = data[:from] + data[end:]
	at := strings.Index(data, "\n"+before)
	if at < 0 {
		s.t.Fatalf("%s has no %q", name, before)
	}
	s.write(name, data[:at]+strings.TrimRight(section, "\n")+"\n"+data[at:])
}

// TestRealPolicyWithoutMarkup builds a real policy whose headings are plain
// capitals and whose numbered lists are nested.
func TestRealPolicyWithoutMarkup(t *testing.T) {
	s := &story{t: t, dir: t.TempDir(), day: "2026-01-10"}
	s.write("content/organisation.yaml", "name: Mlytics\nlegal_name: Mlytics, Inc.\ntime_zone: UTC\nlocales: [en]\nsites: {mlytics.com: {}}\nregimes: [contract-30]\n")
	s.write("content/privacy/policy.yaml", "title: Privacy and Security Policy\n")
	capitals := regexp.MustCompile(`(?m)^([A-Z][A-Z ,]+)$`)
	s.write("content/privacy/2026-01-15/en.md", capitals.ReplaceAllString(seed(t, "004_*.txt"), "## $1"))
	s.must("check")
	s.day = "2026-02-01"
	s.must("build")
	page := s.read("public/mlytics.com/privacy/index.html")
	if n := strings.Count(page, "<ol"); n < 3 {
		t.Errorf("%d numbered lists, want the nested ones too", n)
	}
	if !strings.Contains(page, `id="billing-information"`) {
		t.Error("the sections have no addresses")
	}
}
