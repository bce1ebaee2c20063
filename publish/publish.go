// Package publish puts the tree of a site where readers see it, and brings it
// back.
//
// # Words
//
// A Manifest lists every file of a site with its hash, size and headers; once
// it is put somewhere it is a release, with an id that sorts by time. The
// release before is the one that a rollback goes to. A target is where a site
// goes: a folder, a bucket, or whatever a program reaches. The pointer, the file
// release.json at the top of a site, says which release readers see.
//
// # What every target keeps
//
// Readers see one release or another. What is live is only replaced, never
// edited: a page is the old one or the new one, whole, and what a page links to
// is there before the page. Whoever publishes from a stale view of what is live
// is refused, so of several at once one wins. A publisher that is killed leaves
// what is live; the next run clears up and finishes. The address of a version
// is never taken away: a release without one that is live is refused, and a
// rollback takes along those that have come since.
//
// # Folder: dir:PATH?keep=5
//
//	PATH/releases/ID/     a release; files as in the one before are hard links to it
//	PATH/releases/ID.json its manifest
//	PATH/current          link to the release that readers see; the web server's root
//	PATH/.lock            held while somebody publishes
//
// A release is written under a hidden name, flushed, read again, named, and
// then the link is replaced by a rename: that instant is the switch.
//
// # Bucket: s3://BUCKET/PREFIX?endpoint=URL&region=NAME&keep=5&grace=24h
//
//	PREFIX/privacy/index.html ...       what readers see
//	PREFIX/release.json                 the pointer
//	PREFIX/.proviso/objects/SHA256      every content of the kept releases
//	PREFIX/.proviso/releases/ID.json    their manifests
//
// First all new content goes under its hash and the manifest beside it, which
// no reader notices. Then the pointer is claimed by If-Match: of several
// publishers one gets it. Then what has changed is put in place, each object
// bound to the one that was there: files that are new, then what pages look
// like, pages of versions, other pages, feeds, the sitemap. Last the pointer is
// moved, again by If-Match. A reader who follows the pointer (release, manifest,
// content by hash) sees one whole release at every instant. A bucket cannot
// replace several objects in one step, so a reader of plain pages can meet,
// between claim and pointer, a new page beside an old one; each is whole, and
// every link leads somewhere. A publisher killed there leaves its claim: the
// next run from the same folder takes it over at once, another one after
// Lease. Files that are in the release no more are deleted by a later
// publish, after the grace, and only when everything else went well.
//
// # Program: command:PROGRAM ARGUMENTS
//
// Releases are kept in a folder as above, below the team's own folder, and the
// program is run before the link is replaced; see Command.
package publish

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Lease is how long a claim on a bucket holds against others whose owner may be dead.
const Lease = 15 * time.Minute

// ErrRaced says that somebody else published meanwhile.
var ErrRaced = errors.New("somebody else is publishing this site; nothing of theirs was overwritten, run it again when they are done")

// A State is what a target holds.
type State struct {
	Live       *Manifest // nil: nothing was published yet
	Unfinished bool      // a publisher was killed in the middle
}

// A Step is an act that is about to be done.
type Step struct {
	Act         string // such as "copy privacy/index.html"
	Done, Total int    // of what takes long; Total 0: not known
}

// A Target is where a site goes.
type Target interface {
	// State returns what is live.
	State(ctx context.Context) (*State, error)
	// Publish makes a tree live. A nil error means that readers see it;
	// Outcome.Left may still say what could not be cleared away.
	Publish(ctx context.Context, r Release) (*Outcome, error)
	// Rollback makes the release before live.
	Rollback(ctx context.Context, now time.Time) (*Outcome, error)
	// Differ returns what of a release is not there as the manifest says, by path.
	Differ(ctx context.Context, m *Manifest) ([]Difference, error)
}

// A Release is a tree on its way to a target.
type Release struct {
	Files *Manifest // of the tree, see Scan
	Dir   string    // of the tree
	Now   time.Time
	Base  string   // the release that was live when this was planned; "": none
	Mend  []string // files that are not as the live manifest says
}

// An Outcome is what became of a release.
type Outcome struct {
	Manifest *Manifest
	Plan     *Plan
	Left     error // what could not be cleared away; the next publish tries again
}

// A Difference is a file that is not as it should be.
type Difference struct {
	Path string `json:"path"`
	Why  string `json:"why"` // "missing", "content", "headers", "extra"
}

// check refuses what may not follow a live release.
func (r Release) check(live *Manifest) (*Plan, error) {
	if live != nil && live.Site != r.Files.Site {
		return nil, fmt.Errorf("the target holds the site %s; give %s a place of its own", live.Site, r.Files.Site)
	}
	if live.id() != r.Base {
		return nil, ErrRaced
	}
	plan := Compare(live, r.Files)
	return plan, plan.refuse()
}

// named gives the tree its identity. One that only mends the live release does
// not become a step on the way back.
func (r Release) named(live *Manifest, plan *Plan) *Manifest {
	before := live.id()
	if live != nil && plan.Nothing() {
		before = live.Before
	}
	return r.Files.named(r.Now, live, before)
}

var errNoneBefore = errors.New("there is no release before this one to go back to; publish the tree that should be live")
