// Package site renders the pages of every site: what stands in public/<domain>/.
//
// # Words
//
// A Site is a domain. A shelf is a policy on one site, an edition is a version
// as that site shows it, and a column is a shelf in one locale. A tree is the
// output of one site while it is written. A Page is what a template knows; an
// address is a place on a site. A policy's home is its own address, where the
// version in force stands.
//
// # What a page rests on
//
// The page of a version is a function of the version's own files, of its
// Resolution (for a released version: its seal), of the templates, and of
// where the version stands among the others on the day of the build: in force,
// upcoming, old, withdrawn. It takes nothing else from organisation.yaml, so
// editing that file changes no page of a released version. Three things of a
// site do come from organisation.yaml as it is now: the index, the look
// (style.css and the logo, whose addresses are fixed, so that no page names
// them), and what becomes of the site (the banner of a retired one, aliases).
//
// Readers see what is in force, what is announced and what was; and of a
// change the words written for them, the list of sections and the redline.
// Drafts, unreleased dates in the future, verdicts, decisions and the names of
// those who made them are never read here, or never written.
//
// # What happens in which order
//
// Build plans which edition stands where, plants a tree for every site, and
// then works through the policies side by side. The texts of a version are
// read once, for all sites and locales and to be checked, and let go when the
// version is done; memory grows with the largest version and not with their
// number. What a page says of other versions (what changed last, what will
// change next) is found when it is asked for and remembered, and versions go
// by in an order in which it is at hand. Then the indexes and site files are
// written. Only when everything stands are the trees put in the place of the
// old ones; a build that fails or is killed leaves those whole.
//
// Every file is written once and depends on nothing that happens at the same
// time, so the bytes are the same for any number of workers.
//
// # What is remembered
//
// The files of a site fall into parts. Each version has one, with its pages
// and what it changed; each pair of versions that are compared though they are
// no neighbours has one; each policy has one, with what tells of all its
// versions: its own address, the list of changes, the feeds; and one stands
// around them all. A part rests on its frame, which is what all pages of the
// policy show (where every policy and version of the site stands on the day, the
// templates, the program), and on the files and values of the versions that it
// shows; what tells of all versions rests on all.
//
// With Options.Cache a build leaves a record of what each part rested on, as a
// hash, of how its files were left, and of what other parts say of it. The next
// build renders only parts that rest on something else now; the files of all
// others are linked into the new tree. If nothing at all is different, nothing
// is touched. A record that another program wrote, that cannot be read, or that
// does not fit the files is worth nothing, and everything is rendered. What was
// found in a version is remembered in the same way.
//
// Preview renders single files of the same sites for someone who is writing.
package site

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"time"

	"proviso/policy"
	"proviso/site/tree"
	"proviso/source"
)

// Options say what to build and where.
type Options struct {
	Templates fs.FS       // base.html, words/en.yaml, ...: the built-in ones with a team's own over them
	Today     policy.Date // the civil date on which the pages are right
	Sites     []string    // domains; none: all
	Out       string      // the folder that holds one tree for each domain
	// Held are the versions, as POLICY@VERSION, that do not go in force though
	// their date has come: what was in force stays so, and they stay announced.
	Held []string

	NoRedlines bool                  // leave out the redlines of each version and the compare pages
	Workers    int                   // 0: one for each processor
	Progress   func(done, total int) // called after each version of each site, never twice at a time; may be nil

	// Check says what is wrong with a version, beyond what rendering finds. It
	// is called for every version and draft, and may look at what CheckReading
	// looks at. Nil: versions are only rendered.
	Check func(*policy.Reading, policy.Anchors) source.Problems
	// Judge is given everything that was found, sorted, before anything is
	// published; an error ends the build. Nil: errors are refused.
	Judge func(source.Problems) error

	Cache   string // folder for what the next build can use; "": nothing is remembered
	Program string // names this build of the program, whose pages may differ from another's
}

// A Report tells what was built.
type Report struct {
	Sites []SiteReport `json:"sites"`
}

