package press

import (
	"html/template"
	"reflect"
	"strconv"
	"text/template/parse"
)

// A compiler turns the tree of a template into steps.
type compiler struct {
	set     *template.Template
	made    map[call]*step // by what they are called with; nil while being made
	probes  map[string]*probe
	vars    []variable // in sight, innermost last
	root    reflect.Type
	foreign bool // something is not known here
}

// A call is a {{define}} with a type of data.
type call struct {
	name string
	dot  reflect.Type
}

type variable struct {
	name string
	typ  reflect.Type
}

var (
	htmlType   = reflect.TypeFor[template.HTML]()
	stringType = reflect.TypeFor[string]()
)

// stop notes that a template holds something that is not known here.
func (c *compiler) stop() step {
	c.foreign = true
	return func(f *frame, _ reflect.Value) { f.failed = true }
}

// template makes the step of a {{define}}.
func (c *compiler) template(name string, dot reflect.Type) step {
	at := call{name, dot}
	if s, ok := c.made[at]; ok {
		return func(f *frame, dot reflect.Value) { (*s)(f, dot) }
	}
	t := c.set.Lookup(name)
	if t == nil || t.Tree == nil {
		return c.stop()
	}
	place := new(step)
	c.made[at] = place
	vars, root := c.vars, c.root
	c.vars, c.root = nil, dot
	body := c.list(t.Tree.Root, dot)
	c.vars, c.root = vars, root
	*place = func(f *frame, dot reflect.Value) {
		own := frame{w: f.w, root: dot}
		body(&own, dot)
		f.failed = f.failed || own.failed
	}
	return *place
}

func (c *compiler) list(l *parse.ListNode, dot reflect.Type) step {
	if l == nil {
		return func(*frame, reflect.Value) {}
	}
	steps := make([]step, 0, len(l.Nodes))
	for _, n := range l.Nodes {
		steps = append(steps, c.node(n, dot))
	}
	return func(f *frame, dot reflect.Value) {
		for _, s := range steps {
			if s(f, dot); f.failed {
				return
			}
		}
	}
}

func (c *compiler) node(n parse.Node, dot reflect.Type) step {
	switch n := n.(type) {
	case *parse.TextNode:
		return func(f *frame, _ reflect.Value) { f.w.Write(n.Text) }
	case *parse.CommentNode:
		return func(*frame, reflect.Value) {}
	case *parse.ActionNode:
		return c.action(n, dot)
	case *parse.IfNode:
		return c.branch(&n.BranchNode, dot, false)
	case *parse.WithNode:
		return c.branch(&n.BranchNode, dot, true)
	case *parse.RangeNode:
		return c.loop(&n.BranchNode, dot)
	case *parse.TemplateNode:
		if n.Pipe == nil {
			return c.stop()
		}
		arg, ok := c.pipe(n.Pipe, dot)
		if !ok {
			return c.stop()
		}
		body := c.template(n.Name, arg.typ)
		return func(f *frame, dot reflect.Value) { body(f, arg.get(f, dot)) }
	}
	return c.stop()
}

// action writes a value.
func (c *compiler) action(n *parse.ActionNode, dot reflect.Type) step {
	if len(n.Pipe.Decl) > 0 || len(n.Pipe.Cmds) == 0 {
		return c.stop()
	}
	p := c.probes[chain(n.Pipe.Cmds[1:])]
	v, ok := c.command(n.Pipe.Cmds[0], dot)
	if !ok || p == nil {
		return c.stop()
	}
	switch {
	case v.typ == stringType || v.typ == htmlType && p.markup:
		asIs := v.typ == htmlType
		return func(f *frame, dot reflect.Value) {
			x := v.get(f, dot)
			if f.failed {
				return
			}
			if asIs {
				f.w.WriteString(x.String())
			} else if !p.text(f.w, x.String()) {
				f.failed = true
			}
		}
	case v.typ.Kind() == reflect.Int && p.plain != nil:
		return func(f *frame, dot reflect.Value) {
			f.w.Write(strconv.AppendInt(f.w.AvailableBuffer(), v.get(f, dot).Int(), 10))
		}
	case v.typ.Kind() == reflect.Interface:
		return func(f *frame, dot reflect.Value) {
			if x := v.get(f, dot); f.failed || !p.any(f.w, x.Interface()) {
				f.failed = true
			}
		}
	}
	return c.stop()
}

// branch is {{if}} or {{with}}.
func (c *compiler) branch(n *parse.BranchNode, dot reflect.Type, with bool) step {
	v, ok := c.pipe(n.Pipe, dot)
	if !ok {
		return c.stop()
	}
	inner := dot
	if with {
		inner = v.typ
	}
	yes, no := c.list(n.List, inner), c.list(n.ElseList, dot)
	return func(f *frame, dot reflect.Value) {
		x := v.get(f, dot)
		switch {
		case f.failed:
		case !truth(x):
			no(f, dot)
		case with:
			yes(f, x)
		default:
			yes(f, dot)
		}
	}
}

// truth reports whether {{if}} takes a value for true.
func truth(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String, reflect.Slice:
		return v.Len() > 0
	case reflect.Pointer:
		return !v.IsNil()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int:
		return v.Int() != 0
	case reflect.Struct:
		return true
	}
	yes, _ := template.IsTrue(v.Interface())
	return yes
}

// loop is {{range}} over a slice.
func (c *compiler) loop(n *parse.BranchNode, dot reflect.Type) step {
	decl := n.Pipe.Decl
	v, ok := c.expression(n.Pipe, dot)
	if !ok || v.typ.Kind() != reflect.Slice || len(decl) > 2 || n.Pipe.IsAssign {
		return c.stop()
	}
	elem, first := v.typ.Elem(), len(c.vars)
	for i, d := range decl {
		typ := elem
		if len(decl) == 2 && i == 0 {
			typ = reflect.TypeFor[int]()
		}
		c.vars = append(c.vars, variable{d.Ident[0], typ})
	}
	body := c.list(n.List, elem)
	c.vars = c.vars[:first]
	none := c.list(n.ElseList, dot)
	return func(f *frame, dot reflect.Value) {
		list := v.get(f, dot)
		if f.failed {
			return
		}
		if list.Len() == 0 {
			none(f, dot)
		}
		for i := range list.Len() {
			x := list.Index(i)
			switch len(decl) {
			case 1:
				f.vars = append(f.vars[:first], x)
			case 2:
				f.vars = append(f.vars[:first], reflect.ValueOf(i), x)
			}
			body(f, x)
		}
		f.vars = f.vars[:min(first, len(f.vars))]
	}
}
