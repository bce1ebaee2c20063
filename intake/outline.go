package intake

import (
	"regexp"
	"slices"
	"strings"

	"proviso/lint/form"
	"proviso/text"
)

var (
	headingLine = regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$`)
	titleWords  = regexp.MustCompile(`(?i)(policy|policies|notice|statement|terms|conditions|agreement|addendum|datenschutz|agb|nutzungsbedingungen|guidelines|disclaimer|impressum|subprocessors)`)
	heldID      = regexp.MustCompile(`[ \t]*\{#[^{}]*\}[ \t]*$`)
)

// outline makes headings of the lines that serve as such, takes the title out,
// and makes ## the highest level, with none skipped.
func (t *Text) outline() {
	t.underlined()
	t.leadIns()
	t.fakes()
	t.title()
	t.levels()
}

var rule = regexp.MustCompile(`^\s*(=+|-+)\s*$`)

// underlined writes headings that reach over lines on one.
func (t *Text) underlined() {
	lines := strings.Split(t.Body, "\n")
	for _, s := range slices.Backward(t.parse().Sections) {
		i := s.Pos.Line - 1
		if s.Level == 0 || i < 0 || i >= len(lines) || headingLine.MatchString(lines[i]) {
			continue
		}
		end := i + 1
		for end < len(lines) && !rule.MatchString(lines[end]) {
			end++
		}
		if end < len(lines) {
			words := strings.Join(strings.Fields(strings.Join(lines[i:end], " ")), " ")
			lines = slices.Replace(lines, i, end+1, strings.Repeat("#", max(s.Level, 1))+" "+words)
		}
	}
	t.Body = strings.Join(lines, "\n")
}

// leadIns makes headings of words in bold on a line of their own above a
// paragraph.
func (t *Text) leadIns() {
	below := t.deepest()
	t.outsideCode(func(s string) string {
		return leadIn.ReplaceAllStringFunc(s, func(m string) string {
			x := leadIn.FindStringSubmatch(m)
			if len(strings.Fields(x[2])) < 12 || strings.HasSuffix(x[2], `\`) || len(strings.Fields(x[1])) > 10 || strings.ContainsAny(x[1], "[]@") {
				return m // an address, or a sentence
			}
			t.repaired(1, "words in bold that served as a heading are one")
			return below + " " + strings.TrimRight(x[1], ".: ") + "\n\n" + x[2]
		})
	})
}

// deepest returns the marks of a heading below those that the text has most
// of; the title is none of them.
func (t *Text) deepest() string {
	counts := map[int]int{}
	for i, h := range t.headings() {
		if i > 0 || h.level > 1 {
			counts[h.level]++
		}
	}
	most := 1
	for level := 2; level <= 6; level++ {
		if counts[level] > 0 && counts[level] >= counts[most] {
			most = level
		}
	}
	return strings.Repeat("#", min(most+1, 6))
}

// A mark is a heading in the file.
type mark struct{ line, level int }

// headings returns the headings outside code, by line from 0.
func (t *Text) headings() (out []mark) {
	end := ""
	for i, line := range strings.Split(t.Body, "\n") {
		f := fence.FindStringSubmatch(line)
		switch {
		case f != nil && end == "":
			end = f[1]
		case f != nil && strings.HasPrefix(f[1], end):
			end = ""
		case end == "":
			if m := headingLine.FindStringSubmatch(line); m != nil {
				out = append(out, mark{i, len(m[1])})
			}
		}
	}
	return out
}

// fakes makes headings of paragraphs in bold, in capitals, or like a title.
func (t *Text) fakes() {
	doc := t.parse()
	fakes := form.FakeHeadings(doc, []byte(t.Body))
	if len(fakes) == 0 {
		return
	}
	real := t.headings()
	top := 2
	for i, h := range real {
		if i == 0 || h.level < top {
			top = h.level
		}
	}
	if len(real) > 1 && real[0].level == 1 && !slices.ContainsFunc(real[1:], func(h mark) bool { return h.level == 1 }) {
		top = 2 // the first is the title
		for i, h := range real[1:] {
			if i == 0 || h.level < top {
				top = h.level
			}
		}
	}
	lines := strings.Split(t.Body, "\n")
	capitals := slices.ContainsFunc(fakes, func(f form.FakeHeading) bool { return f.Kind == form.InCapitals })
	for _, f := range fakes {
		i := f.Pos.Line - 1
		if i < 0 || i >= len(lines) || f.Kind == form.LikeTitle && !f.Alone || strings.HasPrefix(lines[i], "    ") {
			continue
		}
		level := top
		for _, h := range real {
			if f.Kind == form.InBold && h.line < i {
				level = h.level + 1 // below the section it stands in
			}
		}
		if f.Kind == form.InBold && capitals && len(real) == 0 {
			level = top + 1
		}
		words := strings.TrimSpace(strings.ReplaceAll(lines[i], "**", ""))
		if f.Kind == form.InBold {
			words = strings.TrimRight(strings.ReplaceAll(words, "__", ""), ".: ")
		}
		lines[i] = strings.Repeat("#", min(level, 6)) + " " + words
		t.repaired(1, "a line that served as a heading is one")
	}
	t.Body = strings.Join(lines, "\n")
}

// title takes the title out of the text: pages show that of the policy.
func (t *Text) title() {
	t.titleLines()
	all := t.headings()
	if len(all) == 0 {
		return
	}
	lines := strings.Split(t.Body, "\n")
	first := all[0]
	if strings.TrimSpace(strings.Join(lines[:first.line], "")) != "" && !(first.level == 1 && t.alone(all)) {
		return // words stand before it
	}
	words := plain(headingLine.FindStringSubmatch(lines[first.line])[2])
	next := len(lines)
	if len(all) > 1 {
		next = all[1].line
	}
	bare := strings.TrimSpace(strings.Join(lines[first.line+1:next], "")) == ""
	switch {
	case first.level == 1 && t.alone(all):
	case t.alone(all) && titleWords.MatchString(words):
	case bare && titleWords.MatchString(words) && len(strings.Fields(words)) <= 8:
	default:
		t.shorten()
		return
	}
	t.Title = words
	lines = slices.Delete(lines, first.line, first.line+1)
	t.Body = strings.Join(lines, "\n")
}

// alone reports whether no other heading stands as high as the first.
func (t *Text) alone(all []mark) bool {
	return !slices.ContainsFunc(all[1:], func(h mark) bool { return h.level <= all[0].level })
}

// titleLines takes out lines at the top that are the title without being marked
// as one.
func (t *Text) titleLines() {
	for {
		head, rest, _ := strings.Cut(strings.TrimLeft(t.Body, "\n"), "\n\n")
		words := plain(head)
		n := len(strings.Fields(words))
		if n == 0 || n > 10 || strings.HasPrefix(head, "#") || strings.ContainsAny(head, "|\n[:") || strings.ContainsAny(words[len(words)-1:], ".,;") ||
			!titleWords.MatchString(words) || strings.TrimSpace(rest) == "" {
			return
		}
		t.repaired(1, "the title taken out of the text: %q", words)
		t.Title, t.Body = words, rest
	}
}

// shorten takes the site's name off a title that comes from the page's head.
func (t *Text) shorten() {
	for _, by := range []string{" | ", " – ", " — ", " - ", " · ", " :: ", ": "} {
		for _, part := range strings.Split(t.Title, by) {
			if titleWords.MatchString(part) {
				t.Title = strings.TrimSpace(part)
				break
			}
		}
	}
}

// plain returns the words of a line of Markdown.
func plain(line string) string {
	doc, _ := text.Parse("", []byte(heldID.ReplaceAllString(strings.TrimLeft(line, "#"), "")+"\n"), text.Options{Plain: true})
	return strings.Join(strings.Fields(doc.Normal()), " ")
}

// levels makes ## the highest level and skips none.
func (t *Text) levels() {
	lines := strings.Split(t.Body, "\n")
	var around []int
	changed := 0
	for _, h := range t.headings() {
		for len(around) > 0 && around[len(around)-1] >= h.level {
			around = around[:len(around)-1]
		}
		around = append(around, h.level)
		level := min(len(around)+1, 6)
		if level != h.level {
			changed++
		}
		lines[h.line] = strings.Repeat("#", level) + " " + headingLine.FindStringSubmatch(lines[h.line])[2]
	}
	t.repaired(changed, "a heading has another level, so that the first is ## and none is skipped")
	t.Body = strings.Join(lines, "\n")
}
