// Package schema says which JSON schema describes each YAML file of a folder.
// The schemas stand in content/.schema, so that they travel with the files they
// describe: whoever opens the folder in an editor has them, without a network and
// in the form of the program that wrote them. A modeline on the first line of a
// file leads the editor there; it then completes keys, explains them, and marks
// what is wrong while it is typed.
//
// The schemas are written by hand, one line of explanation to a key. Tests hold
// them to what the program reads, and docs/format.md to the schemas.
package schema

import (
	"bytes"
	"path"
	"strings"
)

// Dir is where the schemas stand in a folder.
const Dir = "content/.schema"

// The schema of each file, by the file's name.
var schemas = map[string]string{
	"organisation.yaml":     "organisation",
	"policy.yaml":           "policy",
	"practices.yaml":        "practices",
	"changes.yaml":          "changes",
	"seal.yaml":             "seal",
	"seal.withdrawn.yaml":   "supplement",
	"notice.yaml":           "notice",
	"notice.withdrawn.yaml": "notice",
	"provenance.yaml":       "provenance",
	"proviso.yaml":          "proviso",
}

// Of returns the name of the schema that describes a file, or "".
func Of(file string) string {
	base := path.Base(file)
	if name, ok := schemas[base]; ok {
		return name
	}
	if strings.HasPrefix(base, "seal.") && strings.HasSuffix(base, ".yaml") {
		return "supplement" // seal.LOCALE.yaml
	}
	return ""
}

const mark = "# yaml-language-server: $schema="

// Modeline returns the line that leads an editor from a file of the folder,
// such as content/privacy/policy.yaml, to its schema; nothing for a file that has
// none.
func Modeline(file string) string {
	name := Of(file)
	if name == "" {
		return ""
	}
	to := Dir + "/"
	if below, ok := strings.CutPrefix(file, "content/"); ok {
		to = strings.Repeat("../", strings.Count(below, "/")) + ".schema/"
	}
	return mark + to + name + ".json\n"
}

// Head puts the modeline of a file before what it holds, unless it has one.
func Head(file string, data []byte) []byte {
	line := Modeline(file)
	if line == "" || bytes.Contains(data, []byte(mark)) {
		return data
	}
	return append([]byte(line), data...)
}
