package press

import (
	"reflect"
	"slices"
	"text/template/parse"
)

// A wordy type has the method Word of pages, the only one that press calls.
type wordy interface {
	Word(name string, pairs ...string) (string, error)
}

// pipe is an expression that declares nothing.
func (c *compiler) pipe(p *parse.PipeNode, dot reflect.Type) (value, bool) {
	if len(p.Decl) > 0 {
		return value{}, false
	}
	return c.expression(p, dot)
}

func (c *compiler) expression(p *parse.PipeNode, dot reflect.Type) (value, bool) {
	if len(p.Cmds) != 1 {
		return value{}, false
	}
	return c.command(p.Cmds[0], dot)
}

// command is a value, a call of Word, len or gt.
func (c *compiler) command(n *parse.CommandNode, dot reflect.Type) (value, bool) {
	first := n.Args[0]
	if name, ok := first.(*parse.IdentifierNode); ok {
		return c.function(name.Ident, n.Args[1:], dot)
	}
	if v, ok := c.word(first, n.Args[1:], dot); ok {
		return v, true
	}
	if len(n.Args) > 1 {
		return value{}, false
	}
	return c.arg(first, dot)
}

// arg is a value without arguments of its own.
func (c *compiler) arg(n parse.Node, dot reflect.Type) (value, bool) {
	switch n := n.(type) {
	case *parse.DotNode:
		return value{dot, func(_ *frame, dot reflect.Value) reflect.Value { return dot }}, true
	case *parse.FieldNode:
		return fields(value{dot, func(_ *frame, dot reflect.Value) reflect.Value { return dot }}, n.Ident)
	case *parse.VariableNode:
		v, ok := c.variable(n.Ident[0])
		if !ok {
			return value{}, false
		}
		return fields(v, n.Ident[1:])
	case *parse.StringNode:
		return constant(n.Text), true
	case *parse.NumberNode:
		if n.IsInt {
			return constant(int(n.Int64)), true
		}
	case *parse.PipeNode:
		return c.pipe(n, dot)
	}
	return value{}, false
}

func constant(x any) value {
	v := reflect.ValueOf(x)
	return value{v.Type(), func(*frame, reflect.Value) reflect.Value { return v }}
}

// variable is $ or one that a range declares.
func (c *compiler) variable(name string) (value, bool) {
	if name == "$" {
		return value{c.root, func(f *frame, _ reflect.Value) reflect.Value { return f.root }}, true
	}
	for i, v := range slices.Backward(c.vars) {
		if v.name == name {
			return value{v.typ, func(f *frame, _ reflect.Value) reflect.Value { return f.vars[i] }}, true
		}
	}
	return value{}, false
}

// fields follows names through structs and pointers to them.
func fields(v value, names []string) (value, bool) {
	for _, name := range names {
		if _, ok := v.typ.MethodByName(name); ok {
			return value{}, false
		}
		typ, pointer := v.typ, v.typ.Kind() == reflect.Pointer
		if pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return value{}, false
		}
		field, ok := typ.FieldByName(name)
		if _, method := reflect.PointerTo(typ).MethodByName(name); !ok || method || len(field.Index) != 1 || !field.IsExported() {
			return value{}, false
		}
		of, i := v.get, field.Index[0]
		v = value{field.Type, func(f *frame, dot reflect.Value) reflect.Value {
			x := of(f, dot)
			if pointer {
				if x.IsNil() {
					f.failed = true
					return reflect.Zero(field.Type)
				}
				x = x.Elem()
			}
			return x.Field(i)
		}}
	}
	return v, true
}

// word is a call of the method Word.
func (c *compiler) word(first parse.Node, args []parse.Node, dot reflect.Type) (value, bool) {
	of, names := value{dot, func(_ *frame, dot reflect.Value) reflect.Value { return dot }}, []string(nil)
	switch n := first.(type) {
	case *parse.FieldNode:
		names = n.Ident
	case *parse.VariableNode:
		v, ok := c.variable(n.Ident[0])
		if !ok {
			return value{}, false
		}
		of, names = v, n.Ident[1:]
	}
	if len(names) != 1 || names[0] != "Word" || !of.typ.Implements(reflect.TypeFor[wordy]()) {
		return value{}, false
	}
	var list []value
	for _, a := range args {
		v, ok := c.arg(a, dot)
		if !ok || v.typ != stringType {
			return value{}, false
		}
		list = append(list, v)
	}
	if len(list) == 0 {
		return value{}, false
	}
	return value{stringType, func(f *frame, dot reflect.Value) reflect.Value {
		page, _ := of.get(f, dot).Interface().(wordy)
		name, pairs := list[0].get(f, dot).String(), make([]string, 0, len(list)-1)
		for _, v := range list[1:] {
			pairs = append(pairs, v.get(f, dot).String())
		}
		s, err := page.Word(name, pairs...)
		f.failed = f.failed || err != nil
		return reflect.ValueOf(s)
	}}, true
}

// function is len or gt.
func (c *compiler) function(name string, args []parse.Node, dot reflect.Type) (value, bool) {
	var list []value
	for _, a := range args {
		v, ok := c.arg(a, dot)
		if !ok {
			return value{}, false
		}
		list = append(list, v)
	}
	isInt := func(v value) bool { return v.typ.Kind() == reflect.Int }
	switch {
	case name == "len" && len(list) == 1 && list[0].typ.Kind() == reflect.Slice:
		return value{reflect.TypeFor[int](), func(f *frame, dot reflect.Value) reflect.Value {
			return reflect.ValueOf(list[0].get(f, dot).Len())
		}}, true
	case name == "gt" && len(list) == 2 && isInt(list[0]) && isInt(list[1]):
		return value{reflect.TypeFor[bool](), func(f *frame, dot reflect.Value) reflect.Value {
			return reflect.ValueOf(list[0].get(f, dot).Int() > list[1].get(f, dot).Int())
		}}, true
	}
	return value{}, false
}
