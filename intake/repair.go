package intake

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"proviso/intake/page"
	"proviso/lint/date"
	"proviso/lint/form"
	"proviso/policy"
	"proviso/text"
)

// repair does to the text all that can be done without judging its words.
func (t *Text) repair() error {
	t.frontMatter()
	t.captureNote()
	t.outsideCode(t.characters)
	if err := t.tags(); err != nil {
		return err
	}
	t.outsideCode(t.links)
	t.outsideCode(t.marks)
	t.outsideCode(t.lines)
	t.outsideCode(t.escape)
	t.outline()
	t.dates()
	t.outsideCode(t.tidy)
	t.Body = strings.Trim(t.Body, "\n") + "\n"
	return t.mend()
}

// mend makes words of what the text would say by accident: braces, colons and
// angle brackets that mean something here. It refuses what cannot be read then.
func (t *Text) mend() error {
	const rounds = 30
	for range rounds {
		_, ps := text.Parse("", []byte(t.Body), text.Options{})
		errs := ps.Errors()
		if len(errs) == 0 {
			return nil
		}
		lines := strings.Split(t.Body, "\n")
		mended := map[int]bool{} // one place a line, because the others shift
		for _, e := range errs {
			if i := e.Line - 1; i >= 0 && i < len(lines) && !mended[i] {
				line := mendLine(lines[i], e.Rule, e.Column)
				mended[i] = line != lines[i]
				lines[i] = line
			}
		}
		if body := strings.Join(lines, "\n"); body != t.Body {
			t.Body = body
			continue
		}
		break
	}
	_, ps := text.Parse("", []byte(t.Body), text.Options{})
	return fmt.Errorf("what was made of it cannot be read; simplify the text there: %w", ps.Err())
}

