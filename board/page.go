package board

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// WriteHTML writes the board as one page that asks for nothing else: no script,
// no picture, no other file.
func (b *Board) WriteHTML(w io.Writer) error {
	type row struct {
		Policy
		Cells []string // without the first
	}
	type siteRow struct {
		Domain string
		Cells  []string
	}
	data := struct {
		*Board
		Rows  []row
		Hosts []siteRow
	}{Board: b}
	for _, p := range b.Policies {
		data.Rows = append(data.Rows, row{p, p.row()[1:]})
	}
	for _, s := range b.Sites {
		data.Hosts = append(data.Hosts, siteRow{s.Domain, s.row()[1:]})
	}
	return page.Execute(w, data)
}
