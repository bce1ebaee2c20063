package text

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"

	"proviso/source"
)

// blank stands for a blank inside the braces of a variable while a text is
// parsed, so that link targets can hold variables written with blanks. No
// UTF-8 text holds this byte.
const blank = '\xff'

// trimBlanks returns what stands between the braces of a variable.
func trimBlanks(s string) string { return strings.Trim(strings.ReplaceAll(s, "\xff", " "), " \t") }

// mask returns the text as it is parsed: without the first bytes, which are
// front matter, and with the blanks of variables replaced. It is as long as
// src; words are always taken from src itself.
func (p *parse) mask(head int) []byte {
	if head == 0 && (p.Plain || !bytes.Contains(p.src, []byte("{{"))) {
		return p.src
	}
	out := bytes.Clone(p.src)
	for i := range head {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	for i := head; !p.Plain && i < len(out); {
		n := bytes.Index(out[i:], []byte("{{"))
		if n < 0 {
			break
		}
		i += n
		if escaped(out[:i]) {
			i++
			continue
		}
		end := variableEnd(out[i:])
		for j := i; j < i+end; j++ {
			if out[j] == ' ' || out[j] == '\t' {
				out[j] = blank
			}
		}
		i += max(end, 1)
	}
	return out
}

// escaped reports whether a backslash at the end of s holds for what follows.
func escaped(s []byte) bool { return (len(s)-len(bytes.TrimRight(s, `\`)))%2 == 1 }

// variableEnd returns the length of the {{ name }} that s begins with, or 0.
func variableEnd(s []byte) int {
	end := bytes.Index(s, []byte("}}"))
	if end < 0 || !validVariable(trimBlanks(string(s[2:end]))) {
		return 0
	}
	return end + 2
}

func validVariable(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '.' && c != '_' && c != '-' && !alphanumeric(c) {
			return false
		}
	}
	return name != ""
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// A variable is {{name}} among words.
type variable struct {
	ast.BaseInline
	name string
}

var kindVariable = ast.NewNodeKind("ProvisoVariable")

func (*variable) Kind() ast.NodeKind { return kindVariable }

func (v *variable) Dump(source []byte, level int) { ast.DumpHelper(v, source, level, nil, nil) }

type variableParser struct{}

func (variableParser) Trigger() []byte { return []byte{'{'} }

func (variableParser) Parse(_ ast.Node, r gmtext.Reader, pc parser.Context) ast.Node {
	line, segment := r.PeekLine()
	p := pc.Get(parseKey).(*parse)
	if !bytes.HasPrefix(line, []byte("{{")) {
		p.misplacedList(line, segment.Start)
		return nil
	}
	n := variableEnd(line)
	if n == 0 {
		p.badVariable(line, segment.Start)
		return nil
	}
	r.Advance(n)
	v := &variable{name: trimBlanks(string(line[2 : n-2]))}
	v.SetPos(segment.Start)
	return v
}

// badVariable reports what is wrong with the {{ that line begins with.
func (p *parse) badVariable(line []byte, at int) {
	end := bytes.Index(line, []byte("}}"))
	if end < 0 {
		p.errorf(at, "open-variable", `write \{{ if braces are meant`, "{{ is not closed on its line")
		return
	}
	p.errorf(at, "bad-variable", `write {{org.legal_name}}, or \{{ if braces are meant`,
		"%q is not the name of a variable", bytes.TrimSpace(line[2:end]))
}

var beginsList = regexp.MustCompile(`^\{:?\s*(?:#[a-z0-9]|(?:products|sites|covers)\s*[=:])`)

// misplacedList reports attributes where none can be. Left among the words,
// they would be read by all, and so would what they were to keep from some.
func (p *parse) misplacedList(line []byte, at int) {
	if beginsList.Match(line) {
		p.errorf(at, "misplaced-attributes", `put them at the end of a heading, use a fence (::: products="a"), or write \{ if braces are meant`,
			"attributes stand among words")
	}
}

const practicesPrefix = "practices."

// categories are the lists that a text may show with {{practices.CATEGORY}}.
var categories = []string{"data", "purpose", "sharing", "transfer", "retention", "rights", "controller", "security",
	"children", "automated", "tracking", "disputes", "scope", "changes", "other"}

// nextVariable finds the first variable in a string and returns what stands
// before it, its name and what follows. It reports false if there is none.
func nextVariable(s string) (before, name, after string, ok bool) {
	for from := 0; ; {
		i := strings.Index(s[from:], "{{")
		if i < 0 {
			return s, "", "", false
		}
		i += from
		end := strings.Index(s[i:], "}}")
		if end < 0 {
			return s, "", "", false
		}
		name = trimBlanks(s[i+2 : i+end])
		if validVariable(name) {
			return s[:i], name, s[i+end+2:], true
		}
		from = i + 1
	}
}

// category returns the category of {{practices.CATEGORY}}.
func (p *parse) category(v *variable) string {
	c := strings.TrimPrefix(v.name, practicesPrefix)
	if !slices.Contains(categories, c) {
		p.errorf(v.Pos(), "unknown-category", source.Suggest(c, categories), "there is no list of practices %q", c)
	}
	return c
}
