package lint

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"proviso/lint/rule"
	"proviso/lint/words"
	"proviso/policy"
	"proviso/source"
)

// mailTemplates is where a team keeps mails of its own.
const mailTemplates = "templates/mail"

// mails returns the findings in the templates of mails that a team has written
// over the built-in ones. A notice that is owed is no campaign: what makes it
// look like one makes filters and readers take it for one.
func mails(f *policy.Folder) (ps source.Problems) {
	_ = fs.WalkDir(f.FS, mailTemplates, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // none, or what cannot be read: whoever sends says so
		}
		data, err := fs.ReadFile(f.FS, name)
		if err == nil && utf8.Valid(data) {
			m := mail{name: name, text: string(data)}
			m.promotion()
			m.tracking()
			m.incomplete()
			ps = append(ps, m.found...)
		}
		return nil
	})
	return ps
}

// A mail is one template being read.
type mail struct {
	name, text string
	found      source.Problems
}

// add reports what stands at an offset.
func (m *mail) add(at int, id, hint, message string) {
	before := m.text[:at]
	begin := strings.LastIndexByte(before, '\n') + 1
	pos := source.Position{File: m.name, Line: 1 + strings.Count(before, "\n"), Column: 1 + utf8.RuneCountInString(before[begin:])}
	m.found = append(m.found, source.Problem{Position: pos, Severity: rule.Severity(id), Rule: id, Message: message, Hint: hint})
}

// promotion finds words that sell, and ways to unsubscribe from what is owed.
func (m *mail) promotion() {
	for _, p := range words.In("")["mail"] {
		for _, at := range p.FindAll(m.text) {
			said := m.text[at[0]:at[1]]
			if p.Group == "unsubscribe" {
				if denial.MatchString(m.sentence(at)) {
					continue
				}
				m.add(at[0], "mail-unsubscribe", "a notice that is owed cannot be unsubscribed from; remove it",
					fmt.Sprintf("the notice offers to unsubscribe: %q", said))
			} else {
				m.add(at[0], "mail-promotion", "keep the notice to what changes, and advertise elsewhere", fmt.Sprintf("words of an advertisement: %q", said))
			}
		}
	}
}

// denial is how a sentence says that there is no way to unsubscribe.
var denial = regexp.MustCompile(`(?i)\b(?:no|not|cannot|can't|nicht|keine?[nrsm]?)\b`)

// sentence returns the sentence that holds a place of the text.
func (m *mail) sentence(at []int) string {
	const ends = ".!?<>\"\n"
	begin := strings.LastIndexAny(m.text[:at[0]], ends) + 1
	if n := strings.IndexAny(m.text[at[1]:], ends); n >= 0 {
		return m.text[begin : at[1]+n]
	}
	return m.text[begin:]
}

// What a mail program fetches from elsewhere, or runs.
var (
	fetched = regexp.MustCompile(`(?i)<(?:img|video|audio|iframe|object|embed|link|script|form|input|button)\b|@import|url\(\s*['"]?https?:|\bbackground\s*=\s*['"]?https?:`)
	tracked = regexp.MustCompile(`(?i)[?&](?:utm_[a-z]+|gclid|fbclid|mc_[ce]id|_hsenc|mkt_tok)=`)
)

// tracking finds what tells the sender that a mail was opened or followed.
func (m *mail) tracking() {
	for _, at := range fetched.FindAllStringIndex(m.text, -1) {
		m.add(at[0], "mail-tracking", "write words and links only: nothing in a notice is fetched from elsewhere, or run",
			fmt.Sprintf("the mail fetches or runs something: %q", m.text[at[0]:at[1]]))
	}
	for _, at := range tracked.FindAllStringIndex(m.text, -1) {
		m.add(at[0]+1, "mail-tracking", "link to the page itself", fmt.Sprintf("the link tells who followed it: %q", m.text[at[0]+1:at[1]]))
	}
}

// What a notice has to say, and the field that says it.
var said = []struct {
	field *regexp.Regexp
	what  string
}{
	{regexp.MustCompile(`\.Effective\b`), "from when the change holds: {{.Effective}}"},
	{regexp.MustCompile(`\.(?:Summary|Sections)\b`), "what changes: {{.Summary}} and {{.Sections}}"},
	{regexp.MustCompile(`\.Choices\b`), "what the reader can do: {{.Choices}}"},
	{regexp.MustCompile(`\.Changes\b`), "where the redline is: {{.Changes}} of {{.Links}}"},
	{regexp.MustCompile(`\.LegalName\b`), "who writes: {{.LegalName}}"},
	{regexp.MustCompile(`\.Contact\b`), "whom to ask: {{.Contact}}"},
	{regexp.MustCompile(`\.Seal\b`), "which text is meant: {{.Seal}}"},
}

// incomplete finds what a notice must say and does not.
func (m *mail) incomplete() {
	if name := path.Base(m.name); path.Dir(m.name) != mailTemplates || name != "notice.txt" && name != "notice.html" {
		return
	}
	for _, x := range said {
		if !x.field.MatchString(m.text) {
			m.add(0, "mail-incomplete", "take it over from the built-in template", "the notice does not say "+x.what)
		}
	}
}
