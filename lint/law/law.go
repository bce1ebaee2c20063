// Package law compares a text with what the law wants: checklists of what must
// be said (elements/, one file for each law or store), acts that are no longer in
// force and what stands in their place (stale.yaml), and wording that regulators
// have called misleading. Each row of the tables names its source and the day on
// which it was compared with it.
package law

import (
	"embed"

	"proviso/lint/reading"
	"proviso/source"
)

// Check looks for what the law wants said and is not, and for what it does
// not let stand.
func Check(r *reading.Text) {
	missingElements(r)
	staleReferences(r)
	absolutePromises(r)
	watchThePage(r)
	consentByUse(r)
	addressNotPersonal(r)
	vaguePurposes(r)
}

//go:embed elements stale.yaml
var data embed.FS

// decode reads a file that the program carries; a test holds that each can be read.
func decode(file string, into any) source.Problems {
	var ps source.Problems
	b, err := data.ReadFile(file)
	if err != nil {
		ps.Errorf(source.Position{File: file}, "file", "", "%v", err)
		return ps
	}
	source.Decode(file, b, into, &ps)
	return ps
}
