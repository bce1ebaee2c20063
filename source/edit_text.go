package source

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// SetText puts a text into a YAML file at a path of keys, and returns the new
// file: in place of what stands there, or as a new entry behind the last one.
// The empty text takes the entry away, and mappings that it leaves empty.
// Everything else stays as it is, with comments and order; only an entry that
// is written in braces is written anew as a whole.
func SetText(data []byte, text string, path ...string) ([]byte, error) {
	if text == "" {
		return set(data, nil, path)
	}
	return set(data, textNode(text), path)
}

// SetTexts is SetText for a mapping of texts, such as one for each locale,
// where there was another one, or a single text.
func SetTexts(data []byte, texts Map[string], path ...string) ([]byte, error) {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for _, e := range texts {
		m.Content = append(m.Content, keyNode(e.Key), textNode(e.Value))
	}
	return set(data, m, path)
}

func textNode(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
	if strings.Contains(text, "\n") {
		n.Style = yaml.LiteralStyle
	}
	return n
}

func keyNode(key string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(key)
	return n
}

// set puts a value at a path; nil takes the entry away.
func set(data []byte, value *yaml.Node, path []string) ([]byte, error) {
	if !utf8.ValidString(strings.Join(path, "")) || value != nil && !utf8.ValidString(value.Value) {
		return nil, errors.New("the text is not UTF-8")
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	lines := strings.SplitAfter(string(data), "\n")
	if n := len(lines); lines[n-1] != "" {
		lines[n-1] += "\n" // the last line has no end
	}
	before := comments(&doc)
	out, err := setAt(lines, &doc, value, path)
	if err != nil || value == nil {
		return out, err
	}
	var after yaml.Node
	if err := yaml.Unmarshal(out, &after); err != nil || !holds(&after, value, path) {
		return nil, fmt.Errorf("%q cannot be written there; edit it by hand", strings.Join(path, "."))
	}
	if kept := comments(&after); slices.ContainsFunc(before, func(c string) bool { return !slices.Contains(kept, c) }) {
		return nil, fmt.Errorf("comments inside %q would be lost; edit it by hand", strings.Join(path, "."))
	}
	return out, nil
}

// setAt puts a value at a path of a file; nil takes the entry away.
func setAt(lines []string, doc, value *yaml.Node, path []string) ([]byte, error) {
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		return splice(lines, len(lines), len(lines), entryLines(0, path, value)), nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 || len(root.Content) == 0 {
		return nil, errors.New("the file is not a list of keys, one to a line")
	}
	return setIn(lines, root, len(lines), value, path)
}

// holds reports whether a file has a value at a path.
func holds(doc, value *yaml.Node, path []string) bool {
	at := doc.Content[0]
	for _, key := range path {
		i := find(at, key)
		if at.Kind != yaml.MappingNode || i < 0 {
			return false
		}
		at = at.Content[i+1]
	}
	return at.Kind == value.Kind && at.Value == value.Value
}

// setIn puts a value at a path below a mapping whose entries have lines of their own.
func setIn(lines []string, m *yaml.Node, limit int, value *yaml.Node, path []string) ([]byte, error) {
	indent := m.Content[0].Column - 1
	at := find(m, path[0])
	if at < 0 {
		end := endOf(lines, m, len(m.Content)-2, limit)
		return splice(lines, end, end, entryLines(indent, path, value)), nil
	}
	key, old := m.Content[at], m.Content[at+1]
	end := endOf(lines, m, at, limit)
	if len(path) > 1 && old.Kind == yaml.MappingNode && old.Style&yaml.FlowStyle == 0 {
		if value == nil && len(old.Content) == 2 && find(old, path[1]) == 0 { // the only one
			return setIn(lines, m, limit, nil, path[:1])
		}
		return setIn(lines, old, end, value, path[1:])
	}
	edited, err := with(old, value, path)
	if err != nil || edited == nil {
		return splice(lines, key.Line-1, end, ""), err
	}
	return splice(lines, key.Line-1, end, encodeEntry(indent, key, edited)), nil
}

// with returns what stands at path[0] with a value at the rest of the path;
// nil if nothing remains.
func with(old, value *yaml.Node, path []string) (*yaml.Node, error) {
	if len(path) == 1 {
		if value != nil {
			value.LineComment = old.LineComment
			if value.LineComment != "" && value.Style == yaml.LiteralStyle {
				value.Style = yaml.DoubleQuotedStyle
			}
		}
		return value, nil
	}
	switch {
	case old.Tag == "!!null" && value == nil:
		return old, nil
	case old.Tag == "!!null":
		below, err := with(old, value, path[1:])
		return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{keyNode(path[1]), below}}, err
	case old.Kind != yaml.MappingNode:
		return nil, fmt.Errorf("line %d: %q is one text; write an entry for each of its keys", old.Line, path[0])
	}
	at := find(old, path[1])
	below := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	if at >= 0 {
		below = old.Content[at+1]
	} else if value == nil {
		return old, nil
	}
	below, err := with(below, value, path[1:])
	switch {
	case err != nil:
		return nil, err
	case at >= 0 && below == nil:
		old.Content = slices.Delete(old.Content, at, at+2)
	case at >= 0:
		old.Content[at+1] = below
	default:
		old.Content = append(old.Content, keyNode(path[1]), below)
	}
	if len(old.Content) == 0 {
		return nil, nil
	}
	return old, nil
}

// entryLines writes a path that is not there yet; nothing without a value.
func entryLines(indent int, path []string, value *yaml.Node) string {
	if value == nil {
		return ""
	}
	for _, key := range slices.Backward(path[1:]) {
		value = &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{keyNode(key), value}}
	}
	return encodeEntry(indent, keyNode(path[0]), value)
}

// encodeEntry writes an entry without the comments around it, which stay where
// they are.
func encodeEntry(indent int, key, value *yaml.Node) string {
	alone := *key
	alone.HeadComment, alone.FootComment = "", ""
	if value.Kind == yaml.MappingNode && value.Style&yaml.FlowStyle == 0 && value.LineComment != "" {
		alone.LineComment, value.LineComment = value.LineComment, ""
	}
	b, err := Encode(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{&alone, value}})
	if err != nil {
		return "" // nodes that were read, and texts, can be written
	}
	var out strings.Builder
	for line := range strings.Lines(string(b)) {
		if strings.TrimSpace(line) != "" {
			out.WriteString(strings.Repeat(" ", indent))
		}
		out.WriteString(line)
	}
	return out.String()
}

// comments returns all comments of a file, line by line.
func comments(n *yaml.Node) []string {
	var out []string
	for _, c := range []string{n.HeadComment, n.LineComment, n.FootComment} {
		for line := range strings.Lines(c) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
	}
	for _, c := range n.Content {
		out = append(out, comments(c)...)
	}
	return out
}
