package docx

import (
	"net/url"
	"strconv"
	"strings"
)

// address returns a target as Word takes it, or "" if it would not open a
// document that has it or must not be followed. Characters that an address
// cannot hold are escaped.
func address(target string) string {
	var b strings.Builder
	for i := range len(target) {
		switch c := target[i]; {
		case c == '%' && !escaped(target[i+1:]), c <= ' ', c >= 0x7f, strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
		default:
			b.WriteByte(c)
		}
	}
	u, err := url.Parse(b.String())
	if err != nil {
		return ""
	}
	switch u.Scheme { // which run what they hold
	case "javascript", "vbscript", "data":
		return ""
	}
	return b.String()
}

// escaped reports whether s begins with two hexadecimal digits.
func escaped(s string) bool {
	if len(s) < 2 {
		return false
	}
	_, err := strconv.ParseUint(s[:2], 16, 8)
	return err == nil
}

// links numbers the targets of a document.
type links struct {
	ids  map[string]string
	list []string
}

// id returns the id of the relation with a target.
func (l *links) id(target string) string {
	id, ok := l.ids[target]
	if !ok {
		l.list = append(l.list, target)
		id = "link" + strconv.Itoa(len(l.list))
		l.ids[target] = id
	}
	return id
}
