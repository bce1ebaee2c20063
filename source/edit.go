package source

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// SetLine puts "key: value" into the mapping named section at the top of a
// YAML file, in place of the entry with that key or behind the last one, and
// returns the new file. Everything else stays as it is, with comments and
// order. The value must be written on one line.
func SetLine(data []byte, section, key, value string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	lines := strings.SplitAfter(string(data), "\n")
	if n := len(lines); n > 0 && lines[n-1] != "" {
		lines[n-1] += "\n" // the last line has no end
	}
	entry := func(indent int) string {
		return fmt.Sprintf("%s%s: %s\n", strings.Repeat(" ", indent), quoteKey(key), value)
	}
	if len(doc.Content) == 0 || len(doc.Content[0].Content) == 0 {
		return []byte(strings.Join(lines, "") + section + ":\n" + entry(2)), nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 {
		return nil, fmt.Errorf("the file is not a list of keys, one to a line")
	}
	at := find(root, section)
	if at < 0 {
		return []byte(strings.Join(lines, "") + section + ":\n" + entry(2)), nil
	}
	body := root.Content[at+1]
	end := endOf(lines, root, at, len(lines))
	switch {
	case body.Kind == yaml.ScalarNode && body.Tag == "!!null", body.Kind == yaml.MappingNode && len(body.Content) == 0:
		return splice(lines, root.Content[at].Line-1, end, section+":\n"+entry(2)), nil
	case body.Kind != yaml.MappingNode || body.Style&yaml.FlowStyle != 0:
		return nil, fmt.Errorf("line %d: write the entries of %q one to a line", body.Line, section)
	}
	indent := body.Content[0].Column - 1
	if old := find(body, key); old >= 0 {
		if c := body.Content[old+1].LineComment; c != "" {
			value += " " + c
		}
		return splice(lines, body.Content[old].Line-1, endOf(lines, body, old, end), entry(indent)), nil
	}
	last := endOf(lines, body, len(body.Content)-2, end)
	return splice(lines, last, last, entry(indent)), nil
}

// find returns the index of a key in a mapping's content, or -1.
func find(m *yaml.Node, key string) int {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// endOf returns the line (from 0) behind the entry at i, without the comments
// and blank lines that belong to what follows; limit is where the mapping ends.
func endOf(lines []string, m *yaml.Node, i, limit int) int {
	end := limit
	if i+2 < len(m.Content) {
		end = m.Content[i+2].Line - 1
	}
	for end > m.Content[i].Line {
		s := strings.TrimSpace(lines[end-1])
		if s != "" && !strings.HasPrefix(s, "#") {
			break
		}
		end--
	}
	return end
}

func splice(lines []string, from, to int, text string) []byte {
	return []byte(strings.Join(lines[:from], "") + text + strings.Join(lines[to:], ""))
}

// quoteKey quotes a key that YAML would not read as the same text.
func quoteKey(key string) string {
	var n yaml.Node
	if yaml.Unmarshal([]byte(key+": x"), &n) == nil && len(n.Content) == 1 && n.Content[0].Kind == yaml.MappingNode {
		if k := n.Content[0].Content[0]; k.Value == key && k.Tag == "!!str" {
			return key
		}
	}
	return fmt.Sprintf("%q", key)
}
