package intake

import (
	"slices"
	"strings"

	"proviso/lint/date"
)

// own is the only variable that intake writes.
const own = "{{policy.effective}}"

// dates finds the date that the text declares, and takes it out: pages show the
// date of the version. A sentence keeps its place for it.
func (t *Text) dates() {
	found := date.In(t.parse(), []byte(t.Body))
	if t.Declared.IsZero() {
		if i := slices.IndexFunc(found, func(d date.Declared) bool { return !d.Updated }); i >= 0 {
			t.Declared = found[i].Date
		} else if len(found) > 0 {
			t.Declared = found[0].Date
		}
	}
	lines := strings.Split(t.Body, "\n")
	for _, d := range slices.Backward(found) { // from the end, so that places stay
		i := d.Pos.Line - 1
		if d.Date != t.Declared || i < 0 || i >= len(lines) || !strings.Contains(lines[i], d.Written) {
			continue
		}
		at := strings.LastIndex(lines[i], d.Written)
		switch {
		case d.Alone && wholeLine(lines[i]):
			lines[i] = ""
			if i > 0 && strings.HasSuffix(lines[i-1], `\`) {
				lines[i-1] = strings.TrimSuffix(lines[i-1], `\`)
			}
			t.repaired(1, "the date taken out of the text, because pages show the version's: %s", d.Date)
		case !d.Updated:
			lines[i] = lines[i][:at] + own + lines[i][at+len(d.Written):]
			t.repaired(1, "the date of a sentence is {{policy.effective}} now")
		}
	}
	t.Body = strings.Join(lines, "\n")
}

// wholeLine reports whether a line is a paragraph's and no item's or table's.
func wholeLine(line string) bool {
	return !strings.HasPrefix(strings.TrimSpace(line), "|") && !strings.HasPrefix(strings.TrimSpace(line), "- ")
}
