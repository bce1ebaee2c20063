package desk

import (
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"proviso/source"
)

// A sheet is a file with what was found in it.
type sheet struct {
	File  string
	Found source.Problems
}

func (d *Desk) findings(w http.ResponseWriter, r *http.Request) {
	all := d.Office.Findings()
	data := struct {
		page
		Errors, Warnings int
		Sheets           []sheet
	}{page: d.page(r, "findings", say("findings")), Errors: len(all.Errors()), Warnings: len(all.Warnings())}
	for _, p := range all {
		if n := len(data.Sheets); n == 0 || data.Sheets[n-1].File != p.File {
			data.Sheets = append(data.Sheets, sheet{File: p.File})
		}
		at := &data.Sheets[len(data.Sheets)-1]
		at.Found = append(at.Found, p)
	}
	d.show(w, http.StatusOK, "findings.html", data)
}

// A line is a line of a source with what was found there.
type line struct {
	Number int
	Text   string
	Found  source.Problems
	Wanted bool
}

// source shows a file of the folder, with its findings beside the lines.
func (d *Desk) source(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("file")
	f, _ := d.Office.Folder()
	top, _, _ := strings.Cut(name, "/")
	var data []byte
	err := fs.ErrNotExist
	if readable := top == "content" || top == "templates" || name == "proviso.yaml"; readable && fs.ValidPath(name) && f.FS != nil {
		data, err = fs.ReadFile(f.FS, name)
	}
	if err != nil {
		d.fail(w, r, http.StatusNotFound, say("no-source", "file", name))
		return
	}
	wanted, _ := strconv.Atoi(r.URL.Query().Get("line"))
	out := struct {
		page
		File   string
		Lines  []line
		Whole  source.Problems // findings without a line
		Editor template.URL
	}{page: d.page(r, "", name), File: name, Editor: d.editor(name, max(wanted, 1))}
	for i, t := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		out.Lines = append(out.Lines, line{Number: i + 1, Text: t, Wanted: i+1 == wanted})
	}
	for _, p := range d.Office.Findings() {
		switch {
		case p.File != name:
		case p.Line < 1 || p.Line > len(out.Lines):
			out.Whole = append(out.Whole, p)
		default:
			at := &out.Lines[p.Line-1]
			at.Found = append(at.Found, p)
		}
	}
	d.show(w, http.StatusOK, "source.html", out)
}

// editor is the address that opens a file in an editor, or "".
func (d *Desk) editor(name string, line int) template.URL {
	if d.Editor == "" {
		return ""
	}
	file := (&url.URL{Path: filepath.ToSlash(path.Join(filepath.ToSlash(d.Root), name))}).EscapedPath()
	return template.URL(strings.NewReplacer("{file}", file, "{line}", strconv.Itoa(line)).Replace(d.Editor)) // the operator's own
}