// A SiteReport tells what was built for one site.
type SiteReport struct {
	Site      policy.Domain `json:"site"`
	Pages     int           `json:"pages"`     // HTML files
	Written   int           `json:"written"`   // files that are new or differ
	Unchanged int           `json:"unchanged"` // files that are as they were
	Next      *time.Time    `json:"next"`      // instant at which a build would first give other pages; nil: none is known
}

// A build is one run of Build.
type build struct {
	f       *policy.Folder
	o       Options
	t       *templates
	drafts  bool // have pages too
	plots   []*plot
	desks   []*desk
	memory  *memory       // nil: of a preview
	workers chan struct{} // holds a token for each task at work
	buffers sync.Pool     // of *bytes.Buffer

	mu       sync.Mutex
	problems source.Problems
	failures []error
	done     int
	total    int
}

// A plot is all that stands on one site.
type plot struct {
	domain  policy.Domain
	site    *policy.Site
	shelves []*shelf // in the order of the policies' ids

	tree  *tree.Tree                           // nil where the old one stays, and for a preview
	wants func(file string) bool               // nil: every file is wanted
	write func(file string, data []byte) error // takes a file; data is not kept

	mu    sync.Mutex
	parts map[string][]string // files by part
}

// note keeps which part a file belongs to.
func (p *plot) note(part string, files ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parts[part] = append(p.parts[part], files...)
}

// Build renders the sites of a folder into out/<domain>/. Everything that is
// wrong with texts, templates or themes is reported at once, as
// source.Problems; then, and when the output cannot be written, the old trees
// stay as they were.
func Build(f *policy.Folder, o Options) (*Report, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	t, err := readTemplates(o.Templates, localesOf(f))
	if err != nil {
		return nil, err
	}
	m := recall(f, t, o)
	if report, ok := m.nothingNew(); ok {
		return report, judge(o, m.was.Found)
	}
	b, err := newBuild(f, t, o, false)
	if err != nil {
		return nil, err
	}
	defer b.discard()
	b.memory = m
	m.compare(b)
	if err := b.plant(); err != nil {
		return nil, err
	}
	b.policies()
	b.each(func(p *plot) {
		if m.kept(p, aroundPart) {
			return
		}
		if b.look(p); b.ok() {
			b.around(p)
		}
	})
	if err := b.err(); err != nil {
		return nil, err
	}
	return b.publish()
}

// newBuild finds which edition stands where, and perhaps where drafts would.
func newBuild(f *policy.Folder, t *templates, o Options, drafts bool) (*build, error) {
	b := &build{f: f, o: o, t: t, drafts: drafts, workers: make(chan struct{}, max(o.Workers, 1))}
	domains := f.Organisation.Sites.Keys()
	for _, s := range o.Sites {
		if !slices.Contains(domains, s) {
			return nil, fmt.Errorf("there is no site %q; %s", s, source.Suggest(s, domains))
		}
	}
	for i := range f.Organisation.Sites {
		if e := &f.Organisation.Sites[i]; len(o.Sites) == 0 || slices.Contains(o.Sites, e.Key) {
			b.plots = append(b.plots, &plot{domain: e.Key, site: &e.Value, parts: map[string][]string{}})
		}
	}
	b.plan()
	return b, nil
}

// plan sets up a desk for every policy, with its shelf on each site.
func (b *build) plan() {
	b.desks = make([]*desk, len(b.f.Policies))
	var wg sync.WaitGroup
	for i, pol := range b.f.Policies {
		wg.Go(func() { b.work(func() { b.desks[i] = b.newDesk(pol) }) })
	}
	wg.Wait()
	for _, d := range b.desks {
		for _, s := range d.shelves {
			s.plot.shelves = append(s.plot.shelves, s)
			b.total += len(s.editions)
		}
	}
}

// plant begins a tree for every site, with the parts that are as they were. A
// site with nothing else needs none.
func (b *build) plant() error {
	for _, p := range b.plots {
		if b.memory.stands(p) {
			continue
		}
		t, err := tree.Plant(b.o.Out, p.domain)
		if err != nil {
			return err
		}
		p.tree, p.write = t, t.Write
		if err := b.memory.keep(p); err != nil {
			return err
		}
	}
	return nil
}

