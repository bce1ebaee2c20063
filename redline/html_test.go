package redline

import (
	"bytes"
	"html"
	"slices"
	"strings"
	"testing"
)

// left returns the words of a page without the elements that drop names: by
// tag, or by class with a dot in front.
func without(t testing.TB, page string, drop ...string) string {
	t.Helper()
	var out strings.Builder
	var open []string // the elements around; with a mark if dropped
	dropped := 0
	for page != "" {
		at := strings.IndexByte(page, '<')
		if at < 0 {
			at = len(page)
		}
		if dropped == 0 {
			out.WriteString(html.UnescapeString(page[:at]))
		}
		if page = page[at:]; page == "" {
			break
		}
		end := strings.IndexByte(page, '>')
		tag := page[1:end]
		page = page[end+1:]
		name, attributes, _ := strings.Cut(tag, " ")
		switch {
		case name == "img" && dropped == 0:
			_, alt, _ := strings.Cut(attributes, `alt="`)
			alt, _, _ = strings.Cut(alt, `"`)
			out.WriteString(html.UnescapeString(alt))
		case name == "br" || name == "hr" || name == "img":
			out.WriteString(" ")
		case strings.HasPrefix(name, "/"):
			if len(open) == 0 || strings.TrimSuffix(open[len(open)-1], "!") != name[1:] {
				t.Fatalf("</%s> closes %v", name[1:], open)
			}
			if strings.HasSuffix(open[len(open)-1], "!") {
				dropped--
			}
			open = open[:len(open)-1]
		default:
			if slices.ContainsFunc(drop, func(d string) bool {
				class, isClass := strings.CutPrefix(d, ".")
				return d == name || isClass && slices.Contains(classList(attributes), class)
			}) {
				name += "!"
				dropped++
			}
			open = append(open, name)
		}
		if slices.Contains([]string{"p", "h", "li", "td", "th", "tr", "div"}, strings.Trim(name, "/!123456")) {
			out.WriteString(" ")
		}
	}
	if len(open) > 0 {
		t.Fatalf("%v are not closed", open)
	}
	return out.String()
}

func classList(attributes string) []string {
	_, rest, _ := strings.Cut(attributes, `class="`)
	list, _, _ := strings.Cut(rest, `"`)
	return strings.Fields(list)
}

// squeeze leaves the words only.
func squeeze(s string) string {
	var keys []string
	for _, t := range Tokens(s) {
		keys = append(keys, t.Key)
	}
	return strings.Join(keys, " ")
}

// checkPage holds the pages of a redline to what they promise.
func checkPage(t testing.TB, r *Redline) {
	t.Helper()
	var w bytes.Buffer
	r.WriteHTML(&w, Options{Labels: English()})
	var new []string
	for _, l := range leaves(r.New) {
		new = append(new, l.Text)
	}
	got := squeeze(without(t, w.String(), ".said", ".moved-away", "del"))
	if want := squeeze(strings.Join(new, " ")); got != want {
		t.Errorf("the page without what is gone reads\n%s\nnot\n%s\n%s", got, want, w.String())
	}
	if r.Stats.Deleted > 0 && !strings.Contains(w.String(), `<del><span class="said">deleted: </span>`) {
		t.Error("deleted words are not said to be")
	}
	for _, id := range []string{`id="c1"`, `id="c2"`} {
		if n := strings.Count(w.String(), id); n > 1 {
			t.Errorf("%s stands %d times", id, n)
		}
	}
	if n := len(r.Changes()); n > 0 && !strings.Contains(w.String(), `id="c1"`) {
		t.Error("the first change has no anchor")
	}
	var s bytes.Buffer
	r.WriteSides(&s, Options{Labels: English()})
	all := squeeze(without(t, s.String(), ".said"))
	for _, b := range r.blocks() {
		if b.Fate == MovedFrom || b.Split || b.Merged {
			continue
		}
		for _, words := range []string{squeeze(b.OldText()), squeeze(b.NewText())} {
			if !strings.Contains(" "+all+" ", " "+words+" ") && words != "" && b.Fate != MovedTo {
				t.Errorf("%q is not in the columns", words)
			}
		}
	}
	if text := r.Text(Screen{Labels: English()}); len(r.Changes()) == 0 && strings.ContainsAny(text, "~") {
		t.Errorf("nothing changed, but the terminal says %q", text)
	}
}

func TestPagesOfRealTexts(t *testing.T) {
	for _, p := range pairs(t) {
		t.Run(p.name, func(t *testing.T) {
			checkPage(t, Compare(p.old, p.new))
			checkPage(t, Compare(p.new, p.old))
		})
	}
}