// mendLine writes a backslash before what a line should not say, at or behind a
// column, else anywhere in it.
func mendLine(line, rule string, column int) string {
	if rule == "duplicate-id" && heldID.MatchString(line) {
		return heldID.ReplaceAllString(line, "")
	}
	at := min(len(string([]rune(line)[:min(max(column-1, 0), len([]rune(line)))])), len(line))
	for _, from := range []int{at, 0} {
		for i := from; i < len(line); i++ {
			escaped := i > 0 && line[i-1] == '\\'
			if !escaped && (line[i] == '{' || line[i] == '<' || strings.HasPrefix(line[i:], ":::")) {
				return line[:i] + `\` + line[i:]
			}
		}
	}
	return line
}

var fence = regexp.MustCompile("^ {0,3}(```+|~~~+)")

// outsideCode applies a repair to all that stands outside fenced code.
func (t *Text) outsideCode(repair func(string) string) {
	var out, prose strings.Builder
	flush := func() {
		out.WriteString(repair(prose.String()))
		prose.Reset()
	}
	end := ""
	for line := range strings.Lines(t.Body) {
		m := fence.FindStringSubmatch(line)
		switch {
		case end == "" && m == nil:
			prose.WriteString(line)
		case end == "":
			flush()
			end = m[1]
			out.WriteString(line)
		default:
			out.WriteString(line)
			if m != nil && strings.HasPrefix(m[1], end) {
				end = ""
			}
		}
	}
	flush()
	t.Body = out.String()
}

// replace applies a pattern and counts how often.
func (t *Text) replace(s string, re *regexp.Regexp, by, what string) string {
	if n := len(re.FindAllStringIndex(s, -1)); n > 0 {
		t.repaired(n, "%s", what)
		return re.ReplaceAllString(s, by)
	}
	return s
}

var (
	yamlFront = regexp.MustCompile(`(?s)\A\s*(?:---|\+\+\+)[ \t]*\n(.*?)\n(?:---|\+\+\+)[ \t]*(?:\n|\z)`)
	yamlLine  = regexp.MustCompile(`^([A-Za-z_][\w-]*)\s*[:=]\s*(.*)$`)
	keyLine   = regexp.MustCompile(`(?m)^[A-Za-z_][\w-]*\s*[:=]`)
)

// frontMatter takes the title and the date from the front matter of other
// programs, and leaves the rest of it out.
func (t *Text) frontMatter() {
	t.Body = strings.ReplaceAll(strings.ReplaceAll(t.Body, "\r\n", "\n"), "\r", "\n")
	m := yamlFront.FindStringSubmatch(t.Body)
	if m == nil || !keyLine.MatchString(m[1]) {
		return
	}
	t.Body = t.Body[len(m[0]):]
	for line := range strings.Lines(m[1]) {
		kv := yamlLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if kv == nil {
			continue
		}
		key, value := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(kv[1])), strings.Trim(strings.TrimSpace(kv[2]), `"'`)
		switch date, ok := anyDate(value); {
		case key == "title" && value != "":
			t.Title = value
			continue
		case ok && strings.HasPrefix(key, "effective"):
			t.Declared = date
		case ok && t.Declared.IsZero() && (strings.Contains(key, "updated") || strings.Contains(key, "modified") || key == "date"):
			t.Declared = date
		}
		t.repaired(1, "front matter left out: %s", kv[1])
	}
}

// anyDate reads a date that stands alone.
func anyDate(s string) (policy.Date, bool) {
	if len(s) > 10 && (s[10] == 'T' || s[10] == ' ') && strings.Count(s[:10], "-") == 2 {
		s = s[:10] // an instant
	}
	doc, _ := text.Parse("", []byte("Effective: "+s+"\n"), text.Options{Plain: true})
	for _, d := range date.In(doc, nil) {
		return d.Date, true
	}
	return policy.Date{}, false
}

var (
	noteForm = regexp.MustCompile(`\A\s*((?:>[^\n]*\n)+)`)
	stamp    = regexp.MustCompile(`web\.archive\.org/web/(\d{4})(\d{2})(\d{2})\d*`)
)

// captureNote takes out the note of whoever copied the page from an archive,
// and keeps the day on which the archive took it.
func (t *Text) captureNote() {
	m := noteForm.FindStringSubmatch(t.Body)
	if m == nil {
		return
	}
	at := stamp.FindStringSubmatch(m[1])
	if at == nil {
		return
	}
	t.Captured, _ = policy.ParseDate(at[1] + "-" + at[2] + "-" + at[3])
	t.Body = t.Body[len(m[0]):]
	t.repaired(1, "a note of the archive that the text was copied from left out")
}

var (
	unseenChars  = regexp.MustCompile(`[\x{200b}-\x{200d}\x{2060}\x{feff}]`)
	controlChars = regexp.MustCompile(`[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{80}-\x{9f}\x{202a}-\x{202e}\x{2066}-\x{2069}\x{fffe}\x{ffff}]`)
	heldDate     = regexp.MustCompile(`(\d{1,2}(?:st|nd|rd|th|\.)?)[ \x{a0}\x{202f}](\p{L}{3,9}\.?),?[ \x{a0}\x{202f}](\d{4})|(\p{L}{3,9}\.?)[ \x{a0}\x{202f}](\d{1,2},?)[ \x{a0}\x{202f}](\d{4})`)
	blankLine    = regexp.MustCompile(`(?m)^[ \t]+$`)
	inSentence   = regexp.MustCompile(`([^\s.:;!?|*#>-]) {2,}([^\s|])`)
	afterStop    = regexp.MustCompile(`([.:;!?]) {2,}([^\s|])`)
	tableLine    = regexp.MustCompile(`^\s*\|`)
)

// characters takes out what nobody sees.
func (t *Text) characters(s string) string {
	s = t.replace(s, unseenChars, "", "a character without width taken out")
	s = t.replace(s, controlChars, "", "a control character taken out")
	s = heldDate.ReplaceAllStringFunc(s, strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace) // dates are found by their blanks
	s, n := form.JoinBlanks(s)
	t.repaired(n, "a no-break space that held nothing together is a blank")
	var b strings.Builder
	for line := range strings.Lines(s) {
		body := strings.TrimLeft(line, " \t")
		if !tableLine.MatchString(line) && !strings.HasPrefix(body, "-") && !strings.HasPrefix(body, "*") {
			lead := line[:len(line)-len(body)]
			body = t.replace(body, inSentence, "$1 $2", "two blanks in mid-sentence are one")
			line = lead + afterStop.ReplaceAllString(body, "$1 $2")
		}
		b.WriteString(line)
	}
	return blankLine.ReplaceAllString(b.String(), "")
}

var (
	comment  = regexp.MustCompile(`(?s)<!--.*?-->`)
	lineTag  = regexp.MustCompile(`(?i)[ \t]*<br\s*/?>[ \t]*\n?`)
	liquid   = regexp.MustCompile(`(?m)^[ \t]*\{%.*%\}[ \t]*\n`)
	kramdown = regexp.MustCompile(`(?m)^[ \t]*\{:[^}\n]*\}[ \t]*\n|[ \t]*\{:[^}\n]*\}`)
)

// tags makes Markdown of the HTML in a text, by way of a page if need be.
func (t *Text) tags() error {
	t.Body = t.replace(t.Body, comment, "", "a comment left out")
	t.Body = t.replace(t.Body, liquid, "", "a line of a template language left out")
	t.Body = t.replace(t.Body, kramdown, "", "attributes of another Markdown left out")
	if t.Form != "Markdown" {
		return nil
	}
	_, ps := text.Parse("", []byte(t.Body), text.Options{})
	html := false
	for _, p := range ps.Errors() {
		html = html || p.Rule == "raw-html"
	}
	if !html {
		return nil
	}
	t.Body = lineTag.ReplaceAllString(t.Body, "\\\n")
	doc, _ := text.Parse("", []byte(t.Body), text.Options{Plain: true})
	var b bytes.Buffer
	b.WriteString("<html><body>")
	text.WriteSections(&b, doc.Sections)
	b.WriteString("</body></html>")
	form, title := t.Form, t.Title
	if err := t.convert(b.Bytes(), page.Options{Fragment: true}); err != nil {
		return err
	}
	t.Form, t.Title = form, title
	t.repaired(1, "HTML in the text written as Markdown")
	return nil
}
