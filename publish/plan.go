package publish

import (
	"fmt"
	"path"
	"strings"
)

// A Plan says what publishing would do to the files of a site.
type Plan struct {
	New       []File // are not live
	Changed   []File // are live with other content or headers
	Removed   []File // are live and will not be
	Unchanged int
	Lost      []string // addresses of versions that would be gone; such a plan is refused
}

// Compare plans the way from what is live, which may be nil, to what should be.
func Compare(live, next *Manifest) *Plan {
	p := &Plan{New: []File{}, Changed: []File{}, Removed: []File{}, Lost: Lost(live, next)}
	was, will := live.files(), next.files()
	for _, f := range next.Files {
		switch old, ok := was[f.Path]; {
		case !ok:
			p.New = append(p.New, f)
		case old != f:
			p.Changed = append(p.Changed, f)
		default:
			p.Unchanged++
		}
	}
	if live == nil {
		return p
	}
	for _, f := range live.Files {
		if _, ok := will[f.Path]; !ok {
			p.Removed = append(p.Removed, f)
		}
	}
	return p
}

// Nothing reports whether everything is as it should be.
func (p *Plan) Nothing() bool { return len(p.New)+len(p.Changed)+len(p.Removed) == 0 }

// Bytes is how much has to travel.
func (p *Plan) Bytes() (n int64) {
	for _, list := range [][]File{p.New, p.Changed} {
		for _, f := range list {
			n += f.Size
		}
	}
	return n
}

// refuse is the error of a plan that loses an address.
func (p *Plan) refuse() error {
	if len(p.Lost) == 0 {
		return nil
	}
	return fmt.Errorf("the address %s is live and would be gone; the address of a version stays for ever, so bring its folder back",
		strings.Join(p.Lost, ", "))
}

// A stage is a group of files that must all be there before the next begins, so
// that whatever a page links to is there before the page.
const (
	stageNew   = iota // nobody knows their addresses yet
	stageAsset        // what pages look like
	stageDated        // versions and their redlines
	stagePage         // what is in force, lists
	stageFeed         // what programs read
	stageMap          // what leads search engines
	stages
)

func stageOf(f File, isNew bool) int {
	switch base := path.Base(f.Path); {
	case isNew:
		return stageNew
	case isAsset(f.Path):
		return stageAsset
	case base == "sitemap.xml" || base == "robots.txt":
		return stageMap
	case path.Ext(base) != ".html":
		return stageFeed
	case dated.MatchString(f.Path) || strings.Contains(f.Path, "/changes/"):
		return stageDated
	}
	return stagePage
}
