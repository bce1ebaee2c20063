package accession

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"proviso/intake/lineage"
	"proviso/policy"
	"proviso/schema"
	"proviso/source"
)

// provenanceName is the file beside policy.yaml that says where the versions
// came from.
const provenanceName = "provenance.yaml"

const provenanceHead = `# Written by proviso import: everything that was recorded of this policy before, oldest first. What became a version
# names it; all else says why it did not. Nothing of this is published. It may be moved away, never edited: the next
# import reads it and adds to it.
`

// provenance is the file.
type provenance struct {
	Origins []string `yaml:"origins"` // where records were read from
	Records []record `yaml:"records"`
}

// A record is one text as it was at one time.
type record struct {
	Record   string      `yaml:"record"` // a commit, or a file with the hash of its bytes
	Seen     policy.Date `yaml:"seen"`
	Note     string      `yaml:"note,omitempty"` // the first line of the commit's message
	Version  string      `yaml:"version,omitempty"`
	Dropped  string      `yaml:"dropped,omitempty"`  // why it is no version
	Dated    string      `yaml:"dated,omitempty"`    // what is to be known of its date
	Repaired []string    `yaml:"repaired,omitempty"` // what was done to the text
}

// provenance returns the file as it will be, and whether that is another than
// it is. What it says already stays, unless a version has come of it since.
func (d *Desk) provenance(pol *policy.Policy, origin string, fates []lineage.Fate) (data []byte, changed bool, err error) {
	var list provenance
	file := path.Join("content", pol.ID, provenanceName)
	old, err := fs.ReadFile(d.Folder.FS, file)
	if err == nil {
		var ps source.Problems
		source.Decode(file, old, &list, &ps)
		if err := ps.Err(); err != nil {
			return nil, false, fmt.Errorf("%w; restore it from version control, or move it away", err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, false, err
	}
	if !slices.Contains(list.Origins, origin) {
		list.Origins = append(list.Origins, origin)
	}
	at := map[string]int{}
	for i, r := range list.Records {
		at[r.Record] = i
	}
	for _, f := range fates {
		r := d.record(f)
		i, ok := at[r.Record]
		switch {
		case !ok:
			at[r.Record] = len(list.Records)
			list.Records = append(list.Records, r)
		case list.Records[i].Version == "" && r.Version != "":
			list.Records[i] = r
		}
	}
	if list.Records == nil {
		list.Records = []record{}
	}
	data, err = source.Encode(list)
	data = append([]byte(schema.Modeline(file)+provenanceHead), data...)
	return data, !bytes.Equal(data, old), err
}

func (d *Desk) record(f lineage.Fate) record {
	r := record{Record: f.Record.Name, Seen: policy.DateOf(f.Record.When.In(d.Folder.Organisation.Location())), Note: f.Record.Note, Version: f.Version}
	if f.Version == "" {
		r.Dropped = f.Reason
		return r
	}
	r.Dated = f.Reason
	for _, x := range f.Record.Text.Repairs {
		r.Repaired = append(r.Repaired, x.String())
	}
	return r
}

// policyYAML is the policy.yaml of a new policy.
func policyYAML(p Policy) []byte {
	var b bytes.Buffer
	title, _ := source.Encode(p.title())
	b.WriteString(schema.Modeline(path.Join("content", p.ID, "policy.yaml")))
	fmt.Fprintf(&b, "# Written by proviso import; change what was guessed.\ntitle: %s", title)
	if p.Type != "" {
		fmt.Fprintf(&b, "type: %s # from the vocabulary of Open Terms Archive\n", p.Type)
	} else {
		b.WriteString("# type: Privacy Policy     # from the vocabulary of Open Terms Archive\n")
	}
	b.WriteString(`# path: ` + p.ID + `            # its address on each site; left out: the folder's name
# sites: [example.com]     # left out: all of them
# elements: [gdpr13]       # what the text must not lack; proviso check looks for it
# review_by: 2030-01-31    # when somebody should look at it again
`)
	return b.Bytes()
}