// publish puts every tree in its place.
func (b *build) publish() (*Report, error) {
	report := &Report{Sites: []SiteReport{}}
	for _, p := range b.plots {
		r := SiteReport{Site: p.domain, Next: b.next(p)}
		files := b.memory.was.files(p.domain)
		r.Unchanged = len(files)
		if p.tree != nil {
			if err := p.tree.Publish(); err != nil {
				return report, err
			}
			files = p.tree.Files()
			r.Written, r.Unchanged = p.tree.Count()
		}
		for name := range files {
			if isPage(name) {
				r.Pages++
			}
		}
		report.Sites = append(report.Sites, r)
	}
	var wg sync.WaitGroup
	wg.Go(b.discard)
	b.memory.store(b, report)
	wg.Wait()
	return report, nil
}

// discard removes what the trees leave over. What cannot be removed now is for
// the next build to clear away.
func (b *build) discard() {
	for _, p := range b.plots {
		if p.tree != nil {
			p.tree.Discard()
		}
	}
}

// work runs a task when a worker is free.
func (b *build) work(task func()) {
	b.workers <- struct{}{}
	defer func() { <-b.workers }()
	task()
}

// each runs a task for every site, as many at a time as there are workers.
func (b *build) each(task func(*plot)) {
	var wg sync.WaitGroup
	for _, p := range b.plots {
		wg.Go(func() { b.work(func() { task(p) }) })
	}
	wg.Wait()
}

// complain keeps what is wrong with the sources. A warning is for Check to
// give, so that it is there whatever is rendered.
func (b *build) complain(ps source.Problems) {
	b.note(ps.Errors())
}

func (b *build) note(ps source.Problems) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, ps...)
}

func (b *build) fail(err error) {
	var ps source.Problems
	if errors.As(err, &ps) {
		b.complain(ps)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures = append(b.failures, err)
}

func (b *build) ok() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.problems.Errors()) == 0 && len(b.failures) == 0
}

// err returns what went wrong: problems in the sources before all else.
func (b *build) err() error {
	if err := judge(b.o, b.problems); err != nil {
		return err
	}
	slices.SortFunc(b.failures, func(x, y error) int { return cmp.Compare(x.Error(), y.Error()) })
	if len(b.failures) > 0 {
		return b.failures[0] // the others are of the same disk
	}
	return nil
}

// judge says whether a build with these problems may be published. One that
// is found on several sites is one.
func judge(o Options, ps source.Problems) error {
	ps.Sort()
	ps = slices.Compact(ps)
	if o.Judge != nil {
		if err := o.Judge(ps); err != nil {
			return err
		}
	}
	return ps.Err()
}

// step counts a version of a site as done.
func (b *build) step() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done++
	if b.o.Progress != nil {
		b.o.Progress(b.done, b.total)
	}
}

// Next returns for each site the instant at which a build would first give
// other pages than one on the day; a site for which none is known is left out.
// It renders nothing, and of the options minds Today, Held and Sites.
func Next(f *policy.Folder, o Options) (map[policy.Domain]time.Time, error) {
	o.Workers = max(o.Workers, 1)
	b, err := newBuild(f, &templates{}, o, false)
	if err != nil {
		return nil, err
	}
	out := map[policy.Domain]time.Time{}
	for _, p := range b.plots {
		if at := b.next(p); at != nil {
			out[p.domain] = *at
		}
	}
	return out, nil
}

// next returns the instant at which a build would first give other pages.
func (b *build) next(p *plot) *time.Time {
	var first *time.Time
	at := func(d policy.Date, zone *time.Location) {
		if b.o.Today.Before(d) {
			if t := d.In(zone); first == nil || t.Before(*first) {
				first = &t
			}
		}
	}
	home := b.f.Organisation.Location()
	at(p.site.Until, home)
	for _, id := range b.f.Organisation.ProductsOn(p.site) {
		product, _ := b.f.Organisation.Products.Get(id)
		at(product.Until, home)
	}
	if b.securityContact(p) != "" {
		at(halfYearAfter(b.o.Today), home)
	}
	for _, s := range p.shelves {
		for _, e := range s.upcoming() {
			at(e.v.Effective, e.r.Location())
		}
	}
	return first
}
