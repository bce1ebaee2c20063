// Package press runs page templates fast.
//
// A template of html/template is looked at once, for one type of data, and
// turned into a chain of functions that know where in the data each value
// lies. What a value must be escaped for was settled by html/template; a value
// with nothing to escape in it is written as it stands, and every other one is
// given to html/template itself, so no rule of escaping is written down twice.
//
// What press does not know (a function it was not told of, an unquoted
// attribute, a value of a type that pages do not have) is no mistake: then
// html/template runs the page, as it does when anything goes wrong, so that
// the error is its own. The bytes are the same either way.
package press

import (
	"bytes"
	"html/template"
	"io"
	"reflect"
)

// A Template is one {{define}} of an html/template, ready for data of one type.
type Template struct {
	slow *template.Template
	name string
	data reflect.Type
	fast step // nil: html/template runs it
}

// New makes a template ready for data of the type of sample, a pointer to a
// struct. It finds no mistakes: Execute does.
func New(t *template.Template, name string, sample any) *Template {
	out := &Template{slow: t, name: name, data: reflect.TypeOf(sample)}
	// Escaping happens before a template is run, and without data it ends there.
	_ = t.ExecuteTemplate(io.Discard, name, nil)
	c := &compiler{set: t, made: map[call]*step{}, probes: probes()}
	if s := c.template(name, out.data); !c.foreign {
		out.fast = s
	}
	return out
}

// Fast reports whether press runs the template itself.
func (t *Template) Fast() bool { return t.fast != nil }

// Execute adds a page to w. After an error w is as it was.
func (t *Template) Execute(w *bytes.Buffer, data any) error {
	start := w.Len()
	if t.fast != nil && reflect.TypeOf(data) == t.data {
		f := &frame{w: w, root: reflect.ValueOf(data)}
		if t.fast(f, f.root); !f.failed {
			return nil
		}
		w.Truncate(start)
	}
	err := t.slow.ExecuteTemplate(w, t.name, data)
	if err != nil {
		w.Truncate(start)
	}
	return err
}

// A frame is one run of a {{define}}.
type frame struct {
	w      *bytes.Buffer
	root   reflect.Value   // what $ stands for
	vars   []reflect.Value // of range
	failed bool            // html/template is to say what is wrong
}

// A step writes a part of a page; dot is what . stands for.
type step func(f *frame, dot reflect.Value)

// A value is an expression of a known type.
type value struct {
	typ reflect.Type
	get func(f *frame, dot reflect.Value) reflect.Value
}
