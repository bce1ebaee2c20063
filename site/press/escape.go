package press

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"strings"
	"text/template/parse"
)

// A probe is a small html/template with one value in one place of a page. It
// shows by which functions html/template escapes there, and does it.
type probe struct {
	t             *template.Template
	before, after string
	plain         func(string) bool // nothing in the string needs escaping here; nil: never known
	markup        bool              // template.HTML stands here as it is
	json          bool              // values are written as JSON
	words         bool              // strings are escaped as inWords does
}

// inWords escapes as html/template does in text and in quoted attributes.
var inWords = strings.NewReplacer("\x00", "\ufffd", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")

// places are the places of a page in which values are known to stand.
var places = []struct {
	before, after string
	plain         func(string) bool
	markup, json  bool
	words         bool
}{
	{before: "<p>", after: "</p>", plain: plainText, markup: true, words: true},
	{before: "<title>", after: "</title>", plain: plainText, words: true},
	{before: `<p title="`, after: `">`, plain: plainText, words: true},
	{before: `<a href="`, after: `">`, plain: plainAddress},
	{before: `<a href="/`, after: `">`, plain: plainPart},
	{before: `<a href="#`, after: `">`, plain: plainPart},
	{before: `<a href="/?q=`, after: `">`},
	{before: `<meta http-equiv="refresh" content="0; url=`, after: `">`, plain: plainAddress},
	{before: `<script type="application/ld+json">`, after: `</script>`, json: true},
}

// probes returns a probe for each chain of escapers.
func probes() map[string]*probe {
	out := map[string]*probe{}
	for _, p := range places {
		t := template.Must(template.New("").Parse(p.before + "{{.}}" + p.after))
		_ = t.Execute(io.Discard, "")
		for _, n := range t.Tree.Root.Nodes {
			if action, ok := n.(*parse.ActionNode); ok {
				out[chain(action.Pipe.Cmds[1:])] = &probe{t, p.before, p.after, p.plain, p.markup, p.json, p.words}
			}
		}
	}
	return out
}

// chain names the functions that a pipeline ends with.
func chain(cmds []*parse.CommandNode) string {
	var names []string
	for _, c := range cmds {
		names = append(names, c.String())
	}
	return strings.Join(names, "|")
}

// text writes a string.
func (p *probe) text(w *bytes.Buffer, s string) bool {
	if p.plain != nil && p.plain(s) {
		w.WriteString(s)
		return true
	}
	if p.words {
		_, err := inWords.WriteString(w, s)
		return err == nil
	}
	return p.any(w, s)
}

// any writes a value as html/template does, and reports whether it could.
func (p *probe) any(w *bytes.Buffer, v any) bool {
	if p.json && record(v) {
		if b, err := json.Marshal(v); err == nil && b[0] == '{' {
			w.Write(b) // json.Marshal escapes what could end the script
			return true
		}
	}
	start := w.Len()
	if err := p.t.Execute(w, v); err != nil {
		w.Truncate(start)
		return false
	}
	b := w.Bytes()[start : w.Len()-len(p.after)]
	n := copy(b, b[len(p.before):])
	w.Truncate(start + n)
	return true
}

// record reports whether a value is one that html/template hands to
// json.Marshal as it is, and that needs no blanks around it.
func record(v any) bool {
	if _, ok := v.(fmt.Stringer); ok {
		return false
	}
	t := reflect.TypeOf(v)
	return t != nil && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct
}

// plainText reports whether no character of s means anything in HTML.
func plainText(s string) bool { return !strings.ContainsAny(s, "\x00\"&'+<>") }

// plainPart reports whether s can stand in an address, behind its scheme.
func plainPart(s string) bool {
	for i := range len(s) {
		if c := s[i]; c|0x20 < 'a' || c|0x20 > 'z' {
			if strings.IndexByte("0123456789-._~/#?=@:", c) < 0 {
				return false
			}
		}
	}
	return true
}

// plainAddress reports whether s is an address that may be followed.
func plainAddress(s string) bool {
	if !plainPart(s) {
		return false
	}
	return strings.IndexByte(s, ':') < 0 || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "mailto:")
}
