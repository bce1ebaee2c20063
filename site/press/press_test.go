package press_test

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
	"testing"

	"proviso/site/press"
)

type page struct {
	Title, Canonical string
	Text             template.HTML
	Links            []link
	Said             *said
	Data             any
	Level            int
	Loud             bool
}

type link struct {
	Href, Title string
	Current     bool
}

// signed is a record with words of its own.
type signed struct{ Name string }

func (s signed) String() string { return "signed " + s.Name }

type said struct{ Words []string }

// Word has a word for everything but "nothing".
func (p *page) Word(name string, pairs ...string) (string, error) {
	if name == "nothing" {
		return "", fmt.Errorf("there is no word %q", name)
	}
	return name + strings.Join(pairs, "&"), nil
}

// All that the built-in pages do.
const whole = `{{define "base" -}}
<title>{{.Title}}</title><link rel="canonical" href="{{.Canonical}}"><a href="/{{.Title}}">x</a>
<meta http-equiv="refresh" content="0; url={{.Canonical}}">
{{with .Data}}<script type="application/ld+json">{{.}}</script>{{end}}
{{/* a comment */}}{{if gt (len .Links) 1}}<p class="level-{{.Level}}" title="{{.Word "why" "a" .Title}}">{{.Word "skip"}}{{else}}none{{end}}
{{range $i, $l := .Links}}{{if $i}} · {{end}}<a href="{{$l.Href}}"{{if .Current}} aria-current="{{if $.Loud}}page{{else}}true{{end}}"{{end}}>{{$l.Title}}</a>
{{range $.Links}}<b title="{{.Title}}">{{$l.Title}}{{$.Title}}</b>{{else}}no links{{end}}{{else}}no links{{end}}
{{template "said" .Said}}{{.Text}}{{if .Loud}}!{{end}}
{{end}}{{define "said"}}{{with .}}{{range $w := .Words}}<p>{{$w}}{{len $.Words}}</p>{{end}}{{else}}nothing said{{end}}{{end}}`

// checked runs a template both ways and holds press to what html/template gives.
func checked(t *testing.T, source string, data any) string {
	t.Helper()
	parse := func() *template.Template { return template.Must(template.New("").Parse(source)) }
	var want, got bytes.Buffer
	wantErr := parse().ExecuteTemplate(&want, "base", data)
	got.WriteString("before")
	err := press.New(parse(), "base", data).Execute(&got, data)
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Errorf("%s: got %v, want %v", source, err, wantErr)
	}
	if err != nil {
		want.Reset()
	}
	if got.String() != "before"+want.String() {
		t.Errorf("%s: got\n%s\nwant\n%s", source, got.String(), want.String())
	}
	return want.String()
}

// What a page says is what html/template makes of it, whatever the words are.
func FuzzSameBytes(f *testing.F) {
	for _, s := range []string{"", "Privacy & you", `</title><script>alert(1)</script>"'`, "javascript:alert(1)", "https://example.org/a?b=c&d",
		"../2026-01-15/#top", "a:b", "mailto:x@y.example", "\x00\xff\u202e+%41%", "a b\nc", "Überblick", "HTTPS://X", "//x.example/:y"} {
		for n := range 12 {
			f.Add(s, s, n)
		}
	}
	p := press.New(template.Must(template.New("").Parse(whole)), "base", (*page)(nil))
	if !p.Fast() {
		f.Fatal("press does not know what the built-in pages do")
	}
	slow := template.Must(template.New("").Parse(whole))
	f.Fuzz(func(t *testing.T, a, b string, n int) {
		data := &page{Title: a, Canonical: b, Text: template.HTML(a), Level: n, Loud: n%2 == 0}
		if n%3 == 0 {
			data.Data, data.Said = map[string]string{"name": a}, &said{[]string{a, b}}
		}
		if n%3 == 1 {
			data.Data = []any{&link{a, b, true}, &signed{a}, signed{a}, link{a, b, false}, &n, a}[uint(n)%6]
		}
		for i := range max(n, 0) % 4 {
			data.Links = append(data.Links, link{a, b, i%2 == 0})
		}
		var want, got bytes.Buffer
		if err := slow.ExecuteTemplate(&want, "base", data); err != nil {
			t.Fatal(err)
		}
		if err := p.Execute(&got, data); err != nil || got.String() != want.String() {
			t.Errorf("got %v\n%s\nwant\n%s", err, got.String(), want.String())
		}
	})
}

// What press does not know is left to html/template, and so is every mistake.
func TestTheRestIsLeftToHTMLTemplate(t *testing.T) {
	data := &page{Title: "a<b", Links: []link{{"x", "y", true}}, Text: "<i>x</i>"}
	for _, source := range []string{
		`{{define "base"}}{{printf "%q" .Title}}{{end}}`,
		`{{define "base"}}{{.Title | len}}{{end}}`,
		`{{define "base"}}{{$x := .Title}}{{$x}}{{end}}`,
		`{{define "base"}}<p title={{.Title}}>{{end}}`,
		`{{define "base"}}<title>{{.Text}}</title>{{end}}`,
		`{{define "base"}}<script>var x = {{.Title}}</script>{{end}}`,
		`{{define "base"}}{{if eq .Title "a<b"}}yes{{end}}{{end}}`,
		`{{define "base"}}{{range .Links}}{{break}}{{end}}{{end}}`,
		`{{define "base"}}{{.Word "nothing"}}{{end}}`,
		`{{define "base"}}{{.Said.Words}}{{end}}`,
		`{{define "base"}}<a href="{{.Title}}{{end}}`,
		`{{define "base"}}{{.Colour}}{{end}}`,
		`{{define "base"}}{{template "other" .}}{{end}}`,
		`{{define "base"}}{{template "leaf"}}{{end}}{{define "leaf"}}leaf{{end}}`,
		`{{define "base"}}{{range .Links}}{{template "leaf" .}}{{end}}{{end}}{{define "leaf"}}{{.Title}}{{if .Current}}!{{end}}{{end}}`,
		`{{define "base"}}{{.Links}}{{.Loud}}{{.Data}}{{end}}`,
	} {
		checked(t, source, data)
	}
	if got := checked(t, whole, data); !strings.Contains(got, "a&lt;b") {
		t.Errorf("got %s", got)
	}
}
