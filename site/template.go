package site

import (
	"bytes"
	"html/template"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"unsafe"

	"proviso/site/press"
	"proviso/source"
)

// templates are the page templates, their stylesheet and their words.
type templates struct {
	pages  map[string]*press.Template
	shared map[string]bool // the {{define}}s of base.html
	style  []byte
	script []byte // notice.js
	words  map[string]*words
	sum    string // a hash of all files that were read
}

// The template files of the pages; each is parsed together with base.html.
var pageFiles = []string{"index.html", "policy.html", "changes.html", "redline.html", "redirect.html"}

// readTemplates parses every page template, so that a mistake in any of them
// is found before the first page is written.
func readTemplates(fsys fs.FS, locales []string) (*templates, error) {
	var ps source.Problems
	noted := &hashed{FS: fsys}
	fsys = noted
	t := &templates{pages: map[string]*press.Template{}, shared: map[string]bool{}, words: readWords(fsys, locales, &ps)}
	read := func(name string) []byte {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			ps.Errorf(source.Position{File: "templates/" + name}, "missing-file", "", "%v", err)
		}
		return data
	}
	t.style, t.script = read("style.css"), squeezed(read("notice.js"))
	checkScript(t.script, &ps)
	base, err := template.New("base.html").Parse(string(read("base.html")))
	if err != nil {
		templateProblem(err, t.place("base.html"), &ps)
	} else {
		for _, d := range base.Templates() {
			t.shared[d.Name()] = true
		}
	}
	for _, name := range pageFiles {
		data := read(name)
		if base == nil {
			continue
		}
		page, err := template.Must(base.Clone()).New(name).Parse(string(data))
		if err != nil {
			templateProblem(err, t.place(name), &ps)
			continue
		}
		t.pages[name] = press.New(page, frameOf(name), (*Page)(nil))
	}
	t.sum = sumOf(noted.read)
	ps.Sort()
	return t, ps.Err()
}

// frameOf names the {{define}} that a page begins with.
func frameOf(file string) string {
	if file == "redirect.html" {
		return "redirect"
	}
	return "base"
}

// execute adds a page to w.
func (t *templates) execute(w *bytes.Buffer, file string, data *Page) error {
	if err := t.pages[file].Execute(w, data); err != nil {
		var ps source.Problems
		templateProblem(err, t.place(file), &ps)
		return ps
	}
	return nil
}

// page renders a page of a part of a site.
func (b *build) page(p *plot, part, file string, page *Page) {
	w := b.buffer()
	defer b.buffers.Put(w)
	defer page.release(b)
	if err := b.t.execute(w, file, page); err != nil {
		b.fail(err)
		return
	}
	b.put(p, part, page.address.file(), w.Bytes())
}

// buffer returns an empty buffer, grown by the pages before.
func (b *build) buffer() *bytes.Buffer {
	if w, ok := b.buffers.Get().(*bytes.Buffer); ok {
		w.Reset()
		return w
	}
	return new(bytes.Buffer)
}

// buffer returns an empty buffer for a part of the page, which keeps it until it is written.
func (p *Page) buffer(b *build) *bytes.Buffer {
	w := b.buffer()
	p.buffers = append(p.buffers, w)
	return w
}

// release gives back the buffers of a page that is written, and takes away what was in them.
func (p *Page) release(b *build) {
	p.Text, p.Sides = "", ""
	for _, w := range p.buffers {
		b.buffers.Put(w)
	}
	p.buffers = nil
}

// markup is what stands in a buffer of a page, and not a copy: texts are most
// of what a build writes. The buffer must not be changed until the page is
// released.
func markup(w *bytes.Buffer) template.HTML {
	return template.HTML(unsafe.String(unsafe.SliceData(w.Bytes()), w.Len()))
}

// templateError is how html/template says where: "template: base.html:12:9: executing …".
// Columns count from 0 there.
var templateError = regexp.MustCompile(`(?s)^(?:html/)?template: ?([^:]+)(?::(\d+))?(?::(\d+))?: (.*)$`)

// templateProblem says where a mistake is. Some are known by the name of the
// {{define}} only; place gives the file that it stands in.
func templateProblem(err error, place func(define string) string, ps *source.Problems) {
	m := templateError.FindStringSubmatch(err.Error())
	if m == nil {
		ps.Errorf(source.Position{File: "templates"}, "template", "", "%v", err)
		return
	}
	pos := source.Position{File: "templates/" + place(m[1])}
	pos.Line, _ = strconv.Atoi(m[2])
	if m[3] != "" {
		pos.Column, _ = strconv.Atoi(m[3])
		pos.Column++
	}
	ps.Errorf(pos, "template", "delete the file to get the built-in one back", "%s", m[4])
}

// place returns the file of a {{define}} that a page uses.
func (t *templates) place(page string) func(define string) string {
	return func(define string) string {
		switch {
		case strings.HasSuffix(define, ".html"):
			return define
		case t.shared[define]:
			return "base.html"
		}
		return page
	}
}
