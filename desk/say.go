package desk

import (
	"fmt"
	"html"
	"html/template"
	"net/url"
	"strings"

	"proviso/redline"
	"proviso/source"
)

// phrases are the words of the interface, all of them in one file.
var phrases = readPhrases()

func readPhrases() source.Map[string] {
	data, err := files.ReadFile("pages/words.yaml")
	if err != nil {
		panic(err) // the file is embedded
	}
	var m source.Map[string]
	var ps source.Problems
	source.Decode("pages/words.yaml", data, &m, &ps)
	if err := ps.Err(); err != nil {
		panic(err)
	}
	return m
}

// say returns words of the interface, with values in place of their {names}.
func say(key string, pairs ...any) string {
	s, ok := phrases.Get(key)
	if !ok {
		panic(fmt.Sprintf("desk: no words for %q", key)) // a template or a caller is wrong; a test goes through all
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, fmt.Sprintf("{%v}", pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return s
}

// marked shows old and new words with what was deleted and inserted.
func marked(old, new string) template.HTML {
	var b strings.Builder
	said := func(tag, label, words string) {
		if strings.TrimSpace(words) == "" {
			b.WriteString(" ")
			return
		}
		fmt.Fprintf(&b, `<%s><span class="said">%s </span>%s</%s>`, tag, html.EscapeString(label), html.EscapeString(words), tag)
	}
	labels := redline.English()
	for _, run := range redline.Words(old, new) {
		switch run.Op {
		case redline.Deleted:
			said("del", labels.Deleted, run.Old)
		case redline.Inserted:
			said("ins", labels.Inserted, run.New)
		default:
			b.WriteString(html.EscapeString(run.New))
		}
	}
	return template.HTML(b.String())
}

// unescape reads a value of a cookie as it was set; what cannot be read is nothing.
func unescape(s string) string {
	out, err := url.QueryUnescape(s)
	if err != nil {
		return ""
	}
	return out
}
