package policy

import (
	"io/fs"

	"proviso/source"
	"proviso/text"
)

// A Folder is the folder a team works in, read from an fs.FS. Loading reads
// the small files (organisation, policies, seals); texts, practices and
// changes are read when asked for.
type Folder struct {
	FS           fs.FS
	Organisation *Organisation
	Policies     []*Policy // by id
}

// Load reads the folder. The Folder is usable where the problems are only
// warnings; with errors it holds what could be read.
func Load(fsys fs.FS) (*Folder, source.Problems) { panic("TODO") }

// Policy returns the policy with the id, or nil.
func (f *Folder) Policy(id string) *Policy { panic("TODO") }

// Version returns the version named POLICY@VERSION; POLICY alone means the
// draft, and without a draft the newest dated version.
func (f *Folder) Version(ref string) (*Version, error) { panic("TODO") }

// Before returns the version in force before v takes effect: the predecessor
// its changes are judged against. It is nil for a policy's first version.
func (f *Folder) Before(v *Version) *Version { panic("TODO") }

// InForce returns the version of p in force on the day, or nil. Withdrawn and
// rescheduled versions, and unsealed ones with a date in the future, are passed over.
func (p *Policy) InForce(today Date) *Version { panic("TODO") }

// Upcoming returns the released versions of p that take effect after the day.
func (p *Policy) Upcoming(today Date) []*Version { panic("TODO") }

// Text reads and parses the text of v in a locale, for all sites: variables
// and links stay open. A translation has the ids and scopes of its source.
func (f *Folder) Text(v *Version, locale string) (*text.Document, source.Problems) { panic("TODO") }

// Practices reads practices.yaml of v; none is an empty list.
func (f *Folder) Practices(v *Version) (PracticeList, source.Problems) { panic("TODO") }

// Changes reads changes.yaml of v; none is an empty Changes.
func (f *Folder) Changes(v *Version) (*Changes, source.Problems) { panic("TODO") }

// Resolve returns what v takes from outside its own files: from its seal if it
// is released, else from the organisation as it is now.
func (f *Folder) Resolve(v *Version) *Resolution { panic("TODO") }

// View returns how a site shows a text of v in a locale. Links to policies are
// left to the caller, who sets View.Policy.
func (r *Resolution) View(v *Version, site, locale string, practices PracticeList) text.View {
	panic("TODO")
}
